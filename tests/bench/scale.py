#!/usr/bin/env python3
"""scale.py SIMULATE SCRATCH [--pages 10000 100000 ...] [--out FOLDER]: what each step costs in batches of ever more pages.

SIMULATE is `make build/simulate`: the real program but for the reading, which it makes of random characters (64 a page, so that disks are
large enough). Sources are multi-page TIFFs of ten blank pages, each an item. Of every step: seconds and CPU seconds a page (of the
supervisor; with its workers too), the supervisor's peak memory, and the exponent by which time grows (the slope between sizes in
logarithms: 1 is linear). What has to be quick whatever the size, absolutely: status, a run with nothing to do, and opening a batch after kill -9. The table
goes to stdout, with --out also to scale.tsv, the plot to scale.svg. One size is done, and its scratch removed, before the next.
"""
import argparse
import json
import math
import os
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import time

FRAMES, PER_FOLDER = 10, 1000
SETTINGS = ["rights.training=allowed", "package.shards=text", "report.pages=0"]
STEPS = ["ingest", "claim", "plan", "record", "normalize", "curate", "package", "report"]
# What is not to grow with the batch, and its bound in seconds.
BOUNDS = {"status": 0.1, "idle run": 5, "recovery": 5}


def tiff(number):
    """Ten blank bitonal pages that share one strip (CCITT G4: a row that is like the one above is one bit), and a name that makes the file unique."""
    strip = b"\xff" * 439 + b"\x00\x10\x01"
    name = b"item %09d\0" % number
    at, out = 8 + len(strip) + len(name) + (len(strip) + len(name)) % 2, bytearray()
    for frame in range(FRAMES):
        tags = [(256, 3, 1, 2480), (257, 3, 1, 3508), (258, 3, 1, 1), (259, 3, 1, 4), (262, 3, 1, 0), (269, 2, len(name), 8 + len(strip)),
                (273, 4, 1, 8), (277, 3, 1, 1), (278, 3, 1, 3508), (279, 4, 1, len(strip))]
        out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *t) for t in tags)
        out += struct.pack("<I", 0 if frame == FRAMES - 1 else at + (frame + 1) * (2 + 12 * len(tags) + 4))
    return (b"II*\0" + struct.pack("<I", at) + strip + name).ljust(at, b"\0") + out


def make_sources(folder, pages):
    for number in range(pages // FRAMES):
        box = os.path.join(folder, "box%05d" % (number // PER_FOLDER))
        if number % PER_FOLDER == 0:
            os.makedirs(box)
        with open(os.path.join(box, "item%09d.tif" % number), "wb") as f:
            f.write(tiff(number))


def finish(command, good=(0,)):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode not in good:
        sys.exit("%s: status %d: %s" % (" ".join(command), done.returncode, done.stderr[-800:]))
    return done.stdout


def timed(command):
    """Seconds on the clock, and peak KiB of the command's largest process."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit("%s: status %d" % (" ".join(command), process.returncode))
    return time.monotonic() - began, used.ru_maxrss


def used(folder):
    """Bytes on disk and inodes."""
    size = int(subprocess.run(["du", "-s", "-B1", folder], capture_output=True, text=True, check=True).stdout.split()[0])
    return size, int(subprocess.run(["du", "-s", "--inodes", folder], capture_output=True, text=True, check=True).stdout.split()[0])


def kill_in_the_middle(simulate, batch):
    """Records until a third is done, then kill -9; how long until the batch is open again."""
    process = subprocess.Popen([simulate, "step", "record", batch], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None:
        time.sleep(0.3)
        pages = json.loads(finish([simulate, "status", batch, "--json"]))["pages"]
        if pages["done"] > 2 * pages["pending"] / 5:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            break
    else:
        sys.exit("the batch was recorded before it could be killed")
    return json.loads(finish([simulate, "step", "open", batch]))


def measure(simulate, scratch, pages):
    """Rows of (step, seconds, CPU of the supervisor, CPU of workers, KiB)."""
    sources, batch, rows = os.path.join(scratch, "sources"), os.path.join(scratch, "batch"), []
    began = time.monotonic()

    def add(step, seconds, cpu, workers, kib):
        rows.append((step, seconds, cpu, workers, kib))
        print("%9d  %-10s %10.2f s  %8.1f MiB   (after %.0f s)" % (pages, step, seconds, kib / 1024, time.monotonic() - began), file=sys.stderr, flush=True)

    make_sources(sources, pages)
    print("%9d  sources made (after %.0f s)" % (pages, time.monotonic() - began), file=sys.stderr, flush=True)
    finish([simulate, "init", batch])
    with open(os.path.join(batch, "batch.yaml"), "w", encoding="utf-8") as f:
        for setting in SETTINGS:
            section, rest = setting.split(".")
            f.write("%s:\n  %s\n" % (section, rest.replace("=", ": ")))
    for step in STEPS:
        if step == "record":
            opened = kill_in_the_middle(simulate, batch)
            add("recovery", opened["open"], opened["cpu"], 0, opened["kib"])
            left = json.loads(finish([simulate, "status", batch, "--json"]))["pages"]["pending"]
        r = json.loads(finish([simulate, "step", step, batch] + ([sources] if step == "ingest" else [])))
        scale = pages / left if step == "record" else 1
        add(step, r["seconds"] * scale, r["cpu"] * scale, r["workers_cpu"] * scale, r["kib"])
        if step == "record":
            add("waiting st.", *status_cost(simulate, batch))
    add("status", *status_cost(simulate, batch))
    seconds, kib = timed([simulate, "run", batch, "--quiet"])
    if seconds > 60:
        print("note: the first run after the steps was no idle one: %.1f s" % seconds, file=sys.stderr)
    seconds, kib = timed([simulate, "run", batch, "--quiet"])
    add("idle run", seconds, seconds, 0, kib)
    seconds, kib = timed([simulate, "run", batch, sources, "--quiet"])
    add("walk again", seconds, seconds, 0, kib)
    seconds, kib = timed([simulate, "gc", batch, "--dry-run"])
    add("gc", seconds, seconds, 0, kib)
    return rows, used(os.path.join(batch, ".redcorpus")), used(batch)


def status_cost(simulate, batch):
    times = [timed([simulate, "status", batch]) for _ in range(7)]
    seconds = statistics.median(t for t, _ in times)
    return seconds, seconds, 0, max(kib for _, kib in times)


def slope(a, b):
    """Of two (pages, seconds)."""
    return math.log(b[1] / a[1]) / math.log(b[0] / a[0]) if a[1] > 0 and b[1] > 0 else float("nan")


def table(results):
    sizes = sorted(results)
    steps = [r[0] for r in results[sizes[0]][0]]
    lines = ["step\t" + "\t".join("%d: s\tus/page\tCPU us/page\tMiB" % n for n in sizes) + "\texponent"]
    for step in steps:
        rows = {n: next(r for r in results[n][0] if r[0] == step) for n in sizes}
        cells = ["%.3f\t%.1f\t%.1f\t%.1f" % (rows[n][1], 1e6 * rows[n][1] / n, 1e6 * (rows[n][2] + rows[n][3]) / n, rows[n][4] / 1024) for n in sizes]
        growth = " ".join("%.2f" % slope((a, rows[a][1]), (b, rows[b][1])) for a, b in zip(sizes, sizes[1:]))
        lines.append("\t".join([step, *cells, growth]))
    lines.append("bytes/page, inodes/page\t" + "\t".join("books %.0f, %.4f; batch %.0f, %.4f" % (
        results[n][1][0] / n, results[n][1][1] / n, results[n][2][0] / n, results[n][2][1] / n) for n in sizes))
    return "\n".join(lines) + "\n"


def plot(results):
    """Seconds over pages, both in logarithms, a line for each step."""
    sizes, width, height, left, bottom = sorted(results), 760, 520, 70, 50
    steps = [r[0] for r in results[sizes[0]][0]]
    colours = ["#1b6ca8", "#c0392b", "#27795b", "#8e5ea2", "#b8860b", "#2f4f4f", "#d35400", "#5d6d7e", "#16a085", "#7b241c", "#34495e", "#9b59b6", "#1e8449", "#a04000"]
    low, high = -3, math.ceil(math.log10(max(r[1] for n in sizes for r in results[n][0])))
    first, last = math.floor(math.log10(sizes[0])), math.ceil(math.log10(sizes[-1]))

    def x(n):
        return left + (math.log10(n) - first) / max(last - first, 1) * (width - left - 150)

    def y(seconds):
        return height - bottom - (math.log10(max(seconds, 10 ** low)) - low) / (high - low) * (height - bottom - 20)

    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">' % (width, height),
           '<rect width="%d" height="%d" fill="#ffffff"/>' % (width, height)]
    for e in range(low, high + 1):
        out.append('<path d="M%d %.1fH%d" stroke="#dddddd"/><text x="%d" y="%.1f" text-anchor="end">%g s</text>' % (
            left, y(10.0 ** e), width - 150, left - 6, y(10.0 ** e) + 4, 10.0 ** e))
    for e in range(first, last + 1):
        out.append('<path d="M%.1f 20V%d" stroke="#dddddd"/><text x="%.1f" y="%d" text-anchor="middle">10^%d</text>' % (
            x(10.0 ** e), height - bottom, x(10.0 ** e), height - bottom + 18, e))
    out.append('<text x="%d" y="%d" text-anchor="middle">pages in the batch</text>' % ((left + width - 150) // 2, height - 10))
    ends = []
    for i, step in enumerate(steps):
        points = [(n, next(r for r in results[n][0] if r[0] == step)[1]) for n in sizes]
        colour = colours[i % len(colours)]
        out.append('<path d="M%s" fill="none" stroke="%s" stroke-width="1.6"/>' % ("L".join("%.1f %.1f" % (x(n), y(s)) for n, s in points), colour))
        ends.append([y(points[-1][1]), x(points[-1][0]), step, colour])
    ends.sort()
    for a, b in zip(ends, ends[1:]):
        b[0] = max(b[0], a[0] + 13)
    out += ['<text x="%.1f" y="%.1f" fill="%s">%s</text>' % (at + 6, up + 4, colour, step) for up, at, step, colour in ends]
    return "\n".join(out + ["</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("simulate")
    parser.add_argument("scratch")
    parser.add_argument("--pages", type=int, nargs="+", default=[10000, 100000])
    parser.add_argument("--out")
    args = parser.parse_args()
    results, missed = {}, []
    for pages in sorted(args.pages):
        shutil.rmtree(args.scratch, ignore_errors=True)
        os.makedirs(args.scratch)
        results[pages] = measure(os.path.abspath(args.simulate), args.scratch, pages)
        shutil.rmtree(args.scratch)
        missed += ["%s takes %.2f s with %d pages, more than %g s" % (r[0], r[1], pages, BOUNDS[r[0]])
                   for r in results[pages][0] if r[0] in BOUNDS and r[1] > BOUNDS[r[0]]]
        if args.out:
            os.makedirs(args.out, exist_ok=True)
            with open(os.path.join(args.out, "scale.tsv"), "w", encoding="utf-8") as f:
                f.write(table(results))
            with open(os.path.join(args.out, "scale.svg"), "w", encoding="utf-8") as f:
                f.write(plot(results))
    print(table(results), end="")
    for line in missed:
        print("missed: " + line)


if __name__ == "__main__":
    main()
