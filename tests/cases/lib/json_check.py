#!/usr/bin/env python3
"""json_check.py SCHEMA [PATH=VALUE...] < JSON: does the text on stdin follow the schema, and say what is expected?

PATH is keys and indexes joined by dots ("pages.0.read"); VALUE is JSON, "*" for anything but null, or "#N" for N elements. The part of
JSON Schema 2020-12 that schemas/ uses: an unknown keyword is an error, so that nothing passes unread.
With --lines, stdin is JSON Lines and PATH=VALUE are looked for in the first.
"""
import json
import math
import os
import re
import sys

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
SILENT = {"$schema", "$id", "$defs", "$comment", "title", "description", "default", "examples", "format"}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return isinstance(value, TYPES[name])


class Checker:
    def __init__(self, path):
        self.folder = os.path.dirname(path)
        with open(path, encoding="utf-8") as f:
            self.root = json.load(f)
        self.problems = []

    def find(self, ref, root):
        file, _, pointer = ref.partition("#")
        if file:
            with open(os.path.join(self.folder, file), encoding="utf-8") as f:
                root = json.load(f)
        node = root
        for part in pointer.split("/")[1:]:
            node = node[part.replace("~1", "/").replace("~0", "~")]
        return node, root

    def ok(self, schema, value, root):
        inner = Checker.__new__(Checker)
        inner.folder, inner.problems = self.folder, []
        inner.check(schema, value, "", root)
        return not inner.problems

    def check(self, schema, value, at, root):
        say = lambda text: self.problems.append("%s: %s" % (at or "(root)", text))
        if schema is True:
            return
        if schema is False:
            return say("must not be there")
        for word, arg in schema.items():
            if word in SILENT:
                continue
            if word == "$ref":
                self.check(*self.find(arg, root)[:1], value, at, self.find(arg, root)[1])
            elif word == "type":
                if not any(is_type(value, t) for t in ([arg] if isinstance(arg, str) else arg)):
                    return say("is %s, not %s" % (json.dumps(value, ensure_ascii=False)[:60], arg))
            elif word == "const":
                value == arg or say("is %r, not %r" % (value, arg))
            elif word == "enum":
                value in arg or say("is %r, none of %r" % (value, arg))
            elif word == "required":
                for key in arg:
                    not isinstance(value, dict) or key in value or say("has no '%s'" % key)
            elif word in ("properties", "patternProperties", "additionalProperties"):
                if isinstance(value, dict):
                    self.members(schema, word, value, at, root, say)
            elif word == "propertyNames":
                for key in value if isinstance(value, dict) else ():
                    self.check(arg, key, "%s.%s" % (at, key), root)
            elif word in ("items", "prefixItems"):
                if isinstance(value, list):
                    first = len(schema.get("prefixItems", ()))
                    for i, each in enumerate(value):
                        part = schema["prefixItems"][i] if i < first else schema.get("items", True)
                        self.check(part, each, "%s.%d" % (at, i), root)
            elif word in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
                if is_type(value, "number"):
                    fine = {"minimum": value >= arg, "exclusiveMinimum": value > arg,
                            "maximum": value <= arg, "exclusiveMaximum": value < arg}[word]
                    fine or say("%s breaks %s %s" % (value, word, arg))
            elif word in ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"):
                if hasattr(value, "__len__"):
                    (len(value) >= arg if word.startswith("min") else len(value) <= arg) or say("breaks %s %s" % (word, arg))
            elif word == "uniqueItems":
                if isinstance(value, list) and len({json.dumps(v, sort_keys=True) for v in value}) != len(value):
                    say("has an element twice")
            elif word == "pattern":
                not isinstance(value, str) or re.search(arg, value) or say("%r does not match %s" % (value, arg))
            elif word == "allOf":
                for each in arg:
                    self.check(each, value, at, root)
            elif word == "anyOf":
                any(self.ok(each, value, root) for each in arg) or say("fits no form of anyOf")
            elif word == "oneOf":
                sum(self.ok(each, value, root) for each in arg) == 1 or say("does not fit exactly one form of oneOf")
            elif word == "not":
                self.ok(arg, value, root) and say("is what it must not be")
            elif word == "if":
                branch = "then" if self.ok(arg, value, root) else "else"
                self.check(schema.get(branch, True), value, at, root)
            elif word not in ("then", "else"):
                raise SystemExit("schema keyword '%s' is not understood" % word)

    def members(self, schema, word, value, at, root, say):
        for key, each in value.items():
            known = key in schema.get("properties", ())
            patterns = [p for p in schema.get("patternProperties", ()) if re.search(p, key)]
            place = "%s.%s" % (at, key) if at else key
            if word == "properties" and known:
                self.check(schema["properties"][key], each, place, root)
            elif word == "patternProperties":
                for p in patterns:
                    self.check(schema["patternProperties"][p], each, place, root)
            elif word == "additionalProperties" and not known and not patterns:
                self.check(schema["additionalProperties"], each, place, root)


def expect(document, claim):
    path, _, want = claim.partition("=")
    value = document
    for part in path.split(".") if path else ():
        try:
            value = value[int(part) if isinstance(value, list) else part]
        except (KeyError, IndexError, TypeError, ValueError):
            return "%s: not there" % path
    if want == "*":
        return None if value is not None else "%s: null" % path
    if want.startswith("#"):
        return None if len(value) == int(want[1:]) else "%s: %d elements, not %s" % (path, len(value), want[1:])
    if value != json.loads(want):
        return "%s: is %s, not %s" % (path, json.dumps(value, ensure_ascii=False), want)
    return None


def main(args):
    lines = "--lines" in args
    args = [a for a in args if a != "--lines"]
    if not os.path.exists(args[0]):
        raise SystemExit("there is no %s" % os.path.relpath(args[0]))
    checker = Checker(args[0])
    text = sys.stdin.read()
    documents = [json.loads(line) for line in text.splitlines()] if lines else [json.loads(text)]
    if not documents:
        raise SystemExit("nothing on stdin")
    for document in documents:
        checker.check(checker.root, document, "", checker.root)
    problems = checker.problems + [p for p in (expect(documents[0], claim) for claim in args[1:]) if p]
    if problems:
        raise SystemExit("\n".join(problems[:20]))


if __name__ == "__main__":
    main(sys.argv[1:])
