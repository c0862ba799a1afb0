#!/usr/bin/env python3
"""kill.py BINARY SCRATCH SOURCE...: whatever is killed, whenever, going on gives the same bytes.

Makes one undisturbed batch with -j1 and one with -j4: they must be equal. Then batches whose runs are
shot with SIGKILL at random moments, in turn the supervisor, one of its workers, and everything at once,
until --moments shots have hit. Each batch is then run to its end and must equal the undisturbed one.
A page whose worker was shot twice is rightly in quarantine as 'crash'; `retry` takes it out again.
"""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from lib import Tally, differences, left_overs, run, tree_digest

SETTINGS = ["--set", "rights.training=allowed", "--set", "run.max_failed=1", "--set", "corpus.version=1.0.0",
            "--set", "corpus.name=crash"]


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(p) for p in f.read().split()]
    except OSError:
        return []


def shoot(process, whom):
    """Kills with SIGKILL; returns whether somebody was there to be hit."""
    victims = {"supervisor": [process.pid], "worker": children(process.pid)[:1],
               "everything": [process.pid, *children(process.pid)]}[whom]
    hit = False
    for pid in victims:
        try:
            os.kill(pid, signal.SIGKILL)
            hit = True
        except ProcessLookupError:
            pass
    return hit


def finish(binary, batch, sources):
    """Runs to the end, taking pages that our shots put into quarantine out of it again."""
    for _ in range(4):
        result = run(binary, "run", batch, *sources, "-j2", "--quiet", *SETTINGS)
        if result.returncode not in (0, 1):
            return result
        for reason in ("crash", "timeout", "memory"):
            run(binary, "retry", batch, "--reason", reason, "--quiet")
        status = run(binary, "status", batch, "--json").stdout
        if '"pending":0' in status.replace(" ", ""):
            return run(binary, "run", batch, "--quiet")
    return result


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("binary")
    args.add_argument("scratch")
    args.add_argument("sources", nargs="+")
    args.add_argument("--moments", type=int, default=50)
    args.add_argument("--per-batch", type=int, default=5, help="shots before a batch is finished and compared")
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    binary, tally, rng = os.path.abspath(args.binary), Tally(), random.Random(args.seed)
    sources = [os.path.abspath(s) for s in args.sources]
    shutil.rmtree(args.scratch, ignore_errors=True)
    os.makedirs(args.scratch)

    calm = os.path.join(args.scratch, "calm")
    began = time.monotonic()
    result = run(binary, "run", calm, *sources, "-j1", "--quiet", *SETTINGS)
    length = time.monotonic() - began
    want = tree_digest(calm)
    tally.check(result.returncode in (0, 1), f"undisturbed run: exit {result.returncode}: {result.stderr[-300:]}")
    tally.check(any(p.endswith(".xml") for p in want), "undisturbed run wrote records")
    tally.check("corpus/manifest.json" in want, "undisturbed run wrote a manifest")
    wide = os.path.join(args.scratch, "wide")
    result = run(binary, "run", wide, *sources, "-j4", "--quiet", *SETTINGS)
    tally.check(result.returncode in (0, 1), f"-j4: exit {result.returncode}: {result.stderr[-300:]}")
    wrong = list(differences(want, tree_digest(wide)))
    tally.check(not wrong, f"-j4 against -j1: {wrong[:5]}")
    print(f"undisturbed run: {length:.1f} s, {len(want)} files", flush=True)

    shots, number = 0, 0
    while shots < args.moments:
        number += 1
        batch = os.path.join(args.scratch, f"shot{number}")
        for _ in range(min(args.per_batch, args.moments - shots)):
            whom = ("supervisor", "worker", "everything")[shots % 3]
            process = subprocess.Popen([binary, "run", batch, *sources, "-j2", "--quiet", *SETTINGS],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, length / args.per_batch))
            if shoot(process, whom):
                shots += 1
            if whom == "worker":
                time.sleep(rng.uniform(0, length / args.per_batch))
                process.kill()
            process.wait()
        orphans = [p for p in os.listdir("/proc") if p.isdigit() and orphan(p, binary)]
        tally.check(not orphans, f"workers outlived their supervisor: {orphans}")
        result = finish(binary, batch, sources)
        tally.check(result.returncode in (0, 1), f"batch {number}: exit {result.returncode}: {result.stderr[-300:]}")
        wrong = list(differences(want, tree_digest(batch)))
        tally.check(not wrong, f"batch {number} after shots: {wrong[:5]}")
        litter = list(left_overs(batch))
        tally.check(not litter, f"batch {number}: left over: {litter[:5]}")
        print(f"{shots} shots, batch {number} {'equal' if not wrong else 'DIFFERS'}", flush=True)
        if not wrong:
            shutil.rmtree(batch)
    sys.exit(tally.finish())


def orphan(pid, binary):
    """Is the process a worker of our binary whose supervisor is gone? They may take a moment to go."""
    for _ in range(20):
        try:
            if os.readlink(f"/proc/{pid}/exe") != binary:
                return False
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if b"\0worker" not in f.read():
                    return False
            with open(f"/proc/{pid}/stat") as f:
                state, parent = f.read().rsplit(")", 1)[1].split()[:2]
        except OSError:
            return False
        if state == "Z" or parent != "1":
            return False
        time.sleep(0.1)
    return True


if __name__ == "__main__":
    main()
