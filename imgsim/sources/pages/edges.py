"""Edges of a found picture drawn to its outermost ink, on the page at a higher resolution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from imgsim.images import shaping
from imgsim.sources.pages.regions import Box

# The page is looked at this large at most: specks of a 1-bit scan pale by reducing it, lines do not yet.
LONGEST = 1100
# How far an edge may move, and the white that ends a picture, in parts of the page's longer side.
REACH, GAP = 0.012, 0.004
# Ink is darker than this between ink 0 and paper 255; an edge has so much of it along its length, or so many pixels.
DARK = 150
LEAST_SHARE, LEAST_PIXELS = 0.006, 2.0


@dataclass(frozen=True)
class InkPage:
    """A page's ink, bool (h, w); the (width, height) of the opened page, and its pixels to one of these."""

    ink: np.ndarray
    size: tuple[int, int]
    scale: tuple[float, float]


def ink_of(grey: Image.Image) -> InkPage:
    """Where a grey page has ink."""
    factor = min(1.0, LONGEST / max(grey.size))
    size = (max(1, round(grey.width * factor)), max(1, round(grey.height * factor)))
    small = (
        grey.resize(size, Image.Resampling.BOX, reducing_gap=shaping.REDUCING_GAP)
        if size != grey.size
        else grey
    )
    pixels = shaping.whiten(np.asarray(small, dtype=np.uint8))
    return InkPage(pixels < DARK, grey.size, (grey.width / size[0], grey.height / size[1]))


def refined(box: np.ndarray, page: InkPage) -> np.ndarray:
    """A box, float (4,) in pixels of the opened page, with each edge where the ink within its reach ends."""
    height, width = page.ink.shape
    scale = np.array([*page.scale, *page.scale])
    x0, y0, x1, y1 = box / scale
    reach, gap = (max(2, round(part * max(height, width))) for part in (REACH, GAP))
    rows = slice(max(0, round(y0)), min(height, round(y1)))
    columns = slice(max(0, round(x0)), min(width, round(x1)))
    if rows.stop - rows.start < 4 or columns.stop - columns.start < 4:
        return box
    across = page.ink[rows].sum(0) > max(LEAST_PIXELS, LEAST_SHARE * (rows.stop - rows.start))
    down = page.ink[:, columns].sum(1) > max(LEAST_PIXELS, LEAST_SHARE * (columns.stop - columns.start))
    edges = (
        width - _end(across[::-1], width - x0, reach, gap),
        height - _end(down[::-1], height - y0, reach, gap),
        _end(across, x1, reach, gap),
        _end(down, y1, reach, gap),
    )
    return np.array(edges) * scale


def _end(ink: np.ndarray, edge: float, reach: int, gap: int) -> float:
    """Where ink ends about an edge: the first gap from inside outwards; the edge itself where there is none."""
    first, last = max(0, round(edge) - reach), min(len(ink), round(edge) + reach)
    seen: float | None = None
    white = 0
    for at in range(first, last):
        if ink[at]:
            seen, white = at + 1.0, 0
        else:
            white += 1
            if white >= gap and seen is not None:
                return seen
    return seen if seen is not None and seen < last else edge


def whole(box: np.ndarray, size: tuple[int, int]) -> Box:
    """A box in whole pixels within a page of this (width, height), at least one pixel each way."""
    x0, y0 = (int(np.clip(np.floor(box[i] + 0.5), 0, size[i] - 1)) for i in (0, 1))
    x1, y1 = (int(np.clip(np.floor(box[i + 2] + 0.5), low + 1, size[i])) for i, low in ((0, x0), (1, y0)))
    return x0, y0, x1, y1
