#!/usr/bin/env python3
"""kills.py BINARY SCRATCH [--moments 100]: kill -9 of publish, of pull and of the server, at any moment, and then on.

The server is a process of its own (server.py --folder), shot and started again on the same port and folder. In turns the program, the
server, and both are shot while publish or pull run; after a few shots the transfer is run to its end. Then
    what is there is what was published, and what is here is what is there; at every moment before, whole files under final names only
    nothing was sent twice: a part or object that the server had when the run ended is never sent again, counted in the server's log
    nothing was fetched twice: what a pull has noted as written is not asked for again, nor is a file that has its name
"""
import argparse
import collections
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "crash")]
import corpus  # noqa: E402
from lib import Tally  # noqa: E402
from store import Store  # noqa: E402

PART = 5 << 20
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
WHOM = ("program", "program", "server", "both")
ROOT = ("README.md", "SHA256SUMS", "manifest.json")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def connections(port):
    """Of the server's side, that are not over yet."""
    with open("/proc/net/tcp") as f:
        rows = [line.split() for line in f.readlines()[1:]]
    return sum(1 for r in rows if int(r[1].rpartition(":")[2], 16) == port and r[3] in ("01", "08"))       # established, close-wait


class Server:
    """server.py as a process that may be shot."""

    def __init__(self, scratch):
        self.folder, self.log, self.port = os.path.join(scratch, "server"), os.path.join(scratch, "log"), free_port()
        self.start()

    def start(self):
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "server.py"), "--folder", self.folder, "--port", str(self.port),
                                         "--log", self.log], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=CLEAN)
        self.env = dict(CLEAN)
        for line in self.process.stdout:
            if not line.startswith("export "):
                return
            name, _, value = line[7:].strip().partition("=")
            self.env[name] = value.strip("'")
        sys.exit("the server does not start: " + self.process.stderr.read()[-300:])

    def shoot(self):
        self.process.kill()
        self.process.communicate()

    def settle(self):
        """Until nobody is at work in it: what a client sent before it was shot has then come to its end."""
        while connections(self.port):
            time.sleep(0.005)

    def entries(self, since=0):
        with open(self.log, encoding="utf-8") as f:
            return [json.loads(line) for line in f.readlines()[since:] if line.endswith("\n")]

    def there(self, prefix):
        """{path: sha256}; the store's files are read from outside."""
        items = Store(os.path.join(self.folder, "store")).keys("corpora")
        return {i.key[len(prefix) + 1:]: corpus.hashlib.sha256(i.read()).hexdigest() for i in items if i.key.startswith(prefix + "/")}


class Round:
    """One transfer, shot at some times and then run to its end."""

    def __init__(self, binary, server, lot, tally):
        self.binary, self.server, self.lot, self.tally = binary, server, lot, tally
        self.shots = collections.Counter()

    def begin(self, args):
        command = [self.binary, *args, "--quiet", "--set", f"upload.part_bytes={PART}", "--set", "upload.stall_seconds=10"]
        return subprocess.Popen(command, env=self.server.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                text=True, errors="replace")

    def shot_run(self, args, whom, moment):
        process = self.begin(args)
        time.sleep(moment)
        running = process.poll() is None
        if running and whom in ("program", "both"):
            process.kill()
        if running and whom in ("server", "both"):
            self.server.shoot()
            self.server.start()
        said = process.communicate(timeout=300)[1]
        self.tally.check(process.returncode in (0, 4, -signal.SIGKILL), f"{args[0]}, {whom} shot: exit {process.returncode}: {said[-300:]}")
        self.server.settle()
        self.shots[whom] += running
        return running

    def last_run(self, args):
        process = self.begin(args)
        said = process.communicate(timeout=300)[1]
        self.tally.check(process.returncode == 0, f"{args[0]}, the last run: exit {process.returncode}: {said[-300:]}")
        self.server.settle()


def sent_twice(entries, prefix):
    """Parts and objects that the server had already said it has; manifests are written by their own rule."""
    seen = collections.Counter((e["key"], e["part"]) for e in entries
                               if e["op"] in ("put", "part") and e["status"] == 200 and e["key"].startswith(prefix + "/"))
    return [k for k, n in seen.items() if n > 1 and not k[0].endswith("manifest.json")]


def publish(r, source, prefix, want, length, shots):
    url, began = f"s3://corpora/{prefix}", len(r.server.entries())
    for _ in range(shots):
        r.shot_run(["publish", source, url], r.lot.choice(WHOM), r.lot.uniform(0, length))
        there = r.server.there(prefix)
        r.tally.check(all(want.get(p) == d for p, d in there.items()), "store: wrong bytes under a name")
        r.tally.check("manifest.json" not in there or there == want, "store: a manifest before all that it names")
    r.last_run(["publish", source, url])
    r.tally.check(r.server.there(prefix) == want, "published, but not there")
    entries = r.server.entries(began)
    twice = sent_twice(entries, prefix)
    r.tally.check(not twice, f"sent twice: {twice[:3]}")
    return sum(e["bytes"] for e in entries if e["op"] in ("put", "part") and e["status"] == 200)


def noted(folder):
    """{digest: bytes that are noted as written} of parts in a folder."""
    found = {}
    for top, _, names in os.walk(folder):
        for name in names:
            if name.startswith(".rc-tmp-part-") and name.endswith(".map"):
                with open(os.path.join(top, name)) as f:
                    runs = sorted((int(a), int(a) + int(n)) for a, n in (line.split() for line in f if line.endswith("\n")))
                end = total = 0
                for a, b in runs:
                    total += max(0, b - max(a, end))
                    end = max(end, b)
                found[name[len(".rc-tmp-part-"):-4]] = total
    return found


def pull(r, url, prefix, here, want, sizes, length, shots):
    asked_twice, fetched, got = [], 0, {}
    for n in range(shots + 1):
        before, have, began = noted(here), corpus.tree(here), len(r.server.entries())
        if n < shots:
            r.shot_run(["pull", url, here], r.lot.choice(WHOM), r.lot.uniform(0, length))
        else:
            r.last_run(["pull", url, here])
        got = corpus.tree(here)
        r.tally.check(all(want.get(p) == d for p, d in got.items()), "folder: wrong bytes under a name")
        r.tally.check("manifest.json" not in got or got == want, "folder: a manifest before all that it names")
        asked = collections.Counter()
        for e in r.server.entries(began):
            path = e["key"][len(prefix) + 1:]
            span = re.fullmatch(r"bytes=(\d+)-(\d+)", e.get("range", ""))
            if e["op"] == "get" and span and os.path.basename(path) not in ROOT:
                asked[path] += min(int(span[2]) + 1, sizes[path]) - int(span[1])
        fetched += sum(asked.values())
        for path, total in asked.items():
            if path in have:
                asked_twice.append(path)
            # While the server is shot, the same run asks again for what broke off; alone, a run asks for exactly what is missing.
            elif n == shots and total > sizes[path] - before.get(want[path], 0):
                asked_twice.append(path)
    r.tally.check(got == want, "pulled, but not here")
    r.tally.check(not asked_twice, f"asked for twice: {asked_twice[:3]}")
    litter = [f for _, _, names in os.walk(here) for f in names if f.startswith(".")]
    r.tally.check(not litter, f"left over: {litter[:3]}")
    return fetched


def undisturbed(r, args):
    began = time.monotonic()
    r.last_run(args)
    return time.monotonic() - began


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("binary")
    args.add_argument("scratch")
    args.add_argument("--moments", type=int, default=100, help="shots that hit")
    args.add_argument("--seed", type=int, default=1)
    a = args.parse_args()
    scratch, tally, lot = os.path.abspath(a.scratch), Tally(), random.Random(a.seed)
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    source = corpus.make(os.path.join(scratch, "corpus"), small=30, large=(12000000, 23000000))
    want = corpus.tree(source)
    sizes = {p: os.path.getsize(os.path.join(source, p)) for p in want}
    server = Server(scratch)
    r = Round(os.path.abspath(a.binary), server, lot, tally)
    there = "档案/calm"
    slow = undisturbed(r, ["publish", source, f"s3://corpora/{there}"])
    fast = undisturbed(r, ["pull", f"s3://corpora/{there}", os.path.join(scratch, "calm")])
    rounds = sent = asked = 0
    while sum(r.shots.values()) < a.moments and rounds < 10 * a.moments:
        rounds += 1
        prefix, here = f"档案/{rounds}", os.path.join(scratch, f"here{rounds}")
        sent += publish(r, source, prefix, want, slow, 3)
        asked += pull(r, f"s3://corpora/{there}", there, here, want, sizes, fast, 3)
        shutil.rmtree(here)
    server.shoot()
    size = sum(sizes.values())
    tally.check(sum(r.shots.values()) >= a.moments, f"only {sum(r.shots.values())} shots hit")
    print(f"{sum(r.shots.values())} shots ({', '.join(f'{n} at {w}' for w, n in sorted(r.shots.items()))}) in {rounds} publishes and as many pulls; "
          f"for each byte of the corpora the server took in {sent / size / rounds:.4f}, and was asked for {asked / size / rounds:.4f}, by its log, "
          "which has nothing of what it was shot in")
    shutil.rmtree(os.path.join(scratch, "server"), ignore_errors=True)
    sys.exit(tally.finish())


if __name__ == "__main__":
    main()
