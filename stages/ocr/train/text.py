"""What the synthetic columns say: words of Debian's dictionaries, classical running text, own passages, rare characters.

Nothing is copied into the project: dictionaries and sets are read where they are. A source that is absent is left out
and named by sources(). Every line holds only characters of the model's set.
"""
import bisect
import glob
import itertools
import os
import random
import re
import subprocess
import xml.etree.ElementTree as ET

import charset

HERE = os.path.dirname(os.path.abspath(__file__))
STOPS = "，" * 12 + "。" * 6 + "、" * 6 + "：；！？"
PLACES = "上海 南京 北平 天津 漢口 廣州 重慶 瑞金 長沙 南昌 福州 汀州 杭州 蘇州 九江 宜昌 西安 成都 貴陽 桂林 香港 東京 倫敦 巴黎 莫斯科".split()
NUMBERS = "一二三四五六七八九十"


def number(rng, most):
	"""1 to 99 in the period's writing, 廿 and 卅 included."""
	n = rng.randint(1, most)
	tens, ones = divmod(n, 10)
	tail = NUMBERS[ones - 1] if ones else ""
	if tens == 0:
		return tail
	if tens in (2, 3) and rng.random() < 0.6:
		return " 廿卅"[tens - 1] + tail
	return ("" if tens == 1 else NUMBERS[tens - 1]) + "十" + tail


def opening(rng):
	"""How a telegram, a notice or a list begins."""
	place, day = rng.choice(PLACES), number(rng, 31)
	return rng.choice((
		"（%s%s日電）" % (place, day), "（%s%s日專電）" % (place, day), "【%s通訊】" % place, "▲%s消息" % place, "○%s" % place,
		"●%s　" % number(rng, 20), "本報%s%s日訊，" % (place, day), "第%s條　" % number(rng, 60), "%s、" % number(rng, 20),
		"民國%s年%s月%s日，" % (number(rng, 28), number(rng, 12), day), "××", "——", "……", "計洋%s元%s角，" % (number(rng, 99), number(rng, 9)),
		"價目：每月%s元，" % number(rng, 12), "（%s）" % number(rng, 30), "【%s】" % number(rng, 40), "〔%s〕" % number(rng, 40), "『", "「"))


def dictionary(params):
	"""(word, weight) of rime's list and OpenCC's phrases."""
	words = {}
	if os.path.exists(params["essay"]):
		with open(params["essay"], encoding="utf-8") as f:
			for row in f:
				word, _, count = row.rstrip("\n").partition("\t")
				words[word] = float(count or 0) ** 0.6 + 1
	path = os.path.join(params["opencc"], "STPhrases.ocd2")
	if os.path.exists(path):
		run = subprocess.run(["opencc_dict", "-i", path, "-o", "/dev/stdout", "-f", "ocd2", "-t", "text"], capture_output=True)
		for row in run.stdout.decode("utf-8", "ignore").splitlines():
			for word in row.split("\t")[-1].split():
				words.setdefault(word, 20.0)
	return words


def classical(params):
	"""Running text of the sets that may enter a model."""
	lines = []
	for path in sorted(glob.glob(os.path.join(params["page_gt"], "*", "*.xml"))):
		for line in ET.parse(path).findall(".//{*}TextLine"):
			for e in line.findall("{*}TextEquiv/{*}Unicode"):
				lines.append("".join((e.text or "").split()))
	for path in sorted(glob.glob(os.path.join(params["siku"], "*.gt.txt"))):
		with open(path, encoding="utf-8") as f:
			lines += [re.sub(r"\s", "", row) for row in f]
	return [x for x in lines if len(x) > 3]


class Text:
	"""line(n) gives about n characters of some kind."""

	def __init__(self, params, chars, forms, rng):
		self.p, self.rng, self.forms = params, rng, forms
		self.chars = {c for c in chars if len(c) == 1} | {"　"}
		self.han = sorted(c for c in self.chars if "\u3400" <= c <= "\u9fff")
		words = {w: k for w, k in dictionary(params).items() if w and all(c in self.chars for c in w)}
		self.words, self.sums = list(words), list(itertools.accumulate(words.values()))
		self.more = sorted({c for c, _ in charset.more()} & self.chars)
		self.with_char = {}
		for w in self.words:
			for c in w if len(w) > 1 else "":
				self.with_char.setdefault(c, []).append(w)
		self.old = classical(params)
		with open(os.path.join(HERE, "phrases.txt"), encoding="utf-8") as f:
			self.own = [row.strip() for row in f if not row.startswith("#")]
		self.kinds = [k for k in ("words", "classical", "own", "rare")
			if not (k == "words" and not self.words) and not (k == "classical" and not self.old)]

	def sources(self):
		return {"words": len(self.words), "classical lines": len(self.old), "own passages": len(self.own), "characters": len(self.han)}

	def word(self):
		return self.words[bisect.bisect(self.sums, self.rng.random() * self.sums[-1])]

	def seldom(self):
		"""A character, each as often as every other and new ones more often; half of the time in a word."""
		c = self.rng.choice(self.more if self.rng.random() < 0.4 else self.han)
		return self.rng.choice(self.with_char[c]) if c in self.with_char and self.rng.random() < 0.5 else c

	def line(self, n):
		rng, s = self.rng, ""
		kind = rng.choices(self.kinds, [self.p[k] for k in self.kinds])[0]
		if rng.random() < 0.12:
			s = opening(rng)
		while len(s) < n:
			if kind == "rare":
				s += self.seldom()
				if rng.random() < 0.1:
					s += rng.choice(STOPS)
			elif kind == "words":
				s += self.word()
				if rng.random() < 0.17:
					s += rng.choice(STOPS)
				elif rng.random() < 0.02:
					s += rng.choice("「%s」 『%s』 （%s） 【%s】".split()) % self.word()
			else:
				t = rng.choice(self.old if kind == "classical" else self.own)
				k = rng.randrange(len(t))
				s += t[k:k + n] + ("　" if rng.random() < 0.1 else "")
		return self.period("".join(c for c in s[:n] if c in self.chars))

	def period(self, s):
		"""Some characters in the forms of the period."""
		rng, share = self.rng, self.p["variant"]
		return "".join(rng.choice(self.forms[c]) if c in self.forms and rng.random() < share else c for c in s)


if __name__ == "__main__":
	import tomllib
	import traineddata
	with open(os.path.join(HERE, "params.toml"), "rb") as f:
		P = tomllib.load(f)
	m = traineddata.Model(P["model"]["base"])
	period = charset.prepare(m)
	t = Text(P["text"], m.chars, period, random.Random(1))
	print(t.sources())
	for _ in range(20):
		print(t.line(24))
