#!/usr/bin/env python3
"""calibrate.py BINARY DATA SCRATCH [--jobs N] [--only-fit] -- how wrong is a page with these signs?

Reads pages whose text is known, and the same pages made worse (blurred, small, noisy, pale, turned, read as the wrong script or
in the wrong direction), with `ocr.judge` off, so that the estimate can be compared with what is true of everything that was read. Fits
the weights of stages/ocr/estimate.c on all sets and prints them as C, and says how well weights fitted without a set do on that set.

DATA is the folder described in its README (the data sets are not part of this project); samples/ is read too. SCRATCH keeps
degraded pages and what was read; --only-fit uses what lies there. Needs python3-pil and python3-numpy.
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
SIGNS = ["doubt", "weak", "rare", "form", "stray", "wordless", "differ", "missed", "empty", "loop", "marks", "pitch", "size"]
RIDGE = 0.3                     # how strongly weights are drawn to 0
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


WORSE = {                       # name: (what is done to the picture, further settings)
    "blur": (lambda i: i.filter(ImageFilter.GaussianBlur(1.4)), []),
    "blurred": (lambda i: i.filter(ImageFilter.GaussianBlur(2.8)), []),
    "small": (lambda i: scaled(i, 0.5), []),
    "noisy": (lambda i: noise(i, 80), []),
    "pale": (lambda i: noise(i.point(lambda v: 200 + v * 45 // 255), 9), []),
    "turned": (lambda i: i.rotate(180), []),
    "hans": (lambda i: i, ["ocr.script=hans"]),
    "hant": (lambda i: i, ["ocr.script=hant"]),
    "horizontal": (lambda i: i, ["ocr.direction=horizontal"]),
    "vertical": (lambda i: i, ["ocr.direction=vertical"]),
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
        for how, (change, settings) in WORSE.items():
            path = os.path.join(scratch, "worse", f"{how}-{kind}-{os.path.splitext(name)[0]}.png")
            if not os.path.exists(path):
                change(gray).save(path)
            made.append((how, settings, kind, name, path, 0, truth))
    return made


# ---- reading --------------------------------------------------------------------------------------------------


def read(binary, made, scratch, jobs):
    groups = collections.defaultdict(set)
    for how, settings, _, _, image, _, _ in made:
        groups[tuple(settings)].add(image)
    for settings, images in sorted(groups.items()):
        out = os.path.join(scratch, "read-" + "-".join(settings or ["plain"]))
        options = [o for s in settings for o in ("--set", s)]
        with open(out, "w", encoding="utf-8") as f:
            subprocess.run([binary, "ocr", "--format", "json", "--jobs", str(jobs), "--set", "ocr.judge=false", *options, *sorted(images)],
                           stdout=f, stderr=subprocess.DEVNULL, check=False)


def readings(made, scratch):
    """{(settings, image, frame): page}"""
    found = {}
    for settings in {tuple(m[1]) for m in made}:
        with open(os.path.join(scratch, "read-" + "-".join(settings or ["plain"])), encoding="utf-8") as f:
            for line in f:
                page = json.loads(line)
                found[settings, page["source"], page["frame"]] = page
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
    """Pages as (how, set, name, error, page); lines as (set, error, estimate, length)."""
    pages, lines = [], []
    for how, settings, kind, name, image, frame, truth in made:
        page = found.get((tuple(settings), image, frame))
        if not page:
            continue
        want = fold(truth)
        got = fold("\n".join(l["text"] for l in lines_of(page)))
        pages.append((how, kind, f"{name}.{frame}", min(1, distance(want, got) / max(1, len(want))), page))
        if how == "" and kind != "folds":
            for line in lines_of(page):
                text = fold(line["text"])
                if len(text) >= 5 and "estimated_error" in line:
                    lines.append((kind, distance(text, want, True) / len(text), line["estimated_error"], len(text)))
    return pages, lines


# ---- fitting --------------------------------------------------------------------------------------------------


def fit(signs, errors, weights, rounds=20000):
    """Logistic curve by projected gradient descent: no weight below 0, small ones preferred."""
    x = numpy.asarray(signs)
    scale = x.std(axis=0) + 1e-6
    x = x / scale
    y, share = numpy.asarray(errors), numpy.asarray(weights) / sum(weights)
    w, base = numpy.zeros(x.shape[1]), 0.0
    rate = 0.5
    for _ in range(rounds):
        p = 1 / (1 + numpy.exp(-(base + x @ w)))
        slope = share * (p - y)
        w = numpy.maximum(w - rate * (x.T @ slope + RIDGE / 100 * w), 0)
        base -= rate * slope.sum()
    return base, w / scale


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


def report(pages, lines):
    seen = [p for p in pages if "signs" in p[4]["quality"]]
    print(f"{len(pages)} pages, {len(pages) - len(seen)} of them without anything read")
    signs = numpy.asarray([[p[4]["quality"]["signs"][s] for s in SIGNS] for p in seen])
    errors = numpy.asarray([p[3] for p in seen])
    kinds = numpy.asarray([p[1] for p in seen])
    whole = numpy.asarray([p[0] == "" for p in seen])
    # Every set counts alike, a page as it is four times what one made worse does.
    weights = numpy.asarray([(4.0 if w else 1.0) / sum(kinds == k) ** 0.5 for k, w in zip(kinds, whole)])
    kept = numpy.zeros(len(seen))
    for kind in sorted(set(kinds)):
        there = kinds != kind
        kept[~there] = estimate(fit(signs[there], errors[there], weights[there]), signs[~there])
    model = fit(signs, errors, weights)
    fitted = estimate(model, signs)
    now = numpy.asarray([p[4]["quality"]["estimated_error"] for p in seen])
    print("rank correlation with the true error      pages   now  fitted  set kept out")
    for name, those in [("all, made worse too", whole | True), ("as they are", whole)] + [(k, (kinds == k) & whole) for k in sorted(set(kinds))]:
        print(f"  {name:38} {sum(those):6} {spearman(now[those], errors[those]):6.3f} {spearman(fitted[those], errors[those]):6.3f} "
              f"{spearman(kept[those], errors[those]):6.3f}")
    print("estimated by weights that have not seen the set, against true; all pages:")
    bins(kept, errors)
    print("the same, pages as they are:")
    bins(kept[whole], errors[whole])
    print("lines, estimated by the program that read them:", f"rank correlation {spearman([l[2] for l in lines], [l[1] for l in lines]):.3f}")
    bins([l[2] for l in lines], [l[1] for l in lines])
    print("pages as they are: true, now, fitted, kept out")
    for i in numpy.flatnonzero(whole):
        print(f"  {kinds[i]:9} {seen[i][2]:32} {errors[i]:.3f} {now[i]:.3f} {fitted[i]:.3f} {kept[i]:.3f}  ",
              " ".join(f"{s}={v:.3f}" for s, v in zip(SIGNS, signs[i]) if v))
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
    args = parser.parse_args()
    os.makedirs(os.path.join(args.scratch, "worse"), exist_ok=True)
    Image.MAX_IMAGE_PIXELS = None
    made = degrade(find_pages(args.data), args.scratch)
    if not args.only_fit:
        read(args.binary, made, args.scratch, args.jobs)
    pages, lines = points(made, readings(made, args.scratch), folder(args.data))
    report(pages, lines)


if __name__ == "__main__":
    sys.exit(main())
