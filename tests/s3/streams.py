#!/usr/bin/env python3
"""streams.py BINARY CORPUS SCRATCH: `cat` straight from a store prints what `cat` of the folder prints, or names the shard that is wrong.

    every kind of shard, whole, and again while answers break off
    one byte that is another on the line, and a shard that is cut off in the store: exit 1, the shard's name, and only true samples before
    one sample by number and by id
    a shard of 150 MB goes through in as much memory as a small one, and no file is written
"""
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "crash")]
import corpus  # noqa: E402
from faults import Faults  # noqa: E402
from lib import Tally  # noqa: E402
from server import Server  # noqa: E402

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
# Says the peak memory of a program at the end; from a small process, because a child's counts from that of its parent.
PEAK = """import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print('\\n', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, sep='', file=sys.stderr)
sys.exit(code if code >= 0 else 70)"""
# The sanitizer keeps what was freed; of that, little.
CLEAN["ASAN_OPTIONS"] = CLEAN.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=4"


def put(server, source, prefix, change=lambda path, data: data):
    for path in corpus.tree(source):
        with open(os.path.join(source, path), "rb") as f:
            server.store.put("corpora", f"{prefix}/{path}", change(path, f.read()), {})


class Test:
    def __init__(self, binary, scratch):
        self.binary, self.tally = binary, Tally()
        self.empty = os.path.join(scratch, "empty")
        os.makedirs(self.empty)

    def cat(self, env, *args):
        """(exit, output, what was said, peak in MB)"""
        with open(os.path.join(self.empty, "..", "out"), "w+b") as out:
            result = subprocess.run([sys.executable, "-c", PEAK, self.binary, "cat", *args], env={**CLEAN, **env, "HOME": self.empty, "TMPDIR": self.empty},
                                    cwd=self.empty, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, timeout=300)
            out.seek(0)
            got = out.read()
        self.tally.check(not os.listdir(self.empty), f"cat {args} leaves {os.listdir(self.empty)[:3]}")
        said, _, peak = result.stderr.decode(errors="replace").rstrip().rpartition("\n")
        return result.returncode, got, said, int(peak) / 1024


def kinds(source):
    with open(os.path.join(source, "manifest.json"), encoding="utf-8") as f:
        files = json.load(f)["files"]
    found = {}
    for f in files:
        if f["kind"] in ("text", "pages", "lines"):
            found.setdefault(f["kind"], f["path"])
    return found


def same_as_folder(t, source):
    for name, faults in (("calm", None), ("broken off", Faults([{"on": "get", "nth": n, "do": do, "at": 700, "times": 1}
                                                                for n, do in ((2, "truncate"), (4, "reset-reply"), (6, "short"), (8, "long"))]))):
        with Server(faults=faults) as server:
            put(server, source, "x")
            for kind in kinds(source):
                want = t.cat({}, source, "--shards", kind)
                got = t.cat(server.environment(), "s3://corpora/x", "--shards", kind)
                t.tally.check(got[:2] == want[:2] and want[0] == 0 and want[1], f"{name}: {kind}: exit {got[0]}, {len(got[1])} of {len(want[1])} bytes: {got[2][-300:]}")
                for way in (("--at", "0"), ("--id", json.loads(want[1].splitlines()[0]).get("id", ""))):
                    here, there = t.cat({}, source, "--shards", kind, *way), t.cat(server.environment(), "s3://corpora/x", "--shards", kind, *way)
                    t.tally.check(here[:2] == there[:2], f"{name}: {kind} {way}: exits {here[0]}, {there[0]}: {there[2][-300:]}")


def wrong_is_named(t, source):
    cut_in_store = [0.5, 0.99]
    for kind, shard in kinds(source).items():
        truth = t.cat({}, source, "--shards", kind)[1]
        size = os.path.getsize(os.path.join(source, shard))
        for at in (10, size // 3, size // 2, size - 5):
            with Server(faults=Faults([{"on": "get", "key": shard, "do": "flip", "at": at, "times": 99}])) as server:
                put(server, source, "x")
                code, got, said, _ = t.cat(server.environment(), "s3://corpora/x", "--shards", kind)
                t.tally.check(code == 1 and shard in said, f"{kind}, byte {at} of {size} is another: exit {code}: {said[-300:]}")
                # A page's text may be wrong before the digest at the end says so; a frame of text may not.
                t.tally.check(kind != "text" or truth.startswith(got), f"{kind}, byte {at} is another: something wrong was printed")
        for share in cut_in_store:
            with Server() as server:
                put(server, source, "x", lambda path, data, share=share: data[:int(len(data) * share)] if path == shard else data)
                code, got, said, _ = t.cat(server.environment(), "s3://corpora/x", "--shards", kind)
                t.tally.check(code == 1 and shard in said, f"{kind}, cut off in the store: exit {code}: {said[-300:]}")
                t.tally.check(truth.startswith(got), f"{kind}, cut off in the store: something wrong was printed")


def tar_of_pages(source, pages, image):
    """Turns a corpus of random bytes into one with a page shard that can be read."""
    out, bytes_of = io.BytesIO(), os.urandom(image)
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for n in range(pages):
            for ending, data in (("jpg", bytes_of), ("json", json.dumps({"id": f"item/{n}"}).encode()), ("txt", "字".encode() * 100)):
                info = tarfile.TarInfo(f"item-{n:06d}.{ending}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    data = out.getvalue()[:pages * (image + 511 & ~511) + pages * 5 * 512 + 1024]
    with open(os.path.join(source, "manifest.json"), encoding="utf-8") as f:
        manifest = json.load(f)
    shard = next(f for f in manifest["files"] if f["kind"] == "pages")
    with open(os.path.join(source, shard["path"]), "wb") as f:
        f.write(data)
    shard.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), samples=pages)
    with open(os.path.join(source, "manifest.json"), "w", encoding="utf-8") as f:
        json.dump(manifest, f)


def memory(t, scratch):
    peaks = []
    for n, pages in enumerate((20, 1500)):
        source = corpus.make(os.path.join(scratch, f"pages{n}"), small=1, large=(1000,))
        tar_of_pages(source, pages, 100000)
        with Server(os.path.join(scratch, f"server{n}")) as server:
            put(server, source, "x")
            code, got, said, peak = t.cat(server.environment(), "s3://corpora/x", "--shards", "pages")
            t.tally.check(code == 0 and got.count(b"\n") == pages, f"{pages} pages: exit {code}, {got.count(chr(10).encode())} samples: {said[-300:]}")
            peaks.append(peak)
    print(f"peak memory of cat: {peaks[0]:.0f} MB for a shard of 2 MB, {peaks[1]:.0f} MB for one of 150 MB")
    t.tally.check(peaks[1] < peaks[0] + 48, "memory grows with the shard")


def main():
    source, scratch = os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    t = Test(os.path.abspath(sys.argv[1]), scratch)
    same_as_folder(t, source)
    wrong_is_named(t, source)
    memory(t, scratch)
    shutil.rmtree(scratch)
    sys.exit(t.tally.finish())


if __name__ == "__main__":
    main()
