#!/usr/bin/env python3
"""The server's own test: AWS's published examples, published check values of checksums, and that it refuses what it should."""
import base64
import hashlib
import http.client
import os
import sys
import tempfile
import time
from urllib.parse import urlsplit

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "crash")]
import checksums  # noqa: E402
import sigv4  # noqa: E402
from faults import Faults  # noqa: E402
from lib import Tally  # noqa: E402
from server import Server  # noqa: E402
from store import Gone, Store  # noqa: E402

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
EMPTY = hashlib.sha256(b"").hexdigest()
HOST = {"host": "examplebucket.s3.amazonaws.com"}
MOMENT = "20130524T000000Z"
# (what, method, path, query, headers, payload, signature): AWS, "Signature Calculations for the Authorization Header".
EXAMPLES = [
    ("GET with a range", "GET", "/test.txt", "", {**HOST, "range": "bytes=0-9", "x-amz-content-sha256": EMPTY, "x-amz-date": MOMENT}, EMPTY,
     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
    ("PUT", "PUT", "/test%24file.text", "",
     {**HOST, "date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-date": MOMENT, "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-content-sha256": hashlib.sha256(b"Welcome to Amazon S3.").hexdigest()}, hashlib.sha256(b"Welcome to Amazon S3.").hexdigest(),
     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
    ("GET of a subresource", "GET", "/", "lifecycle", {**HOST, "x-amz-content-sha256": EMPTY, "x-amz-date": MOMENT}, EMPTY,
     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    ("list, query out of order", "GET", "/", "prefix=J&max-keys=2", {**HOST, "x-amz-content-sha256": EMPTY, "x-amz-date": MOMENT}, EMPTY,
     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ("presigned GET", "GET", "/test.txt",
     "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
     "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host", HOST, sigv4.UNSIGNED,
     "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"),
]
# CRC-32, CRC-32C and CRC-64/NVME of "123456789".
CHECKS = {"x-amz-checksum-crc32": "cbf43926", "x-amz-checksum-crc32c": "e3069283", "x-amz-checksum-crc64nvme": "ae8b14860a799888"}


class Client:
    """A small client that can do things wrongly."""

    def __init__(self, server):
        self.server, self.port = server, urlsplit(server.url).port

    def ask(self, method, path, query="", body=b"", headers=None, secret=None, region=None, moment=None, payload=None, unsigned=(), tries=1):
        moment = moment or time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        payload = payload or hashlib.sha256(body).hexdigest()
        send = {"host": f"localhost:{self.port}", "x-amz-date": moment, "x-amz-content-sha256": payload, **(headers or {})}
        signed = sorted(n for n in send if n not in unsigned)
        request = sigv4.canonical_request(method, path, query, send, signed, payload)
        region = region or self.server.region
        send["authorization"] = (f"AWS4-HMAC-SHA256 Credential={self.server.key}/{moment[:8]}/{region}/s3/aws4_request,"
                                 f"SignedHeaders={';'.join(signed)},Signature="
                                 + sigv4.signature(secret or self.server.secret, moment, region, "s3", request))
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path + ("?" + query if query else ""), skip_host=True, skip_accept_encoding=True)
            for name, value in send.items():
                connection.putheader(name, value)
            if method in ("PUT", "POST"):
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body or None)
            reply = connection.getresponse()
            return reply.status, reply.read().decode("utf-8", "replace")
        finally:
            connection.close()


def refusals(tally):
    with Server(min_part=4, page=3) as server:
        c, p = Client(server), "/corpora/a%20b/%E5%8D%B7%E4%B8%80+%2B.tar"
        expect = lambda what, got, status, word="": tally.check(got[0] == status and word in got[1], f"{what}: {got}")     # noqa: E731
        expect("put", c.ask("PUT", p, body=b"bytes"), 200)
        expect("get", c.ask("GET", p), 200, "bytes")
        expect("range", c.ask("GET", p, headers={"range": "bytes=1-2"}), 206, "yt")
        expect("no such range", c.ask("GET", p, headers={"range": "bytes=9-"}), 416, "InvalidRange")
        expect("wrong secret", c.ask("GET", p, secret="x"), 403, "SignatureDoesNotMatch")
        expect("wrong region", c.ask("GET", p, region="eu-west-1"), 400, "us-east-1")
        expect("old date", c.ask("GET", p, moment="20200101T000000Z"), 403, "RequestTimeTooSkewed")
        expect("wrong payload", c.ask("PUT", p, body=b"bytes", payload=EMPTY), 400, "XAmzContentSHA256Mismatch")
        expect("header not signed", c.ask("PUT", p, body=b"x", headers={"x-amz-meta-a": "b"}, unsigned={"x-amz-meta-a"}), 403, "not signed")
        expect("wrong MD5", c.ask("PUT", p, body=b"bytes", headers={"content-md5": base64.b64encode(bytes(16)).decode()}), 400, "BadDigest")
        expect("wrong CRC", c.ask("PUT", p, body=b"bytes", headers={"x-amz-checksum-crc32": "AAAAAA=="}), 400, "BadDigest")
        expect("there already", c.ask("PUT", p, body=b"new", headers={"if-none-match": "*"}), 412, "PreconditionFailed")
        expect("another ETag", c.ask("PUT", p, body=b"new", headers={"if-match": '"0"'}), 412, "PreconditionFailed")
        expect("no such bucket", c.ask("GET", "/nothing/x"), 404, "NoSuchBucket")
        expect("unknown query", c.ask("GET", "/corpora", "policy"), 501, "NotImplemented")
        for name in ("x1", "x2", "y/1", "y/2"):
            c.ask("PUT", f"/corpora/{name}", body=b"1")
        expect("list", c.ask("GET", "/corpora", "delimiter=%2F&encoding-type=url&list-type=2&prefix=a%20b%2F"), 200, "%E5%8D%B7")
        expect("list in pages", c.ask("GET", "/corpora", "list-type=2"), 200, "NextContinuationToken")
        expect("create", got := c.ask("POST", p, "uploads="), 200, "UploadId")
        upload = got[1].partition("<UploadId>")[2].partition("<")[0]
        for number, body in ((1, b"12"), (2, b"3")):
            expect("part", c.ask("PUT", p, f"partNumber={number}&uploadId={upload}", body=body), 200)
        parts = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{hashlib.md5(b).hexdigest()}</ETag></Part>" for n, b in ((1, b"12"), (2, b"3")))
        whole = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        expect("list of parts", c.ask("GET", p, f"uploadId={upload}"), 200, "<PartNumber>2</PartNumber>")
        expect("list of uploads", c.ask("GET", "/corpora", "uploads="), 200, upload)
        expect("part too small", c.ask("POST", p, f"uploadId={upload}", body=whole), 400, "EntityTooSmall")
        server.operations.min_part = 1
        expect("part nobody sent", c.ask("POST", p, f"uploadId={upload}", body=whole.replace(b"r>2", b"r>3")), 400, "InvalidPart")
        expect("complete", c.ask("POST", p, f"uploadId={upload}", body=whole), 200, "-2")
        expect("the whole", c.ask("GET", p), 200, "123")
        expect("complete again", c.ask("POST", p, f"uploadId={upload}", body=whole), 404, "NoSuchUpload")
        tally.check(not server.broken, f"the server broke: {server.broken}")
    with Server(token="token") as server:
        tally.check(Client(server).ask("GET", "/corpora/x")[1].find("InvalidToken") > 0, "a missing session token is refused")


def faults(tally):
    """Each fault is seen by a client that looks."""
    script = [{"on": "get", "nth": n + 1, "do": do, "at": at} for n, (do, at) in enumerate(
        [("slow-down", 0), ("internal", 0), ("busy", 0), ("reset-reply", 0), ("truncate", 150), ("long", 3), ("short", 2), ("flip", 1), ("slow", 50)])]
    with Server(faults=Faults(script)) as server:
        c, seen = Client(server), []
        c.ask("PUT", "/corpora/x", body=b"0123456789")
        for _ in range(len(script) + 1):
            try:
                seen.append(c.ask("GET", "/corpora/x"))
            except (OSError, http.client.HTTPException) as why:
                seen.append((0, type(why).__name__))
        tally.check([s for s, _ in seen[:3]] == [503, 500, 429], f"errors on request: {seen[:3]}")
        tally.check([s for s, _ in seen[3:6]] == [0, 0, 0], f"connections that end too early: {seen[3:6]}")
        tally.check([b for _, b in seen[6:]] == ["01", "0\x1123456789", "0123456789", "0123456789"],
                    f"short, changed, slow and good: {seen[6:]}")
        tally.check([e["fault"] for e in server.log[1:]] == [r["do"] for r in script] + [None], "the log names the faults")
    one, two = Faults(seed=7, share=0.5), Faults(seed=7, share=0.5)
    asked = [("get", f"k{n % 5}", 1000) for n in range(40)]
    tally.check([one.next(*a) for a in asked] == [two.next(*a) for a in asked], "a seed makes the same faults again")
    tally.check(all(n <= 3 for n in one.suffered.values()) and one.suffered, f"no request suffers for ever: {one.suffered}")


def death(tally):
    """What was acknowledged outlives a server; who was still at work in it does nothing more."""
    with tempfile.TemporaryDirectory() as folder:
        old = Store(folder)
        old.make_bucket("b")
        upload = old.create("b", "k", {})
        old.part(upload, 1, b"12")
        old.close()
        new = Store(folder)
        for late in (lambda: old.complete(upload, [1]), lambda: old.part(upload, 2, b"3"), lambda: old.put("b", "x", b"1", {}),
                     lambda: old.abort(upload), lambda: old.delete("b", "k"), lambda: old.create("b", "k", {})):
            try:
                late()
                tally.check(False, "a store that was closed goes on")
            except Gone:
                tally.check(True, "")
        tally.check(not Store(folder).keys("b"), "nothing came of it")
        tally.check(new.complete(upload, [1]).read() == b"12", "the next server ends the upload")


def main():
    tally = Tally()
    for what, method, path, query, headers, payload, want in EXAMPLES:
        request = sigv4.canonical_request(method, path, query, headers, sorted(headers), payload)
        got = sigv4.signature(SECRET, MOMENT, "us-east-1", "s3", request)
        tally.check(got == want, f"AWS's example '{what}': {got}\n{request}")
    for name, want in CHECKS.items():
        tally.check(checksums.of(name, b"123456789").hex() == want, f"{name} of 123456789: {checksums.of(name, b'123456789').hex()}")
    refusals(tally)
    faults(tally)
    death(tally)
    sys.exit(tally.finish())


if __name__ == "__main__":
    main()
