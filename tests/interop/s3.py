"""s3.py BINARY WORK: S3 servers and clients that nobody here wrote, on loopback.

What we publish must arrive at moto (PyPI) and s3rver (npm), come back byte for byte, and be read by boto3, rclone and s3cmd as it
lies there; the same with our own strict server (tests/s3), which believes no client. WORK/batch is a batch with a corpus. What cannot
be had is skipped by name.
"""
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "crash"), os.path.join(HERE, "..", "s3")]
from corpus import make, tree  # noqa: E402
from lib import Tally  # noqa: E402
from server import Server  # noqa: E402

# s3rver 4.0.4 refuses boto3's signature over lists of the first prefix, and s3cmd's over either, and its lists by folder, which rclone
# asks for, leave files out: there, boto3 alone reads, below the second.
PREFIX, PLAIN = "档案 馆/box+12 & co=%41'(~)/卷一", "档案/卷一"
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
S3RVER = "@20minutes/s3rver@4.0.4"
START_S3RVER = """
const S3rver = require('@20minutes/s3rver');
new S3rver({ port: +process.argv[1], address: '127.0.0.1', silent: true, directory: process.argv[2],
             configureBuckets: [{ name: 'corpora' }] }).run();
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """A server in a process of its own; ready when its port answers."""

    def __init__(self, name, command, port, log, **kw):
        self.name, self.port = name, port
        with open(log, "w") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **kw)
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        self.stop()
        raise OSError(f"{name} does not start (see {log})")

    def environment(self):
        return {"AWS_ACCESS_KEY_ID": "S3RVER", "AWS_SECRET_ACCESS_KEY": "S3RVER", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}"}

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def moto(work):
    if not importlib.util.find_spec("moto") or not importlib.util.find_spec("flask"):
        raise OSError("moto is not in this Python environment")
    port = free_port()
    server = Process("moto", [sys.executable, "-c", f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"], port,
                     os.path.join(work, "moto.log"))
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/corpora", method="PUT"), timeout=20).close()
    return server


def s3rver(work):
    folder = os.path.join(work, "npm")
    os.makedirs(folder, exist_ok=True)
    if not shutil.which("npm") or not shutil.which("node"):
        raise OSError("no npm and node here: no s3rver")
    if not os.path.isdir(os.path.join(folder, "node_modules", "@20minutes", "s3rver")):
        with open(os.path.join(folder, "package.json"), "w") as f:
            f.write('{ "private": true }\n')
        if subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", S3RVER], cwd=folder, capture_output=True, timeout=300).returncode:
            raise OSError(f"npm gives no {S3RVER}")
    port, store = free_port(), os.path.join(folder, "store")
    shutil.rmtree(store, ignore_errors=True)
    os.makedirs(store)
    return Process("s3rver", ["node", "-e", START_S3RVER, str(port), store], port, os.path.join(folder, "s3rver.log"), cwd=folder)


# ---- clients: each gives {path: sha256} of what it reads below a prefix


def by_boto3(env, prefix, folder):
    import boto3
    from botocore.config import Config
    s3 = boto3.client("s3", endpoint_url=env["AWS_ENDPOINT_URL"], aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
                      aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"], region_name=env["AWS_REGION"],
                      config=Config(s3={"addressing_style": "path"}))
    found = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket="corpora", Prefix=prefix + "/"):
        for entry in page["Contents"]:
            body = s3.get_object(Bucket="corpora", Key=entry["Key"])["Body"].read()
            found[entry["Key"][len(prefix) + 1:]] = hashlib.sha256(body).hexdigest()
    return found


def by_rclone(env, prefix, folder):
    remote = ":s3,provider=Other,env_auth=true,force_path_style=true,list_version=2,endpoint='%s',region='%s':" % (env["AWS_ENDPOINT_URL"], env["AWS_REGION"])
    subprocess.run(["rclone", "--config", "/dev/null", "copy", f"{remote}corpora/{prefix}", folder], env={**CLEAN, **env}, check=True,
                   capture_output=True, text=True, timeout=300)
    return tree(folder)


def by_s3cmd(env, prefix, folder):
    host = env["AWS_ENDPOINT_URL"].partition("://")[2]
    os.makedirs(folder)
    subprocess.run(["s3cmd", "--config", "/dev/null", "--no-ssl", f"--host={host}", f"--host-bucket={host}", f"--access_key={env['AWS_ACCESS_KEY_ID']}",
                    f"--secret_key={env['AWS_SECRET_ACCESS_KEY']}", "--region=us-east-1", "sync", f"s3://corpora/{prefix}/", folder + "/"],
                   check=True, capture_output=True, text=True, timeout=300, env={**CLEAN, "LC_ALL": "C.UTF-8"})
    return tree(folder)


CLIENTS = [("boto3", by_boto3, lambda: importlib.util.find_spec("boto3")), ("rclone", by_rclone, lambda: shutil.which("rclone")),
           ("s3cmd", by_s3cmd, lambda: shutil.which("s3cmd"))]


def difference(want, got):
    return [p for p in sorted(want.keys() | got.keys()) if want.get(p) != got.get(p)][:5]


def exercise(tally, binary, server, name, corpora, work):
    env = {**CLEAN, **server.environment()}
    work = os.path.join(work, name)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    url = f"s3://corpora/{PREFIX}"

    def ours(*args):
        return subprocess.run([binary, *args, "--set", "upload.part_bytes=5242880"], env=env, capture_output=True, text=True, timeout=300)

    for what, source in corpora:
        want, there = tree(source), f"{url}/{what}"
        result = ours("publish", source, there)
        if not tally.check(result.returncode == 0, f"{name}: publish {what}: exit {result.returncode}: {result.stderr[-400:]}"):
            continue
        result = ours("publish", source, there)
        tally.check(result.returncode == 0 and " 0 of them new" in result.stderr, f"{name}: publish {what} again: {result.stderr[-300:]}")
        here = os.path.join(work, what)
        result = ours("pull", there, here)
        tally.check(result.returncode == 0, f"{name}: pull {what}: exit {result.returncode}: {result.stderr[-400:]}")
        tally.check(not (wrong := difference(want, tree(here))), f"{name}: {what} came back otherwise: {wrong}")
    samples = corpora[0][1]
    streamed, local = ours("cat", f"{url}/{corpora[0][0]}"), ours("cat", samples)
    tally.check(streamed.returncode == 0 and streamed.stdout == local.stdout, f"{name}: cat: exit {streamed.returncode}: {streamed.stderr[-300:]}")
    if name != "moto":          # which checks no signatures
        wrong = subprocess.run([binary, "publish", samples, f"{url}/x"], env={**env, "AWS_SECRET_ACCESS_KEY": "wrong"}, capture_output=True,
                               text=True, timeout=60)
        tally.check(wrong.returncode not in (0, 70), f"{name}: a wrong key: exit {wrong.returncode}: {wrong.stderr[-300:]}")
    prefix = PREFIX
    if name == "s3rver":
        prefix = PLAIN
        for what, source in corpora:
            tally.check(ours("publish", source, f"s3://corpora/{PLAIN}/{what}").returncode == 0, f"{name}: publish {what} under a plain prefix")
    published = {f"{what}/{p}": d for what, source in corpora for p, d in tree(source).items()}
    for client, read, there in CLIENTS[:1] if name == "s3rver" else CLIENTS:
        if not there():
            tally.skip(f"{name}: no {client} here")
            continue
        try:
            wrong = difference(published, read(server.environment(), prefix, os.path.join(work, client)))
        except Exception as why:        # clients fail in many ways; each is a finding
            wrong = [f"{type(why).__name__}: {getattr(why, 'stderr', None) or why}"[-400:]]
        tally.check(not wrong, f"{name}: {client} reads otherwise: {wrong}")


def main():
    binary, work = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    tally = Tally()
    scratch = os.path.join(work, "s3")
    shutil.rmtree(scratch, ignore_errors=True)
    large = make(os.path.join(scratch, "large"), small=5, large=(12000000,))
    corpora = [("样本", os.path.join(work, "batch", "corpus")), ("large", large)]
    for name, start in (("strict", lambda _: Server().start()), ("moto", moto), ("s3rver", s3rver)):
        try:
            server = start(work)
        except (OSError, subprocess.SubprocessError) as why:
            tally.skip(f"{name}: {why}")
            continue
        try:
            exercise(tally, binary, server, name, corpora, scratch)
        finally:
            server.stop()
    sys.exit(tally.finish())


if __name__ == "__main__":
    main()
