"""Tesseract's .traineddata container, its LSTM network and its character set, read and written.

Layout as Tesseract 5.3 serialises it (src/ccutil/tessdatamanager.cpp, unicharcompress.cpp; src/lstm/*.cpp).
Networks of the Chinese models only: Input, Convolve, Tanh, Maxpool, SummLSTM, LSTM, Softmax and their wrappers.
"""
import itertools
import struct

import numpy as np

LSTM, UNICHARSET, RECODER = 17, 21, 22	# component numbers
INT_MODE, HAS_RATES, NEW_MATRIX, ADAM = 1, 64, 128, 4


class Reader:
	"""Little-endian values one after another."""

	def __init__(self, data):
		self.data, self.pos = data, 0

	def get(self, fmt):
		values = struct.unpack_from("<" + fmt, self.data, self.pos)
		self.pos += struct.calcsize("<" + fmt)
		return values

	def string(self):
		n, = self.get("I")
		self.pos += n
		return self.data[self.pos - n:self.pos]

	def array(self, dtype, n):
		a = np.frombuffer(self.data, dtype, n, self.pos)
		self.pos += n * np.dtype(dtype).itemsize
		return a

	def matrix(self):
		"""Weights as float; int8 rows times their scale."""
		mode, rows, cols = self.get("BII")
		if mode & INT_MODE:
			self.get("b")
			w = self.array("<i1", rows * cols).reshape(rows, cols).astype(np.float64)
			n, = self.get("I")
			return w * self.array("<f8", n)[:rows, None]
		self.get("d")
		return self.array("<f8", rows * cols).reshape(rows, cols).copy()


def read_node(r):
	"""One node of the network as a dict: children in 'sub', weight matrices in 'w'."""
	r.get("b")
	node = {"type": r.string().decode()}
	_, node["backprop"] = r.get("bb")
	node["flags"], node["ni"], node["no"], node["nw"] = r.get("iiii")
	node["name"] = r.string()
	kind = node["type"]
	if kind in ("Series", "Parallel", "XYTranspose", "RTLReversed", "TTBReversed"):
		node["sub"] = [read_node(r) for _ in range(r.get("I")[0])]
		if node["flags"] & HAS_RATES:
			node["rates"] = r.get("%df" % r.get("I")[0])
	elif kind == "Input":
		node["shape"] = r.get("5i")
	elif kind in ("Convolve", "Maxpool", "Reconfig"):
		node["xy"] = r.get("2i")
	elif kind in ("LSTM", "SummLSTM"):
		node["na"], = r.get("i")
		node["w"] = [r.matrix() for _ in range(4)]	# cell input, input gate, forget gate, output gate
	elif kind in ("Tanh", "Softmax"):
		node["w"] = [r.matrix()]
	else:
		raise ValueError("cannot read a network with '%s'" % kind)
	return node


def write_matrix(w, out):
	"""int8, one scale per row."""
	rows, cols = w.shape
	scale = np.abs(w).max(1) / 127
	q = np.rint(w / np.where(scale == 0, 1, scale)[:, None]).astype("<i1")
	out += struct.pack("<BIIb", INT_MODE | ADAM | NEW_MATRIX, rows, cols, 0) + q.tobytes()
	out += struct.pack("<I", rows) + scale.astype("<f8").tobytes()


def write_node(node, out):
	kind = node["type"].encode()
	out += struct.pack("<bI", 0, len(kind)) + kind
	out += struct.pack("<bbiiii", 0, node["backprop"], node["flags"], node["ni"], node["no"], node["nw"])
	out += struct.pack("<I", len(node["name"])) + node["name"]
	if "sub" in node:
		out += struct.pack("<I", len(node["sub"]))
		for s in node["sub"]:
			write_node(s, out)
		if node["flags"] & HAS_RATES:
			out += struct.pack("<I", len(node["rates"])) + struct.pack("<%df" % len(node["rates"]), *node["rates"])
	elif "shape" in node:
		out += struct.pack("<5i", *node["shape"])
	elif "xy" in node:
		out += struct.pack("<2i", *node["xy"])
	if "na" in node:
		out += struct.pack("<i", node["na"])
	for w in node.get("w", []):
		write_matrix(w, out)


def find(node, kind):
	"""All nodes of a kind, in the order in which data passes them."""
	found = [node] if node["type"] == kind else []
	for s in node.get("sub", []):
		found += find(s, kind)
	return found


class Model:
	"""One .traineddata: network, character set and recoder; other components pass through untouched."""

	def __init__(self, path):
		with open(path, "rb") as f:
			data = f.read()
		self.slots, = struct.unpack_from("<i", data, 0)
		offsets = struct.unpack_from("<%dq" % self.slots, data, 4)
		ends = sorted(o for o in offsets if o >= 0) + [len(data)]
		self.parts = {i: data[o:ends[ends.index(o) + 1]] for i, o in enumerate(offsets) if o >= 0}
		r = Reader(self.parts[LSTM])
		self.tree = read_node(r)
		self.spec = r.string()
		self.flags, = r.get("i")
		self.tail = r.data[r.pos:]
		self.blank, = struct.unpack_from("<i", self.tail, 8)
		self._read_charset()

	def _read_charset(self):
		rows = self.parts[UNICHARSET].decode("utf-8").split("\n")
		self.rows = rows[1:int(rows[0]) + 1]
		r = Reader(self.parts[RECODER])
		self.codes = []
		for _ in range(r.get("I")[0]):
			_, n = r.get("bI")
			self.codes.append(r.get("%di" % n))
		self._index()

	def _index(self):
		self.chars = [" "] + [row.split(" ")[0] for row in self.rows[1:]]
		self.ids = {c: i for i, c in enumerate(self.chars)}
		self.by_code = {}
		for i, c in enumerate(self.codes[:len(self.chars)]):
			self.by_code.setdefault(c, self.chars[i])

	def rename(self, old, new):
		"""The outputs of 'old' from now on read 'new'."""
		if old not in self.ids or new in self.ids:
			return
		i = self.ids[old]
		f = self.rows[i].split(" ")
		self.rows[i] = "%s 10 %s Common %d 10 %d %s" % (new, f[2], i, i, new)
		self._index()

	def add(self, char, like):
		"""A new Han character; its code is that of 'like' with another last digit, or all but the first."""
		if char in self.ids or like not in self.ids:
			return
		base, used = self.codes[self.ids[like]], set(self.codes)
		digits = [sorted({c[k] for c in self.codes if len(c) == len(base)}) for k in range(len(base))]
		prefixes = {c[:len(base)] for c in self.codes if len(c) > len(base)}
		tries = (base[:-1] + (d,) for d in digits[-1])
		long = [sorted({c[k] for c in self.codes if len(c) == 4}) for k in range(4)]
		more = (base[:1] + rest for rest in itertools.product(*long[1:]))
		code = next((c for c in itertools.chain(tries, more) if c not in used and c not in prefixes), None)
		if code is None:
			raise ValueError("no free code for '%s'" % char)
		i = len(self.rows)
		self.rows.append("%s 1 0,255,0,255,0,0,0,0,0,0 Han %d 0 %d %s" % (char, i, i, char))
		self.codes.append(code)
		self._index()

	def encode(self, text):
		"""Labels of a text; every character must be in the set."""
		return [code for c in text for code in self.codes[self.ids[c]]]

	def decode(self, labels):
		"""Text of labels without blanks and repeats, longest code first; what fits no code is dropped."""
		labels, text, i = tuple(int(v) for v in labels), "", 0
		while i < len(labels):
			for n in range(min(6, len(labels) - i), 0, -1):
				c = self.by_code.get(labels[i:i + n])
				if c is not None:
					text, i = text + c, i + n
					break
			else:
				i += 1
		return text

	def save(self, path):
		lstm = bytearray()
		write_node(self.tree, lstm)
		lstm += struct.pack("<I", len(self.spec)) + self.spec + struct.pack("<i", self.flags | INT_MODE) + self.tail
		recoder = struct.pack("<I", len(self.codes))
		for c in self.codes:
			recoder += struct.pack("<bI%di" % len(c), 1, len(c), *c)
		parts = dict(self.parts)
		parts[LSTM], parts[RECODER] = bytes(lstm), recoder
		parts[UNICHARSET] = ("%d\n" % len(self.rows) + "\n".join(self.rows) + "\n").encode("utf-8")
		offsets, body = [-1] * self.slots, b""
		for i in sorted(parts):
			offsets[i] = 4 + 8 * self.slots + len(body)
			body += parts[i]
		with open(path, "wb") as f:
			f.write(struct.pack("<i", self.slots) + struct.pack("<%dq" % self.slots, *offsets) + body)
