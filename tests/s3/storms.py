#!/usr/bin/env python3
"""storms.py BINARY SCRATCH [--seeds N] [--first S] [-j N]: publish and pull while the server fails by lot.

A seed is a server of some habits, version 1.0.0 of a corpus that is there, and version 2.0.0 to be published over it, many small
shards and a few in parts, while faults come (faults.py) and now and then the program or the server is killed. Publish is run until it
is done, then pull, into a folder that holds the old version or nothing. After every single run
    the exit code is 0, or 4 "run again", or that of a kill; 1 only for a shard that came broken twice
    under every final name, there and here, are the bytes that the name stands for
    the manifest is the old one or the new one, and all that it names is there
and in the end the folder is what was published. A failing seed is run again with --first S --seeds 1.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "crash")]
import corpus  # noqa: E402
from faults import Faults  # noqa: E402
from lib import Tally  # noqa: E402
from server import Server  # noqa: E402

PREFIX = "档案 馆/box+12 & co=%41'(~)"


class Wrong(Exception):
    pass


def need(ok, what):
    if not ok:
        raise Wrong(what)


class Storm:
    def __init__(self, binary, scratch, old, new, seed):
        self.lot = random.Random(seed)
        self.binary, self.seed = binary, seed
        self.old, self.new = old, new
        self.trees = {v: corpus.tree(v) for v in (old, new)}
        self.folder = os.path.join(scratch, str(seed))
        self.url = f"s3://corpora/{PREFIX}"
        self.runs, self.killed = 0, 0
        self.server = None

    # ---- the server

    def serve(self, port=0):
        kept = self.server.log if self.server else []
        self.server = Server(os.path.join(self.folder, "server"), port, conditions=self.conditions, page=self.page, faults=self.faults)
        self.server.log[:0] = kept      # one log over all lives
        self.server.start()

    def crash_server(self):
        """Its connections break off, and it comes back with what it had acknowledged."""
        port = self.server.port
        self.server.stop()
        self.serve(port)

    def settle(self):
        lot = self.lot
        self.conditions = lot.choice(["kept", "kept", "ignored", "refused"])
        self.page = lot.choice([3, 1000])
        self.retries = lot.choice([0, 1, 3, 8])
        self.faults = Faults(seed=self.seed, share=lot.choice([0.03, 0.1, 0.3, 0.5]), most=lot.randrange(1, 6),
                             total=lot.choice([5, 20, 60]))
        self.kills = lot.choice([0, 0, 1, 3])
        self.serve()
        for path in self.trees[self.old]:
            with open(os.path.join(self.old, path), "rb") as f:
                self.server.store.put("corpora", f"{PREFIX}/{path}", f.read(), {})
        self.theirs = self.server.store.create("corpora", f"{PREFIX}/others/film.mp4", {})

    # ---- one run of the program

    def run(self, *args):
        """Returns its exit code, or -9 when it was shot."""
        self.runs += 1
        command = [self.binary, *args, "--quiet", "--set", f"upload.retries={self.retries}", "--set", "upload.part_bytes=5242880",
                   "--set", "upload.stall_seconds=5"]
        shoot = self.killed < self.kills
        began = time.monotonic()
        with subprocess.Popen(command, env={**os.environ, **self.server.environment()}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, errors="replace") as process:
            timer = None
            if shoot:
                self.killed += 1
                whom = self.lot.choice(["client", "client", "server"])
                moment = self.lot.uniform(0.005, 0.5)
                timer = threading.Timer(moment, process.kill if whom == "client" else self.crash_server)
                timer.start()
            try:
                said = process.communicate(timeout=300)[1]
            except subprocess.TimeoutExpired:
                process.kill()
                raise Wrong(f"'{args[0]}' hangs: {said_of(process)}") from None
            if timer:
                timer.cancel()
                timer.join()
        self.took = time.monotonic() - began
        self.said = said
        need("Sanitizer" not in said and "runtime error" not in said, said[:2000])
        return process.returncode

    # ---- what must be true at any moment

    def there(self):
        """{path: sha256} at the server, and the manifest's version."""
        items = self.server.store.keys("corpora")
        got = {i.key[len(PREFIX) + 1:]: hashlib.sha256(i.read()).hexdigest() for i in items}
        return got

    def check(self, got, where, partial):
        """partial: there may be no manifest yet."""
        old, new = self.trees[self.old], self.trees[self.new]
        for path, digest in got.items():
            need(digest in (old.get(path), new.get(path)), f"{where}: wrong bytes under '{path}'")
        now = got.get("manifest.json")
        if now is None and partial:
            return None
        need(now in (old["manifest.json"], new["manifest.json"]), f"{where}: the manifest is neither the old nor the new one")
        version = self.old if now == old["manifest.json"] else self.new
        with open(os.path.join(version, "manifest.json"), encoding="utf-8") as f:
            for entry in json.load(f)["files"]:
                if entry["path"] not in ("README.md", "SHA256SUMS"):
                    need(got.get(entry["path"]) == entry["sha256"], f"{where}: the manifest names '{entry['path']}', which is not there as it says")
        return version

    def until_done(self, what, look, *args):
        rounds = (self.faults.total or 0) + self.kills + 5        # at the worst, each run ends at one of the faults that are left
        for _ in range(rounds):
            before = len(self.server.log)
            code = self.run(*args)
            look()
            if code == 0:
                return
            flips = {e["key"] for e in self.server.log[before:] if e.get("fault") == "flip"}
            # A shard that came broken twice is reported; a manifest with another byte in it may be no manifest.
            need(code in (4, -signal.SIGKILL) or (code == 1 and flips) or (code == 2 and any("manifest" in k for k in flips)),
                 f"{what}: exit {code}: {self.said[-600:]}")
        raise Wrong(f"{what}: not done after {rounds} runs: {self.said[-600:]}")

    def play(self):
        try:
            self.settle()
            self.until_done("publish", lambda: self.check(self.there(), "store", False), "publish", self.new, self.url)
            need(self.check(self.there(), "store", False) == self.new, "publish says done, and the old manifest is there")
            missing = [p for p, d in self.trees[self.new].items() if self.there().get(p) != d]
            need(not missing, f"published, but not there: {missing[:3]}")
            stale = any(e.get("fault") == "stale" and e["op"] == "list_uploads" for e in self.server.log)
            uploads = {upload for _, upload, _ in self.server.store.uploads("corpora")}
            need(self.theirs in uploads, "an upload of somebody else's was ended")
            need(stale or len(uploads) == 1, "uploads are left over after a publish that was done")
            here = os.path.join(self.folder, "here")
            if self.lot.random() < 0.5:
                shutil.copytree(self.old, here)
            os.makedirs(here, exist_ok=True)
            self.until_done("pull", lambda: self.check(corpus.tree(here), "folder", True), "pull", self.url, here)
            got = corpus.tree(here)
            need(self.check(got, "folder", False) == self.new, "pull says done, and the old manifest is there")
            wrong = [p for p, d in self.trees[self.new].items() if got.get(p) != d]
            need(not wrong, f"pulled, but not here: {wrong[:3]}")
            litter = [n for _, _, names in os.walk(here) for n in names if n.startswith(".")]
            need(not litter, f"left over: {litter[:3]}")
            need(not self.server.broken, f"the server broke: {self.server.broken[:1]}")
            return None
        except Wrong as why:
            return f"seed {self.seed}: {why}"
        finally:
            if self.server:
                self.server.stop()
            self.suffered = sum(1 for e in self.server.log if e.get("fault"))
            self.asked = len(self.server.log)
            shutil.rmtree(self.folder, ignore_errors=True)


def said_of(process):
    return (process.stderr.read() or "")[-300:] if process.stderr else ""


def play(job):
    storm = Storm(*job)
    began = time.monotonic()
    wrong = storm.play()
    return storm.seed, wrong, storm.runs, storm.asked, storm.suffered, storm.killed, time.monotonic() - began


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("binary")
    args.add_argument("scratch")
    args.add_argument("--seeds", type=int, default=20)
    args.add_argument("--first", type=int, default=1)
    args.add_argument("--seconds", type=int, default=0, help="begin no more seeds after so many; 0: no limit")
    args.add_argument("-j", "--jobs", type=int, default=2)
    a = args.parse_args()
    scratch = os.path.abspath(a.scratch)
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    old = corpus.make(os.path.join(scratch, "old"), "1.0.0", small=8, large=(5300000,))
    new = corpus.make(os.path.join(scratch, "new"), "2.0.0", small=14, large=(5300000, 11000000))
    tally, began = Tally(), time.monotonic()
    total = {"runs": 0, "requests": 0, "faults": 0, "kills": 0}
    jobs = [(os.path.abspath(a.binary), scratch, old, new, seed) for seed in range(a.first, a.first + a.seeds)]
    with concurrent.futures.ProcessPoolExecutor(a.jobs) as pool:
        waiting, jobs = set(), iter(jobs)
        while True:
            while len(waiting) < a.jobs and (not a.seconds or time.monotonic() - began < a.seconds) and (job := next(jobs, None)):
                waiting.add(pool.submit(play, job))
            if not waiting:
                break
            done, waiting = concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                seed, wrong, runs, asked, suffered, killed, seconds = future.result()
                tally.check(not wrong, wrong)
                for name, n in zip(total, (runs, asked, suffered, killed)):
                    total[name] += n
                if seconds > 30:
                    print(f"seed {seed}: {runs} runs, {seconds:.0f} s", flush=True)
    print(f"{tally.passed + tally.failed} seeds: " + ", ".join(f"{n} {name}" for name, n in total.items()) + f", {time.monotonic() - began:.0f} s")
    sys.exit(tally.finish())


if __name__ == "__main__":
    main()
