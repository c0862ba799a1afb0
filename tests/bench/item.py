#!/usr/bin/env python3
"""item.py BINARY SCRATCH [--pages 100 1000 10000] [--bytes N]: what one large item costs, in CPU seconds and memory.

The pages are small cuts from a page of samples/, all different, so that reading them is quick. After the run, the record is written
anew (normalize, curate and package in one supervisor), and then validated and exported: times and peaks should grow with the pages
no more than linearly, and memory hardly. --bytes N: a record of that many bytes, made of the largest one's pages, is validated too.
Needs python3-pil.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys

try:
    from PIL import Image
except ImportError:
    sys.exit("item.py needs python3-pil: run it with the Python of the system, /usr/bin/python3")

HERE = os.path.dirname(os.path.abspath(__file__))
SETTINGS = ["ocr.effort=plain", "ocr.direction=vertical", "ocr.script=hant", "rights.training=allowed", "curate.max_error=1",
            "curate.min_confidence=0", "run.max_failed=1"]


def make_pages(folder, n):
    os.makedirs(folder)
    page = Image.open(os.path.join(HERE, "../../samples/box/newspaper/news-0001.jpg")).convert("L")
    draw = random.Random(1)
    for i in range(n):
        x, y = draw.randrange(100, page.width - 300), draw.randrange(200, page.height - 500)
        page.crop((x, y, x + 180, y + 360)).save(os.path.join(folder, "p%05d.png" % i))


def cost(command):
    """CPU seconds and peak KiB of the command alone."""
    done = subprocess.run(["/usr/bin/time", "-f", "%U %S %M", *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    numbers = done.stderr.strip().split("\n")[-1].split()
    if done.returncode not in (0, 1):
        sys.exit("%s failed: %s" % (command, done.stderr[-500:]))
    return float(numbers[0]) + float(numbers[1]), int(numbers[2])


def make_large(record, path, wanted):
    """The record's pages again and again, numbered on."""
    with open(record, encoding="utf-8") as f:
        text = f.read()
    start, end = text.index("<page order="), text.index(" </pages>")
    pages = re.split(r'(?=<page order=")', text[start:end])[1:]
    times = wanted // len(text[start:end].encode()) + 1
    name = os.path.basename(path)[:-len(".xml")]
    head = re.sub(r'(<record [^>]*id=")[^"]*', r"\g<1>" + name, text[:start])
    head = re.sub(r'<quality pages="(\d+)" read="(\d+)" lines="(\d+)" characters="(\d+)"',
                  lambda m: '<quality pages="%d" read="%d" lines="%d" characters="%d"' % tuple(int(n) * times for n in m.groups()), head)
    number = 0
    with open(path, "w", encoding="utf-8") as f:
        f.write(head)
        for _ in range(times):
            for page in pages:
                number += 1
                f.write(re.sub(r'order="\d+"', 'order="%d"' % number, page, count=1))
        f.write(text[end:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("scratch")
    parser.add_argument("--pages", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--bytes", type=int, default=0)
    args = parser.parse_args()
    shutil.rmtree(args.scratch, ignore_errors=True)
    os.makedirs(args.scratch)
    print("%8s  %-28s %10s %10s" % ("pages", "what", "CPU s", "MiB"))
    for n in args.pages:
        scans, batch = os.path.join(args.scratch, "scans%d" % n), os.path.join(args.scratch, "batch%d" % n)
        make_pages(os.path.join(scans, "item"), n)
        cost([args.binary, "run", batch, scans, "--quiet"] + [x for s in SETTINGS for x in ("--set", s)])
        out = os.path.join(args.scratch, "out")
        commands = [("normalize, curate, package", ["run", batch, "--quiet", "--set", "rights.license=CC0-1.0"]),
                    ("validate", ["validate", os.path.join(batch, "records"), "--quiet"])]
        commands += [("export " + f, ["export", batch, "--format", f, "--out", os.path.join(out, f), "--quiet"])
                     for f in ("alto", "page", "mets")]
        commands.append(("validate METS and ALTO", ["validate", os.path.join(out, "mets"), "--quiet", "--no-ocr"]))
        for name, command in commands:
            seconds, kib = cost([args.binary, *command])
            print("%8d  %-28s %10.2f %10.1f" % (n, name, seconds, kib / 1024), flush=True)
        shutil.rmtree(out)
    if args.bytes:
        records = os.path.join(batch, "records")
        large = os.path.join(args.scratch, "large.xml")
        make_large(os.path.join(records, os.listdir(records)[0]), large, args.bytes)
        seconds, kib = cost([args.binary, "validate", large, "--quiet"])
        print("%7.1fG  %-28s %10.2f %10.1f" % (os.path.getsize(large) / 2**30, "validate", seconds, kib / 1024))


main()
