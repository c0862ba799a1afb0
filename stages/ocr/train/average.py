#!/usr/bin/env python3
"""average.py ONE.traineddata.pt OTHER.traineddata.pt OUT.traineddata -- the mean of the weights of two checkpoints, one trained on from the other.

A run on harder lines gains on them and loses on what the one before it was shown; the mean keeps most of both.
"""
import sys

import torch

import charset
import net as N
import train
import traineddata


def main(one, other, out):
	model = traineddata.Model(train.load_params()["model"]["base"])
	charset.prepare(model)
	net = N.Net(model)
	states = [torch.load(path, weights_only=True) for path in (one, other)]
	mean = {k: (states[0]["average"][k] + states[1]["average"][k]) / 2 for k in states[0]["average"]}
	net.load_state_dict(mean)
	net.store().save(out)
	torch.save({"net": mean, "average": mean, "seen": max(s["seen"] for s in states)}, out + ".pt")


if __name__ == "__main__":
	if len(sys.argv) != 4:
		sys.exit(__doc__)
	main(*sys.argv[1:])
