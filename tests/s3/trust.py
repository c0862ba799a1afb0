#!/usr/bin/env python3
"""trust.py BINARY SCRATCH: whom publish and pull believe, and whom not.

    TLS        an authority of one's own by setting and by variable; none, another one, a certificate for another name, and a protocol of
               the last century are refused before anything is said that is meant for the server
    answers    one that is given again to the next question, and a redirect to another host, where nobody may hear of us
"""
import os
import shutil
import socket
import ssl
import subprocess
import sys
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "crash")]
import corpus  # noqa: E402
import tls  # noqa: E402
from faults import Faults  # noqa: E402
from lib import Tally  # noqa: E402
from server import Server  # noqa: E402

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SSL_", "CURL_"))}


class Test:
    def __init__(self, binary, scratch):
        self.binary, self.scratch, self.tally = binary, scratch, Tally()
        self.count = 0

    def place(self):
        self.count += 1
        return os.path.join(self.scratch, str(self.count))

    def ours(self, env, *args, retries=0):
        return subprocess.run([self.binary, *args, "--quiet", "--set", f"upload.retries={retries}"], env={**CLEAN, **env}, capture_output=True,
                              text=True, timeout=120)

    def both(self, what, env, source, url, *more, want=0, says=""):
        """publish and pull end so, and say so."""
        for args in (["publish", source, url], ["pull", url, self.place()]):
            result = self.ours(env, *args, *more)
            self.tally.check(result.returncode == want and says in result.stderr, f"{what}: {args[0]}: exit {result.returncode}: {result.stderr[-300:]}")

    def refused(self, what, server, env, source, *more):
        before = len(server.log)
        self.both(what, env, source, "s3://corpora/x", *more, want=3, says="certificate cannot be trusted")
        self.tally.check(len(server.log) == before, f"{what}: requests were sent all the same")


def old_protocols(context):
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1


def speaks(port):
    """Does somebody who is content with TLS 1.1 get in?"""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    old_protocols(context)
    try:
        with socket.create_connection(("127.0.0.1", port)) as plain, context.wrap_socket(plain) as s:
            return s.version() == "TLSv1.1"
    except OSError:
        return False


def encrypted(t, source):
    with Server(t.place(), use_tls=True) as server:
        env = server.environment()
        ca = env.pop("AWS_CA_BUNDLE")
        t.both("authority by variable", {**env, "AWS_CA_BUNDLE": ca}, source, "s3://corpora/a")
        t.both("authority by setting", env, source, "s3://corpora/b", "--set", f"upload.ca_file={ca}")
        other = tls.make(t.place())[0]
        t.both("the setting goes before the variable", {**env, "AWS_CA_BUNDLE": other}, source, "s3://corpora/c", "--set", f"upload.ca_file={ca}")
        got = t.place()
        result = t.ours({**env, "AWS_CA_BUNDLE": ca}, "pull", "s3://corpora/a", got)
        t.tally.check(result.returncode == 0 and corpus.tree(got) == corpus.tree(source), f"what came over TLS: {result.stderr[-300:]}")
        t.refused("no authority", server, env, source)
        t.refused("another authority", server, env, source, "--set", f"upload.ca_file={other}")
        missing = t.ours(env, "publish", source, "s3://corpora/x", "--set", "upload.ca_file=/nowhere/ca.pem")
        t.tally.check(missing.returncode in (2, 3) and "/nowhere/ca.pem" in missing.stderr, f"no such file: exit {missing.returncode}: {missing.stderr[-300:]}")
    with Server(t.place(), use_tls=True, names="DNS:elsewhere.example,IP:127.0.0.99") as server:
        t.refused("another name", server, server.environment(), source)
    with Server(t.place(), use_tls=True) as server:
        old_protocols(server.tls)
        if not speaks(server.port):
            t.tally.skip("no TLS 1.1 in this OpenSSL")
            return
        t.both("TLS 1.1", server.environment(), source, "s3://corpora/x", want=4)
        t.tally.check(not server.log, "TLS 1.1: requests were sent all the same")


def answers(t, old, new):
    want = corpus.tree(new)
    for on, nth in (("get", 1), ("get", 2), ("head", 1), ("put", 1), ("list", 1)):
        faults = Faults([{"on": on, "nth": nth, "do": "repeat"}])
        with Server(t.place(), faults=faults) as server:
            for path in corpus.tree(old):
                with open(os.path.join(old, path), "rb") as f:
                    server.store.put("corpora", f"x/{path}", f.read(), {})
            codes = []
            for _ in range(3):
                result = t.ours(server.environment(), "publish", new, "s3://corpora/x", retries=3)
                codes.append(result.returncode)
                if result.returncode != 4:
                    break
            there = {i.key[2:]: corpus.hashlib.sha256(i.read()).hexdigest() for i in server.store.keys("corpora")}
            t.tally.check(codes[-1] == 0, f"{on} {nth} answered again to the next question: exits {codes}: {result.stderr[-300:]}")
            t.tally.check(all(there.get(p) == d for p, d in want.items()), f"{on} {nth} answered again: not all of it is there as it was sent")
    with Server(t.place()) as elsewhere:
        for on in ("get", "head", "put"):
            with Server(t.place(), faults=Faults([{"on": on, "do": "redirect", "times": 99}])) as server:
                server.elsewhere = elsewhere.url + "/corpora/x"
                result = t.ours(server.environment(), "publish", new, "s3://corpora/x")
                t.tally.check(result.returncode not in (0, 1, 70), f"{on} is redirected: exit {result.returncode}: {result.stderr[-300:]}")
        t.tally.check(not elsewhere.log, "another host heard of us by a redirect")


def main():
    t = Test(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    shutil.rmtree(t.scratch, ignore_errors=True)
    os.makedirs(t.scratch)
    old = corpus.make(t.place(), "1.0.0", small=8)
    new = corpus.make(t.place(), "2.0.0", small=20, large=(6000000,))
    if shutil.which("openssl"):
        encrypted(t, new)
    else:
        t.tally.skip("no openssl here: no certificates")
    answers(t, old, new)
    sys.exit(t.tally.finish())


if __name__ == "__main__":
    main()
