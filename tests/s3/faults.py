"""Faults that the server makes: by a script, or by a seed.

A script is a list of rules, {"on": "part", "nth": 2, "do": "reset-reply", "at": 10}: the second upload of a part has its reply cut
off by a reset after 10 bytes. Rules may have "key" (the end of a key) and "times" (how many requests from the nth on; 1).
A seed makes faults by lot: whether a request suffers depends on the seed, what is asked, and how often this was asked before, and
not on the order in which threads come. No request suffers more than `most` times, nor all of them more than `total` times, so every
transfer ends when it is run again.

kinds (on: the operations they fit)
    slow-down       503 SlowDown                        busy            429, with Retry-After
    internal        500 InternalError                   reset-request   reset after `at` bytes of the request's body
    reset-reply     carried out, then reset after `at` bytes of the reply: 0 is "done, but nobody says so"
    truncate        the connection ends after `at` bytes of the reply
    long            Content-Length says more than comes         short       Content-Length says less than comes
    slow            the reply comes in drops, `at` milliseconds in all
    stall           nothing comes for `at` milliseconds, then the reply
    flip            one byte of the body of a reply is another
    lose            200, but nothing was kept
    again           carried out twice, the second reply counts          duplicate       the reply comes twice
    repeat          the reply comes, and again to the next question on this connection, which is then closed
    stale           the list is that of a moment ago            error-200       200, then a body that is an error (complete)
    redirect        307 to another host
"""
import hashlib
import random
import threading

BODIES = ("put", "part")
READS = ("get",)
LISTS = ("list", "list_parts", "list_uploads")
ALL = ("put", "part", "get", "head", "list", "list_parts", "list_uploads", "create", "complete", "abort", "delete")
KINDS = {
    "slow-down": ALL, "busy": ALL, "internal": ALL, "reset-reply": ALL, "truncate": ALL, "slow": ALL, "duplicate": ALL,
    "stall": ALL, "redirect": ALL, "repeat": ALL,
    "reset-request": BODIES, "lose": BODIES,
    "long": READS + LISTS, "short": READS + LISTS, "flip": READS,
    "again": ("put", "part", "complete", "delete", "create", "abort"),
    "stale": LISTS, "error-200": ("complete",),
}
# Kinds by lot. An object store never answers a plain put with 200 and drops it, nor redirects out of itself: those are for scripts, and
# so is "repeat", which is "duplicate" with the time it needs to be taken for another answer.
BY_LOT = sorted(set(KINDS) - {"redirect", "stall", "repeat"})


class Faults:
    """None of them, a script, or a seed with the share of requests that suffer."""

    def __init__(self, script=(), seed=None, share=0.1, most=3, total=None, kinds=BY_LOT):
        self.rules = [dict(rule) for rule in script]
        for rule in self.rules:
            if rule.get("do") not in KINDS or (rule.get("on", "any") != "any" and rule["on"] not in KINDS[rule["do"]]):
                raise ValueError(f"no such fault: {rule}")
        self.seed, self.share, self.most, self.total, self.kinds = seed, share, most, total, list(kinds)
        self.seen, self.suffered = {}, {}
        self.lock = threading.Lock()

    def next(self, op, key, size):
        """The fault of this request, {"do", "at"}, or None. size: bytes of its body or of what it will get, about."""
        with self.lock:
            found = None
            for rule in self.rules:
                if rule.get("on", "any") in ("any", op) and op in KINDS[rule["do"]] and key.endswith(rule.get("key", "")):
                    rule["count"] = rule.get("count", 0) + 1
                    if not found and 0 <= rule["count"] - rule.get("nth", 1) < rule.get("times", 1):
                        found = {"do": rule["do"], "at": rule.get("at", 0)}
            if found:
                return found
            return self._by_lot(op, key, size) if self.seed is not None else None

    def _by_lot(self, op, key, size):
        count = self.seen[op, key] = self.seen.get((op, key), 0) + 1
        lot = random.Random(hashlib.sha256(f"{self.seed} {op} {key} {count}".encode()).digest())
        kinds = [k for k in self.kinds if op in KINDS[k] and (k != "lose" or op == "part")]
        if lot.random() >= self.share or not kinds or self.suffered.get((op, key), 0) >= self.most or self.total == 0:
            return None
        self.suffered[op, key] = self.suffered.get((op, key), 0) + 1
        if self.total:
            self.total -= 1
        kind = lot.choice(kinds)
        if kind in ("slow", "stall"):
            return {"do": kind, "at": lot.randrange(300)}
        return {"do": kind, "at": lot.choice([0, 1, lot.randrange(400), lot.randrange(size + 1)])}
