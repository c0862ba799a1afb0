#!/usr/bin/env python3
"""make.py > chinese.txt -- makes the table of characters and pairs that stages/ocr/language.c looks things up in.

From two Debian packages, both on the machine that runs this and neither on the one that builds the program:
  python3-jieba   dict.txt, 349,046 words with the number of their occurrences (Expat licence)
  opencc          which characters are forms of one another (Apache-2.0)
and from two character sets that Python knows, GB 2312 and Big5.

A character stands for all of its forms ("folded": the simplified one), so that one table serves both scripts. A pair is two
characters next to each other inside a word. How frequent something is stands before it as a small letter, the whole bits of its
probability (a: 0, b: 1 ...), which goes for all that follows until the next letter. The same packages give the same bytes.
"""
import collections
import math
import subprocess
import sys

DICTIONARY = "/usr/lib/python3/dist-packages/jieba/dict.txt"
COMMON = 6000                   # characters that have a rank
LEAST = 24                      # occurrences of a pair, among 100 million characters, that make it a known one
UNSEEN = 50                     # occurrences that a character is given beside those in the pairs it begins: few pairs say little
LINE = 60                       # characters a line, where lines mean nothing


def is_han(c):
    return "\u3400" <= c <= "\u4dbf" or "\u4e00" <= c <= "\u9fff"


def encodes(c, charset):
    try:
        c.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def convert(characters, config):
    text = "\n".join(characters) + "\n"
    out = subprocess.run(["opencc", "-c", config], input=text, capture_output=True, encoding="utf-8", check=True).stdout
    assert out.count("\n") == len(characters)
    return out.split("\n")[:-1]


def forms():
    """Each character that is a form of another: {form: simplified one}."""
    every = [chr(c) for c in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    to = {}
    for steps in (["t2s"], ["tw2t", "t2s"], ["hk2t", "t2s"], ["jp2t", "t2s"]):
        out = every
        for step in steps:
            out = convert(out, step)
        for a, b in zip(every, out):
            # What GB 2312 has is a character of its own: the Japanese form of one may be another one here.
            if a != b and len(b) == 1 and is_han(b) and not encodes(a, "gb2312"):
                to.setdefault(a, b)
    return to


def count(to):
    characters, pairs = collections.Counter(), collections.Counter()
    with open(DICTIONARY, encoding="utf-8") as f:
        for line in f:
            word, times, _ = line.split(" ")
            word = [to.get(c, c) for c in word]
            for c in word:
                if is_han(c):
                    characters[c] += int(times)
            for a, b in zip(word, word[1:]):
                if is_han(a) and is_han(b):
                    pairs[a + b] += int(times)
    return characters, pairs


def with_levels(shares):
    """Text of (character, share) with the letters of the levels."""
    text, last = "", None
    for c, share in shares:
        level = chr(ord("a") + min(25, round(-math.log2(share))))
        text += c if level == last else level + c
        last = level
    return text


def section(name, text):
    print(f"[{name}]")
    for i in range(0, len(text), LINE):
        print(text[i:i + LINE])


def main():
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    to = forms()
    characters, pairs = count(to)
    ranked = sorted(characters, key=lambda c: (-characters[c], c))[:COMMON]
    simplified = set(to.values())
    print("# Made by make.py beside it; do not edit. Frequencies and words from jieba's dictionary, Copyright 2012-2017 Sun Junyi,")
    print("# Expat licence; forms from OpenCC, Copyright 2010-2022 BYVoid, Apache-2.0. See schemas/licensing.md.")
    print("# [common] characters by frequency; [forms] a form and what it stands for, in order of the form; [hant], [hans] what only")
    print("# print of that script has, in order; [pairs] a first character and all that follow it in words, both in order.")
    print("# A small letter is the bits of the probability of what follows it, in [pairs] after the first character: a 0, b 1 and so on.")
    every = sum(characters.values())
    section("common", with_levels((c, characters[c] / every) for c in ranked))
    section("forms", "".join(a + to[a] for a in sorted(to)))
    section("hant", "".join(c for c in sorted(to) if not encodes(c, "gb2312") and encodes(c, "big5")))
    section("hans", "".join(c for c in sorted(simplified) if not encodes(c, "big5")))
    print("[pairs]")
    after = collections.defaultdict(dict)
    for pair in sorted(p for p, times in pairs.items() if times >= LEAST):
        after[pair[0]][pair[1]] = pairs[pair]
    for first in sorted(after):
        every = sum(after[first].values()) + UNSEEN
        print(first + with_levels((second, times / every) for second, times in after[first].items()))


if __name__ == "__main__":
    main()
