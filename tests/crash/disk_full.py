#!/usr/bin/env python3
"""disk_full.py BINARY SCRATCH SOURCE...: a full disk stops the run with exit 4 and costs nothing.

Needs the right to mount a tmpfs (root, or a user namespace); else it is skipped. The batch lies on a
tmpfs that is made larger step by step; every stop in between must be exit 4 with one line that says so,
every public file must be whole, and the batch at the end must equal one that had room from the start.
"""
import os
import shutil
import subprocess
import sys

from lib import Tally, differences, left_overs, run, tree_digest

SETTINGS = ["--set", "rights.training=allowed", "--set", "run.max_failed=1", "--set", "corpus.version=1.0.0",
            "--set", "corpus.name=full"]


def main():
    binary, scratch, sources = os.path.abspath(sys.argv[1]), sys.argv[2], [os.path.abspath(s) for s in sys.argv[3:]]
    tally = Tally()
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    room, calm = os.path.join(scratch, "room"), os.path.join(scratch, "calm")
    os.makedirs(room)
    size = 200 << 10
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", room], capture_output=True).returncode:
        tally.skip("no right to mount a tmpfs")
        sys.exit(tally.finish())
    try:
        run(binary, "run", calm, *sources, "--quiet", *SETTINGS)
        batch, stops = os.path.join(room, "batch"), 0
        for _ in range(80):
            result = run(binary, "run", batch, *sources, "--quiet", *SETTINGS)
            if result.returncode in (0, 1):
                break
            stops += 1
            tally.check(result.returncode == 4, f"at {size} bytes: exit {result.returncode}: {result.stderr[-300:]}")
            tally.check("No space left" in result.stderr, f"at {size} bytes: says {result.stderr[-200:]!r}")
            whole = tree_digest(batch)
            for path, digest in whole.items():
                if path.startswith("records/"):
                    valid = run(binary, "validate", os.path.join(batch, path))
                    tally.check(valid.returncode == 0, f"at {size} bytes: {path}: {valid.stdout[-200:]}")
            size = int(size * 1.15)
            subprocess.run(["mount", "-o", f"remount,size={size}", room], check=True)
        tally.check(stops >= 3, f"the disk was full only {stops} times")
        tally.check(result.returncode in (0, 1), f"never finished: {result.stderr[-300:]}")
        wrong = list(differences(tree_digest(calm), tree_digest(batch)))
        tally.check(not wrong, f"other bytes after a full disk: {wrong[:5]}")
        tally.check(not list(left_overs(batch)), "temporaries left over")
        print(f"disk full {stops} times on the way to {size >> 10} KiB")
    finally:
        subprocess.run(["umount", room])
    sys.exit(tally.finish())


if __name__ == "__main__":
    main()
