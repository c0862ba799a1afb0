"""browse.py REPORT FAULTY: what a browser makes of the report, by its own account of the finished page; FAULTY is the report of a
batch with a page in quarantine and with items that may not enter the corpus."""
import html
import json
import re
import subprocess
import sys
import tempfile

top, faulty = sys.argv[1:]
complaints = []


def browse(rest, report=top):
    """The page at index.html + rest, as HTML and as text."""
    with tempfile.TemporaryDirectory() as home:
        got = subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + home, "--enable-logging=stderr",
                              "--virtual-time-budget=8000", "--dump-dom", "file://" + report + "/index.html" + rest],
                             capture_output=True, encoding="utf-8", timeout=120)
    complaints.extend(line for line in got.stderr.splitlines() if "CONSOLE" in line)
    body = re.sub(r"<script.*?</script>|<style.*?</style>", "", got.stdout, flags=re.S)
    return body, html.unescape(re.sub(r"<[^>]+>", "", body))


def check(what, ok):
    print("%-40s %s" % (what, "ok" if ok else "WRONG"))


def part(name, report=top):
    text = open(report + "/" + name, encoding="utf-8").read()
    return json.loads(text[text.index(", ") + 2:-2])


pages = part("lists/pages-0.js")
_, text = browse("?lang=en#overview")
check("totals in English", "Worst pages" in text and "characters read" in text)
_, text = browse("?lang=zh#overview")
check("totals in Chinese", "最差页面" in text and "识读字数" in text)
_, text = browse("?lang=en#pages")
check("every page is listed", all(p[5] in text for p in pages))
page = part("pages/%s/%s.js" % (pages[0][0][:2], pages[0][0]))
body, text = browse("?lang=en#page/" + pages[0][0])
check("the text of a page", all(line["s"] in text for line in page["lines"] if not line.get("n")))
check("a shape over the scan for every line", body.count("<polygon") == len(page["lines"]))
characters = part("glyphs/index.js")
for _ in range(3):              # images of glyphs are loaded when they come into sight, and a busy machine may not have drawn them yet
    body, text = browse("?lang=zh#proof/" + characters[0][0])
    if "background-image: url(" in body:
        break
check("glyphs of a character", body.count('class="cell"') == min(100, characters[0][1]))
check("glyphs have images", "background-image: url(" in body)
_, text = browse("?lang=en#quarantine")
check("an empty quarantine", "Nothing is in quarantine" in text)
_, text = browse("?lang=en#corpus")
check("the corpus", "training" in text)

pages = part("lists/pages-0.js", faulty)
body, text = browse("?lang=en#pages", faulty)
check("one page was not read", [bool(p[6]) for p in pages].count(True) == 1)
check("a row for every page, read or not", len(re.findall(r"<tr\b", body)) == 1 + len(pages))
check("no more to show", 'class="more" hidden' in body)
_, text = browse("?lang=en#quarantine", faulty)
check("the page in quarantine", "fire-0001" in text)
_, text = browse("?lang=en#corpus", faulty)
enter = int(re.search(r"the text of (\d+) and the image", text)[1])
check("some pages enter, not all", 0 < enter < len(pages))
_, text = browse("?lang=en#overview", faulty)
check("the overview tells the same number", re.search(r"(\d+)pages in text shards", text)[1] == str(enter))
body, _ = browse("?lang=en#pages", faulty)
check("so does the list", body.count('<td class="tight">yes</td>') == enter)
print(*complaints, sep="\n", end="")
