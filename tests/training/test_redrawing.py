"""Plates drawn again by another hand: still the same picture, in other lines."""

import numpy as np
import pytest

from imgsim.training import redrawing
from tests.training.drawn import draw

WAYS = [redrawing.redrawn, redrawing.strayed, redrawing.washed, redrawing.outlined, redrawing.hatched]


@pytest.mark.parametrize("way", WAYS)
def test_the_shape_stays_and_the_seed_decides(way):
    plate = np.array(draw(0))
    for seed in range(12):
        first = way(plate, np.random.default_rng(seed))
        assert first.shape == plate.shape and first.dtype == np.uint8
        assert np.array_equal(first, way(plate, np.random.default_rng(seed)))
        assert not np.array_equal(first, plate)
    assert np.array_equal(plate, np.array(draw(0))), "the plate itself must stay as it is"


@pytest.mark.parametrize("way", WAYS)
def test_blank_and_black_sheets_are_drawn_without_a_warning(way):
    for grey in (0, 130, 255):
        with np.errstate(all="raise"):
            drawn = way(np.full((40, 60), grey, np.uint8), np.random.default_rng(1))
        assert drawn.shape == (40, 60)


def test_parts_stray_but_not_far():
    plate = np.full((200, 160), 255, np.uint8)
    plate[90:110, 70:90] = 0
    moved = []
    for seed in range(40):
        rows, columns = np.nonzero(redrawing.strayed(plate, np.random.default_rng(seed)) < 128)
        moved.append(np.hypot(rows.mean() - 99.5, columns.mean() - 79.5))
    assert 1 < np.median(moved) < 200 * 0.05 and max(moved) < 200 * 0.15


def test_hatching_darkens_with_the_tone():
    ramp = np.tile(np.linspace(0, 255, 240, dtype=np.uint8), (120, 1))
    drawn = redrawing.hatched(ramp, np.random.default_rng(4))
    thirds = [float(part.mean()) for part in np.split(drawn, 3, axis=1)]
    assert thirds[0] < thirds[1] < thirds[2]
