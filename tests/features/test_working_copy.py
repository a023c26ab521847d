"""How large a plate is described: by its area, in parts, and enlarged where it is small."""

import io

import numpy as np
import pytest
from PIL import Image

from imgsim.features.extraction import MAX_FEATURES, MOST_OF_ALL, extract
from imgsim.features.working_copy import (
    MOST_PIXELS,
    SMALL,
    extent,
    open_to_describe,
    tiles,
    working_copy,
    working_size,
)
from tests.making import scribbled


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1200, 900), (640, 480)), ((900, 1200), (480, 640)), ((2000, 1000), (640, 320)), ((500, 400), (500, 400)),
        ((640, 20), (640, 20)), ((8400, 700), (3840, 320)), ((700, 8400), (320, 3840)), ((17500, 700), (8000, 320)),
        ((144, 100), (300, 208)), ((60, 40), (240, 160)), ((1, 700), (1, 700)), ((1, 1), (4, 4)),
    ],
)  # fmt: skip
def test_the_size_at_which_a_plate_is_described(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert working_size(size) == expected


def test_however_long_a_plate_is_it_stays_within_bounds() -> None:
    for ratio in (30, 100, 1000):
        width, height = working_size((400 * ratio, 400))
        assert width * height <= 1.02 * MOST_PIXELS
        assert len(list(tiles((width, height)))) <= width // 300 + 1


def test_parts_of_a_small_original_are_enlarged_and_those_of_a_large_one_are_not() -> None:
    piece = Image.new("L", (100, 80), 200)
    assert max(working_copy(piece).size) == 300
    assert working_copy(piece, (SMALL, 300)).size == (100, 80)


COUNTS = {(3840, 320): 6, (320, 8000): 12, (1, 700): 2, (700, 3): 2}


@pytest.mark.parametrize("size", [(640, 480), (640, 320), (3840, 320), (320, 8000), (1, 700), (700, 3), (1, 1)])
def test_every_pixel_belongs_to_one_part_that_sees_more(size: tuple[int, int]) -> None:
    owners = np.zeros(size[::-1], int)
    for tile in tiles(size):
        left, top, right, bottom = tile.own
        owners[top:bottom, left:right] += 1
        assert tile.seen[0] <= left and tile.seen[1] <= top and tile.seen[2] >= right and tile.seen[3] >= bottom
    assert (owners == 1).all()
    assert len(list(tiles(size))) == COUNTS.get(size, 1)


def test_what_is_near_on_a_fold_out_is_told_by_its_height() -> None:
    assert extent((600, 400)) == (600, 400) and extent((400, 800)) == (400, 800)
    assert extent((9000, 500)) == (1000, 500) and extent((500, 9000)) == (500, 1000)


def test_every_part_of_a_fold_out_has_its_features_and_all_are_bounded() -> None:
    sheet = scribbled((3600, 320))
    found = extract(sheet, (sheet.width * 2, sheet.height * 2))
    assert MAX_FEATURES < len(found) <= MOST_OF_ALL
    counts, _ = np.histogram(found.points[:, 0], 12, (0, sheet.width * 2))
    assert counts.min() > 100
    # No feature is found twice where parts meet.
    assert len(np.unique(np.round(found.points, 2), axis=0)) == len(found)


def test_the_strongest_are_still_the_first() -> None:
    found = extract(scribbled((2400, 320)), (2400, 320))
    assert found.vouch[: int(found.vouch.sum())].all()


def test_a_reducing_decoder_is_asked_for_more_of_a_fold_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imgsim.images.strips.LARGE", 100_000)
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (400, 8000), np.uint8)).save(stream, "PNG")
    opened = open_to_describe(stream.getvalue())
    assert opened.size == (8000, 400) and min(opened.image.size) >= 320
    assert working_copy(opened.image, opened.size).size == (6400, 320)
