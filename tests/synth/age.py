"""Ninety years in a box: what happens to ink and paper, and then to the picture of them.

Arrays are float32 from 0 to 1. Ink is density (1: full); pictures are reflectance, height x width x 3.
"""
import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def noise(random, height, width, cell):
    """Smooth noise, mean 0, standard deviation about 1, features of `cell` pixels."""
    small = random.standard_normal((height // cell + 2, width // cell + 2)).astype(np.float32)
    image = Image.fromarray(small).resize((width, height), Image.BICUBIC)
    return np.asarray(image, dtype=np.float32)


def blur(array, radius):
    if radius <= 0:
        return array
    image = Image.fromarray(np.uint8(np.clip(array, 0, 1) * 255)).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(image, dtype=np.float32) / 255


def fatten(ink):
    """Worn type, or a heavy hand on the stencil: every stroke about a pixel wider."""
    return np.clip(blur(ink, 1.2) * 2.0, 0, 1)


def press(ink, random, spread=0.8, loss=0.15, grain=2):
    """Letterpress on coarse paper: ink spreads a little, and misses where the paper is low."""
    height, width = ink.shape
    ink = np.clip((blur(ink, spread) - 0.25) * 2.0, 0, 1)
    paper = noise(random, height, width, 160) * 0.5 + noise(random, height, width, 24) * 0.5
    fibre = noise(random, height, width, grain)
    return ink * np.clip(1.15 - loss * np.maximum(paper + fibre + 0.6, 0), 0.15, 1)


def stencil(ink, random, loss=0.5):
    """Mimeograph: wax stencil and roller. Strokes break into grain, solid places are pale, stray specks everywhere."""
    height, width = ink.shape
    ink = np.clip((blur(ink, 1.0) - 0.3) * 2.2, 0, 1)
    weave = noise(random, height, width, 2) + noise(random, height, width, 4) * 0.6
    roller = noise(random, height, width, 220) * 0.35 + np.sin(np.arange(height) / 170.0)[:, None].astype(np.float32) * 0.2
    kept = 1 / (1 + np.exp(-(1.6 - loss * 2.2 * (weave + roller)) * 2.0))
    specks = (noise(random, height, width, 2) > 3.1) * random.random_sample((height, width)) * 0.7
    return np.clip(ink * kept.astype(np.float32) * 0.9 + specks.astype(np.float32), 0, 1)


def paper(random, height, width, tone, coarse=1.0, stains=3):
    """Yellowed paper: cloudy tone, short fibres, browned edges, a few stains. tone: R, G, B from 0 to 255."""
    light = 1 + coarse * (noise(random, height, width, 300) * 0.022 + noise(random, height, width, 60) * 0.010
                          + noise(random, height, width, 7) * 0.007)
    fibres = Image.new("L", (width, height), 128)
    draw = ImageDraw.Draw(fibres)
    for _ in range(int(height * width / 9000 * coarse)):
        x, y, angle = random.random_sample() * width, random.random_sample() * height, random.random_sample() * np.pi
        length = random.uniform(8, 40)
        draw.line((x, y, x + np.cos(angle) * length, y + np.sin(angle) * length), fill=int(random.normal(118, 22)))
    light += (np.asarray(fibres, dtype=np.float32) / 128 - 1) * 0.16 * coarse
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    edge = np.minimum(np.minimum(x, width - x), np.minimum(y, height - y))
    brown = np.exp(-edge / (0.03 * width)) * np.clip(0.34 + noise(random, height, width, 150) * 0.12, 0, 1)
    for _ in range(stains):
        cx, cy, r = random.random_sample() * width, random.random_sample() * height, random.uniform(0.03, 0.10) * width
        d = np.hypot(x - cx, y - cy) + noise(random, height, width, 50) * r * 0.12
        brown += np.clip((r - d) / r, 0, 1) ** 0.5 * 0.25 + np.exp(-((d - r) / 7) ** 2) * 0.22
    base = np.array(tone, dtype=np.float32) / 255
    shade = np.array([0.12, 0.19, 0.30], dtype=np.float32)
    return np.clip(light[..., None] * base * (1 - brown[..., None] * shade), 0, 1)


def show_through(ink, strength=0.10):
    """The back of the sheet, mirrored and soft."""
    return blur(ink[:, ::-1], 3.5) * strength


def lay(picture, ink, colour=(38, 34, 32), opacity=0.93):
    """Ink over paper."""
    colour = np.array(colour, dtype=np.float32) / 255
    alpha = (ink * opacity)[..., None]
    return picture * (1 - alpha) + colour * alpha


def seal(picture, random, mask, colour=(186, 44, 38)):
    """Seal paste: transparent, so black stays black under it; patchy, stronger at the rim of what was pressed."""
    height, width = mask.shape
    patchy = np.clip(0.82 + noise(random, height, width, 9) * 0.16 + noise(random, height, width, 40) * 0.14, 0.15, 1)
    red = np.array(colour, dtype=np.float32) / 255
    alpha = (blur(mask, 1.0) * patchy)[..., None] * 0.9
    return picture * (1 - alpha) + picture * red * 1.25 * alpha


def crease(picture, random, position, upright):
    """A fold: worn ink along it, a bright ridge and its shadow."""
    height, width = picture.shape[:2]
    along, across = (height, width) if upright else (width, height)
    line = position * across + np.cumsum(random.normal(0, 0.12, along)).astype(np.float32)
    d = np.arange(across, dtype=np.float32)[None, :] - line[:, None]
    ridge = np.exp(-(d / 1.6) ** 2) * 0.16 - np.exp(-((d - 5) / 4) ** 2) * 0.13 - np.exp(-(d / 30) ** 2) * 0.03
    ridge = ridge * np.clip(0.8 + noise(random, along, 90, 45)[:, :1] * 0.4, 0.1, 2)
    if not upright:
        ridge = ridge.T
    return np.clip(picture + ridge[..., None].astype(np.float32), 0, 1)


def turn(picture, degrees, around):
    """Turns the picture counter-clockwise; what comes into sight is `around` (R, G, B)."""
    image = Image.fromarray(np.uint8(picture * 255))
    image = image.rotate(degrees, Image.BICUBIC, expand=False, fillcolor=tuple(around))
    return np.asarray(image, dtype=np.float32) / 255


def on_table(picture, margin, around=(52, 47, 44)):
    """Lays the sheet on a dark table: a margin with a soft shadow."""
    height, width = picture.shape[:2]
    out = np.empty((height + 2 * margin, width + 2 * margin, 3), np.float32)
    out[:] = np.array(around, np.float32) / 255
    out[margin:-margin, margin:-margin] = picture
    return out


def uneven_light(picture, dark, towards):
    """A lamp at one side: brightness falls by `dark` towards (x, y) from 0 to 1, and a little to all corners."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    d = np.hypot(x / width - towards[0], y / height - towards[1])
    corner = np.hypot(x / width - 0.5, y / height - 0.5) ** 2
    return np.clip(picture * (1.06 - dark * np.exp(-(d / 0.62) ** 2) - 0.12 * corner)[..., None], 0, 1)


def gutter(picture, position, depth=0.5):
    """Two leaves of a bound book: the paper bends into the shadow of the fold and the text bends with it."""
    height, width = picture.shape[:2]
    x = np.arange(width, dtype=np.float32) - position * width
    shade = 1 - depth * np.exp(-np.abs(x) / (0.016 * width)) - 0.12 * np.exp(-np.abs(x) / (0.07 * width))
    sink = np.int32(np.round(14 * np.exp(-np.abs(x) / (0.06 * width))))
    out = np.empty_like(picture)
    for column in range(width):
        out[:, column] = np.roll(picture[:, column], -sink[column], axis=0)
    return out * shade[None, :, None]


def camera(picture, random, softness=0.6, grain=0.008, contrast=1.0, lift=0.0):
    """Lens and sensor: blur, noise, flat or steep tone."""
    height, width = picture.shape[:2]
    soft = np.stack([blur(picture[..., i], softness) for i in range(3)], axis=-1)
    soft = (soft - 0.5) * contrast + 0.5 + lift
    grains = random.standard_normal((height, width)).astype(np.float32)
    return np.clip(soft + blur((grains * 0.12 + 0.5), 0.5)[..., None] * grain * 8 - grain * 4, 0, 1)
