#!/usr/bin/env python3
"""recipe.py: the model recipe takes a few steps, and Tesseract loads and runs what comes out.

Needs the environment of `make model` (build/model/venv or this Python's own packages); skips by name without it.
"""
import io
import json
import os
import struct
import subprocess
import sys
import tarfile
import tempfile
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TRAIN = os.path.join(ROOT, "stages", "ocr", "train")
BASE = "/usr/share/tesseract-ocr/5/tessdata/chi_tra_vert.traineddata"


def python():
	"""A Python that has PyTorch and OpenCV, or None."""
	for p in (os.path.join(ROOT, "build", "model", "venv", "bin", "python"), sys.executable):
		if os.path.exists(p) and subprocess.run([p, "-c", "import torch, cv2, fontTools, PIL"], capture_output=True).returncode == 0:
			return p
	return None


def unchanged_model_comes_out_byte_for_byte(p, folder):
	copy = os.path.join(folder, "copy.traineddata")
	code = "import sys; sys.path.insert(0, sys.argv[1]); import traineddata; traineddata.Model(sys.argv[2]).save(sys.argv[3])"
	subprocess.run([p, "-c", code, TRAIN, BASE, copy], check=True)
	with open(BASE, "rb") as a, open(copy, "rb") as b:
		assert a.read() == b.read(), "reading and writing changed the model"


def a_few_steps_give_a_model_that_tesseract_reads_with(p, folder):
	out = os.path.join(folder, "tiny.traineddata")
	subprocess.run([p, os.path.join(TRAIN, "train.py"), "--steps", "4", "--minutes", "5", "--out", out, "--set", "train.batch=4",
		"--set", "train.pool=2"], check=True, cwd=ROOT, capture_output=True)
	code = ("import sys, random; sys.path.insert(0, sys.argv[1]); import cv2, text, synth, train, charset, traineddata as T\n"
		"P = train.load_params(); m = T.Model(P['model']['base']); P['synth']['clean'] = 1; f = charset.prepare(m)\n"
		"img, t = max(synth.Synth(P, text.Text(P['text'], m.chars, f, random.Random(3)), 3).block(), key=lambda x: len(x[1]))\n"
		"cv2.imwrite(sys.argv[2], img); print(t)")
	png = os.path.join(folder, "line.png")
	want = subprocess.run([p, "-c", code, TRAIN, png], check=True, cwd=ROOT, capture_output=True, text=True).stdout.strip()
	got = subprocess.run(["tesseract", png, "-", "--tessdata-dir", folder, "-l", "tiny", "--psm", "13"], capture_output=True, text=True, check=True).stdout
	same = sum(c in got for c in want)
	assert same * 3 > len(want), "Tesseract read %r for %r" % (got, want)


def the_recipe_takes_line_shards_packed_and_unpacked(p, folder):
	shards, loose = os.path.join(folder, "lines"), os.path.join(folder, "loose")
	for place in (shards, loose):
		os.makedirs(place)
	parts = (b"IHDR" + struct.pack(">IIBBBBB", 2, 4, 8, 0, 0, 0, 0), b"IDAT" + zlib.compress(b"\0\xff\x10" * 4), b"IEND")
	png = b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(x) - 4) + x + struct.pack(">I", zlib.crc32(x)) for x in parts)
	lines = [("a-1", "train", "vertical", "\u7532"), ("a-2", "test", "vertical", "\u4e59"), ("a-3", "train", "horizontal", "\u4e19")]
	with tarfile.open(os.path.join(shards, "train-0.tar"), "w", format=tarfile.USTAR_FORMAT) as tar:
		for key, split, direction, text in lines:
			for extension, data in (("json", json.dumps({"split": split, "direction": direction}).encode()), ("png", png), ("txt", text.encode())):
				member = tarfile.TarInfo("%s.%s" % (key, extension))
				member.size = len(data)
				tar.addfile(member, io.BytesIO(data))
				with open(os.path.join(loose, member.name), "wb") as f:
					f.write(data)
	code = ("import sys; sys.path.insert(0, sys.argv[1]); import train\n"
		"for place in sys.argv[2:]: print([(img.shape, t) for img, t in train.real_lines(place, set('\u7532\u4e59\u4e19'))])")
	got = subprocess.run([p, "-c", code, TRAIN, shards, os.path.join(shards, "train-0.tar"), loose], check=True, capture_output=True, text=True).stdout
	assert got.splitlines() == ["[((2, 4), '\u7532')]"] * 3, got


def main():
	p = python()
	if p is None or not os.path.exists(BASE):
		print("skip recipe: %s" % ("no Python with torch, cv2, fontTools and PIL" if p is None else "no " + BASE))
		return 0
	failed = 0
	for test in (unchanged_model_comes_out_byte_for_byte, the_recipe_takes_line_shards_packed_and_unpacked,
		a_few_steps_give_a_model_that_tesseract_reads_with):
		with tempfile.TemporaryDirectory() as folder:
			try:
				test(p, folder)
				print("ok   recipe: %s" % test.__name__.replace("_", " "))
			except (AssertionError, subprocess.CalledProcessError) as e:
				failed += 1
				print("FAIL recipe: %s: %s" % (test.__name__.replace("_", " "), e))
	return 1 if failed else 0


if __name__ == "__main__":
	sys.exit(main())
