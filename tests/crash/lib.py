"""What the fault tests share: running the program, and telling whether two batches are the same to the byte."""
import hashlib
import os
import subprocess


def tree_digest(batch):
    """{path: sha256} of everything that must not depend on how a run went: records and corpus."""
    found = {}
    for top in ("records", "corpus"):
        for folder, _, names in os.walk(os.path.join(batch, top)):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as f:
                    found[os.path.relpath(path, batch)] = hashlib.sha256(f.read()).hexdigest()
    return found


def differences(want, got):
    """Lines that say how two results of tree_digest differ; none when they are equal."""
    for path in sorted(want.keys() | got.keys()):
        if want.get(path) != got.get(path):
            yield f"{path}: " + ("missing" if path not in got else "unexpected" if path not in want else "other bytes")


def left_overs(batch):
    """Temporary files under public names: there must be none after a finished run."""
    for folder, dirs, names in os.walk(batch):
        yield from (os.path.join(folder, n) for n in names if n.startswith(".rc-tmp-"))


def run(binary, *args, timeout=3600, **kw):
    return subprocess.run([binary, *map(str, args)], capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, **kw)


class Tally:
    """Counts what passed and failed and prints the line the test runner reads."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, ok, what):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
            print("FAILED:", what, flush=True)
        return ok

    def skip(self, why):
        self.skipped += 1
        print("skipped:", why, flush=True)

    def finish(self):
        tail = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{tail}")
        return 1 if self.failed else 0
