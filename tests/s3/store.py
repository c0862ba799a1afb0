"""What the server keeps: buckets of objects, and uploads in parts, as files in a folder.

An object is a file that gets its name when it is whole, so a server that was killed starts again on the same folder with every
object that it ever acknowledged. Names of files are digests of keys: no key leads out of the folder. A new object under an old key is
a new file, and the old one stays for whoever reads it still.

    Store(folder)
    .put .get .delete .keys             objects
    .create .part .parts .complete .abort .uploads      uploads in parts
    .close                              whoever is still at work in it comes to nothing, as if the machine had stopped
"""
import contextlib
import glob
import hashlib
import json
import os
import shutil
import threading
import time


class Gone(Exception):
    """The connection, or the server, is over."""


class Item:
    """An object or a part: a file whose first line is JSON about it and whose rest are its bytes."""

    def __init__(self, path, about, start):
        self.path, self.start = path, start
        self.key, self.size, self.etag, self.when = about["key"], about["size"], about["etag"], about["when"]
        self.headers = about["headers"]

    def read(self, offset=0, length=None):
        with open(self.path, "rb") as f:
            f.seek(self.start + offset)
            return f.read(self.size - offset if length is None else length)


def _load(path):
    with open(path, "rb") as f:
        line = f.readline()
        return Item(path, json.loads(line), len(line))


class Store:
    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.RLock()
        self.life = f"{os.getpid()}-{time.time_ns()}"       # names of drafts are not those of an earlier store of this folder
        self.closed = False
        self.buckets = {}       # {bucket: {key: Item}}
        self.pending = {}       # {upload id: {"bucket", "key", "headers", "when", "parts": {number: Item}}}
        self.counter = 0
        for name in ("objects", "uploads"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)
        for bucket in os.listdir(os.path.join(folder, "objects")):
            self.buckets[bucket] = {}
            for name in sorted(os.listdir(os.path.join(folder, "objects", bucket)), key=lambda n: n.rpartition(".")[2]):
                if not name.startswith("."):
                    item = _load(os.path.join(folder, "objects", bucket, name))
                    self.buckets[bucket][item.key] = item
                    self.counter = max(self.counter, int(name.rpartition(".")[2]))
        for upload in os.listdir(os.path.join(folder, "uploads")):
            self._load_upload(upload)

    def _load_upload(self, upload):
        place = os.path.join(self.folder, "uploads", upload)
        try:
            with open(os.path.join(place, "about")) as f:
                about = json.load(f)
        except (OSError, ValueError):
            shutil.rmtree(place, ignore_errors=True)
            return
        about["parts"] = {int(n): _load(os.path.join(place, n)) for n in os.listdir(place) if n.isdigit()}
        self.pending[upload] = about

    def close(self):
        """Waits for a step that has begun; none begins afterwards."""
        with self.lock:
            self.closed = True

    @contextlib.contextmanager
    def _step(self):
        """One that changes what is kept."""
        with self.lock:
            if self.closed:
                raise Gone
            yield

    def make_bucket(self, bucket):
        with self.lock:
            os.makedirs(os.path.join(self.folder, "objects", bucket), exist_ok=True)
            self.buckets.setdefault(bucket, {})

    def _number(self):
        with self.lock:
            self.counter += 1
            return self.counter

    def _write(self, path, key, chunks, etag, headers):
        """Writes beside its name; the caller gives it the name."""
        draft = os.path.join(os.path.dirname(path), f".{self.life}-{self._number()}")
        about = {"key": key, "size": sum(map(len, chunks)), "etag": etag, "when": time.time(), "headers": headers}
        line = json.dumps(about).encode() + b"\n"
        with open(draft, "wb") as f:
            f.write(line)
            for chunk in chunks:
                f.write(chunk)
        return draft, Item(path, about, len(line))

    def _path(self, bucket, key):
        return os.path.join(self.folder, "objects", bucket, hashlib.sha256(key.encode()).hexdigest())

    def put(self, bucket, key, data, headers, etag=None, may=lambda old: None):
        """may(old Item or None) raises when a condition does not hold; it and the change are one step."""
        chunks = data if isinstance(data, list) else [data]
        path = self._path(bucket, key) + f".{self._number():09d}"
        draft, item = self._write(path, key, chunks, etag or hashlib.md5(b"".join(chunks)).hexdigest(), headers)
        with self._step():
            try:
                may(self.buckets[bucket].get(key))
            except Exception:
                os.unlink(draft)
                raise
            os.rename(draft, path)
            self.buckets[bucket][key] = item
        return item

    def get(self, bucket, key):
        with self.lock:
            return self.buckets[bucket].get(key)

    def delete(self, bucket, key):
        with self._step():
            item = self.buckets[bucket].pop(key, None)
            if item:
                for path in glob.glob(self._path(bucket, key) + ".*"):
                    os.unlink(path)

    def keys(self, bucket):
        """[Item], by key as UTF-8 bytes."""
        with self.lock:
            return sorted(self.buckets[bucket].values(), key=lambda i: i.key.encode())

    # ---- uploads in parts

    def create(self, bucket, key, headers):
        upload = hashlib.sha256(f"{time.time()} {os.getpid()} {self._number()}".encode()).hexdigest()[:32]
        about = {"bucket": bucket, "key": key, "headers": headers, "when": time.time()}
        place = os.path.join(self.folder, "uploads", upload)
        with self._step():
            os.makedirs(place)
            with open(os.path.join(place, "about"), "w") as f:
                json.dump(about, f)
            self.pending[upload] = {**about, "parts": {}}
        return upload

    def upload(self, bucket, key, upload):
        """The upload, or None when there is none of that name for that key."""
        with self.lock:
            found = self.pending.get(upload)
            return found if found and found["bucket"] == bucket and found["key"] == key else None

    def part(self, upload, number, data):
        path = os.path.join(self.folder, "uploads", upload, str(number))
        draft, item = self._write(path, str(number), [data], hashlib.md5(data).hexdigest(), {})
        with self._step():
            if upload in self.pending:
                os.rename(draft, path)
                self.pending[upload]["parts"][number] = item
        return item

    def complete(self, upload, numbers, may=lambda old: None):
        with self._step():
            found = self.pending[upload]
            parts = [found["parts"][n] for n in numbers]
            etag = hashlib.md5(b"".join(bytes.fromhex(p.etag) for p in parts)).hexdigest() + f"-{len(parts)}"
            item = self.put(found["bucket"], found["key"], [p.read() for p in parts], found["headers"], etag, may)
            self.abort(upload)
        return item

    def abort(self, upload):
        with self._step():
            if self.pending.pop(upload, None):
                shutil.rmtree(os.path.join(self.folder, "uploads", upload), ignore_errors=True)

    def uploads(self, bucket):
        """[(key, upload id, when)]"""
        with self.lock:
            return sorted((u["key"], name, u["when"]) for name, u in self.pending.items() if u["bucket"] == bucket)
