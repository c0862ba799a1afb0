#!/usr/bin/env python3
"""Makes the sample pages anew: make_samples.py FOLDER

    texts.py     what stands on the pages (our own)
    typeset.py   sets it on a sheet, and notes the truth line by line
    age.py       ink, paper, fold, seal, shadow, lens

Every page has a seed of its own: the same versions of Pillow, numpy and the fonts give the same bytes. Beside NAME.jpg come
NAME.gt.txt (one printed line or column a line, in reading order) and NAME.gt.json (direction, script, class, error budget).
"""
import io
import json
import os
import sys
import zipfile

import numpy as np
from PIL import Image

import age
import texts
from typeset import KAI, KAI_SIMPLE, MING, SONG, SONG_BLACK, SONG_BOLD, SONG_SIMPLE, Sheet

# Character error rate that redcorpus must stay under, per page: measured with the stock models, and about half as much again.
BUDGETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "budgets.json")


def ink_of(sheet):
    return np.asarray(sheet.ink, dtype=np.float32) / 255


def newspaper():
    """One page in two tiers: masthead, heads in heavier type, rules; a lamp from the left; turned a little."""
    s = Sheet(1600, 2040, seed=101)
    size, pitch, gap = 42, 43, 68
    top, middle, bottom, left, right = 110, 1040, 1950, 90, 1510
    s.frame(left - 24, top - 34, right + 24, bottom + 20, thick=5)
    s.rule(left - 24, middle - 34, right + 24, middle - 34, thick=3)
    s.rule(left - 24, middle - 26, right + 24, middle - 26, thick=2)
    s.column(right - 70, top, texts.NEWS_TITLE, SONG_BLACK, 118, 150)
    for i, small in enumerate(texts.NEWS_UNDER_TITLE):
        s.column(right - 45 - 50 * i, top + 640, small, SONG, 34, 35)
    s.rule(right - 150, top - 34, right - 150, middle - 34, thick=3)
    title, body = texts.NEWS_COOP
    s.column(right - 205, top + 60, title, SONG_BOLD, 62, 64)
    s.columns(right - 260, top, middle - 60, gap + 10, body, SONG, size, pitch)
    x = right
    for title, body in (texts.NEWS_BRIDGE, texts.NEWS_CLASS, texts.NEWS_NOTICE):
        s.column(x - 40, middle + 40, title, SONG_BOLD, 54, 72)
        x = s.columns(x - 84, middle + 20, bottom, gap + 6, body, SONG, size, pitch) - 14
        if title != texts.NEWS_NOTICE[0]:
            s.rule(x, middle - 26, x, bottom + 20, thick=2)
            x -= 14
    r = np.random.RandomState(1010)
    ink = age.press(ink_of(s), r, spread=1.0, loss=0.16)
    back = age.show_through(np.roll(ink, 37, axis=0), 0.07)
    page = age.paper(r, 2040, 1600, (214, 198, 164), coarse=1.1)
    page = age.lay(page, back, (90, 75, 60))
    page = age.lay(page, ink)
    page = age.crease(page, r, 0.506, upright=False)
    page = age.turn(page, 0.7, (198, 182, 150))
    page = age.uneven_light(page, 0.22, (1.0, 0.8))
    return s.truth, age.camera(page, r, 0.7)


def proclamation():
    """A posted notice in large kai type inside a border, with a red seal over the date."""
    s = Sheet(1500, 1900, seed=102, wobble=1.4)
    s.frame(80, 80, 1420, 1820, thick=9)
    s.frame(98, 98, 1402, 1802, thick=3)
    s.column(1290, 250, texts.PROCLAMATION_TITLE, SONG_BLACK, 130, 250)
    s.column(1180, 180, texts.PROCLAMATION_NUMBER, KAI, 48, 52)
    x = s.columns(1140, 170, 1700, 86, texts.PROCLAMATION, KAI, 56, 60, side=True, indent=0)
    date_x = x - 140
    s.column(x - 40, 700, texts.PROCLAMATION_FOOT[0], KAI, 62, 76)
    s.column(date_x, 640, texts.PROCLAMATION_FOOT[1], KAI, 56, 78)
    stamp = Sheet(1500, 1900, seed=202, wobble=0.8)
    for i, column in enumerate(texts.SEAL):
        stamp.column(date_x + 50 - 96 * i, 858, column, KAI, 88, 92, note=False)
    stamp.frame(date_x - 112, 850, date_x + 112, 1146, thick=12)
    r = np.random.RandomState(1020)
    ink = age.press(ink_of(s), r, spread=0.9, loss=0.22)
    page = age.paper(r, 1900, 1500, (222, 208, 178), coarse=1.3, stains=4)
    page = age.lay(page, ink, (30, 28, 30), 0.9)
    mask = np.asarray(stamp.ink.rotate(1.6, Image.BICUBIC, center=(date_x, 1000)), dtype=np.float32) / 255
    page = age.seal(page, r, np.clip(age.blur(mask, 2.0) * 1.7 - 0.25, 0, 1))
    page = age.crease(page, r, 0.5, upright=True)
    page = age.crease(page, r, 0.34, upright=False)
    page = age.crease(page, r, 0.67, upright=False)
    page = age.turn(page, -0.5, (206, 192, 163))
    return s.truth, age.camera(page, r, 0.8)


def blank():
    """The back of the notice: nothing but paper, folds and the faintest shadow of the front."""
    r = np.random.RandomState(1030)
    page = age.paper(r, 1500, 1180, (219, 205, 176), coarse=1.2, stains=2)
    page = age.crease(page, r, 0.5, upright=True)
    page = age.crease(page, r, 0.34, upright=False)
    page = age.uneven_light(page, 0.08, (0.0, 1.0))
    return [], age.camera(page, r, 1.0)


def mimeograph():
    """A stencilled circular on poor paper, photographed on a table under a lamp, turned."""
    s = Sheet(1500, 1900, seed=104, wobble=1.6)
    s.line(270, 150, texts.MIMEOGRAPH_TITLE, KAI_SIMPLE, 70, 80)
    y = s.lines(110, 1400, 240, 76, texts.MIMEOGRAPH, KAI_SIMPLE, 50, 54)
    for i, foot in enumerate(texts.MIMEOGRAPH_FOOT):
        s.line(1000, y + 84 + 78 * i, foot, KAI_SIMPLE, 50, 58)
    r = np.random.RandomState(1040)
    page = age.paper(r, 1900, 1500, (206, 192, 158), coarse=1.6, stains=2)
    ink = age.stencil(ink_of(s), r, loss=0.42)
    page = age.lay(page, age.show_through(ink, 0.06), (90, 80, 70))
    page = age.lay(page, ink, (44, 44, 62), 0.86)
    page = age.crease(page, r, 0.48, upright=False)
    page = age.on_table(page, 60)
    page = age.turn(page, 1.6, (52, 47, 44))
    page = age.uneven_light(page, 0.5, (1.0, 1.0))
    return s.truth, age.camera(page, r, 0.8)


def spread():
    """Two leaves of a booklet in one picture: right leaf first, gutter shadow, gray as from microfilm."""
    width, height = 2160, 1500
    s = Sheet(width, height, seed=105)
    for right, (title, number, body) in ((2030, texts.BOOKLET_RIGHT), (960, texts.BOOKLET_LEFT)):
        s.frame(right - 850, 130, right + 10, 1340, thick=4)
        s.column(right - 60, 190, title, SONG_BOLD, 58, 66)
        s.columns(right - 110, 150, 1330, 96, body, MING, 46, 48)
        outer = right + 48 if right > width // 2 else right - 890
        s.column(outer, 1180, number, MING, 34, 38)
    r = np.random.RandomState(1050)
    page = age.paper(r, height, width, (205, 200, 190), coarse=0.9, stains=3)
    ink = np.clip(age.press(age.fatten(ink_of(s)), r, spread=0.9, loss=0.12), 0, 1)
    page = age.lay(page, age.show_through(ink, 0.05), (90, 84, 78))
    page = age.lay(page, ink, (58, 56, 54), 0.9)
    page = age.gutter(page, 0.5)
    page = age.on_table(page, 40, (38, 38, 38))
    page = age.turn(page, -0.6, (38, 38, 38))
    page = age.uneven_light(page, 0.2, (0.0, 0.2))
    page = age.camera(page, r, 0.8, contrast=0.88)
    return s.truth, page.mean(axis=2)


def table():
    """A ruled school timetable, written out in kai."""
    s = Sheet(1400, 1000, seed=106, wobble=1.3)
    s.line(400, 110, texts.TABLE_TITLE, KAI, 62, 68)
    left, top, width, height = 90, 190, 174, 104
    rows, columns = len(texts.TABLE), len(texts.TABLE[0])
    for i in range(rows + 1):
        s.rule(left, top + i * height, left + columns * width, top + i * height, thick=5 if i in (0, rows) else 2)
    for i in range(columns + 1):
        s.rule(left + i * width, top, left + i * width, top + rows * height, thick=5 if i in (0, columns) else 2)
    for i, row in enumerate(texts.TABLE):
        for j, cell in enumerate(row):
            s.line(left + j * width + width / 2 - 25 * len(cell), top + i * height + height / 2, cell, KAI, 46, 50, note=False)
        s.truth.append("\t".join(row))
    s.line(110, top + rows * height + 70, texts.TABLE_FOOT, KAI, 44, 48)
    r = np.random.RandomState(1060)
    page = age.paper(r, 1000, 1400, (216, 206, 182), coarse=1.0, stains=2)
    page = age.lay(page, age.press(ink_of(s), r, spread=0.9, loss=0.2), (40, 42, 58), 0.88)
    page = age.crease(page, r, 0.52, upright=True)
    page = age.turn(page, 0.4, (204, 194, 171))
    return s.truth, age.camera(page, r, 0.8)


def small_vertical(title, body, face, seed, tone, width, height, size=50, stencil=False):
    """A sheet with one head and a few columns."""
    s = Sheet(width, height, seed=seed, wobble=1.2)
    s.frame(40, 40, width - 40, height - 40, thick=5)
    s.column(width - 130, 110, title, SONG_BLACK, int(size * 1.5), int(size * 1.75))
    s.columns(width - 190, 90, height - 70, int(size * 1.9), body, face, size, int(size * 1.06), indent=0)
    r = np.random.RandomState(seed * 10)
    ink = age.fatten(ink_of(s))
    ink = age.stencil(ink, r, 0.22) if stencil else age.press(ink, r, 0.9, 0.18)
    page = age.paper(r, height, width, tone, coarse=1.2, stains=2)
    page = age.lay(page, age.show_through(ink, 0.05), (90, 80, 70))
    page = age.lay(page, ink, (40, 38, 40), 0.9)
    page = age.turn(page, 0.9 if seed % 2 else -0.8, [int(t * 0.93) for t in tone])
    return s.truth, age.camera(page, r, 0.8)


def health_handbill():
    s = Sheet(1300, 900, seed=109, wobble=1.2)
    s.line(330, 110, texts.HANDBILL_HEALTH_TITLE, SONG_BLACK, 76, 84)
    s.lines(90, 1220, 180, 80, texts.HANDBILL_HEALTH, SONG_SIMPLE, 46, 48)
    r = np.random.RandomState(1090)
    page = age.paper(r, 900, 1300, (212, 200, 160), coarse=1.2, stains=2)
    page = age.lay(page, age.press(ink_of(s), r, 0.9, 0.2), (48, 44, 44), 0.75)
    return s.truth, age.camera(page, r, 0.9, contrast=0.8)


def bitonal(picture):
    """What a fax-grade scanner makes of it: black where darker than the neighbourhood."""
    gray = picture if picture.ndim == 2 else picture.mean(axis=2)
    return Image.fromarray(np.uint8((gray > age.blur(gray, 30) - 0.10) * 255)).convert("1", dither=Image.NONE)


def jpeg(picture, quality):
    image = Image.fromarray(np.uint8(np.clip(picture, 0, 1) * 255))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, dpi=(300, 300), subsampling="4:2:0")
    return out.getvalue()


def tiff(pages):
    out = io.BytesIO()
    pages[0].save(out, "TIFF", compression="group4", dpi=(300, 300), save_all=True, append_images=pages[1:])
    return out.getvalue()


def pdf(jpegs):
    """A scanner's PDF: one JPEG a page at 200 dpi, nothing else, and no date."""
    objects = []

    def add(head, stream=None):
        body = head.encode() + (b"\nstream\n" + stream + b"\nendstream" if stream is not None else b"")
        objects.append(body)
        return len(objects)

    kids = [4 + 3 * i for i in range(len(jpegs))]
    add("<< /Type /Catalog /Pages 2 0 R >>")
    add("<< /Type /Pages /Count %d /Kids [%s] >>" % (len(jpegs), " ".join("%d 0 R" % k for k in kids)))
    add("<< /Producer (scanner) >>")
    for i, data in enumerate(jpegs):
        image = Image.open(io.BytesIO(data))
        w, h = (round(side * 72 / 200, 2) for side in image.size)
        add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Contents %d 0 R "
            "/Resources << /XObject << /S %d 0 R >> >> >>" % (w, h, kids[i] + 1, kids[i] + 2))
        draw = b"%g 0 0 %g 0 0 cm /S Do" % (w, h)
        add("<< /Length %d >>" % len(draw), draw)
        add("<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /%s /BitsPerComponent 8 "
            "/Filter /DCTDecode /Length %d >>" % (*image.size, "DeviceGray" if image.mode == "L" else "DeviceRGB", len(data)), data)
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for i, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (i, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % p for p in places))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R /Info 3 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


class GbkInfo(zipfile.ZipInfo):
    def _encodeFilenameFlags(self):
        return self.filename.encode("cp936"), 0


def gbk_zip(members):
    """A zip as Windows made it: names are GBK bytes and no flag says so."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in members:
            info = GbkInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 0
            z.writestr(info, data)
    return out.getvalue()


class Folder:
    def __init__(self, root):
        self.root = root
        self.budgets = {}
        if os.path.exists(BUDGETS):
            with open(BUDGETS, encoding="utf-8") as f:
                self.budgets = json.load(f)

    def put(self, name, data):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        print("%9d  %s" % (len(data), name))

    def truth(self, stem, lines, direction, script, kind="text"):
        self.put(stem + ".gt.txt", "".join(line + "\n" for line in lines).encode())
        about = {"direction": direction, "script": script, "class": kind, "max_cer": self.budgets.get(os.path.basename(stem))}
        if about["max_cer"] is None:
            del about["max_cer"]
        self.put(stem + ".gt.json", (json.dumps(about, indent=2) + "\n").encode())


def main(root):
    to = Folder(root)
    for stem, make, direction, script, quality in (
            ("box/newspaper/news-0001", newspaper, "vertical", "hant", 52),
            ("box/notice/notice-0001", proclamation, "vertical", "hant", 50),
            ("box/circular/circular-0001", mimeograph, "horizontal", "hans", 42),
            ("box/booklet/booklet-0012", spread, "vertical", "hant", 50),
            ("box/school/timetable", table, "horizontal", "hant", 50)):
        lines, picture = make()
        data = jpeg(picture, quality)
        to.put(stem + ".jpg", data)
        to.truth(stem, lines, direction, script, "table" if make is table else "text")
        if make is table:
            timetable = data
    to.put("box/notice/notice-0002.jpg", jpeg(blank()[1], 45))
    to.truth("box/notice/notice-0002", [], "unknown", "", "blank")

    lines, picture = small_vertical(*texts.HANDBILL_FIRE, KAI, 108, (214, 200, 168), 1000, 1000)
    fire = jpeg(picture, 50)
    # A copy that broke off: the card was full, or the cable fell out.
    to.put("box/damaged/fire-0001.jpg", fire[:len(fire) * 2 // 5])

    scans = []
    for i, (title, body) in enumerate(texts.MINUTES):
        lines_i, picture = small_vertical(title, body, SONG, 111 + i, (216, 204, 180), 1360, 1560, size=46, stencil=True)
        scans.append(bitonal(picture))
        to.truth("box/minutes/minutes.%d" % (i + 1), lines_i, "vertical", "hant")
    to.put("box/minutes/minutes.tif", tiff(scans))

    scans = []
    for i, (title, body) in enumerate(texts.RULES):
        lines_i, picture = small_vertical(title, body, MING, 121 + i, (208, 204, 196), 900, 900, size=40)
        scans.append(jpeg(picture.mean(axis=2), 45))
        to.truth("box/rules/rules.%d" % (i + 1), lines_i, "vertical", "hant")
    to.put("box/rules/rules.pdf", pdf(scans))

    lines_h, picture = health_handbill()
    to.put("handbills-gbk.zip", gbk_zip([("传单/第10页.jpg", timetable), ("传单/第1页.jpg", fire), ("传单/第2页.jpg", jpeg(picture, 45)),
                                         ("传单/说明.txt", "这个压缩包的文件名是GBK编码。\r\n".encode("cp936"))]))
    to.truth("handbills-gbk/传单/第1页", lines, "vertical", "hant")
    to.truth("handbills-gbk/传单/第2页", lines_h, "horizontal", "hans")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
