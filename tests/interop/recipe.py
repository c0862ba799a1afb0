#!/usr/bin/env python3
"""recipe.py: the model recipe takes a few steps, and Tesseract loads and runs what comes out.

Needs the environment of `make model` (build/model/venv or this Python's own packages); skips by name without it.
"""
import os
import subprocess
import sys
import tempfile

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


def main():
	p = python()
	if p is None or not os.path.exists(BASE):
		print("skip recipe: %s" % ("no Python with torch, cv2, fontTools and PIL" if p is None else "no " + BASE))
		return 0
	failed = 0
	for test in (unchanged_model_comes_out_byte_for_byte, a_few_steps_give_a_model_that_tesseract_reads_with):
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
