"""Rows in an address."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import pytest

from imgsim.app.services.packed_rows import mark, packed, unpacked
from imgsim.app.services.parameters import MOST_SELECTION, rows

COUNT = 13_151
MARK = mark([f"plate {number}" for number in range(COUNT)])
DRAWN = np.random.default_rng(5)


@pytest.mark.parametrize(
    "chosen",
    [[], [0], [COUNT - 1], [0, 1, 127, 128, 129, 300, 12_000], range(COUNT), range(0, COUNT, 2)],
    ids=len,
)
def test_rows_survive_their_address(chosen: list[int]) -> None:
    text = packed(np.array(chosen, dtype=np.int64), MARK)
    found = unpacked(rows(text), MARK, COUNT)
    assert found is not None and found.dtype == np.int64 and found.tolist() == list(chosen)
    assert (text == "") == (not len(chosen))


def test_any_selection_of_the_largest_known_collection_fits_in_a_link() -> None:
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        scattered = np.flatnonzero(DRAWN.random(COUNT) < share)
        assert len(packed(scattered, MARK)) <= MOST_SELECTION
    assert len(packed(np.sort(DRAWN.choice(COUNT, 20, replace=False)), MARK)) < 80


def test_what_was_another_catalogues_or_is_damaged_selects_nothing() -> None:
    good = packed(np.array([3, 700, 701]), MARK)
    assert unpacked(good, mark(["other"]), COUNT) is None
    assert unpacked(good, MARK, 701) is None  # a row too many
    body = good.partition("-")[2]
    for bad in (f"{MARK}-", f"{MARK}-{body[:-2]}", f"{MARK}-!", f"{MARK}-{'A' * 40}", "x", "-", body):
        assert unpacked(bad, MARK, COUNT) is None
    assert unpacked(rows(good + "A" * MOST_SELECTION), MARK, COUNT) is None  # cut off is not half of it


def test_no_text_unpacks_to_more_than_there_are_plates() -> None:
    bomb = packed(np.arange(2_000_000), MARK)
    assert len(bomb) < MOST_SELECTION and unpacked(bomb, MARK, COUNT) is None


@pytest.mark.parametrize(
    "steps",
    [b"\xff" * 20 + b"\x01", b"\xff" * 8 + b"\x7f\x02", b"\x80" * 30 + b"\x01", b"\x01\xff", b"\x80", b"\x05\x00", b""],
    ids=bytes.hex,
)
def test_steps_beyond_every_plate_or_cut_in_the_middle_select_nothing(steps: bytes) -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = base64.urlsafe_b64encode(deflate.compress(steps) + deflate.flush()).decode().rstrip("=")
    assert unpacked(f"{MARK}-{body}", MARK, COUNT) is None
