#!/usr/bin/env python3
"""Recall, precision, time and memory of the search for nearly equal texts.

near.py [PROGRAM] [--items N]...

PROGRAM is build/unit/test_near, whose texts these are: half of N texts of 300 characters are copies of the other half with 1 to 22
characters changed, so that likenesses from 0.5 to 0.95 are there; the exact answer is counted. For each N (20,000 and
1,000,000 unless told) a line for each limit, then seconds of the whole test (drawing, exact answer and signatures included) and its
largest memory.
"""
import argparse
import os
import resource
import subprocess
import sys
import time

STORY = "planted_copies_are_found_and_nothing_else_is"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("program", nargs="?", default="build/unit/test_near")
    parser.add_argument("--items", type=int, action="append")
    args = parser.parse_args()
    for items in args.items or [20000, 1000000]:
        start = time.monotonic()
        done = subprocess.run([args.program, STORY], env=dict(os.environ, NEAR_ITEMS=str(items)), stdout=subprocess.PIPE, text=True)
        print("".join(line + "\n" for line in done.stdout.splitlines() if line.startswith("likeness")), end="")
        print("%d items: %.1f s, at most %d MiB, exit %d" % (items, time.monotonic() - start,
                                                            resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, done.returncode), flush=True)
        if done.returncode:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
