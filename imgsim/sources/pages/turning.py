"""Pages that do not stand upright: by how much they must be turned, and where their boxes lie before it."""

from __future__ import annotations

import numpy as np
from PIL import Image

from imgsim.sources.pages.edges import InkPage
from imgsim.sources.pages.letters import upness
from imgsim.sources.pages.page_maps import MARK_STRIDE, MARKS, TURNS, PageMaps
from imgsim.sources.pages.page_pixels import ReadPage
from imgsim.sources.pages.regions import Box

# By degrees clockwise. Pillow's names count the other way.
TRANSPOSED = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}

# The network must be so sure that lines of text run across, or down, the page,
SURE = 0.98
# so much of the page must be text, by which alone one sees which side is up,
LEAST_TEXT = 0.03
# and the letters must tell it with so many standard deviations: for lines that run down, and for lines upside down,
# which are hardly ever met.
SURE_OF_SIDE, SURE_OF_HEAD = 2.0, 3.0


def sure_turn(maps: PageMaps, page: ReadPage, ink: InkPage) -> int:
    """By how many degrees, clockwise, a page must be turned to stand upright; 0 where that is not sure."""
    width, height = (max(1, side // MARK_STRIDE) for side in page.size)
    text = maps.marks[MARKS.index("text"), :height, :width] > 0.5
    if text.mean() < LEAST_TEXT:
        return 0
    where = np.asarray(Image.fromarray(text).resize(ink.ink.shape[::-1], Image.Resampling.NEAREST))
    sideways = float(maps.turn[[TURNS.index(90), TURNS.index(270)]].sum())
    if sideways >= SURE:
        up = upness(np.rot90(ink.ink, -1), np.rot90(where, -1))
        return 90 if up >= SURE_OF_SIDE else 270 if up <= -SURE_OF_SIDE else 0
    if sideways <= 1 - SURE:
        return 180 if upness(ink.ink, where) <= -SURE_OF_HEAD else 0
    return 0


def turned_back(box: Box, turn: int, size: tuple[int, int]) -> Box:
    """Where a box of a page turned clockwise by `turn` degrees lay before; `size`: its (width, height) then."""
    x0, y0, x1, y1 = box
    width, height = size
    if turn == 90:
        return y0, height - x1, y1, height - x0
    if turn == 180:
        return width - x1, height - y1, width - x0, height - y0
    if turn == 270:
        return width - y1, x0, width - y0, x1
    return box
