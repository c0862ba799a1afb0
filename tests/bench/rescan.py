#!/usr/bin/env python3
"""Are pages that were scanned twice known by their looks, and other pages never?

rescan.py [PROGRAM] [--data DIR] [--scratch DIR]

PROGRAM is build/unit/test_look. Every page under samples/ and the folder with real pages (all different pages) is scanned again by
alteration: smaller, larger, another crop, darker paper, askew, blurred, noisy, bitonal, all at once. Printed are, for each alteration,
how many of the 128 bits change (median, and 90th percentile) and the share of pages within the two limits of stages/curate/rescans.h
(without text: 20 bits; with texts alike: 36); and, between all pairs of different pages, the least distances and how many lie
within the limits. Needs Python with PIL.
"""
import argparse
import glob
import itertools
import os
import random
import statistics
import subprocess
import sys

from PIL import Image, ImageFilter, ImageOps

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ALONE, WITH_TEXT = 20, 36
SETS = ["ecpo/folds", "openguji/shiji", "openguji/siku", "openguji/no-gt", "openguji/red-seals", "openguji/red-annotations", "leaflets",
        "mets/data/kant_aufklaerung_1784/data/OCR-D-IMG", "mets/data/pembroke_werke_1766/data/DEFAULT",
        "mets/data/DIBCO11-machine_printed/data/OCR-D-IMG"]


def crop(im, share=0.02):
    w, h = im.size
    return im.crop((int(share * w), int(share / 2 * h), int(w - share / 3 * w), int(h - share * h)))


def noise(im):
    rng = random.Random(7)
    spots = Image.frombytes("L", im.size, rng.randbytes(im.size[0] * im.size[1]))
    return Image.blend(im.convert("L"), spots, 0.12)


def askew(im, degrees=0.8):
    return im.rotate(degrees, Image.BICUBIC, expand=True, fillcolor=im.resize((1, 1)).getpixel((0, 0)))


def scaled(im, factor):
    return im.resize((max(1, int(im.width * factor)), max(1, int(im.height * factor))), Image.LANCZOS)


def darker(im):
    return im.point(lambda v: int(255 * (v / 255) ** 1.5 * 0.85))


ALTERATIONS = {
    "smaller by a third": lambda im: scaled(im, 0.67),
    "larger by a third": lambda im: scaled(im, 1.33),
    "2 % less at the edges": crop,
    "darker, more contrast": darker,
    "0.8 degrees askew": askew,
    "blurred": lambda im: im.filter(ImageFilter.GaussianBlur(max(1, min(im.size) / 1000))),
    "noise": noise,
    "bitonal": lambda im: ImageOps.autocontrast(im.convert("L"), cutoff=1).point(lambda v: 255 if v > 140 else 0).convert("1"),
    "all but bitonal": lambda im: noise(darker(askew(crop(scaled(im, 0.8)), -0.6))),
}


def pages(data):
    found = sorted(glob.glob(os.path.join(ROOT, "samples/box/*/*.jpg")))
    for name in SETS:
        found += sorted(p for p in glob.glob(os.path.join(data, name, "*")) if p.lower().endswith((".jpg", ".png", ".tif")))
    return [os.path.realpath(p) for p in found]


def looks(program, paths, scratch):
    with open(os.path.join(scratch, "list"), "w") as f:
        f.writelines(p + "\n" for p in paths)
    out = subprocess.run([os.path.abspath(program), "looks_of_a_list"], env=dict(os.environ, LOOK_LIST=os.path.abspath(os.path.join(scratch, "list")), CHECK_ROOT=ROOT),
                         stdout=subprocess.PIPE, check=True, text=True).stdout
    rows = (line.split("\t") for line in out.splitlines() if line.count("\t") == 2)
    return {path: int(look, 16) for path, look, _ in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("program", nargs="?", default="build/unit/test_look")
    parser.add_argument("--data", default=os.path.join(ROOT, "../shared/data"))
    parser.add_argument("--scratch", default="build/bench/rescan")
    args = parser.parse_args()
    os.makedirs(args.scratch, exist_ok=True)
    own = looks(args.program, pages(args.data), args.scratch)
    known = {path: look for path, look in own.items() if look}
    print("%d pages, %d have a look" % (len(own), len(known)))
    print("%-24s %6s %6s %6s %10s %10s" % ("scanned again", "pages", "median", "90 %", "<= %d bits" % ALONE, "<= %d bits" % WITH_TEXT))
    for name, alter in ALTERATIONS.items():
        copies = {}
        for i, path in enumerate(known):
            copy = os.path.abspath(os.path.join(args.scratch, "%d.%s" % (i, "png" if name == "bitonal" else "jpg")))
            with Image.open(path) as im:
                altered = alter(im.convert("RGB"))
                altered.save(copy, dpi=(300, 300), **({} if copy.endswith("png") else {"quality": 75}))
            copies[copy] = known[path]
        again = looks(args.program, copies, args.scratch)
        bits = sorted(bin(look ^ copies[copy]).count("1") if look else 128 for copy, look in again.items())
        print("%-24s %6d %6d %6d %10.3f %10.3f" % (name, len(bits), statistics.median(bits), bits[int(0.9 * (len(bits) - 1))],
                                                  sum(b <= ALONE for b in bits) / len(copies), sum(b <= WITH_TEXT for b in bits) / len(copies)), flush=True)
        for copy in copies:
            os.remove(copy)
    apart = sorted(bin(a ^ b).count("1") for a, b in itertools.combinations(known.values(), 2))
    print("different pages: %d pairs, least distances %s; %d within %d bits, %d within %d" % (
        len(apart), apart[:5], sum(b <= ALONE for b in apart), ALONE, sum(b <= WITH_TEXT for b in apart), WITH_TEXT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
