#!/usr/bin/env python3
"""From a checkpoint to a model in the project: export.py CHECKPOINT.traineddata

Checks that Tesseract reads the int8 model as PyTorch reads the float weights (CHECKPOINT.traineddata.pt, averaged), measures
it against its base, and copies it with its card to [model] out. Refuses a model that is not better than its base on the
newspaper columns or worse on modern vertical print.
"""
import hashlib
import os
import shutil
import sys

import torch

import charset
import evaluate
import net as N
import train
import traineddata

CARD = """# {name}: a Tesseract model for vertical Chinese letterpress of the 1920s to 1940s

`{name}.traineddata`, SHA-256 `{digest}`, {bytes} bytes, int8, loads in Debian's Tesseract 5.3
(`tesseract --tessdata-dir FOLDER -l {name}`, `--psm 13` per column, `--psm 5` per block) and gives the same text there as in `redcorpus`.

* **Made from** Debian's `{base}` (Apache-2.0, SHA-256 `{base_digest}`): same network, {chars} characters, {added} of them new: old forms
  such as 爲 囘 卽 眞, and characters that words need (`stages/ocr/train/characters.txt`); full-width marks under their own names, so ASCII marks are not in the set any more.
* **Trained on** {seen} synthetic lines, CTC, averaged weights, seed {seed}. {how} Text: words of Debian's `rime-essay` (LGPL-3) and
  `libopencc-data` (Apache-2.0), the Apache-2.0 sets CHI-KNOW-PO and open-guji (siku), own passages. Fonts: Debian's Song and Ming fonts.
  No real image was used. Of the sets that measure only the texts of open-guji (siku) were among what the lines say: siku does not measure this model.
* **Good for** narrow columns of old newsprint with glyphs of about 20 to 45 px, cut as `stages/ocr/train/README.md` says.
* **Not for** horizontal text, handwriting, simplified characters, Latin text, woodblock print (not measured).
* **Licence**: Apache-2.0, as the model it was made from.

Character error (marks and spaces left out, old forms folded), read by Tesseract:

| set | {base} | {name} |
|---|---|---|
{rows}
Agreement of the int8 model in Tesseract (without dictionaries) with the float network on the newspaper columns: {agree:.1%} of characters.
"""


def digest(path):
	with open(path, "rb") as f:
		return hashlib.sha256(f.read()).hexdigest()


def agreement(path, params):
	"""Share of characters that Tesseract and the float network read alike on the columns."""
	model = traineddata.Model(params["model"]["base"])
	charset.prepare(model)
	net = N.Net(model)
	net.load_state_dict(torch.load(path + ".pt", weights_only=True)["average"])
	edits = chars = 0
	for kind, _, images, *_ in evaluate.sets(params["line"]):
		if images is not None:
			ours = "".join(N.read_lines(net, images)).replace(" ", "")
			theirs = evaluate.read_tesseract(images, path, dictionaries=False)
			edits, chars = edits + evaluate.distance(ours, theirs), chars + max(len(ours), len(theirs))
	return 1 - edits / chars if chars else float("nan")


def main(path, how):
	params = train.load_params()
	base, name = params["model"]["base"], params["model"]["name"]
	before, after = evaluate.measure(base, params["line"]), evaluate.measure(path, params["line"])
	rows, bad = "", []
	for kind in before:
		b, a = (m[kind][0] / m[kind][1] for m in (before, after))
		rows += "| %s | %.3f | %.3f |\n" % (kind, b, a)
		if a >= b + (0 if kind == "newspaper columns" else 0.02):
			bad.append(kind)
	print(rows)
	if bad or not before:
		sys.exit("not exported: no better than the base on %s" % (", ".join(bad) or "anything: no set to measure"))
	model = traineddata.Model(path)
	stock = len(traineddata.Model(base).chars)
	os.makedirs(params["model"]["out"], exist_ok=True)
	target = os.path.join(params["model"]["out"], name + ".traineddata")
	card = CARD.format(name=name, digest=digest(path), bytes=os.path.getsize(path), base=os.path.basename(base)[:-len(".traineddata")],
		base_digest=digest(base), chars=len(model.chars), added=len(model.chars) - stock, seed=params["train"]["seed"], rows=rows, how=how,
		seen=torch.load(path + ".pt", weights_only=True)["seen"], agree=agreement(path, params))
	shutil.copyfile(path, target)
	with open(os.path.join(params["model"]["out"], name + ".md"), "w", encoding="utf-8") as f:
		f.write(card)
	print(card)


if __name__ == "__main__":
	if len(sys.argv) < 2:
		sys.exit(__doc__)
	main(sys.argv[1], " ".join(sys.argv[2:]))
