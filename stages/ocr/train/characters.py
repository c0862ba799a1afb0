#!/usr/bin/env python3
"""characters.py > characters.txt -- the characters that the base model lacks and that words need: each beside one that it knows.

From Debian's rime-essay (which words are used how often) and unicode-data (radicals and strokes). A character that is not in Big5 is
left out: another form of one that is, or simplified. The known one has the same radical and about as many strokes, so that the new
one's code begins as the network would have it.
"""
import bz2
import collections
import sys

import charset
import train
import traineddata

MOST = 1200
RADICALS = "/usr/share/unicode/Unihan_IRGSources.txt.bz2"
LINE = 50	# pairs


def radicals():
	"""{character: (radical, strokes beside it)}"""
	found = {}
	with bz2.open(RADICALS, "rt", encoding="utf-8") as f:
		for row in f:
			if row.startswith("U+") and "\tkRSUnicode\t" in row:
				code, _, value = row.split("\t")
				radical, _, strokes = value.split()[0].replace("'", "").partition(".")
				found[chr(int(code[2:], 16))] = int(radical), int(strokes)
	return found


def in_big5(c):
	try:
		c.encode("big5")
	except UnicodeEncodeError:
		return False
	return "\u4e00" <= c <= "\u9fff"


def main():
	params = train.load_params()
	model = traineddata.Model(params["model"]["base"])
	charset.forms(model)
	used = collections.Counter()
	with open(params["text"]["essay"], encoding="utf-8") as f:
		for row in f:
			word, _, count = row.rstrip("\n").partition("\t")
			for c in word:
				used[c] += float(count or 0)
	place = radicals()
	known = sorted(c for c in model.ids if c in place and in_big5(c))
	lacking = sorted((c for c in used if c not in model.ids and c in place and in_big5(c)), key=lambda c: (-used[c], c))[:MOST]
	pairs = []
	for c in sorted(lacking):
		like = [k for k in known if place[k][0] == place[c][0]]
		if like:
			pairs.append(c + min(like, key=lambda k: (abs(place[k][1] - place[c][1]), k)))
	sys.stdout.reconfigure(encoding="utf-8", newline="\n")
	print("# Made by characters.py beside it: a character that the base model lacks, and one that it knows with the same radical.")
	for i in range(0, len(pairs), LINE):
		print(" ".join(pairs[i:i + LINE]))


if __name__ == "__main__":
	main()
