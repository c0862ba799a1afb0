"""Sets text on a sheet of ink: columns from right to left, lines from left to right, heads, rules, tables.

A Sheet holds ink density (0 none, 255 full) and, in `truth`, what was set, one printed line or column each, in reading order.
"""
import numpy as np
from PIL import Image, ImageDraw, ImageFont

NOTO = "/usr/share/fonts/opentype/noto/NotoSerifCJK-%s.ttc"
UMING = "/usr/share/fonts/truetype/arphic/uming.ttc"
UKAI = "/usr/share/fonts/truetype/arphic/ukai.ttc"
# (file, face in the collection): song faces as letterpress had them, kai for stencils and handbills
SONG = (NOTO % "Medium", 3)
SONG_BOLD = (NOTO % "Bold", 3)
SONG_BLACK = (NOTO % "Black", 3)
SONG_SIMPLE = (NOTO % "Regular", 2)
MING = (UMING, 1)
KAI = (UKAI, 1)
KAI_SIMPLE = (UKAI, 0)

SIDE = "，。、；："                      # set beside the character where the printer leaves room between columns
UPRIGHT = dict(zip("「」『』（）《》：", "﹁﹂﹃﹄︵︶︽︾︓"))

_fonts = {}


def font(face, size):
    key = face, size
    if key not in _fonts:
        _fonts[key] = ImageFont.truetype(face[0], size, index=face[1])
    return _fonts[key]


class Sheet:
    def __init__(self, width, height, seed, wobble=1.0):
        self.ink = Image.new("L", (width, height), 0)
        self.draw = ImageDraw.Draw(self.ink)
        self.random = np.random.RandomState(seed)
        self.wobble = wobble              # how unevenly type sits: standard deviation, pixels
        self.truth = []

    def glyph(self, x, y, char, face, size, density=255, turn=0.0):
        """Inks one character with its em box centred on x, y."""
        x += self.random.normal(0, self.wobble)
        y += self.random.normal(0, self.wobble)
        density = int(np.clip(density * self.random.normal(0.95, 0.06), 0, 255))
        cell = Image.new("L", (2 * size, 2 * size), 0)
        type_ = font(face, size)
        if type_.getmask(char).getbbox() and bytes(type_.getmask(char)) == bytes(type_.getmask("\U000F0000")):
            raise ValueError("%s has no '%s'" % (face, char))
        ascent, descent = type_.getmetrics()
        ImageDraw.Draw(cell).text((size // 2, size - (ascent + descent) // 2), char, font=type_, fill=density)
        if turn:
            cell = cell.rotate(turn, Image.BICUBIC)
        self.ink.paste(255, (int(round(x)) - size, int(round(y)) - size), cell)

    def tilt(self):
        return float(self.random.normal(0, 0.35 * self.wobble))

    def column(self, x, y, text, face, size, pitch, side=True, note=True):
        """One column of vertical text, x its middle, y its top."""
        at = y + pitch / 2
        for char in text:
            if char == "　":
                at += pitch
            elif char in SIDE and side:
                self.side_mark(x, at - pitch / 2, char, face, size)
            else:
                self.glyph(x, at, UPRIGHT.get(char, char), face, size, turn=self.tilt())
                at += pitch
        if note and text.strip():
            self.truth.append(text.strip())

    def side_mark(self, x, y, char, face, size):
        """A mark at the lower right of the character above y, wherever the face keeps its ink in the em box."""
        cell = Image.new("L", (2 * size, 2 * size), 0)
        ImageDraw.Draw(cell).text((size // 2, size // 2), UPRIGHT.get(char, char), font=font(face, int(size * 0.8)),
                                  fill=int(np.clip(self.random.normal(235, 15), 150, 255)))
        cell = cell.crop(cell.getbbox())
        x += size * 0.66 + self.random.normal(0, self.wobble)
        y += -size * 0.08 + self.random.normal(0, self.wobble)
        self.ink.paste(255, (int(x - cell.width / 2), int(y - cell.height / 2)), cell)

    def columns(self, right, top, bottom, gap, paragraphs, face, size, pitch, side=True, indent=1):
        """Flows paragraphs into columns from right to left. Returns the x left of the last one."""
        per_column = int((bottom - top) // pitch)
        x = right - gap / 2
        for paragraph in paragraphs:
            for text in fold("　" * indent + paragraph, per_column, SIDE if side else ""):
                self.column(x, top, text, face, size, pitch, side)
                x -= gap
        return x + gap / 2

    def line(self, x, y, text, face, size, pitch, note=True):
        """One line of horizontal text, y its middle."""
        at = x + pitch / 2
        for char in text:
            if char != "　":
                self.glyph(at, y, char, face, size, turn=self.tilt())
            at += pitch
        if note and text.strip():
            self.truth.append(text.strip())

    def lines(self, left, right, top, lead, paragraphs, face, size, pitch):
        """Flows paragraphs into lines. Returns the y below the last one."""
        y = top + lead / 2
        for paragraph in paragraphs:
            for text in fold(paragraph, int((right - left) // pitch), ""):
                self.line(left, y, text, face, size, pitch)
                y += lead
        return y - lead / 2

    def rule(self, x0, y0, x1, y1, thick=3):
        """A rule that presses unevenly: short pieces of slightly different weight."""
        steps = max(1, int(max(abs(x1 - x0), abs(y1 - y0)) / 40))
        for i in range(steps):
            a, b = i / steps, (i + 1) / steps
            self.draw.line((x0 + (x1 - x0) * a, y0 + (y1 - y0) * a, x0 + (x1 - x0) * b, y0 + (y1 - y0) * b),
                           fill=int(np.clip(self.random.normal(215, 30), 110, 255)), width=thick)

    def frame(self, x0, y0, x1, y1, thick=3):
        for side in ((x0, y0, x1, y0), (x1, y0, x1, y1), (x1, y1, x0, y1), (x0, y1, x0, y0)):
            self.rule(*side, thick=thick)


def fold(text, room, free):
    """Cuts text into pieces of `room` places; characters of `free` take none. No line begins with a closing mark."""
    pieces, piece, used = [], "", 0
    for char in text:
        place = 0 if char in free else 1
        if used + place > room and char not in "，。、；：」）":
            pieces.append(piece)
            piece, used = "", 0
        piece += char
        used += place
    if piece:
        pieces.append(piece)
    return pieces
