#!/usr/bin/env python3
"""Character error of models on real lines or columns: evaluate.py MODEL.traineddata [MODEL ...] [--network]

Sets: crops of the newspaper, cut into columns here the way the recipe expects them (local contrast, rules removed, columns by
the profile of ink); whole pages read by Tesseract's own layout; horizontal lines. What is absent is named and left out.
Reads with Tesseract itself, or with --network with the float network and no dictionary.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata

import cv2
import numpy as np

import net as N
import synth
import train
import traineddata

DATA = "../shared/data"


def fold(text):
	"""NFKC, period forms to known ones, no marks and spaces: what is compared."""
	with open(os.path.join(DATA, "ecpo", "variants.json"), encoding="utf-8") as f:
		known = {old: new for new, old in json.load(f).items()}
	text = unicodedata.normalize("NFKC", text)
	return "".join(known.get(c, c) for c in text if unicodedata.category(c)[0] not in "PSZC")


def distance(a, b):
	"""Levenshtein."""
	row = list(range(len(b) + 1))
	for i, x in enumerate(a, 1):
		last, row[0] = row[0], i
		for j, y in enumerate(b, 1):
			last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
	return row[-1]


def without_rules(ink):
	def long(size):
		return cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(size))
	return np.maximum(cv2.dilate(long((90, 1)), np.ones((5, 3))), cv2.dilate(long((1, 90)), np.ones((3, 5)))) > 0


def deshear(ink):
	"""The shear that makes the profile of ink per column sharpest."""
	h, w = ink.shape
	best, found = -1, None
	for s in np.linspace(-0.04, 0.04, 33):
		m = np.float32([[1, s, -s * h / 2], [0, 1, 0]])
		sharp = (np.diff(cv2.warpAffine(ink, m, (w, h)).sum(0)) ** 2).sum()
		if sharp > best:
			best, found = sharp, m
	return found


def pitch_of(profile, low, high):
	p = profile - profile.mean()
	auto = np.correlate(p, p, "full")[len(p) - 1:] / np.arange(len(p), 0, -1)
	k = np.arange(low, min(high, len(p) // 2))
	return int(k[np.argmax(auto[k])])


def cuts(profile, pitch):
	"""Where columns part: little ink, distances near the pitch; dynamic programming."""
	pad = int(pitch * 1.5)
	q = np.pad(profile, pad)
	cost = np.convolve(np.pad(q, 1, "edge"), [0.25, 0.5, 0.25], "valid") / (np.percentile(profile, 85) + 1e-6)
	total, back = np.full(len(q), np.inf), np.full(len(q), -1)
	total[:pad + 1] = 0
	for x in range(pad + 1, len(q)):
		for d in range(int(pitch * 0.75), int(np.ceil(pitch * 1.3)) + 1):
			y = x - d
			if y >= 0:
				v = (cost[y] if y <= pad else total[y]) + cost[x] + ((d - pitch) / pitch) ** 2
				if v < total[x]:
					total[x], back[x] = v, y
	first = pad + len(profile) - 2
	at = [first + int(np.argmin(total[first:]))]
	while at[-1] > pad and back[at[-1]] >= 0:
		at.append(int(back[at[-1]]))
	return [x - pad for x in at[::-1]]


def columns(grey, line):
	"""Line images of a crop of vertical print, right to left."""
	grey = synth.contrast(grey)
	ink = (grey < 128).astype(np.float32)
	rule = without_rules(ink)
	ink[rule], grey[rule] = 0, 255
	m = deshear(ink)
	h, w = ink.shape
	ink = cv2.warpAffine(ink, m, (w, h))
	grey = cv2.warpAffine(grey, m, (w, h), flags=cv2.INTER_CUBIC, borderValue=255)
	pitch = pitch_of(ink.sum(0), 18, 60)
	at = [min(max(x, 0), w) for x in cuts(ink.sum(0), pitch)]
	found = []
	for x0, x1 in zip(at, at[1:]):
		part = ink[:, x0:x1]
		if x1 - x0 < pitch * 0.4 or part.sum() < h * pitch * 0.02:
			continue
		rows = np.nonzero(part.sum(1))[0]
		mass = part.sum(0).cumsum() / part.sum()
		found.append((grey[max(0, rows[0] - 4):rows[-1] + 5, x0:x1], int((mass < 1 / 60).sum()), int((mass < 59 / 60).sum()) + 1))
	core = float(np.median([b - a for _, a, b in found])) if found else 1
	return [shown(col, (a + b) / 2, core, line) for col, a, b in found[::-1]]


def shown(col, middle, core, line):
	"""A column as the stage shows it: its glyphs 'core' px of 'shown' px high, their middle in the middle."""
	s = line["core"] / core
	r = cv2.rotate(cv2.resize(col, None, fx=s, fy=s, interpolation=cv2.INTER_CUBIC), cv2.ROTATE_90_COUNTERCLOCKWISE)
	height, top = line["shown"], round(line["shown"] / 2 - (col.shape[1] - middle) * s)
	r = r[max(0, -top):max(0, -top) + height - max(0, top)]
	return cv2.copyMakeBorder(r, max(0, top), height - max(0, top) - r.shape[0], line["ends"], line["ends"], cv2.BORDER_CONSTANT, value=255)


def tesseract(path, model, mode, dictionaries=True):
	folder, name = os.path.split(os.path.abspath(model))
	run = subprocess.run(["tesseract", path, "-", "--tessdata-dir", folder, "-l", name.removesuffix(".traineddata"), "--psm", str(mode)] +
		([] if dictionaries else ["-c", "load_system_dawg=0", "-c", "load_punc_dawg=0", "-c", "load_number_dawg=0"]),
		capture_output=True, text=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
	return re.sub(r"\s", "", run.stdout)


def read_tesseract(images, model, dictionaries=True):
	with tempfile.TemporaryDirectory() as tmp:
		names = [os.path.join(tmp, "%03d.png" % k) for k in range(len(images))]
		for name, img in zip(names, images):
			cv2.imwrite(name, img)
		with open(os.path.join(tmp, "list"), "w", encoding="utf-8") as f:
			f.write("\n".join(names) + "\n")
		return tesseract(os.path.join(tmp, "list"), model, 13, dictionaries)


def sets(line):
	"""Yields (set, name, line images or None, path, page mode, truth)."""
	for path in sorted(glob.glob(os.path.join(DATA, "ecpo", "blocks", "*.png"))):
		name = os.path.basename(path)[:-4]
		if name != "A2_headline":
			yield "newspaper columns", name, columns(cv2.imread(path, 0), line), path, 5, path[:-4] + ".gt.txt"
	pages = sorted(glob.glob(os.path.join(DATA, "openguji", "shiji", "*.png")) + glob.glob(os.path.join(DATA, "modern", "rapidocr", "text_vertical*.png")))
	for path in pages:
		yield "modern vertical print", os.path.basename(path)[:-4], None, path, 5, path[:-4] + ".gt.txt"


def measure(model, line, network=False):
	"""{set: [edits, characters]}; a line of output for each picture."""
	total = {}
	net = N.Net(traineddata.Model(model)) if network else None
	for kind, name, images, path, mode, truth in sets(line):
		if network and images is None:
			continue
		if network:
			got = "".join(N.read_lines(net, images))
		else:
			got = read_tesseract(images, model) if images is not None else tesseract(path, model, mode)
		with open(truth, encoding="utf-8") as f:
			want = fold(f.read())
		count = total.setdefault(kind, [0, 0])
		d = distance(want, fold(got))
		count[0], count[1] = count[0] + d, count[1] + len(want)
		print("%-28s %-22s %-20s %.4f" % (os.path.basename(model), kind, name, d / len(want)), flush=True)
	return total


def main(models, network):
	line = train.load_params()["line"]
	for model in models:
		for kind, (d, n) in measure(model, line, network).items():
			print("%-28s %-22s %-20s %.4f" % (os.path.basename(model), kind, "TOTAL", d / n))


if __name__ == "__main__":
	main([a for a in sys.argv[1:] if not a.startswith("--")], "--network" in sys.argv)
