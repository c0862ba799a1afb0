#!/usr/bin/env python3
"""A strict S3 server for tests, on loopback: it believes nothing, keeps a log, and makes faults when told to.

    server.py --bucket corpora      serves until it is interrupted, and prints the environment that clients need
    Server(...)                     the same within a test (`with Server() as s:`; s.environment(), s.log, s.store)

README.md beside this says what is checked and how faults are asked for. The parts: sigv4.py, checksums.py, store.py, faults.py,
tls.py. Here: HTTP (Connection) and the operations of S3 (Operations).
"""
import argparse
import base64
import binascii
import datetime
import hashlib
import json
import os
import re
import shutil
import socket
import socketserver
import ssl
import struct
import sys
import tempfile
import threading
import time
from urllib.parse import quote, unquote_to_bytes
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import checksums
import tls
from faults import Faults
from sigv4 import UNSIGNED, Refused, check, query_pairs
from store import Gone, Store

KEY, SECRET = "AKIDTESTS", "wJalr/secret+of+the+tests=0123456789abcd"
MAX_BODY = 5 << 30
KNOWN_QUERIES = {
    "list": {"list-type", "prefix", "delimiter", "continuation-token", "start-after", "marker", "max-keys", "encoding-type", "fetch-owner"},
    "list_uploads": {"uploads", "prefix", "delimiter", "key-marker", "upload-id-marker", "max-uploads", "encoding-type"},
    "list_parts": {"uploadId", "max-parts", "part-number-marker", "encoding-type"},
    "part": {"partNumber", "uploadId"}, "complete": {"uploadId"}, "abort": {"uploadId"}, "create": {"uploads"},
    "delete_many": {"delete"}, "location": {"location"},
}


class Request:
    """One request: its head as it came, taken apart. The body is read later, by whoever checked the head."""

    def __init__(self, line, header_lines):
        found = re.fullmatch(r"([A-Z]+) (/[^ ]*) HTTP/1\.1", line)
        if not found:
            raise Refused(400, "BadRequest", "the request line is not HTTP/1.1")
        self.method, target = found[1], found[2]
        self.path, _, self.query = target.partition("?")
        self.headers = {}
        for text in header_lines:
            name, colon, value = text.partition(":")
            name = name.lower()
            if not colon or not re.fullmatch(r"[a-z0-9!#$%&'*+.^_`|~-]+", name) or name in self.headers:
                raise Refused(400, "BadRequest", f"the header '{text}' is malformed or there twice")
            self.headers[name] = value.strip()
        self.args = {n.decode("utf-8", "replace"): v.decode("utf-8", "replace") for n, v in query_pairs(self.query)}
        self.body = b""

    def length(self):
        if "transfer-encoding" in self.headers:
            raise Refused(501, "NotImplemented", "Transfer-Encoding: S3 wants a Content-Length")
        text = self.headers.get("content-length")
        if text is None:
            if self.method in ("PUT", "POST"):
                raise Refused(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
            return 0
        if not re.fullmatch(r"\d{1,12}", text) or int(text) > MAX_BODY:
            raise Refused(400, "EntityTooLarge", "Content-Length")
        return int(text)


class Reply:
    def __init__(self, status=200, body=b"", headers=None, item=None, span=None, length=None):
        self.status, self.headers, self.item, self.span = status, dict(headers or {}), item, span
        self.body = body.encode() if isinstance(body, str) else body
        self.length = length    # of a HEAD, whose body does not come

    def size(self):
        if self.length is not None:
            return self.length
        return self.span[1] if self.span else len(self.body)

    def content(self):
        return self.item.read(*self.span) if self.span else self.body


def xml(root, inside):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{inside}</{root}>'


def error_reply(refused, head=False):
    more = "".join(f"<{n}>{escape(v)}</{n}>" for n, v in refused.more.items())
    body = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{refused.code}</Code>'
            f"<Message>{escape(refused.message)}</Message>{more}<RequestId>tests</RequestId></Error>")
    return Reply(refused.status, b"" if head else body, {"Content-Type": "application/xml"})


def http_date(when):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(when))


def iso_date(when):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(when))


# ---- what S3 does ---------------------------------------------------------------------------------------------


class Operations:
    """The operations, over a Store. Each takes (request, bucket, key) and returns a Reply or raises Refused."""

    def __init__(self, store, conditions, min_part, page):
        self.store, self.conditions, self.min_part, self.page = store, conditions, min_part, page

    @staticmethod
    def name(request, key):
        """Which operation a request asks for."""
        m, a = request.method, request.args
        if not key:
            table = {"GET": "list_uploads" if "uploads" in a else "location" if "location" in a else "list",
                     "HEAD": "head_bucket", "PUT": "create_bucket", "POST": "delete_many" if "delete" in a else "unknown"}
        else:
            table = {"GET": "list_parts" if "uploadId" in a else "get", "HEAD": "head",
                     "PUT": "part" if "partNumber" in a else "put",
                     "POST": "create" if "uploads" in a else "complete" if "uploadId" in a else "unknown",
                     "DELETE": "abort" if "uploadId" in a else "delete"}
        op = table.get(m, "unknown")
        signature = {n for n in a if n.startswith("X-Amz-")}
        if op == "unknown" or set(a) - signature - KNOWN_QUERIES.get(op, set()):
            raise Refused(501, "NotImplemented", f"{m} with the query '{request.query}'")
        return op

    def run(self, op, request, bucket, key):
        if op != "create_bucket" and bucket not in self.store.buckets:
            raise Refused(404, "NoSuchBucket", "The specified bucket does not exist", BucketName=bucket)
        return getattr(self, "do_" + op)(request, bucket, key)

    def condition(self, request):
        """What put() and complete() ask before an object gets its name."""
        none, match = request.headers.get("if-none-match"), request.headers.get("if-match")
        if (none or match) and self.conditions == "refused":
            raise Refused(501, "NotImplemented", "A header you provided implies functionality that is not implemented")
        if none not in (None, "*"):
            raise Refused(501, "NotImplemented", "If-None-Match other than *")

        def may(old):
            if self.conditions != "kept":
                return
            if none and old:
                raise Refused(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", Condition="If-None-Match")
            if match and not old:
                raise Refused(404, "NoSuchKey", "The specified key does not exist.", Key=request.path)
            if match and match.strip('"') != old.etag:
                raise Refused(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", Condition="If-Match")
        return may

    @staticmethod
    def kept_headers(request):
        return {n: v for n, v in request.headers.items() if n.startswith("x-amz-meta-") or n == "content-type"}

    def do_create_bucket(self, request, bucket, key):
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket):
            raise Refused(400, "InvalidBucketName", "The specified bucket is not valid.")
        self.store.make_bucket(bucket)
        return Reply(headers={"Location": "/" + bucket})

    def do_head_bucket(self, request, bucket, key):
        return Reply()

    def do_location(self, request, bucket, key):
        return Reply(body=xml("LocationConstraint", ""))

    def do_put(self, request, bucket, key):
        if "x-amz-copy-source" in request.headers:
            raise Refused(501, "NotImplemented", "copies")
        item = self.store.put(bucket, key, request.body, self.kept_headers(request), may=self.condition(request))
        return Reply(headers={"ETag": f'"{item.etag}"'})

    def found(self, bucket, key, request):
        item = self.store.get(bucket, key)
        if not item:
            raise Refused(404, "NoSuchKey", "The specified key does not exist.", Key=key)
        match, none = request.headers.get("if-match"), request.headers.get("if-none-match")
        if match and match.strip('"') != item.etag:
            raise Refused(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", Condition="If-Match")
        if none and none.strip('"') == item.etag:
            raise Refused(304, "NotModified", "")
        return item

    def do_head(self, request, bucket, key):
        reply = self.do_get(request, bucket, key)
        reply.length, reply.span = reply.size(), None
        return reply

    def do_get(self, request, bucket, key):
        item = self.found(bucket, key, request)
        headers = {"ETag": f'"{item.etag}"', "Last-Modified": http_date(item.when), "Accept-Ranges": "bytes", **item.headers}
        headers.setdefault("content-type", "binary/octet-stream")
        ranges = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
        if not ranges or not (ranges[1] or ranges[2]):
            return Reply(200, headers=headers, item=item, span=(0, item.size))
        if ranges[1]:
            first, last = int(ranges[1]), min(int(ranges[2] or item.size), item.size - 1)
        else:
            first, last = max(item.size - int(ranges[2]), 0), item.size - 1
        if first >= item.size or last < first:
            raise Refused(416, "InvalidRange", "The requested range is not satisfiable")
        headers["Content-Range"] = f"bytes {first}-{last}/{item.size}"
        return Reply(206, headers=headers, item=item, span=(first, last - first + 1))

    def do_delete(self, request, bucket, key):
        self.store.delete(bucket, key)
        return Reply(204)

    def do_delete_many(self, request, bucket, key):
        done = ""
        for node in self.parse(request.body).iter():
            if node.tag.endswith("Key") and node.text:
                self.store.delete(bucket, node.text)
                done += f"<Deleted><Key>{escape(node.text)}</Key></Deleted>"
        return Reply(body=xml("DeleteResult", done))

    @staticmethod
    def parse(body):
        try:
            if b"<!" in body:
                raise ElementTree.ParseError("a document type")
            return ElementTree.fromstring(body)
        except ElementTree.ParseError as why:
            raise Refused(400, "MalformedXML", f"The XML you provided was not well-formed: {why}") from None

    def shown(self, request, key):
        """A key in a list: XML has no place for control characters, so clients ask for encoding-type=url."""
        return quote(key, safe="/-_.~*") if request.args.get("encoding-type") == "url" else escape(key)

    def do_list(self, request, bucket, key, stale=0):
        a = request.args
        version2 = a.get("list-type") == "2"
        prefix, delimiter = a.get("prefix", ""), a.get("delimiter", "")
        after = a.get("start-after" if version2 else "marker", "")
        if "continuation-token" in a:
            try:
                after = base64.urlsafe_b64decode(a["continuation-token"]).decode()
            except (ValueError, binascii.Error):
                raise Refused(400, "InvalidArgument", "The continuation token provided is incorrect") from None
        most, count, body, last, seen, more = min(int(a.get("max-keys", "1000")), self.page), 0, "", "", set(), False
        items = self.store.keys(bucket)
        if stale and items:
            newest = sorted(items, key=lambda i: i.when)[-stale:]
            items = [i for i in items if i not in newest]
        for item in items:
            if not item.key.startswith(prefix) or item.key.encode() <= after.encode():
                continue
            cut = item.key.find(delimiter, len(prefix)) if delimiter else -1
            group = item.key[:cut + len(delimiter)] if cut >= 0 else None
            if group and (group in seen or after.startswith(group)):
                continue
            if count == most:
                more = True
                break
            count, last = count + 1, group + "\U0010ffff" if group else item.key
            if group:
                seen.add(group)
                body += f"<CommonPrefixes><Prefix>{self.shown(request, group)}</Prefix></CommonPrefixes>"
            else:
                body += (f"<Contents><Key>{self.shown(request, item.key)}</Key><LastModified>{iso_date(item.when)}</LastModified>"
                         f'<ETag>"{item.etag}"</ETag><Size>{item.size}</Size><StorageClass>STANDARD</StorageClass></Contents>')
        head = (f"<Name>{bucket}</Name><Prefix>{self.shown(request, prefix)}</Prefix><KeyCount>{count}</KeyCount>"
                f"<MaxKeys>{most}</MaxKeys><IsTruncated>{str(more).lower()}</IsTruncated>")
        if a.get("encoding-type") == "url":
            head += "<EncodingType>url</EncodingType>"
        if more and not version2:
            head += f"<NextMarker>{self.shown(request, last)}</NextMarker>"
        elif more:
            head += f"<NextContinuationToken>{base64.urlsafe_b64encode(last.encode()).decode()}</NextContinuationToken>"
        return Reply(body=xml("ListBucketResult", head + body), headers={"Content-Type": "application/xml"})

    # ---- uploads in parts

    def upload(self, request, bucket, key):
        found = self.store.upload(bucket, key, request.args["uploadId"])
        if not found:
            raise Refused(404, "NoSuchUpload", "The specified upload does not exist.")
        return found

    def do_create(self, request, bucket, key):
        if "if-none-match" in request.headers or "if-match" in request.headers:
            raise Refused(400, "InvalidRequest", "CreateMultipartUpload knows no conditions")
        name = self.store.create(bucket, key, self.kept_headers(request))
        return Reply(body=xml("InitiateMultipartUploadResult", f"<Bucket>{bucket}</Bucket><Key>{escape(key)}</Key><UploadId>{name}</UploadId>"))

    def do_part(self, request, bucket, key):
        self.upload(request, bucket, key)
        number = request.args["partNumber"]
        if not number.isdigit() or not 1 <= int(number) <= 10000:
            raise Refused(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
        item = self.store.part(request.args["uploadId"], int(number), request.body)
        return Reply(headers={"ETag": f'"{item.etag}"'})

    def do_list_parts(self, request, bucket, key, stale=0):
        parts = sorted(self.upload(request, bucket, key)["parts"].items())
        after, most = int(request.args.get("part-number-marker", 0)), min(int(request.args.get("max-parts", 1000)), self.page)
        parts = [(n, p) for n, p in parts if n > after]
        if stale:
            parts.remove(max(parts, key=lambda p: p[1].when)) if parts else None
        body = (f"<Bucket>{bucket}</Bucket><Key>{self.shown(request, key)}</Key><UploadId>{request.args['uploadId']}</UploadId>"
                f"<PartNumberMarker>{after}</PartNumberMarker><MaxParts>{most}</MaxParts><IsTruncated>{str(len(parts) > most).lower()}</IsTruncated>")
        if len(parts) > most:
            body += f"<NextPartNumberMarker>{parts[most - 1][0]}</NextPartNumberMarker>"
        for number, part in parts[:most]:
            body += (f"<Part><PartNumber>{number}</PartNumber><LastModified>{iso_date(part.when)}</LastModified>"
                     f'<ETag>"{part.etag}"</ETag><Size>{part.size}</Size></Part>')
        return Reply(body=xml("ListPartsResult", body))

    def do_list_uploads(self, request, bucket, key, stale=0):
        a = request.args
        after = (a.get("key-marker", ""), a.get("upload-id-marker", "~"))
        most = min(int(a.get("max-uploads", 1000)), self.page)
        uploads = [u for u in self.store.uploads(bucket) if u[0].startswith(a.get("prefix", "")) and (not after[0] or u[:2] > after)]
        if stale and uploads:
            uploads.remove(max(uploads, key=lambda u: u[2]))
        body = f"<Bucket>{bucket}</Bucket><MaxUploads>{most}</MaxUploads><IsTruncated>{str(len(uploads) > most).lower()}</IsTruncated>"
        if len(uploads) > most:
            body += (f"<NextKeyMarker>{self.shown(request, uploads[most - 1][0])}</NextKeyMarker>"
                     f"<NextUploadIdMarker>{uploads[most - 1][1]}</NextUploadIdMarker>")
        for name, upload, when in uploads[:most]:
            body += (f"<Upload><Key>{self.shown(request, name)}</Key><UploadId>{upload}</UploadId><Initiated>{iso_date(when)}</Initiated>"
                     "<StorageClass>STANDARD</StorageClass></Upload>")
        return Reply(body=xml("ListMultipartUploadsResult", body))

    def do_complete(self, request, bucket, key):
        may = self.condition(request)
        parts = self.upload(request, bucket, key)["parts"]
        wanted = []
        for node in self.parse(request.body).iter():
            if node.tag.endswith("}Part") or node.tag == "Part":
                inside = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in node}
                wanted.append((int(inside.get("PartNumber", 0)), inside.get("ETag", "").strip('"')))
        numbers = [n for n, _ in wanted]
        if not wanted:
            raise Refused(400, "MalformedXML", "no parts")
        if numbers != sorted(set(numbers)):
            raise Refused(400, "InvalidPartOrder", "The list of parts was not in ascending order.")
        for number, etag in wanted:
            if number not in parts or parts[number].etag != etag:
                raise Refused(400, "InvalidPart", f"One or more of the specified parts could not be found: {number}")
        for number in numbers[:-1]:
            if parts[number].size < self.min_part:
                raise Refused(400, "EntityTooSmall", f"part {number} has {parts[number].size} bytes; the least is {self.min_part}")
        item = self.store.complete(request.args["uploadId"], numbers, may)
        return Reply(body=xml("CompleteMultipartUploadResult", f'<Bucket>{bucket}</Bucket><Key>{escape(key)}</Key><ETag>"{item.etag}"</ETag>'))

    def do_abort(self, request, bucket, key):
        self.upload(request, bucket, key)
        self.store.abort(request.args["uploadId"])
        return Reply(204)


# ---- HTTP -----------------------------------------------------------------------------------------------------


class Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    late = b""      # an answer that was given, and comes once more instead of the next one

    def handle(self):
        try:
            while self.one_request():
                pass
        except FileNotFoundError:       # no connection ends so: something kept is not there
            raise
        except (Gone, OSError, ssl.SSLError):
            pass

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            pass

    def read_head(self):
        lines = []
        while True:
            line = self.rfile.readline(65537)
            if not line and not lines:
                return None
            if not line.endswith(b"\r\n") or len(lines) > 200 or len(line) > 65536:
                raise Gone
            if line == b"\r\n":
                return lines
            lines.append(line[:-2].decode("latin-1"))

    def one_request(self):
        lines = self.read_head()
        if lines is None:
            return False
        boss, began = self.server.boss, time.time()
        entry = {"line": lines[0], "op": "bad", "key": "", "status": 0, "bytes": 0}
        request, fault, unread = None, None, True
        boss.began(entry)
        try:
            request = Request(lines[0], lines[1:])
            bucket, key = boss.place(request)
            op = Operations.name(request, key)
            length = request.length()
            entry.update(op=op, key=key, part=int(request.args.get("partNumber", "0") or 0), upload=request.args.get("uploadId", ""),
                         range=request.headers.get("range", ""), conditions=[h for h in ("if-match", "if-none-match") if h in request.headers])
            payload = boss.admit(request, op, bucket)
            fault = boss.faults.next(op, key + (f"#{entry['part']}" if op == "part" else ""), length or boss.size_of(bucket, key))
            entry["fault"] = fault and fault["do"]
            self.read_body(request, length, fault)
            unread = False
            entry["bytes"] = length
            boss.check_body(request, payload, op)
            reply = self.answer(op, request, bucket, key, fault)
        except Refused as why:
            reply = error_reply(why, request is not None and request.method == "HEAD")
            entry["why"] = f"{why.code}: {why.message}"
        except Gone:
            entry["seconds"] = time.time() - began
            boss.ended(entry)
            raise
        entry["status"], entry["sent"] = reply.status, reply.size()
        close = unread or (request and request.headers.get("connection", "").lower() == "close")
        try:
            self.send(reply, fault, close, request is not None and request.method == "HEAD")
        finally:
            entry["seconds"] = time.time() - began
            boss.ended(entry)
        return not close

    def read_body(self, request, length, fault):
        if length and request.headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if fault and fault["do"] == "reset-request":
            self.rfile.read(min(fault["at"], length))
            self.reset()
        request.body = self.rfile.read(length) if length else b""
        if len(request.body) < length:
            raise Gone

    def answer(self, op, request, bucket, key, fault):
        """Runs the operation, or what a fault makes of it."""
        do = fault["do"] if fault else ""
        operations = self.server.boss.operations
        if operations is None:
            raise Gone
        if do == "slow-down":
            raise Refused(503, "SlowDown", "Please reduce your request rate.")
        if do == "busy":
            raise Refused(429, "TooManyRequests", "Please wait.")
        if do == "internal":
            raise Refused(500, "InternalError", "We encountered an internal error. Please try again.")
        if do == "redirect":
            return Reply(307, headers={"Location": self.server.boss.elsewhere})
        if do == "lose":
            return Reply(headers={"ETag": f'"{hashlib.md5(request.body).hexdigest()}"'})
        if do == "error-200":
            reply = error_reply(Refused(200, "InternalError", "We encountered an internal error. Please try again."))
            return reply
        if do == "stale":
            return getattr(operations, "do_" + op)(request, bucket, key, stale=1 + fault["at"] % 3)
        reply = operations.run(op, request, bucket, key)
        return operations.run(op, request, bucket, key) if do == "again" else reply

    # ---- sending

    def reset(self):
        """An RST instead of an end: SO_LINGER of 0 seconds."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RD) if not isinstance(self.connection, ssl.SSLSocket) else None
        self.connection.close()
        raise Gone

    def send(self, reply, fault, close, is_head):
        do, at = (fault["do"], fault["at"]) if fault else ("", 0)
        size, content = reply.size(), b"" if is_head else reply.content()
        if do == "long":
            size += 1 + at
        if do == "short" and size:
            size = min(at, size - 1)
        if do == "flip" and content:
            place = at % len(content)
            content = content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1:]
        head = [f"HTTP/1.1 {reply.status} Reply", "Server: tests", f"Date: {http_date(time.time())}", "x-amz-request-id: tests"]
        if reply.status not in (204, 304):
            head.append(f"Content-Length: {size}")
        if reply.status == 429:
            head.append("Retry-After: 1")
        head += [f"{n}: {v}" for n, v in reply.headers.items()] + (["Connection: close"] if close else [])
        head = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1", "replace")
        if self.late:
            self.wfile.write(self.late)
            raise Gone
        self.late = head + content if do == "repeat" else b""
        if do in ("reset-reply", "truncate"):
            self.wfile.write((head + content)[:at])
            self.wfile.flush()
            if do == "truncate":
                raise Gone
            self.reset()
        if do == "stall":
            time.sleep(at / 1000)
        if do == "slow":
            self.drip(head + content, at / 1000)
        elif len(content) < 65536:
            self.wfile.write(head + content)
        else:
            self.wfile.write(head)
            self.wfile.write(content)
        if do == "duplicate":
            self.wfile.write(head + content)
        if do == "long":
            raise Gone

    def drip(self, data, seconds):
        drops = 20
        step = len(data) // drops + 1
        for start in range(0, len(data), step):
            self.wfile.write(data[start:start + step])
            self.wfile.flush()
            time.sleep(seconds / drops)


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 256

    def __init__(self, *args, **kw):
        self.open = set()
        super().__init__(*args, **kw)

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)

    def get_request(self):
        """TLS is shaken hands on in the thread of the connection, not here."""
        connection, address = super().get_request()
        if self.boss.tls:
            connection = self.boss.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self.open.add(connection)
        return connection, address

    def handle_error(self, request, address):
        why = sys.exc_info()[1]
        if isinstance(why, FileNotFoundError) or not isinstance(why, (OSError, Gone)):     # the store's files, or a connection's end?
            self.boss.broken.append(repr(why))
            super().handle_error(request, address)


class Server:
    """Arguments are those of the command line (README.md). Use as a context, or start() and stop()."""

    def __init__(self, folder=None, port=0, buckets=("corpora",), key=KEY, secret=SECRET, token=None, region="us-east-1", use_tls=False,
                 conditions="kept", min_part=5 << 20, page=1000, skew=0, faults=None, log=None, bandwidth=0, public=False, names=tls.NAMES):
        self.own = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="s3-tests-")
        self.accounts, self.region, self.skew = {key: (secret, token)}, region, skew
        self.key, self.secret, self.token, self.public = key, secret, token, public
        self.store = Store(os.path.join(self.folder, "store"))
        for bucket in buckets:
            self.store.make_bucket(bucket)
        self.operations = Operations(self.store, conditions, min_part, page)
        self.faults = faults or Faults()
        self.elsewhere = "http://127.0.0.1:1/elsewhere"
        self.log, self.broken, self.now, self.most = [], [], 0, 0
        self.lock = threading.Lock()
        self.log_file = open(log, "a", buffering=1, encoding="utf-8") if log else None
        self.tls = self.ca = None
        if use_tls:
            self.ca, certificate, secret_key = tls.make(os.path.join(self.folder, "tls"), names)
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate, secret_key)
        self.listener = _Listener(("127.0.0.1", port), Connection, bind_and_activate=True)
        self.listener.boss = self
        self.port = self.listener.server_address[1]
        self.thread = threading.Thread(target=self.listener.serve_forever, args=(0.05,), daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        """Every connection breaks off, and what was not answered is not done."""
        self.listener.shutdown()
        with self.lock:
            store, self.store, self.operations = self.store, None, None
            connections = list(self.listener.open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        store.close()           # also for threads that are in the middle of a request
        self.listener.server_close()
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)

    __enter__ = start

    def __exit__(self, *why):
        self.stop()

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"

    def environment(self):
        """What a client needs to get in."""
        env = {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, "AWS_REGION": self.region,
               "AWS_DEFAULT_REGION": self.region, "AWS_ENDPOINT_URL": self.url}
        if self.token:
            env["AWS_SESSION_TOKEN"] = self.token
        if self.ca:
            env["AWS_CA_BUNDLE"] = self.ca
        return env

    # ---- what connections ask

    def place(self, request):
        """(bucket, key): the bucket is the first label of bucket.localhost, or the first step of the path."""
        host = request.headers.get("host", "")
        if not host:
            raise Refused(400, "BadRequest", "no Host")
        name = host.rpartition(":")[0] or host
        path = unquote_to_bytes(request.path)
        try:
            path = path.decode()
        except UnicodeDecodeError:
            raise Refused(400, "InvalidURI", "Couldn't parse the specified URI.") from None
        if name.endswith(".localhost"):
            bucket, key = name[:-len(".localhost")], path[1:]
        else:
            bucket, _, key = path[1:].partition("/")
        if not bucket:
            raise Refused(501, "NotImplemented", "lists of buckets")
        if len(key.encode()) > 1024:
            raise Refused(400, "KeyTooLongError", "Your key is too long")
        return bucket, key

    def admit(self, request, op, bucket):
        """Is the head of the request signed by somebody we know? Returns what the body is to be."""
        if self.public and "authorization" not in request.headers and op in ("get", "head"):
            return UNSIGNED
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.skew)
        return check(request.method, request.path, request.query, request.headers, self.accounts, self.region, now)

    @staticmethod
    def check_body(request, payload, op):
        body, headers = request.body, request.headers
        if payload != UNSIGNED and hashlib.sha256(body).hexdigest() != payload:
            raise Refused(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
        for name, want in headers.items():
            if name != "content-md5" and not (name.startswith("x-amz-checksum-") and name != "x-amz-checksum-type"):
                if name.startswith("x-amz-checksum-") or not name.startswith("x-amz-trailer"):
                    continue
                raise Refused(501, "NotImplemented", "trailers")
            if name in ("x-amz-checksum-algorithm", "x-amz-checksum-mode"):
                continue
            got = hashlib.md5(body).digest() if name == "content-md5" else checksums.of(name, body)
            if got is None:
                raise Refused(400, "InvalidRequest", f"an unknown checksum {name}")
            if base64.b64encode(got).decode() != want and op != "complete":
                raise Refused(400, "BadDigest", f"The {name} you specified did not match what we received.")
        if op == "delete_many" and "content-md5" not in headers and not any(n in checksums.NAMES for n in headers):
            raise Refused(400, "InvalidRequest", "Missing required header for this request: Content-MD5")

    def size_of(self, bucket, key):
        item = self.store.buckets.get(bucket, {}).get(key) if self.store else None
        return item.size if item else 200

    def began(self, entry):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            entry["n"], entry["at"] = len(self.log), round(time.time(), 6)
            self.log.append(entry)

    def ended(self, entry):
        with self.lock:
            self.now -= 1
        if self.log_file:
            self.log_file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def bytes_in(self, *ops):
        """Bytes of bodies of requests that were carried out."""
        return sum(e["bytes"] for e in self.log if e["status"] == 200 and e["op"] in (ops or ("put", "part")))


def main():
    args = argparse.ArgumentParser(description="A strict S3 server for tests. See README.md beside it.")
    args.add_argument("--port", type=int, default=0, help="0: any that is free")
    args.add_argument("--folder", help="keeps objects here; else in a temporary folder")
    args.add_argument("--bucket", action="append", help="made at the start; may be given several times (corpora)")
    args.add_argument("--token", help="the session token that requests must have")
    args.add_argument("--region", default="us-east-1")
    args.add_argument("--tls", action="store_true", help="https, with a made-up authority")
    args.add_argument("--conditions", choices=("kept", "ignored", "refused"), default="kept", help="If-Match and If-None-Match of writes")
    args.add_argument("--min-part", type=int, default=5 << 20, help="least bytes of a part that is not the last")
    args.add_argument("--page", type=int, default=1000, help="most entries of a list")
    args.add_argument("--skew", type=int, default=0, help="seconds by which the server's clock is ahead")
    args.add_argument("--public", action="store_true", help="reading needs no signature")
    args.add_argument("--log", help="one JSON object a line for every request")
    args.add_argument("--faults", help="a script: JSON, or a file of it")
    args.add_argument("--seed", type=int, help="faults by lot")
    args.add_argument("--share", type=float, default=0.1, help="of requests that suffer, with --seed")
    args.add_argument("--most", type=int, default=3, help="times one request suffers, with --seed")
    a = args.parse_args()
    script = a.faults or "[]"
    if not script.lstrip().startswith("["):
        with open(script, encoding="utf-8") as f:
            script = f.read()
    server = Server(a.folder, a.port, a.bucket or ("corpora",), token=a.token, region=a.region, use_tls=a.tls, conditions=a.conditions,
                    min_part=a.min_part, page=a.page, skew=a.skew, log=a.log, public=a.public,
                    faults=Faults(json.loads(script), a.seed, a.share, a.most))
    server.start()
    for name, value in server.environment().items():
        print(f"export {name}='{value}'", flush=True)
    print("# ready", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main()
