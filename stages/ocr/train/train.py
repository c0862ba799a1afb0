#!/usr/bin/env python3
"""Trains a model from params.toml: train.py [--minutes M] [--steps N] [--lines PLACE] [--from FILE.pt] [--out FILE.traineddata]

Synthetic lines without end, and with --lines real ones: a corpus, its line shards as they are or unpacked, or a folder of NAME.png or
.jpg beside NAME.txt (vertical columns upright or already turned). CTC on CPU (bfloat16 where the processor has it) or GPU. Every checkpoint is a
whole .traineddata of the averaged weights, with the state to go on from beside it (.pt).
"""
import argparse
import copy
import glob
import json
import math
import os
import random
import tarfile
import time
import tomllib
from queue import Full

import cv2
import numpy as np
import torch
import torch.multiprocessing as mp

import charset
import net as N
import synth
import text
import traineddata

HERE = os.path.dirname(os.path.abspath(__file__))


def load_params():
	with open(os.path.join(HERE, "params.toml"), "rb") as f:
		return tomllib.load(f)


def members(path):
	"""Samples of a WebDataset tar as {extension: bytes}, by key."""
	samples = {}
	with tarfile.open(path, "r:") as tar:
		for member in tar:
			key, _, extension = member.name.partition(".")
			if member.isfile() and extension in ("json", "png", "txt"):
				samples.setdefault(key, {})[extension] = tar.extractfile(member).read()
	return samples


def sources(place):
	"""What --lines names, sample by sample, as ({extension: bytes}): a corpus, a shard (.tar), or a folder of shards, of unpacked ones or of
	NAME.png (or .jpg) beside NAME.txt."""
	manifest = os.path.join(place, "manifest.json")
	if os.path.exists(manifest):                            # older versions' shards may lie beside
		with open(manifest, encoding="utf-8") as f:
			shards = [os.path.join(place, x["path"]) for x in json.load(f)["files"] if x["kind"] == "lines"]
	else:
		shards = [place] if os.path.isfile(place) else sorted(glob.glob(os.path.join(glob.escape(place), "**", "*.tar"), recursive=True))
	for shard in shards:
		yield from members(shard).values()
	for path in [] if shards else sorted(glob.glob(os.path.join(glob.escape(place), "**", "*.txt"), recursive=True)):
		image = next((path[:-4] + e for e in (".png", ".jpg", ".jpeg") if os.path.exists(path[:-4] + e)), None)
		sample = {}
		for extension, name in (("txt", path), ("png", image), ("json", path[:-4] + ".json")):
			if name and os.path.exists(name):
				with open(name, "rb") as f:
					sample[extension] = f.read()
		yield sample


def real_lines(place, chars):
	"""Line images with text; only lines whose every character is in the set. Lines of a corpus are taken from its train split, columns only, and
	as they are on the scan: they get the contrast that the network is shown."""
	found = []
	for sample in sources(place):
		facts = json.loads(sample.get("json", b"{}"))
		if "png" not in sample or "txt" not in sample or facts.get("split", "train") != "train" or facts.get("direction", "vertical") != "vertical":
			continue
		t = "".join(sample["txt"].decode("utf-8").split())
		img = cv2.imdecode(np.frombuffer(sample["png"], np.uint8), cv2.IMREAD_GRAYSCALE)
		if img is None or not t or any(c not in chars for c in t):
			continue
		if facts:
			img = cv2.rotate(synth.contrast(img), cv2.ROTATE_90_COUNTERCLOCKWISE)
		elif img.shape[0] > img.shape[1]:
			img = cv2.rotate(img, cv2.ROTATE_90_COUNTERCLOCKWISE)
		found.append((img, t))
	return found


def produce(params, seed, queue, lines, height):
	"""A worker: prepares lines until it is ended or its parent is gone."""
	cv2.setNumThreads(1)
	os.nice(params["train"]["nice"])
	rng = random.Random(seed)
	model = traineddata.Model(params["model"]["base"])
	forms = charset.prepare(model)
	source = synth.Synth(params, text.Text(params["text"], model.chars, forms, random.Random(seed + 1)), seed)
	real = real_lines(lines, model.ids) if lines else []
	while True:
		batch = source.block()
		if real and rng.random() < params["train"]["real"]:
			batch = [synth.again(img, t, rng, params["line"]) for img, t in rng.choices(real, k=params["synth"]["columns"])]
		for img, t in batch:
			line = (N.normalise(img, height).astype(np.float16), model.encode(t))
			while True:
				try:
					queue.put(line, timeout=10)
					break
				except Full:
					if not mp.parent_process().is_alive():
						return


def batches(queue, params):
	"""Batches of lines of about one width."""
	p = params["train"]
	while True:
		pool = sorted((queue.get() for _ in range(p["batch"] * p["pool"])), key=lambda s: s[0].shape[1])
		groups = [pool[i:i + p["batch"]] for i in range(0, len(pool), p["batch"])]
		random.shuffle(groups)
		yield from groups


def tensors(batch, height):
	width = max(img.shape[1] for img, _ in batch)
	x = np.ones((len(batch), 1, height, width), np.float32)
	for k, (img, _) in enumerate(batch):
		x[k, 0, :, :img.shape[1]] = img
	return torch.from_numpy(x), torch.tensor([v for _, c in batch for v in c]), torch.tensor([len(c) for _, c in batch])


def main():
	ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
	ap.add_argument("--minutes", type=float)
	ap.add_argument("--steps", type=int, default=10**9)
	ap.add_argument("--lines", default="")
	ap.add_argument("--from", dest="start")
	ap.add_argument("--out")
	ap.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=NUMBER", help="instead of a number in params.toml")
	args = ap.parse_args()
	params = load_params()
	for s in args.set:
		key, _, value = s.partition("=")
		section, _, key = key.partition(".")
		params[section][key] = type(params[section][key])(float(value))
	p = params["train"]
	minutes = args.minutes or p["minutes"]
	out = args.out or os.path.join(params["model"]["out"], params["model"]["name"] + ".traineddata")
	device = "cuda" if torch.cuda.is_available() else "cpu"
	torch.manual_seed(p["seed"])
	random.seed(p["seed"])
	os.nice(p["nice"])
	torch.set_num_threads(p["threads"])
	model = traineddata.Model(params["model"]["base"])
	charset.prepare(model)
	net = N.Net(model).to(device).train()
	seen = 0
	if args.start:
		state = torch.load(args.start, weights_only=True)
		net.load_state_dict(state["net"])
		seen = state["seen"]
	average = copy.deepcopy(net.state_dict())
	queue = mp.get_context("fork").Queue(p["batch"] * p["pool"])
	workers = [mp.get_context("fork").Process(target=produce, args=(params, 1000 * p["seed"] + 7 * k + seen, queue, args.lines, net.height), daemon=True)
		for k in range(p["workers"])]
	for w in workers:
		w.start()
	weights = [w for w in net.parameters() if w.requires_grad]
	opt = torch.optim.AdamW(weights, lr=p["lr"], weight_decay=1e-4, betas=(0.9, 0.98))
	ctc = torch.nn.CTCLoss(blank=model.blank, zero_infinity=True)
	began = last = time.time()
	loss_avg = None

	def checkpoint():
		keep = copy.deepcopy(net.state_dict())
		torch.save({"net": keep, "average": average, "seen": seen}, out + ".pt")
		net.load_state_dict(average)
		net.store().save(out + ".new")
		os.replace(out + ".new", out)
		net.load_state_dict(keep)

	for step, batch in enumerate(batches(queue, params)):
		done = max((time.time() - began) / (60 * minutes), step / args.steps)
		if done >= 1:
			break
		for g in opt.param_groups:
			g["lr"] = p["lr"] * min(1, (step + 1) / p["warmup"]) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
		exact = net.round() if done > p["rounded"] else None
		x, target, lengths = tensors(batch, net.height)
		with torch.autocast(device, dtype=torch.bfloat16):
			logits = net(x.to(device))
		loss = ctc(logits.float().log_softmax(-1), target, torch.full((len(batch),), logits.shape[0], dtype=torch.long), lengths)
		opt.zero_grad()
		loss.backward()
		if exact:
			net.restore(exact)
		torch.nn.utils.clip_grad_norm_(weights, 5.0)
		opt.step()
		seen += len(batch)
		loss_avg = loss.item() if loss_avg is None else 0.98 * loss_avg + 0.02 * loss.item()
		decay = min(p["ema"], (step + 1) / (step + 10))
		with torch.no_grad():
			for k, v in net.state_dict().items():
				average[k].lerp_(v, 1 - decay)
		if step % 50 == 0:
			print("%5.1f min  step %d  lines %d  loss %.3f" % ((time.time() - began) / 60, step, seen, loss_avg), flush=True)
		if time.time() - last > 60 * p["checkpoint"]:
			last = time.time()
			checkpoint()
	checkpoint()
	for w in workers:
		w.terminate()
	print("lines %d  loss %.3f  %s" % (seen, loss_avg, out))


if __name__ == "__main__":
	main()
