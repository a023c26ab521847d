"""The parts of a plate: where they lie, and that nothing of a plate is without one."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from imgsim.images.plate_parts import CORNERS, PARTS, parts_of


def test_four_corners_and_the_middle() -> None:
    pixels = np.arange(100 * 60, dtype=np.uint32).reshape(60, 100) % 251
    image = Image.fromarray(pixels.astype(np.uint8))
    parts = [np.asarray(part) for part in parts_of(image)]
    assert [part.shape for part in parts] == [(42, 70)] * PARTS and len(CORNERS) == PARTS == 5
    for part, (top, left) in zip(parts, [(0, 0), (0, 30), (18, 0), (18, 30), (9, 15)], strict=True):
        np.testing.assert_array_equal(part, pixels[top : top + 42, left : left + 70])


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (2, 3), (7, 5)])
def test_parts_of_the_smallest_images_lie_within_them(size: tuple[int, int]) -> None:
    white = Image.new("RGB", size, "white")
    for part in parts_of(white):
        assert part.mode == "RGB" and min(part.size) >= 1
        assert np.asarray(part).min() == 255, "nothing beside the image, which would be black"


def test_any_crop_of_two_fifths_lies_in_one_part_by_four_fifths() -> None:
    rng = np.random.default_rng(0)
    side = 0.4**0.5
    for x, y in rng.uniform(0, 1 - side, (500, 2)):
        shares = [
            max(0, min(x + side, left + 0.7) - max(x, left)) * max(0, min(y + side, top + 0.7) - max(y, top))
            for left, top in CORNERS
        ]
        assert max(shares) / 0.4 > 0.8
