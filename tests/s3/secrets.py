#!/usr/bin/env python3
"""secrets.py BINARY SCRATCH: what is secret leaves through nothing that publish and pull write, show or say.

Publishes and pulls over TLS with a session token, with keys in the environment and then in a profile file, and looks for key and token in
    stdout and stderr of --verbose, also when the server refuses, and every file that is left behind, here and at the server
    the process title, and environments of children
    the data of every system call that writes, as strace sees it (where there is strace)
"""
import os
import shutil
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

TOKEN = "token/of+a+session=5566778899aabbccddeeff"


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(p) for p in f.read().split()]
    except OSError:
        return []


def peek(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except OSError:
        return b""


def program(pid):
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""


class Watch(threading.Thread):
    """Process titles of a process and all below it, and environments of those that ours started."""

    def __init__(self, pid, mine):
        super().__init__(daemon=True)
        self.pid, self.mine, self.seen, self.over = pid, mine, b"", False

    def run(self):
        while not self.over:
            todo = [(self.pid, False)]
            while todo:
                pid, ours = todo.pop()
                todo += [(child, program(pid) == self.mine) for child in children(pid)]
                self.seen += peek(f"/proc/{pid}/cmdline") + (peek(f"/proc/{pid}/environ") if ours else b"")
            time.sleep(0.02)


def main():
    binary, scratch, tally = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), Tally()
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    whole = corpus.make(os.path.join(scratch, "corpus"), small=5, large=(6000000,))
    strace = shutil.which("strace")
    with Server(os.path.join(scratch, "server"), token=TOKEN, use_tls=True, faults=Faults([{"on": "put", "nth": 2, "do": "internal"}])) as server:
        secrets = [server.secret.encode(), TOKEN.encode()]
        clean = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        profile = {**clean, "HOME": os.path.join(scratch, "home")}
        os.makedirs(os.path.join(scratch, "home", ".aws"))
        with open(os.path.join(scratch, "home", ".aws", "credentials"), "w") as f:
            f.write(f"[default]\naws_access_key_id = {server.key}\naws_secret_access_key = {server.secret}\naws_session_token = {TOKEN}\n")
        profile.update({k: v for k, v in server.environment().items() if "KEY" not in k and "TOKEN" not in k})
        wrong = {**clean, **server.environment(), "AWS_SESSION_TOKEN": TOKEN + "x"}
        for name, env, want in (("environment", {**clean, **server.environment()}, 0), ("profile", profile, 0), ("refused", wrong, None)):
            for command in (["publish", whole, f"s3://corpora/{name}"], ["pull", f"s3://corpora/{name}", os.path.join(scratch, "here-" + name)]):
                trace = os.path.join(scratch, f"trace-{name}-{command[0]}")
                line = [binary, *command, "--verbose", "--set", "upload.part_bytes=5242880"]
                if strace:
                    line = [strace, "-f", "-qq", "-xx", "-s", "9999999", "-e", "trace=write,writev,pwrite64,sendto,sendmsg,execve", "-o", trace, *line]
                process = subprocess.Popen(line, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                watch = Watch(process.pid, binary)
                watch.start()
                said = process.communicate(timeout=300)[0]
                watch.over = True
                watch.join()
                if want is None:
                    tally.check(process.returncode not in (0, 70) and process.returncode > 0, f"{name}, {command[0]}: exit {process.returncode}")
                else:
                    tally.check(process.returncode == want, f"{name}, {command[0]}: exit {process.returncode}: {said.decode(errors='replace')[-300:]}")
                for secret in [*secrets, TOKEN.encode() + b"x"]:
                    what = "token" if secret.startswith(TOKEN.encode()) else "key"
                    tally.check(secret not in said, f"{name}: {command[0]} says the {what}")
                    tally.check(secret not in watch.seen, f"{name}: {command[0]} shows the {what} in /proc")
                    if strace:
                        hexed = "".join(f"\\x{b:02x}" for b in secret).encode()
                        tally.check(hexed not in peek(trace), f"{name}: {command[0]} writes the {what} somewhere")
                if strace:
                    tally.check(os.path.getsize(trace) > 1000, "strace saw something")
                    os.unlink(trace)
        for top, _, names in os.walk(scratch):
            if top.startswith((os.path.join(scratch, "home"), os.path.join(scratch, "server", "tls"))):
                continue
            for name in names:
                data = peek(os.path.join(top, name))
                tally.check(not any(s in data for s in secrets), f"'{os.path.join(top, name)}' holds a secret")
    if not strace:
        tally.skip("no strace: system calls are not looked at")
    sys.exit(tally.finish())


if __name__ == "__main__":
    main()
