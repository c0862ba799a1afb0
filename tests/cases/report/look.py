"""look.py REPORT: is it one page without a network, and does its data agree with its parts?"""
import json
import os
import re
import sys

top = sys.argv[1]
html = open(top + "/index.html", encoding="utf-8").read()
data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S).group(1))


def part(name):
    text = open(os.path.join(top, name), encoding="utf-8").read()
    head = 'redcorpus.part("%s", ' % name
    assert text.startswith(head) and text.endswith(")\n"), name
    return json.loads(text[len(head):-2])


policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html).group(1)
print("policy:", "default-src 'none'" in policy, "unsafe" in policy, "http" in policy)
print("bytes under a million:", len(html.encode()) < 1000000)
print("addresses:", sorted(set(re.findall(r"https?://[^\s\"'<>]+", html)) - {"http://www.w3.org/2000/svg"}))
print("pages:", data["totals"]["pages"], "read:", data["totals"]["read"], "listed:", data["listed"])
pages = part("lists/pages-0.js")
print("in order:", [(p[3], p[5]) for p in pages])
for p in pages:
    page = part("pages/%s/%s.js" % (p[0][:2], p[0]))
    assert len("".join(line["s"] for line in page["lines"])) == p[11], "characters"
    assert all(len(line["s"]) == len(line.get("g", line["s"])) for line in page["lines"]), "doubts"
    assert all(-1 <= v <= side + 1 for line in page["lines"] for i, v in enumerate(line["p"])
               for side in [page["height" if i % 2 else "width"]]), "places"
    for ending in (".jpg", "-t.jpg", "-g.jpg"):
        with open(os.path.join(top, "pages", p[1][:2], p[1] + ending), "rb") as f:
            assert f.read(2) == b"\xff\xd8", ending
characters = part("glyphs/index.js")
glyphs = {c: values for n in {entry[3] for entry in characters} for c, values in part("glyphs/%d.js" % n)["characters"].items()}
print("characters:", len(characters) == len(glyphs) == data["characters"]["n"] > 20,
      all(len(glyphs[c]) == 6 * n for c, n, _, _ in characters),
      all(v[4::6] == sorted(v[4::6], reverse=True) for v in glyphs.values()))
