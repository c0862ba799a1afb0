#!/usr/bin/env python3
"""throughput.py BINARY SCRATCH [--data DIR]: pages per minute against Tesseract's own command under GNU parallel.

Both sides read the same pages with the same model and as many processes, in turn (A B A B ...), so that a
machine whose speed drifts slows both. redcorpus runs `ocr.effort=plain` and does everything from ingest to
shards; Tesseract's command writes a text file per page. Prints medians and ranges, the ratio pair by pair, the
share of CPU time outside decode, prepare and OCR, the start-up time of `status`, and peak memory.
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time

# name, folders below the data, Tesseract's model and page segmentation mode, our settings for the same model
SETS = [
    ("vertical", ("openguji/siku", "openguji/shiji", "ecpo/blocks"), "chi_tra_vert", 5,
     ["ocr.script=hant", "ocr.direction=vertical"]),
    ("horizontal", ("leaflets",), "chi_sim", 3, ["ocr.script=hans", "ocr.direction=horizontal"]),
]
IMAGES = (".jpg", ".jpeg", ".png", ".tif")


def timed(command, **kw):
    """Wall seconds, CPU seconds of the command and everything below it, and what it said."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, **kw)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done


def events(batch, kind):
    with open(os.path.join(batch, ".redcorpus", "events.jsonl"), encoding="utf-8") as f:
        return [e for e in map(json.loads, f) if e["event"] == kind]


def spread(values, unit=""):
    return f"{statistics.median(values):8.2f}{unit} ({min(values):.2f} to {max(values):.2f})"


def compare(args, env, name, pages, model, psm, settings):
    ours, theirs, ratios, outside, memory, supervisor = [], [], [], [], [], []
    for number in range(args.runs):
        batch = os.path.join(args.scratch, f"{name}{number}")
        wants = [x for s in [*settings, "ocr.effort=plain", "rights.training=allowed"] for x in ("--set", s)]
        wall, cpu, done = timed([args.binary, "run", batch, *pages, f"-j{args.jobs}", "--quiet", *wants], env=env)
        if done.returncode not in (0, 1):
            sys.exit(f"run failed: {done.stderr.decode()[-500:]}")
        inside = sum(e.get(k, 0) for e in events(batch, "page")
                     for k in ("decode_seconds", "prepare_seconds", "ocr_seconds"))
        ours.append(60 * len(pages) / wall)
        outside.append(100 * (1 - inside / cpu))
        memory.append(max(e["worker_bytes"] for e in events(batch, "end")) / 2**20)
        supervisor.append(max(e["supervisor_bytes"] for e in events(batch, "end")) / 2**20)
        texts = os.path.join(args.scratch, f"{name}{number}.tess")
        os.makedirs(texts)
        wall, _, done = timed(["parallel", f"-j{args.jobs}", "tesseract", "{}", texts + "/{#}", "-l", model,
                               "--psm", str(psm), ":::", *pages], env=env)
        if len(os.listdir(texts)) != len(pages):
            print(f"note: Tesseract wrote {len(os.listdir(texts))} of {len(pages)} texts")
        theirs.append(60 * len(pages) / wall)
        ratios.append(ours[-1] / theirs[-1])
    print(f"\n{name}: {len(pages)} pages, model {model}, psm {psm}")
    print(f"  redcorpus run, plain          {spread(ours)} pages/min")
    print(f"  parallel tesseract            {spread(theirs)} pages/min")
    print(f"  ratio, pair by pair           {spread(ratios)}")
    print(f"  outside decode, prepare, OCR  {spread(outside, ' %')} of CPU time")
    print(f"  largest worker                {spread(memory, ' MiB')}")
    print(f"  supervisor                    {spread(supervisor, ' MiB')}")


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("binary")
    args.add_argument("scratch")
    args.add_argument("--data", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared/data"))
    args.add_argument("--runs", type=int, default=3)
    args.add_argument("--jobs", type=int, default=2)
    args = args.parse_args()
    args.binary = os.path.abspath(args.binary)
    shutil.rmtree(args.scratch, ignore_errors=True)
    os.makedirs(args.scratch)
    env = dict(os.environ, OMP_THREAD_LIMIT="1")
    print(f"{os.cpu_count()} processors, -j{args.jobs}, {args.runs} runs of each side in turn; medians (range)")
    for name, folders, model, psm, settings in SETS:
        tops = [os.path.join(args.data, f) for f in folders]
        pages = [os.path.join(t, n) for t in tops if os.path.isdir(t) for n in sorted(os.listdir(t))
                 if n.lower().endswith(IMAGES)]
        if pages:
            compare(args, env, name, pages, model, psm, settings)
        else:
            print(f"\n{name}: skipped: no pages at {args.data}")

    empty = os.path.join(args.scratch, "empty")
    subprocess.run([args.binary, "init", empty], check=True, capture_output=True)
    starts = [1000 * timed([args.binary, "status", empty])[0] for _ in range(11)]
    print(f"\nstatus of an empty batch        {spread(starts, ' ms')}")


if __name__ == "__main__":
    main()
