"""Many small pictures as one image."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from imgsim.images.sheets import CELL, COLUMNS, sheet
from imgsim.images.thumbnails import thumbnail


def picture(width: int, height: int, tone: int) -> bytes:
    return thumbnail(Image.new("L", (width, height), tone))


def test_each_picture_lies_whole_in_a_cell_of_its_own_and_a_damaged_one_is_left_out() -> None:
    given = [picture(300, 150, 10 * number) for number in range(COLUMNS)]
    body, sizes = sheet([*given, picture(20, 60, 90), None, b"RIFFdamaged", picture(60, 320, 120)])
    assert sizes == [(CELL, CELL // 2)] * COLUMNS + [(20, 60), (0, 0), (0, 0), (24, CELL)]
    whole = np.asarray(Image.open(io.BytesIO(body)).convert("L")).astype(int)
    assert whole.shape == (2 * CELL, COLUMNS * CELL)
    for number, (width, height) in enumerate(sizes):
        top, left = number // COLUMNS * CELL, number % COLUMNS * CELL
        cell = whole[top : top + CELL, left : left + CELL]
        tone = {8: 90, 11: 120}.get(number, 10 * number)
        assert np.abs(cell[2 : max(2, height - 2), 2 : max(2, width - 2)] - tone).max(initial=0) <= 6
        beside = np.ones_like(cell, dtype=bool)
        beside[: height + 3, : width + 3] = False
        assert cell[beside].min(initial=255) > 245
