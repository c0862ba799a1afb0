"""Signature V4 as S3 wants it, from the side of the server: what must a request be signed with?

    check(request, accounts, ...)   Refused when the request is not signed as it should be
    signature(...)                  the calculation itself, which selftest.py compares with AWS's published examples

Written from AWS's documents "Signature Calculations for the Authorization Header" and "... Query Parameters"; shares nothing with
the C code that it checks.
"""
import datetime
import hashlib
import hmac
import re
from urllib.parse import quote, unquote_to_bytes

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
SKEW = datetime.timedelta(minutes=15)


class Refused(Exception):
    """status, S3's code of the error, and what a person reads."""

    def __init__(self, status, code, message, **more):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.more = status, code, message, more


def encode(raw, safe="-_.~"):
    """AWS's UriEncode of bytes: everything but unreserved characters as %XX."""
    return quote(raw, safe=safe)


def query_pairs(query):
    """[(name, value)] as bytes of a raw query string. '+' is a plus here: only %20 is a space."""
    pairs = []
    for piece in query.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            pairs.append((unquote_to_bytes(name), unquote_to_bytes(value)))
    return pairs


def canonical_request(method, path, query, headers, signed, payload):
    """path, query: raw, from the request line. headers: {lower name: value}. signed: names in order."""
    pairs = sorted((encode(n), encode(v)) for n, v in query_pairs(query) if n != b"X-Amz-Signature")
    return "\n".join([
        method,
        encode(unquote_to_bytes(path), safe="/-_.~"),
        "&".join(f"{n}={v}" for n, v in pairs),
        "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed),
        ";".join(signed),
        payload,
    ])


def signature(secret, moment, region, service, request):
    """request: the canonical one. moment: '20130524T000000Z'."""
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    text = "\n".join([ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for word in (moment[:8], region, service, "aws4_request"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _authorization(headers):
    """(credential, signed names, signature) of the header."""
    text = headers.get("authorization", "")
    if not text:
        raise Refused(403, "AccessDenied", "no Authorization")
    found = re.fullmatch(ALGORITHM + r" +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})", text)
    if not found:
        raise Refused(400, "AuthorizationHeaderMalformed", "the Authorization header is not that of Signature V4")
    return found[1], found[2].split(";"), found[3]


def check(method, path, query, headers, accounts, region, now):
    """accounts: {access key: (secret, token or None)}. Returns what x-amz-content-sha256 says, which the body is to match."""
    asked = dict(query_pairs(query))
    presigned = b"X-Amz-Signature" in asked
    if presigned:
        get = lambda name: asked.get(name, b"").decode("utf-8", "replace")      # noqa: E731
        credential, signed, given = get(b"X-Amz-Credential"), get(b"X-Amz-SignedHeaders").split(";"), get(b"X-Amz-Signature")
        moment, payload, token = get(b"X-Amz-Date"), UNSIGNED, get(b"X-Amz-Security-Token") or None
    else:
        credential, signed, given = _authorization(headers)
        moment, payload, token = headers.get("x-amz-date", ""), headers.get("x-amz-content-sha256"), headers.get("x-amz-security-token")
    if not re.fullmatch(r"\d{8}T\d{6}Z", moment):
        raise Refused(403, "AccessDenied", "no x-amz-date of the form 20130524T000000Z")
    if payload is None:
        raise Refused(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    if payload != UNSIGNED and not re.fullmatch(r"[0-9a-f]{64}", payload):
        raise Refused(501, "NotImplemented", f"x-amz-content-sha256 '{payload}'")
    parts = credential.split("/")
    if len(parts) != 5 or parts[3:] != ["s3", "aws4_request"] or parts[1] != moment[:8]:
        raise Refused(400, "AuthorizationHeaderMalformed", f"the credential '{credential}' is not KEY/{moment[:8]}/REGION/s3/aws4_request")
    if parts[2] != region:
        raise Refused(400, "AuthorizationHeaderMalformed", f"the region '{parts[2]}' is wrong; expecting '{region}'", Region=region)
    if parts[0] not in accounts:
        raise Refused(403, "InvalidAccessKeyId", "no such access key")
    if signed != sorted(set(signed)) or "host" not in signed:
        raise Refused(403, "AccessDenied", "SignedHeaders are to be in order and to have host")
    for name in headers:
        if (name.startswith("x-amz-") or name == "content-md5") and name not in signed:
            raise Refused(403, "AccessDenied", f"There were headers present in the request which were not signed: {name}")
    when = datetime.datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if presigned:
        seconds = int(asked.get(b"X-Amz-Expires", b"0") or 0)
        if not 1 <= seconds <= 604800 or now > when + datetime.timedelta(seconds=seconds):
            raise Refused(403, "AccessDenied", "Request has expired")
    elif abs(now - when) > SKEW:
        raise Refused(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
    secret, wanted_token = accounts[parts[0]]
    request = canonical_request(method, path, query, headers, signed, payload)
    if not hmac.compare_digest(signature(secret, moment, region, "s3", request), given):
        raise Refused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.",
                      CanonicalRequest=request)
    if token != wanted_token:
        raise Refused(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    return payload
