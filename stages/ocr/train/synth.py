"""Synthetic columns like those that layout cuts from old newsprint: blocks of columns are set, printed, aged, scanned,
normalised and cut as the real pages are; each cut column is turned 90 degrees counter-clockwise.

Several columns share one block, so that neighbours, rules and the normalisation's window are what they are on a page.
Ink is 0 to 1 while printing, grey 0 to 255 (black on white) after scanning.
"""
import random

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

ROOT = "/usr/share/fonts/"
FONTS = [	# path, face, weight; Song and Ming first
	("opentype/noto/NotoSerifCJK-Regular.ttc", 3, 2), ("opentype/noto/NotoSerifCJK-Medium.ttc", 3, 2), ("opentype/noto/NotoSerifCJK-Medium.ttc", 0, 2),
	("opentype/noto/NotoSerifCJK-SemiBold.ttc", 3, 2), ("opentype/noto/NotoSerifCJK-Bold.ttc", 0, 2), ("truetype/arphic/uming.ttc", 0, 4),
	("truetype/arphic-bsmi00lp/bsmi00lp.ttf", 0, 3), ("truetype/cns11643/TW-Sung-98_1.ttf", 0, 3), ("truetype/cwtex/cwming.ttf", 0, 4),
	("opentype/ipaexfont-mincho/ipaexm.ttf", 0, 4), ("truetype/hanazono/HanaMinA.ttf", 0, 3), ("truetype/babelstone/BabelStoneHan.ttf", 0, 2),
	("truetype/cwtex/cwfs.ttf", 0, 1), ("opentype/noto/NotoSansCJK-Regular.ttc", 3, 1), ("truetype/arphic/ukai.ttc", 0, 1)]
EM = 44	# px a glyph is set at
TURNED = set("（）「」『』〈〉《》【】〔〕—…～")
STOPS = set("，。、")
BESIDE = ("dot", "dot", "ring", "line")


class Face:
	"""A font, its glyphs as arrays of ink, cached."""

	def __init__(self, path, index):
		self.font = ImageFont.truetype(ROOT + path, EM, index=index)
		self.has = set(TTFont(ROOT + path, fontNumber=index, lazy=True).getBestCmap())
		self.cache = {}

	def glyph(self, c):
		if c not in self.cache:
			im = Image.new("L", (EM + 12, EM + 12), 0)
			ImageDraw.Draw(im).text((6 + EM // 2, 6 + EM // 2), c, font=self.font, fill=255, anchor="mm")
			if c in TURNED:
				im = im.rotate(-90)
			self.cache[c] = np.asarray(im)
		return self.cache[c]


def faces():
	found, weights = [], []
	for path, index, weight in FONTS:
		try:
			found.append(Face(path, index))
			weights.append(weight)
		except OSError:
			continue
	return found, weights


def put(canvas, g, y, x, ink):
	h, w = g.shape
	y, x = int(y), int(x)
	y0, x0 = max(0, -y), max(0, -x)
	part = canvas[y + y0:y + h, x + x0:x + w]
	np.maximum(part, g[y0:y0 + part.shape[0], x0:x0 + part.shape[1]] * ink, out=part)


def mark_beside(canvas, mark, y, middle, lead):
	"""What stands beside a glyph: a dot or a ring to the right, or a piece of the line to the left of names."""
	if mark == "line":
		cv2.line(canvas, (int(middle - EM * 0.56), int(y)), (int(middle - EM * 0.56), int(y + lead)), 0.9, 1)
	else:
		cv2.circle(canvas, (int(middle + EM * 0.58), int(y + EM / 2)), 3, 0.9, -1 if mark == "dot" else 1)


def set_columns(rng, texts, face):
	"""Texts as columns, first at the right. Returns ink, the columns' left edges, the pitch and each column's ink ends."""
	pitch = EM * rng.uniform(1.12, 1.5)
	lead = EM * (rng.uniform(0.92, 1.14) if rng.random() < 0.85 else rng.uniform(1.1, 1.6))	# head lines are spaced
	height = int(max(len(t) for t in texts) * lead + EM * 1.2)
	width = int(pitch * (len(texts) + 1))
	canvas = np.zeros((height, width), np.float32)
	edges, low = [], rng.random() < 0.6
	blots = rng.choice((0, 0, 0.08, 0.2))	# share of glyphs that took too much ink
	for k, t in enumerate(texts):
		x = width - pitch * (k + 1.5)
		y = EM * 0.3
		weight, faintest = rng.uniform(0.75, 1), rng.choice((0.75, 0.75, 0.45))
		beside = rng.choice(BESIDE) if rng.random() < 0.08 else ""
		for c in t:
			if c != "　":
				g = face.glyph(c)
				if blots and rng.random() < blots:
					g = cv2.dilate(g, np.ones((rng.randint(2, 3), rng.randint(2, 3))))
				dx, dy = rng.gauss(0, 0.8), rng.gauss(0, 0.8)
				if c in STOPS:
					ys, xs = np.nonzero(g > 60)
					if len(ys):
						mid = (g.shape[0] / 2 - ys.mean(), g.shape[1] / 2 - xs.mean())
						off = (0, 0) if low else (-EM * 0.22, EM * 0.22)
						dy, dx = dy + mid[0] + off[0], dx + mid[1] + off[1]
				put(canvas, g, y + dy - 6, x + pitch / 2 - EM / 2 - 6 + dx, weight * rng.uniform(faintest, 1) / 255)
				if beside and c not in STOPS:
					mark_beside(canvas, beside, y, x + pitch / 2, lead)
			y += lead * (rng.uniform(0.55, 1) if c in STOPS and rng.random() < 0.3 else 1)
		edges.append((x, y))
	if rng.random() < 0.25:
		for k in range(len(texts) + 1):
			x = int(width - pitch * (k + 0.5) + rng.gauss(0, 2))
			if rng.random() < 0.7 and 0 < x < width - 2:
				canvas[:, x:x + rng.randint(1, 2)] = rng.uniform(0.4, 1)
	return canvas, edges, pitch


def field(shape, cell, rs):
	"""Smooth noise of about unit deviation, features of 'cell' px."""
	n = rs.standard_normal((int(shape[0] / cell) + 3, int(shape[1] / cell) + 3)).astype(np.float32)
	return cv2.resize(n, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


def ink_spread(rng, rs, a, hard):
	"""Blur and threshold with an uneven level: strokes grow, fill and break."""
	sigma = rng.uniform(0.6, 1.2 + 1.6 * hard)
	b = cv2.GaussianBlur(a, (0, 0), sigma)
	level = rng.uniform(0.32, 0.45) if hard == 0 else rng.uniform(0.13, 0.34)
	level = level + field(a.shape, rng.uniform(60, 200), rs) * 0.05 * hard + field(a.shape, rng.uniform(5, 14), rs) * 0.05 * hard
	return np.clip((b - level) * rng.uniform(2, 5) + 0.5, 0, 1)


def scan(rng, rs, a, hard):
	"""Ink to grey at the resolution of the scan. Returns grey and the scale."""
	size = rng.triangular(20, 44, 25) if hard else rng.uniform(24, 48)
	s = size / EM
	if rng.random() < 0.6 * hard:
		yy, xx = np.mgrid[0:a.shape[0], 0:a.shape[1]].astype(np.float32)
		amp = rng.uniform(0.3, 1.6)
		a = cv2.remap(a, xx + field(a.shape, 40, rs) * amp, yy + field(a.shape, 40, rs) * amp, cv2.INTER_LINEAR)
	g = cv2.resize(a, None, fx=s, fy=s, interpolation=cv2.INTER_AREA)
	g = cv2.GaussianBlur(g, (0, 0), 0.3 + rng.uniform(0.1, 1.0 + 0.5 * (size / 25 - 1)) * (0.35 + hard))
	if rng.random() < 0.45 * hard:	# out of focus, mostly in one direction
		g = cv2.GaussianBlur(g, (0, 0), sigmaX=rng.uniform(0.5, 1.8) * size / 26, sigmaY=rng.uniform(0.2, 1.2) * size / 26)
	g *= np.clip(1 - rng.uniform(0, 0.2) * hard + field(g.shape, 50, rs) * 0.12 * hard, 0.35, 1)
	paper = rng.uniform(170, 245) + field(g.shape, 80, rs) * 6 * hard
	out = paper - g * (paper - rng.uniform(15, 90))
	out += rs.standard_normal(out.shape).astype(np.float32) * rng.uniform(0.5, 2 + 5 * hard)
	for _ in range(int(rng.expovariate(1) * hard * out.size / 6000)):
		cv2.circle(out, (rng.randrange(out.shape[1]), rng.randrange(out.shape[0])), rng.choice((0, 0, 1, 1, 2)), rng.choice((50, 110, 230)), -1)
	out = np.clip(out, 0, 255).astype(np.uint8)
	if rng.random() < 0.7:
		out = cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(25, 90)])[1], 0)
	return out, s


def contrast(g, win=41):
	"""Local contrast to 0..255, as layout does it before it cuts columns."""
	f = g.astype(np.float32)
	hi = cv2.GaussianBlur(cv2.dilate(cv2.medianBlur(g, 3), np.ones((15, 15))).astype(np.float32), (0, 0), win / 2)
	lo = cv2.GaussianBlur(cv2.erode(cv2.blur(f, (3, 3)), np.ones((win, win))), (0, 0), win / 2)
	lo = np.minimum(lo, hi - 40)
	return np.clip(255 * (f - lo) / (hi - lo), 0, 255).astype(np.uint8)


def line_image(col, height, margin, ends):
	"""A column as the network gets it: turned, scaled to 'height', white around it."""
	r = cv2.rotate(col, cv2.ROTATE_90_COUNTERCLOCKWISE)
	r = cv2.resize(r, (max(8, round(r.shape[1] * height / r.shape[0])), height), interpolation=cv2.INTER_CUBIC)
	return cv2.copyMakeBorder(r, margin, margin, ends, ends, cv2.BORDER_CONSTANT, value=255)


class Synth:
	"""block() gives a list of (line image, text)."""

	def __init__(self, params, text, seed):
		self.p, self.line, self.text = params["synth"], params["line"], text
		self.rng, self.rs = random.Random(seed), np.random.RandomState(seed)
		self.faces, self.weights = faces()

	def block(self):
		rng, rs = self.rng, self.rs
		face = rng.choices(self.faces, self.weights)[0]
		most = rng.randint(*self.p["glyphs"])
		texts = []
		for _ in range(self.p["columns"]):
			t = self.text.line(most if rng.random() < 0.75 else rng.randint(2, most))
			texts.append("".join(c for c in t if c == "　" or ord(c) in face.has).rstrip("　"))
		if max(len(t) for t in texts) < 2:
			return []
		hard = 0.0 if rng.random() < self.p["clean"] else rng.uniform(0.35, 1)
		ink, edges, pitch = set_columns(rng, texts, face)
		grey, s = scan(rng, rs, ink_spread(rng, rs, ink, hard), hard)
		if hard or rng.random() < 0.5:
			grey = contrast(grey)
		if hard and rng.random() < 0.7:
			k = rng.uniform(-0.012, 0.012)
			grey = cv2.warpAffine(grey, np.float32([[1, k, -k * grey.shape[0] / 2], [0, 1, 0]]), grey.shape[::-1], flags=cv2.INTER_CUBIC, borderValue=255)
		out = []
		for t, (x, y) in zip(texts, edges):
			if not t.strip("　"):
				continue
			half = rng.uniform(EM * 0.53, pitch / 2) * s	# from hardly more than the glyphs to the middle of the gaps
			x0, x1 = (x + pitch / 2) * s - half + rng.gauss(0, 1), (x + pitch / 2) * s + half + rng.gauss(0, 1)
			y0, y1 = EM * s * 0.3 - rng.uniform(0, 5), min(y * s + rng.uniform(0, 6), grey.shape[0])
			col = grey[max(0, round(y0)):round(y1), max(0, round(x0)):round(x1)].copy()
			if hard and rng.random() < 0.25:
				col[:rng.randint(1, 4)] = rng.randint(0, 120)
			margin = rng.randint(*self.line["margin"])
			out.append((line_image(col, self.line["height"], margin, self.line["ends"]), t.replace("　", "")))
		return out


def again(img, text, rng, line):
	"""A real line with other margins, height and tone, so that few lines teach more."""
	h, w = img.shape
	cut = rng.randint(0, max(1, h // 12)), rng.randint(0, max(1, h // 12))
	img = img[cut[0]:h - cut[1]]
	img = cv2.resize(img, (max(8, round(w * rng.uniform(0.94, 1.06) * line["height"] / img.shape[0])), line["height"]), interpolation=cv2.INTER_CUBIC)
	if rng.random() < 0.4:
		img = cv2.GaussianBlur(img, (0, 0), rng.uniform(0.4, 1.4))
	gamma = rng.uniform(0.7, 1.4)
	img = (255 * (img / 255.0) ** gamma).astype(np.uint8)
	m = rng.randint(*line["margin"])
	return cv2.copyMakeBorder(img, m, m, line["ends"], line["ends"], cv2.BORDER_CONSTANT, value=255), text
