#!/usr/bin/env python3
"""calibrate.py BINARY DATA SCRATCH [--jobs N] [--only-whole] [--only-fit] -- how wrong is a page with these signs?

Reads pages whose text is known, and the same pages made worse (blurred, small, noisy, read as the wrong script or in the
wrong direction), with `ocr.judge` off, so that the estimate can be compared with what is true of everything that was read.

Weights are fitted on lines: a line's error is the number of edits to the passage of the truth that is most like it, for each of
its characters. Pages check them: their error is that of the whole text, in which order counts too. Prints the weights of
stages/ocr/estimate.c as C, and how well weights fitted without a set of pages do on that set.

DATA is the folder described in its README (the data sets are not part of this project); samples/ is read too. SCRATCH keeps
degraded pages and what was read; --only-fit uses what lies there, --only-whole reads the pages as they are and uses the rest. Needs python3-pil and python3-numpy.
"""
import argparse
import collections
import glob
import json
import os
import subprocess
import sys
import unicodedata

import numpy
from PIL import Image, ImageFilter

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SIGNS = ["doubt", "weak", "rare", "form", "stray", "wordless", "differ", "missed", "empty", "loop", "marks", "pitch", "size",
         "uneven", "alone", "order"]
RIDGE = 0.002                   # how strongly weights are drawn to 0
SHORTEST = 5                    # characters of a line that says something
LONGEST = 1400                  # side of degraded pages, pixels: enough for any body text here

# ---- pages and their truth ------------------------------------------------------------------------------------


def text_of(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def silver_of(path):
    with open(path, encoding="utf-8") as f:
        return "\n".join(r["text"] for r in json.load(f)["ocr_results"])


def find_pages(data):
    """[(set, name, image, frame, truth)]"""
    pages = []

    def add(kind, pattern, truth_of=lambda stem: stem + ".gt.txt", read=text_of):
        for image in sorted(glob.glob(os.path.join(data, pattern))):
            truth = truth_of(os.path.splitext(image)[0])
            if os.path.exists(truth):
                pages.append((kind, os.path.basename(image), image, 0, read(truth)))

    add("blocks", "ecpo/blocks/*.png")
    add("folds", "ecpo/folds/*.png")
    add("siku", "openguji/siku/*.jpg")
    add("shiji", "openguji/shiji/*.png")
    add("red", "openguji/red-annotations/ref-page1.png", lambda s: os.path.join(os.path.dirname(s), "red-annotations.gt.txt"))
    add("leaflets", "leaflets/*.jpg", lambda s: s + ".silver.json", silver_of)
    add("modern", "modern/*/*.jpg")
    add("modern", "modern/*/*.png")
    for image in sorted(glob.glob(os.path.join(ROOT, "samples/box/*/*"))):
        stem, suffix = os.path.splitext(image)
        if suffix not in (".jpg", ".tif", ".pdf") or "damaged" in image:
            continue
        for frame in range(9):
            truth = stem + (f".{frame + 1}" if suffix != ".jpg" else "") + ".gt.txt"
            if os.path.exists(truth) and text_of(truth).strip() and (frame == 0 or suffix != ".jpg"):
                pages.append(("samples", os.path.basename(image), image, frame, text_of(truth)))
    return pages


# ---- making pages worse ---------------------------------------------------------------------------------------


def noise(image, amount):
    values = numpy.asarray(image, dtype=float)
    random = numpy.random.default_rng(1939)
    return Image.fromarray(numpy.clip(values + random.normal(0, amount, values.shape), 0, 255).astype("uint8"))


def scaled(image, by):
    w, h = image.size
    return image.resize((max(int(w * by), 8), max(int(h * by), 8)), Image.LANCZOS)


WORSE = {                       # name: (what is done to the picture, setting for sets of vertical text, setting for the others)
    "blurred": (lambda i: i.filter(ImageFilter.GaussianBlur(2)), [], []),
    "small": (lambda i: scaled(i, 0.5), [], []),
    "noisy": (lambda i: noise(i, 80), [], []),
    "script": (lambda i: i, ["ocr.script=hans"], ["ocr.script=hant"]),
    "direction": (lambda i: i, ["ocr.direction=horizontal"], ["ocr.direction=vertical"]),
}


def degrade(pages, scratch):
    """[(how, settings, set, name, image, truth)] with the pictures in scratch; the wholes have how ''."""
    made = []
    for kind, name, image, frame, truth in pages:
        made.append(("", [], kind, name, image, frame, truth))
        if image.endswith((".tif", ".pdf")) or kind == "folds":
            continue
        with Image.open(image) as picture:
            gray = picture.convert("L")
        if max(gray.size) > LONGEST:
            gray = scaled(gray, LONGEST / max(gray.size))
        elif max(gray.size) < 500:
            continue            # a line: too little for a trial
        for how, (change, *settings) in WORSE.items():
            path = os.path.join(scratch, "worse", f"{how}-{kind}-{os.path.splitext(name)[0]}.png")
            if not os.path.exists(path):
                change(gray).save(path)
            made.append((how, settings[kind in ("leaflets", "modern")], kind, name, path, 0, truth))
    return made


# ---- reading --------------------------------------------------------------------------------------------------


def group_of(how, settings):
    """The file in scratch that a reading goes to: pages as they are by themselves, so that they can be read again alone."""
    return "read-" + ("-".join(["worse", *settings]) if how else "whole")


def read(binary, made, scratch, jobs, only_whole):
    groups = collections.defaultdict(set)
    for how, settings, _, _, image, _, _ in made:
        if not (how and only_whole):
            groups[group_of(how, settings), tuple(settings)].add(image)
    for (group, settings), images in sorted(groups.items()):
        options = [o for s in settings for o in ("--set", s)]
        with open(os.path.join(scratch, group), "w", encoding="utf-8") as f:
            subprocess.run([binary, "ocr", "--format", "json", "--jobs", str(jobs), "--set", "ocr.judge=false", *options, *sorted(images)],
                           stdout=f, stderr=subprocess.DEVNULL, check=False)


def readings(made, scratch):
    """{(group, image, frame): page}"""
    found = {}
    for group in {group_of(m[0], m[1]) for m in made}:
        path = os.path.join(scratch, group)
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as f:
            for line in f:
                page = json.loads(line)
                found[group, page["source"], page["frame"]] = page
    return found


# ---- scoring --------------------------------------------------------------------------------------------------


def folder(data):
    path = os.path.join(data, "ecpo", "variants.json")
    forms = json.loads(text_of(path)) if os.path.exists(path) else {}

    def fold(text):
        return "".join(forms.get(c, c) for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] not in "PSZC")
    return fold


def distance(a, b, inside=False):
    """Edits from a to b, or to the best part of b (Myers, bit-parallel over a)."""
    if not a or not b:
        return len(a) if inside or not b else len(b)
    at = collections.defaultdict(int)
    for i, c in enumerate(a):
        at[c] |= 1 << i
    mask, top = (1 << len(a)) - 1, 1 << (len(a) - 1)
    plus, minus, score = mask, 0, len(a)
    best = score
    for c in b:
        eq = at[c]
        x = eq | minus
        y = (((eq & plus) + plus) ^ plus) | eq
        up = minus | ~(y | plus) & mask
        down = plus & y
        score += bool(up & top) - bool(down & top)
        best = min(best, score)
        up = up << 1 | (0 if inside else 1)
        up &= mask
        down = down << 1 & mask
        plus = down | ~(x | up) & mask
        minus = up & x
    return best if inside else score


def lines_of(page):
    return [l for r in page["regions"] for l in r["lines"]]


def points(made, found, fold):
    """Pages as (how, set, name, error, page); lines as (page's index, error, length, line)."""
    pages, lines = [], []
    for how, settings, kind, name, image, frame, truth in made:
        page = found.get((group_of(how, settings), image, frame))
        if not page:
            continue
        want = fold(truth)
        got = fold("\n".join(l["text"] for l in lines_of(page)))
        for line in lines_of(page):
            text = fold(line["text"])
            if len(text) >= SHORTEST and "signs" in line:
                lines.append((len(pages), distance(text, want, True) / len(text), len(text), line))
        pages.append((how, kind, f"{name}.{frame}", min(1, distance(want, got) / max(1, len(want))), page))
    return pages, lines


# ---- fitting --------------------------------------------------------------------------------------------------


def fit(signs, errors, weights, rounds=3000):
    """Logistic curve by accelerated projected gradient descent: no weight below 0, small ones preferred. (at rest, weights)"""
    x = numpy.asarray(signs)
    middle, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    x = numpy.hstack([(x - middle) / scale, numpy.ones((len(x), 1))])
    share = numpy.asarray(weights) / sum(weights)
    ridge = numpy.append(numpy.full(x.shape[1] - 1, RIDGE), 0)
    rate = 1 / (numpy.linalg.eigvalsh(x.T @ (x * share[:, None]))[-1] / 4 + RIDGE)
    w = last = numpy.zeros(x.shape[1])
    for i in range(rounds):
        ahead = w + (w - last) * i / (i + 3)
        slope = x.T @ (share * (1 / (1 + numpy.exp(-(x @ ahead))) - errors)) + ridge * ahead
        last, w = w, ahead - rate * slope
        w[:-1] = numpy.maximum(w[:-1], 0)
    plain = w[:-1] / scale
    return w[-1] - middle @ plain, plain


def estimate(model, signs):
    base, w = model
    return 1 / (1 + numpy.exp(-(base + numpy.asarray(signs) @ w)))


def ranks(values):
    values = numpy.asarray(values)
    order = numpy.argsort(values, kind="stable")
    out = numpy.empty(len(values))
    out[order] = numpy.arange(len(values))
    for v in numpy.unique(values):
        out[values == v] = out[values == v].mean()
    return out


def spearman(a, b):
    if len(a) < 3 or numpy.std(a) == 0 or numpy.std(b) == 0:
        return float("nan")
    return float(numpy.corrcoef(ranks(a), ranks(b))[0, 1])


def bins(estimates, errors, edges=(0, 0.02, 0.05, 0.15, 0.4, 0.6, 0.8, 1.01)):
    for low, high in zip(edges, edges[1:]):
        those = [(a, e) for a, e in zip(estimates, errors) if low <= a < high]
        if those:
            a, e = zip(*those)
            print(f"  {low:.2f} to {min(high, 1):.2f}: {len(those):4} points, estimated {numpy.mean(a):.3f}, true {numpy.mean(e):.3f}, "
                  f"true from {numpy.percentile(e, 10):.2f} to {numpy.percentile(e, 90):.2f} (four in five)")


def vector(signs):
    return [signs.get(s, 0) for s in SIGNS]


def page_estimate(model, page):
    """As ocr_estimate_page() has it."""
    lines = [l for l in lines_of(page) if "signs" in l]
    if not lines:
        return page["quality"].get("estimated_error", 1)
    each = estimate(model, [[v if s != "missed" else 0 for s, v in zip(SIGNS, vector(l["signs"]))] for l in lines])
    n = [len(l["glyphs"]) for l in lines]
    return 1 - (1 - numpy.average(each, weights=n)) * (1 - page["quality"]["signs"].get("missed", 0))


def report(pages, lines):
    print(f"{len(pages)} pages, {len(lines)} lines")
    kinds = numpy.asarray([p[1] for p in pages])
    errors = numpy.asarray([p[3] for p in pages])
    whole = numpy.asarray([p[0] == "" for p in pages])
    line_kinds = kinds[[l[0] for l in lines]]
    line_whole = whole[[l[0] for l in lines]]
    signs = numpy.asarray([vector(l[3]["signs"]) for l in lines])
    truth = numpy.asarray([l[1] for l in lines])
    # A line counts by its length, a set by the root of its size, a page as it is four times what one made worse does.
    length = numpy.minimum([l[2] for l in lines], 20)
    weights = length * numpy.where(line_whole, 4.0, 1.0) / numpy.asarray([sum(length[line_kinds == k]) ** 0.5 for k in line_kinds])
    kept_lines, kept = numpy.zeros(len(lines)), numpy.zeros(len(pages))
    for kind in sorted(set(kinds)):
        there = line_kinds != kind
        model = fit(signs[there], truth[there], weights[there])
        if not there.all():
            kept_lines[~there] = estimate(model, signs[~there])
        for i in numpy.flatnonzero(kinds == kind):
            kept[i] = page_estimate(model, pages[i][4])
    model = fit(signs, truth, weights)
    fitted_lines = estimate(model, signs)
    fitted = numpy.asarray([page_estimate(model, p[4]) for p in pages])
    now_lines = numpy.asarray([l[3]["estimated_error"] for l in lines])
    now = numpy.asarray([p[4]["quality"].get("estimated_error", 1) for p in pages])
    print("rank correlation with the true error            n    now  fitted  set kept out")

    def row(name, those, a, b, c, true):
        print(f"  {name:40} {sum(those):6} {spearman(a[those], true[those]):6.3f} {spearman(b[those], true[those]):6.3f} "
              f"{spearman(c[those], true[those]):6.3f}")
    row("lines, made worse too", line_whole | True, now_lines, fitted_lines, kept_lines, truth)
    row("lines of pages as they are", line_whole, now_lines, fitted_lines, kept_lines, truth)
    row("pages, made worse too", whole | True, now, fitted, kept, errors)
    row("pages as they are", whole, now, fitted, kept, errors)
    for kind in sorted(set(kinds)):
        row("  " + kind + ", lines", (line_kinds == kind) & line_whole, now_lines, fitted_lines, kept_lines, truth)
        row("  " + kind + ", pages", (kinds == kind) & whole, now, fitted, kept, errors)
    print("lines, estimated by weights that have not seen the set, against true:")
    bins(kept_lines, truth)
    print("lines of pages as they are, the same:")
    bins(kept_lines[line_whole], truth[line_whole])
    print("lines of pages as they are, estimated by the program:")
    bins(now_lines[line_whole], truth[line_whole])
    print("pages, estimated by weights that have not seen the set, against true:")
    bins(kept, errors)
    print("pages as they are: true, now, fitted, kept out; signs")
    for i in numpy.flatnonzero(whole):
        q = pages[i][4]["quality"]
        print(f"  {kinds[i]:9} {pages[i][2]:32} {errors[i]:.3f} {now[i]:.3f} {fitted[i]:.3f} {kept[i]:.3f}  {q['class']} ",
              " ".join(f"{s}={v:.3f}" for s, v in q.get("signs", {}).items()))
    print("farthest off:")
    for i in sorted(range(len(pages)), key=lambda i: -abs(kept[i] - errors[i]))[:25]:
        print(f"  {pages[i][0]:10} {kinds[i]:9} {pages[i][2]:32} {errors[i]:.3f} {now[i]:.3f} {fitted[i]:.3f} {kept[i]:.3f}")
    print("\nstatic const double at_rest = %.2f;" % model[0])
    for s, w in zip(SIGNS, model[1]):
        if w > 0.005:
            print(f"\t[RC_SIGN_{s.upper()}] = {w:.2f},")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("data")
    parser.add_argument("scratch")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only-fit", action="store_true")
    parser.add_argument("--only-whole", action="store_true")
    args = parser.parse_args()
    os.makedirs(os.path.join(args.scratch, "worse"), exist_ok=True)
    Image.MAX_IMAGE_PIXELS = None
    made = degrade(find_pages(args.data), args.scratch)
    if not args.only_fit:
        read(args.binary, made, args.scratch, args.jobs, args.only_whole)
    pages, lines = points(made, readings(made, args.scratch), folder(args.data))
    report(pages, lines)


if __name__ == "__main__":
    sys.exit(main())
