"""The scan: a copperplate printed on old paper, bound, stamped, and put under a microfilm camera.

About two thirds of the scans are 1-bit with specks and black page edges, as ECCO's are; the others are grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from imgsim.sources.sample.copperplate import PlateSpec, copperplate
from imgsim.sources.sample.engraving import engrave, pull
from imgsim.sources.sample.lettering import line_of_letters
from imgsim.sources.sample.shapes import Cut, Hand, Line, Picture, Rng

BILEVEL_SHARE = 0.65
_GRAIN = 1700


@lru_cache(maxsize=1)
def _grain() -> np.ndarray:
    """Noise of unit deviation, made once for all pages; a page takes a window of it."""
    return np.random.default_rng(1799).standard_normal((_GRAIN, _GRAIN), dtype=np.float32)


def _noise(rng: Rng, shape: tuple[int, int]) -> np.ndarray:
    y, x = (int(rng.integers(0, _GRAIN - n)) for n in shape)
    window = _grain()[y:y + shape[0], x:x + shape[1]]
    return window[::-1] if rng.random() < 0.5 else window


def _clouds(rng: Rng, size: tuple[int, int], cells: int) -> np.ndarray:
    """Slow variation over the page, about -1 to 1."""
    small = rng.uniform(-1, 1, (cells + 2, cells)).astype(np.float32)
    return np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC))


def scan(spec: PlateSpec) -> Image.Image:
    """The finished scan of a plate, mode "1" or "L", 650 to 1,000 pixels on its short side."""
    rng = np.random.default_rng([spec.scan, 31])
    picture, letters, plate = copperplate(spec)
    bilevel = bool(rng.random() < BILEVEL_SHARE)
    size, matrix, paper = _placing(rng, plate, spec, picture)
    ink = float(rng.uniform(0.85, 1.25))
    gain = float(rng.normal(0.0, 0.15)) + (0.25 if bilevel else 0.4)
    if spec.cropped or spec.mirrored:
        # The letters of a reversed plate were cut anew the right way round; a detail has none.
        seen = _reversed(matrix, plate) if spec.mirrored else matrix
        cover = np.asarray(pull(picture, size, seen, ink=ink, gain=gain))
        if not spec.cropped:
            cover = np.minimum(cover, np.asarray(pull(letters, size, matrix, ink=ink, gain=gain)))
    else:
        cover = np.asarray(pull([*picture, *letters], size, matrix, ink=ink, gain=gain))
    cover = 1.0 - cover.astype(np.float32) / 255.0
    stamp = _stamp(rng, size) if rng.random() < 0.16 else None
    if bilevel:
        return _bilevel(rng, cover, paper, stamp)
    return _grey(rng, cover, paper, stamp, None if spec.cropped else _plate_mark(rng, plate, matrix))


def _reversed(matrix: np.ndarray, plate: tuple[float, float]) -> np.ndarray:
    flip = matrix.copy()
    flip[:, 0] = -matrix[:, 0]
    flip[:, 2] = matrix[:, 2] + matrix[:, 0] * plate[0]
    return flip


def _placing(rng: Rng, plate: tuple[float, float], spec: PlateSpec, picture: Sequence[Cut],
             ) -> tuple[tuple[int, int], np.ndarray, np.ndarray]:
    """Size of the scan, the transform from plate to scan, and the corners of the page (4, 2) in pixels."""
    short = float(rng.uniform(690, 960))
    scale = short / min(plate)
    margins = rng.uniform(0.0, 0.07, 4) * short
    left, top, extent = 0.0, 0.0, np.array(plate)
    if spec.cropped:
        share = float(rng.uniform(0.5, 0.68))
        extent = np.array(plate) * np.array([share, share * float(rng.uniform(0.75, 1.0))])
        left, top = _detail(rng, plate, extent, picture)
        scale *= float(rng.uniform(0.8, 1.0)) / share ** 0.8
        margins *= 0.0
    width, height = extent * scale
    size = (int(width + margins[0] + margins[2]), int(height + margins[1] + margins[3]))
    turn = float(np.clip(rng.normal(0, 0.011), -0.035, 0.035))
    c, s = np.cos(turn) * scale, np.sin(turn) * scale
    stretch = 1 + float(rng.normal(0, 0.006))  # damp paper shrinks more one way
    linear = np.array([[c * stretch, -s], [s * stretch, c]])
    middle = np.array([left, top]) + extent / 2
    target = np.array([margins[0] + width / 2, margins[1] + height / 2])
    matrix = np.column_stack((linear, target - linear @ middle))
    reach = np.array(size) * (0.5 + rng.uniform(-0.012, 0.06, 2))
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    page = np.array(size) / 2 + rng.normal(0, 0.012, 2) * size + (signs * reach + rng.normal(0, 2.5, (4, 2))) @ turned.T
    return size, matrix, page


def _detail(rng: Rng, plate: tuple[float, float], extent: np.ndarray, picture: Sequence[Cut],
            ) -> tuple[float, float]:
    """The corner of a detail: of some windows taken at random, the one with most lines in it."""
    ink = np.concatenate([cut.points.mean(1) for cut in picture if not cut.white])
    corners = rng.uniform(0, 1, (8, 1, 2)) * (np.array(plate) - extent)
    inside = ((ink > corners) & (ink < corners + extent)).all(-1).sum(1)
    best = corners[int(inside.argmax()), 0]
    return float(best[0]), float(best[1])


def _off_page(size: tuple[int, int], page: np.ndarray) -> np.ndarray | None:
    """Where the scan shows what lies beyond the page; None where it shows nothing of it."""
    inside = (page[[0, 3], 0].max() <= 0 and page[[1, 2], 0].min() >= size[0]
              and page[[0, 1], 1].max() <= 0 and page[[2, 3], 1].min() >= size[1])
    if inside:
        return None
    mask = Image.new("L", size, 255)
    ImageDraw.Draw(mask).polygon([(float(x), float(y)) for x, y in page], fill=0)
    return np.asarray(mask) > 0


def _stamp(rng: Rng, size: tuple[int, int]) -> tuple[Image.Image, tuple[int, int]]:
    """A library's stamp and where it sits: its ink covers 255 to 0."""
    wide, high = (170, 112) if rng.random() < 0.6 else (128, 128)
    angle = np.linspace(0, 2 * np.pi, 41)
    circle = np.column_stack((np.cos(angle), np.sin(angle)))
    picture: Picture = [Line(circle * [wide / 2 - i, high / 2 - i] + [wide / 2 + 8, high / 2 + 8], 2.6, 1, 1)
                        for i in (2, 9)]
    words = (("BIBLIOTHECA", "FICTA", "1799"), ("MVSEVM", "IMAGINVM"), ("EX LIBRIS", "NEMINIS"), ("SAMPLE", "LIBRARY"))
    lines = words[int(rng.integers(len(words)))]
    for i, word in enumerate(lines):
        picture += line_of_letters(word, wide / 2 + 8, high / 2 + 14 + (i - (len(lines) - 1) / 2) * 21,
                                   min(13.0, wide * 0.8 / len(word)), slant=0.0, spacing=0.06)
    turn, scale = float(rng.normal(0, 0.3)), min(size) / 850
    c, s = np.cos(turn) * scale, np.sin(turn) * scale
    side = int((max(wide, high) + 40) * scale)
    linear = np.array([[c, -s], [s, c]])
    matrix = np.column_stack((linear, np.array([side / 2, side / 2]) - linear @ np.array([wide / 2 + 8, high / 2 + 8])))
    image = pull(engrave(picture, Hand()), (side, side), matrix)
    x = int(rng.choice([0.05, 0.3, 0.7]) * size[0] + rng.uniform(-20, 20))
    y = int(rng.choice([0.04, 0.72, 0.8]) * size[1] + rng.uniform(-20, 20))
    return image, (int(np.clip(x, 0, size[0] - side)), int(np.clip(y, 0, size[1] - side)))


def _paste_stamp(cover: np.ndarray, stamp: tuple[Image.Image, tuple[int, int]], strength: float, rng: Rng) -> None:
    image, (x, y) = stamp
    ink = (1 - np.asarray(image, np.float32) / 255) * strength
    window = cover[y:y + image.height, x:x + image.width]
    patchy = np.clip(1.0 + 0.35 * _noise(rng, window.shape), 0.2, 1.0)
    np.maximum(window, (ink * patchy)[:window.shape[0], :window.shape[1]], out=window)


def _plate_mark(rng: Rng, plate: tuple[float, float], matrix: np.ndarray) -> np.ndarray | None:
    """Corners (4, 2) of the mark that the edge of the copper pressed into the paper."""
    if rng.random() < 0.3:
        return None
    out = float(rng.uniform(0, 14))
    corners = np.array([[-out, -out], [plate[0] + out, -out], [plate[0] + out, plate[1] + out], [-out, plate[1] + out]])
    return corners @ matrix[:, :2].T + matrix[:, 2]


def _bilevel(rng: Rng, cover: np.ndarray, page: np.ndarray, stamp: tuple[Image.Image, tuple[int, int]] | None,
             ) -> Image.Image:
    height, width = cover.shape
    size = (width, height)
    if stamp:
        _paste_stamp(cover, stamp, float(rng.uniform(0.5, 0.9)), rng)
    level = 0.36 + 0.09 * float(rng.random()) + 0.12 * _clouds(rng, size, 4)
    black = cover + 0.11 * _noise(rng, cover.shape) > level
    _specks(rng, black, int(rng.choice([15, 60, 250, 900], p=[0.35, 0.35, 0.2, 0.1])))
    beyond = _off_page(size, page)
    if beyond is not None:
        black |= beyond & (_noise(rng, cover.shape) < float(rng.uniform(1.2, 3.0)))
    if rng.random() < 0.25:
        _gutter(rng, black)
    return Image.fromarray(~black)


def _specks(rng: Rng, black: np.ndarray, count: int) -> None:
    """Dirt of the film: dots of one to three pixels, some in clouds."""
    height, width = black.shape
    y, x = rng.uniform(0, height, count), rng.uniform(0, width, count)
    third = count // 3
    if third:
        y[:third] = rng.uniform(0, height) + rng.normal(0, 60, third)
        x[:third] = rng.uniform(0, width) + rng.normal(0, 60, third)
    rows = np.clip(y, 0, height - 3).astype(np.int64)
    columns = np.clip(x, 0, width - 3).astype(np.int64)
    reach = rng.integers(0, 3, (2, count))
    for dy in range(3):
        for dx in range(3):
            near = (reach[0] >= dy) & (reach[1] >= dx)
            black[rows[near] + dy, columns[near] + dx] = True


def _gutter(rng: Rng, black: np.ndarray) -> None:
    """The shadow of the binding: a ragged black band down one side."""
    height, width = black.shape
    edge = rng.uniform(0.01, 0.035) * width + np.cumsum(rng.normal(0, 0.35, height)) + rng.normal(0, 1.0, height)
    columns = np.arange(width) if rng.random() < 0.5 else np.arange(width)[::-1]
    reach = int(width * 0.12)
    near = np.flatnonzero(columns < reach)
    black[:, near] |= columns[near][None, :] < np.clip(edge, 2, reach)[:, None]


def _grey(rng: Rng, cover: np.ndarray, page: np.ndarray, stamp: tuple[Image.Image, tuple[int, int]] | None,
          mark: np.ndarray | None) -> Image.Image:
    height, width = cover.shape
    size = (width, height)
    tone = float(rng.uniform(190, 242))
    paper = tone + float(rng.uniform(2, 8)) * _clouds(rng, size, 5)
    paper = paper + float(rng.uniform(1.0, 2.6)) * _noise(rng, cover.shape)
    paper += _stains(rng, size, tone)
    if rng.random() < 0.3:
        paper -= float(rng.uniform(4, 11)) * np.sin(np.arange(width) * (2 * np.pi / float(rng.uniform(70, 110)))) ** 40
    ink = float(rng.uniform(15, 66))
    strength = np.clip(1.0 + 0.18 * _clouds(rng, size, 6) + 0.10 * _noise(rng, cover.shape), 0, 1.1)
    image = paper + (ink - paper) * np.minimum(cover * strength, 1.0)
    if stamp:
        mask = np.zeros_like(cover)
        _paste_stamp(mask, stamp, float(rng.uniform(0.35, 0.8)), rng)
        image -= mask * (image - 60)
    if rng.random() < 0.5:
        side = float(rng.uniform(0.05, 0.22)) * width
        x = np.arange(width, dtype=np.float32)
        x = x if rng.random() < 0.5 else x[::-1]
        image *= 1 - float(rng.uniform(0.1, 0.55)) * np.exp(-x / side)
    beyond = _off_page(size, page)
    if beyond is not None:
        dark = float(rng.uniform(8, 70))
        image = np.where(beyond, dark + 3 * _noise(rng, cover.shape), image)
    # Steps of a few grey levels are what cheap scanners gave, and keep the files small.
    step = float(rng.choice([4, 6, 8]))
    levels = np.clip(np.round(image / step) * step, 0, 255).astype(np.uint8)
    scanned = Image.fromarray(levels)
    if mark is not None:
        _press(scanned, mark, tone)
    if rng.random() < 0.4:
        scanned = scanned.filter(ImageFilter.BoxBlur(float(rng.uniform(0.3, 0.7))))
        scanned = scanned.point([min(255, int(round(v / step) * step)) for v in range(256)])
    return scanned


def _press(scanned: Image.Image, mark: np.ndarray, tone: float) -> None:
    draw = ImageDraw.Draw(scanned)
    for shift, shade in ((0.0, 0.86), (2.0, 1.035)):
        corners = [(float(x) + shift, float(y) + shift) for x, y in mark]
        draw.line([*corners, corners[0]], fill=int(min(tone * shade, 255)), width=2)


def _stains(rng: Rng, size: tuple[int, int], tone: float) -> np.ndarray:
    """What is lighter or darker than clean paper: foxing, damp, and the print on the other side showing through."""
    small = (size[0] // 4 + 1, size[1] // 4 + 1)
    layer = Image.new("L", small, 0)
    draw = ImageDraw.Draw(layer)
    if rng.random() < 0.6:
        for _ in range(int(rng.integers(8, 60))):
            x, y, r = rng.uniform(0, small[0]), rng.uniform(0, small[1]), float(rng.exponential(1.0)) + 0.5
            draw.ellipse((x - r, y - r, x + r, y + r), fill=int(rng.uniform(15, 95)))
    if rng.random() < 0.15:
        x, y, r = rng.choice([0, small[0]]), rng.uniform(0, small[1]), rng.uniform(30, 90)
        draw.ellipse((x - r, y - r, x + r, y + r), outline=int(rng.uniform(20, 50)), width=2,
                     fill=int(rng.uniform(6, 16)))
    layer = layer.filter(ImageFilter.BoxBlur(1.3))
    if rng.random() < 0.22:
        layer = Image.fromarray(np.maximum(np.asarray(layer), _show_through(rng, small)))
    wide = layer.resize(size, Image.Resampling.BILINEAR)
    return np.asarray(wide, np.float32) * (-tone / 255)


def _show_through(rng: Rng, size: tuple[int, int]) -> np.ndarray:
    """Lines of text from the other side of the leaf, faint and blurred."""
    layer = Image.new("L", size, 0)
    draw = ImageDraw.Draw(layer)
    leading, strength = float(rng.uniform(6.5, 9)), int(rng.uniform(8, 20))
    y = size[1] * float(rng.uniform(0.06, 0.12))
    while y < size[1] * 0.93:
        x = size[0] * 0.1
        while x < size[0] * 0.9:
            word = float(rng.uniform(4, 17))
            draw.line((x, y, min(x + word, size[0] * 0.9), y), fill=strength, width=2)
            x += word + 3
        y += leading
    return np.asarray(layer.filter(ImageFilter.BoxBlur(1.3)))
