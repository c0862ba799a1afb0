"""Corpora of random bytes for tests of transfers: what publish and pull look at is right, what is inside the shards is not.

    make(folder, version, seed, small, large)     small: number of shards of up to 20 kB; large: sizes of big ones in bytes
    tree(folder)                                    {path: sha256} of what belongs to a corpus
"""
import hashlib
import json
import os
import random

MADE_BY = {"program": "0.1.0", "stages": {}, "engines": [], "models": {}}


def make(folder, version="1.0.0", seed=1, small=12, large=(), most=20000, name="transfers"):
    """Shards depend on seed and number alone: corpora of one seed share those that both have."""
    files, sums = [], []

    def add(path, kind, data, split="train"):
        place = os.path.join(folder, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as f:
            f.write(data)
        digest = hashlib.sha256(data).hexdigest()
        files.append({"path": path, "kind": kind, "split": split, "bytes": len(data), "samples": 1 if len(data) else 0, "sha256": digest})
        sums.append(f"{digest}  {path}\n")

    def shard(number, size):
        data = random.Random(f"{seed} {number}").randbytes(size)
        return hashlib.sha256(data).hexdigest()[:16], data

    for number in range(small):
        digest, data = shard(number, random.Random(number).randrange(1, most))
        add(f"text/train-{digest}.jsonl.zst", "text", data)
    for number, size in enumerate(large):
        digest, data = shard(f"large {number}", size)
        add(f"pages/train-jpg-{digest}.tar", "pages", data)
    add("README.md", "card", f"# A corpus of random bytes, version {version}\n".encode(), "")
    files.append({"path": "SHA256SUMS", "kind": "sums", "split": "", "bytes": 0, "samples": 0, "sha256": ""})
    text = "".join(sums).encode()
    with open(os.path.join(folder, "SHA256SUMS"), "wb") as f:
        f.write(text)
    files[-1].update(bytes=len(text), sha256=hashlib.sha256(text).hexdigest())
    shards = [f for f in files if f["split"]]
    manifest = {
        "schema": {"name": "urn:redcorpus:manifest", "version": 1}, "name": name, "version": version, "date": "2026-11-24", "creator": "tests",
        "url": "https://example.org/", "license": "CC0-1.0", "language": "zh", "made_by": MADE_BY, "results": "uniform",
        "settings": "0" * 64, "salt": "tests",
        "counts": {"items": 1, "items_in_corpus": 1, "pages": 1, "pages_not_read": 0,
                   "samples": {kind: {"train": sum(f["kind"] == kind for f in shards), "validation": 0, "test": 0} for kind in ("text", "pages")}},
        "withdrawn": [], "files": files,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    for place in (folder, os.path.join(folder, "versions", version)):
        os.makedirs(place, exist_ok=True)
        for path, data in (("manifest.json", text), ("README.md", None), ("SHA256SUMS", None)):
            if data is None:
                with open(os.path.join(folder, path), "rb") as f:
                    data = f.read()
            with open(os.path.join(place, path), "wb") as f:
                f.write(data)
    return folder


def tree(folder):
    found = {}
    for top, folders, names in os.walk(folder):
        folders[:] = [d for d in folders if not d.startswith(".")]
        for name in names:
            if not name.startswith("."):
                path = os.path.join(top, name)
                with open(path, "rb") as f:
                    found[os.path.relpath(path, folder)] = hashlib.sha256(f.read()).hexdigest()
    return found
