#!/usr/bin/env python3
"""ablation.py BINARY SCRATCH [--data DIR] [--table] [--switches K=V,...] [--sets NAME,...] [--jobs N] [--runs N]

What each step of prepare and ocr brings. Reads the pages with truth below DIR (default ../shared/data) with everything on, then
with one switch turned at a time, and with stock Tesseract, and prints a table: errors by set, what the estimate is worth, and
CPU time per page against one plain Tesseract pass.

  --table      only everything on and stock Tesseract, as the table of what was wanted; with --switches, both tables
  --switches   turn these instead: "prepare.deskew=false,ocr.effort=plain". Joined by "+" they are turned together. Without it:
               each setting of prepare and ocr that is true is turned off, and ocr.effort=plain; --best adds ocr.effort=best
  --sets       of leaflets, blocks, shiji, folds, siku, other (default: all there are). folds take longest
  --jobs       workers of redcorpus (default 1: the cleanest times)
  --runs       readings per page, to see how times scatter (default 1); texts are those of the last

Readings are kept below SCRATCH with the digest of the program: a run that was cut short goes on where it was, another program
starts anew. Times are CPU seconds, so that they can be compared with other work going on; starting
and loading models is not in them; ratios are page by page.
Differences under a percent of error mean nothing: two keyings of one newspaper issue differ by 0.8 to 2.2 %.
"""
import argparse
import hashlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
import zlib

# set: folder below the data, and the model and page segmentation mode that serve stock Tesseract best
SETS = {
    "leaflets": ("leaflets", "chi_sim", "3"),
    "blocks": ("ecpo/blocks", "chi_tra_vert", "5"),
    "shiji": ("openguji/shiji", "chi_tra_vert", "5"),
    "folds": ("ecpo/folds", "chi_tra_vert", "3"),
    "siku": ("openguji/siku", "chi_tra_vert", "5"),
}
HANDWRITTEN = ("r19_75de8682_1",)       # of the leaflets: a set of their own, of which nothing may enter a text shard
NOT_TEXT = "other"
IMAGES = (".jpg", ".jpeg", ".png", ".tif")
LIMIT = 900                             # seconds of wall clock for one page

# what, set, number, wanted, wish (None: only told); the larger the better where the wish is the larger
WANTED = [
    ("leaflets without the handwritten page, cer", "leaflets", "cer", 0.28, 0.20),
    ("  the same, spreads leaf by leaf", "leaflets by leaf", "cer", 0.28, 0.20),
    ("  bag error", "leaflets", "bag", 0.22, 0.15),
    ("ecpo/blocks, cer", "blocks", "cer", 0.37, 0.30),
    ("openguji/shiji, cer", "shiji", "cer", 0.06, 0.03),
    ("ecpo/folds, bag error", "folds", "bag", 0.40, 0.32),
    ("ecpo/folds, cer", "folds", "cer", 0.65, 0.45),
    ("ecpo/folds, neighbours of the lines found", "folds", "next", 0.85, 0.95),
    ("  of all lines", "folds", "next all", 0.85, 0.95),
    ("openguji/siku, most text returned / text there", "siku", "ratio", 1.2, 1.05),
    ("  bag error (nothing returned is no success)", "siku", "bag", None, None),
    ("handwritten leaflet: characters returned", NOT_TEXT, "got", 0, 0),
    ("rank correlation of estimate and cer", "all", "rank", 0.80, 0.90),
    ("  of estimate and cer, spreads leaf by leaf", "all", "rank leaf", 0.80, 0.90),
    ("  of estimate and bag error", "all", "rank bag", 0.80, 0.90),
    ("CPU time against one plain Tesseract pass, median", "all", "time", 2.5, 2.5),
]


# ---- pages ---------------------------------------------------------------------------------------------------------------

def truth_of(folder, stem):
    for ending in (".gt.tsv", ".gt.txt", ".silver.json"):
        path = os.path.join(folder, stem + ending)
        if os.path.exists(path):
            return path
    return None


def find_pages(data, wanted):
    """{set: [(stem, scan, truth)]}, each set once."""
    sets = {}
    for name, (place, _, _) in SETS.items():
        folder = os.path.join(data, place)
        if not os.path.isdir(folder):
            print(f"skipped: {name}: there is no {folder}", file=sys.stderr)
            continue
        for file in sorted(os.listdir(folder)):
            stem, ending = os.path.splitext(file)
            truth = truth_of(folder, stem)
            into = NOT_TEXT if stem in HANDWRITTEN else name
            if ending.lower() in IMAGES and truth and into in wanted:
                sets.setdefault(into, []).append((stem, os.path.join(folder, file), truth))
    return sets


def white_page(path):
    """A PNG of 64 x 64 white pixels: what it costs to start."""
    rows = b"".join(b"\0" + b"\xff" * 64 for _ in range(64))
    chunk = lambda kind, body: len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
    header = (64).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


# ---- readers ---------------------------------------------------------------------------------------------------------------

class Reader:
    """Reads all pages one way, into a folder of its own that outlives the run; another identity starts anew."""

    def __init__(self, args, name, identity):
        self.args, self.name = args, name
        self.folder = os.path.join(args.scratch, re.sub(r"[^A-Za-z0-9_.=+-]", "_", name))
        known = os.path.join(self.folder, "identity")
        if not os.path.exists(known) or open(known).read() != identity:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.makedirs(self.folder)
            with open(known, "w") as f:
                f.write(identity)


class Ours(Reader):
    """One batch, so that starting and loading models is paid once, as in a real run."""

    def __init__(self, args, name, settings):
        super().__init__(args, name, args.identity + repr(settings) + repr(args.pages))
        self.settings = settings

    def read(self, sets):
        """{(set, stem): CPU seconds in the worker, one per run}"""
        times = {}
        for run in range(self.args.runs):
            self.readings = os.path.join(self.folder, f"batch{run}")
            words = [word for setting in self.settings for word in ("--set", setting)]
            done = subprocess.run([self.args.binary, "run", self.readings, self.args.pages, "--quiet", "--jobs", str(self.args.jobs), *words],
                                  capture_output=True, text=True)
            if done.returncode not in (0, 1):
                sys.exit(f"ablation: {self.name}: exit {done.returncode}: {done.stderr}")
            if done.returncode == 1:
                print(f"  {self.name}: some pages could not be read", file=sys.stderr)
            with open(os.path.join(self.readings, ".redcorpus", "events.jsonl"), encoding="utf-8") as f:
                for event in map(json.loads, f):
                    if event["event"] == "page" and event["outcome"] != "again" and "cpu_seconds" in event:
                        group, stem = event["name"].split("/")[-2:]
                        times.setdefault((group, os.path.splitext(stem)[0]), []).append(event["cpu_seconds"])
        return times


class Stock(Reader):
    """Tesseract's own command, page by page; what it takes to start and load a model is measured on a white page and taken off."""

    def __init__(self, args):
        version = subprocess.run(["tesseract", "--version"], capture_output=True, text=True).stdout
        super().__init__(args, "stock Tesseract", version + repr(SETS) + args.data)
        self.readings = self.folder

    def cpu(self, scan, out, model, psm):
        with open(out + ".part", "wb") as f:
            child = subprocess.Popen(["tesseract", scan, "-", "-l", model, "--psm", psm], stdin=subprocess.DEVNULL, stdout=f,
                                     stderr=subprocess.DEVNULL, env=dict(os.environ, OMP_THREAD_LIMIT="1"))
            late = threading.Timer(LIMIT, child.kill)
            late.start()
            _, status, usage = os.wait4(child.pid, 0)
            late.cancel()
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            print(f"  tesseract ended with {child.returncode} on {scan}", file=sys.stderr)
        os.replace(out + ".part", out)
        return usage.ru_utime + usage.ru_stime

    def known(self, group, stem, scan, model, psm):
        out = os.path.join(self.folder, group, stem + ".txt")
        if not os.path.exists(out + ".seconds"):
            os.makedirs(os.path.dirname(out), exist_ok=True)
            seconds = [self.cpu(scan, out, model, psm) for _ in range(self.args.runs)]
            with open(out + ".seconds", "w") as f:
                json.dump(seconds, f)
        with open(out + ".seconds") as f:
            return json.load(f)

    def read(self, sets):
        times = {}
        for group, pages in sets.items():
            _, model, psm = SETS.get(group, SETS["leaflets"])
            start = min(self.known("start", f"{model}{i}", self.args.white, model, psm)[0] for i in range(3))
            for stem, scan, _ in pages:
                seconds = self.known(group, stem, scan, model, psm)
                times[group, stem] = [max(t - start, 0.001) for t in seconds]
        return times


# ---- numbers ---------------------------------------------------------------------------------------------------------------

def evaluate(args, folder, truth, *more):
    command = [args.binary, "eval", folder, "--truth", truth, "--json", "--quiet", *args.variants, *more]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def sums(pages):
    """What a set comes to: counts are added, then divided."""
    if not pages:
        return {}
    add = lambda key: sum(p[key] for p in pages)
    pairs = lambda key: sum(p["neighbour_pairs"][key] for p in pages)
    share = lambda part, whole: part / whole if whole else None
    return {"cer": share(add("edits"), add("truth")), "got": add("got"),
            "bag": share(sum(p["bag"] * p["truth"] for p in pages), add("truth")),
            "next": share(pairs("found_next"), pairs("found")), "next all": share(pairs("next"), pairs("pairs")),
            "ratio": max(share(p["got"], p["truth"]) or 0 for p in pages)}


def spearman(a, b):
    def ranks(values):
        order = sorted(range(len(values)), key=values.__getitem__)
        out = [0.0] * len(values)
        i = 0
        while i < len(order):
            j = i
            while j < len(order) and values[order[j]] == values[order[i]]:
                j += 1
            for k in order[i:j]:
                out[k] = (i + 1 + j) / 2
            i = j
        return out
    if len(a) < 3 or len(set(a)) == 1 or len(set(b)) == 1:
        return None
    return statistics.correlation(ranks(a), ranks(b))


def rank(pages, error):
    """What the estimates are worth: do they put pages in the order of their errors?"""
    known = [p for p in pages if p["estimate"] is not None]
    return spearman([p["estimate"] for p in known], [p[error] for p in known])


def measure(args, reader, sets, plain):
    """{set: {number: value}} of one way of reading, reading what was not read before; and the times."""
    began = time.monotonic()
    times = reader.read(sets)
    pages = evaluate(args, reader.readings, args.truth)["pages"]
    by_set = lambda all_pages, group: [p for p in all_pages if p["page"].split("/")[-2] == group]
    row = {group: sums(by_set(pages, group)) for group in sets}
    by_leaf = evaluate(args, reader.readings, args.truth, "--by-leaf")["pages"]
    if "leaflets" in sets:
        row["leaflets by leaf"] = sums(by_set(by_leaf, "leaflets"))
    row["all"] = {"rank": rank(pages, "cer"), "rank leaf": rank(by_leaf, "cer"), "rank bag": rank(pages, "bag")}
    both = [page for page in times if plain and page in plain]
    if both:
        ratios = [statistics.median(times[page]) / statistics.median(plain[page]) for page in both]
        row["all"]["time"] = statistics.median(ratios)
        row["all"]["time range"] = (min(ratios), max(ratios))
        scatter = [max(seconds) / min(seconds) - 1 for seconds in times.values() if len(seconds) > 1]
        row["all"]["noise"] = statistics.median(scatter) if scatter else None
    print(f"  {reader.name}: {len(pages)} pages, {time.monotonic() - began:.0f} s", file=sys.stderr)
    return row, times


# ---- tables ----------------------------------------------------------------------------------------------------------------

COLUMNS = [("leaflets", "cer", "leafl cer"), ("leaflets by leaf", "cer", "by leaf"), ("leaflets", "bag", "leafl bag"),
           ("blocks", "cer", "blocks"), ("shiji", "cer", "shiji"), ("folds", "bag", "folds bag"), ("folds", "cer", "folds cer"),
           ("folds", "next", "neighb"), ("folds", "next all", "of all"), ("siku", "ratio", "siku x"), ("siku", "bag", "siku bag"), (NOT_TEXT, "got", "handwr"),
           ("all", "rank", "rank cer"), ("all", "rank leaf", "rank leaf"), ("all", "rank bag", "rank bag"), ("all", "time", "time x")]


def cell(row, group, key):
    value = row.get(group, {}).get(key)
    return None if value is None else value


def text_of(value, width):
    if value is None:
        return "-".rjust(width)
    return (f"{value:{width}d}" if isinstance(value, int) else f"{value:{width}.3f}")


def print_ablation(rows):
    columns = [c for c in COLUMNS if any(cell(row, c[0], c[1]) is not None for _, row in rows)]
    wide = max(len(name) for name, _ in rows)
    print(" " * wide + "".join(title.rjust(11) for _, _, title in columns))
    for name, row in rows:
        print(name.ljust(wide) + "".join(text_of(cell(row, g, k), 11) for g, k, _ in columns))
    print("leaflets and all other columns of error: less is better; neighb, of all, rank: more is better")
    for name, row in rows:
        spread, noise = row["all"].get("time range"), row["all"].get("noise")
        if spread:
            print(f"time of {name}: {row['all']['time']:.2f} times plain Tesseract, median ({spread[0]:.2f} to {spread[1]:.2f})"
                  + (f"; the runs of a page differ by {100 * noise:.0f} %, median" if noise is not None else ""))


def print_wanted(row, plain):
    print(f"{'':50} {'stock':>8} {'wanted':>8} {'wish':>8} {'now':>8}")
    for what, group, key, wanted, wish in WANTED:
        now, was = cell(row, group, key), cell(plain, group, key)
        mark = ""
        if now is not None and wanted is not None:
            mark = "  reached" if (now >= wanted if wish > wanted else now <= wanted) else "  missed"
        print(f"{what:50} {text_of(was, 8)} {text_of(wanted, 8)} {text_of(wish, 8)} {text_of(now, 8)}{mark}")


# ---- main ------------------------------------------------------------------------------------------------------------------

def all_switches(binary):
    """Each boolean of prepare and ocr that is on, from the program's own list of settings."""
    said = subprocess.run([binary, "run", "--help"], capture_output=True, text=True).stdout
    found = re.findall(r"^  ((?:prepare|ocr)\.\w+) +true  \(true or false\)", said, re.M)
    return [f"{name}=false" for name in found] + ["ocr.effort=plain"]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=os.path.abspath)
    parser.add_argument("scratch", type=os.path.abspath)
    parser.add_argument("--data", type=os.path.abspath, default=os.path.join(here, "../../../shared/data"))
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--best", action="store_true")
    parser.add_argument("--switches", type=lambda s: s.split(","))
    parser.add_argument("--sets", type=lambda s: s.split(","), default=[*SETS, NOT_TEXT])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1)
    args = parser.parse_args()

    args.data = os.environ.get("SHARED", args.data) if not os.path.isdir(args.data) else args.data
    if unknown := set(args.sets) - {*SETS, NOT_TEXT}:
        sys.exit(f"ablation: no set is called {', '.join(sorted(unknown))}")
    sets = find_pages(args.data, args.sets)
    if not sets:
        sys.exit(f"ablation: no page with truth below {args.data}")
    with open(args.binary, "rb") as f:
        args.identity = hashlib.sha256(f.read()).hexdigest()
    variants = os.path.join(args.data, "ecpo", "variants.json")
    args.variants = ["--variants", variants] if os.path.exists(variants) else []
    args.white = os.path.join(args.scratch, "white.png")
    args.truth = os.path.join(args.scratch, "truth")
    args.pages = os.path.join(args.scratch, "-".join(["pages", *sets]))
    os.makedirs(args.scratch, exist_ok=True)
    for folder in (args.truth, args.pages):
        shutil.rmtree(folder, ignore_errors=True)
    white_page(args.white)
    for group, pages in sets.items():
        for _, scan, truth in pages:
            for path, folder in ((truth, args.truth), (scan, args.pages)):
                os.makedirs(os.path.join(folder, group), exist_ok=True)
                shutil.copy2(path, os.path.join(folder, group))

    plain_row, plain = measure(args, Stock(args), sets, None)
    plain_row["all"]["time"] = 1.0
    whole_row, _ = measure(args, Ours(args, "everything on", []), sets, plain)
    rows = [("stock Tesseract", plain_row), ("everything on", whole_row)]
    switches = args.switches or ([] if args.table else all_switches(args.binary) + ["ocr.effort=best"] * args.best)
    for switch in switches:
        rows.append((switch, measure(args, Ours(args, switch, switch.split("+")), sets, plain)[0]))
    if args.table:
        print_wanted(whole_row, plain_row)
    if switches or not args.table:
        print_ablation(rows)


if __name__ == "__main__":
    main()
