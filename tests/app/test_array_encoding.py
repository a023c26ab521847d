"""The files that travel to the map in the browser."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from imgsim.app import components
from imgsim.app.components.plate_map.array_encoding import encode_pictures, encode_ties
from imgsim.errors import ImgsimError


@pytest.mark.parametrize("count", [0, 1, 7, 1000])
def test_points_have_the_documented_layout(count: int) -> None:
    xy = np.random.default_rng(1).normal(size=(count, 2))
    data = components.encode_points(xy)
    assert data[:4] == b"IMGP"
    assert struct.unpack("<III", data[4:16]) == (1, count, 0)
    flat = struct.unpack(f"<{2 * count}f", data[16:])
    np.testing.assert_array_equal(np.array(flat, np.float32).reshape(-1, 2), xy.astype(np.float32))
    np.testing.assert_array_equal(components.decode_points(data), xy.astype(np.float32))


def test_tones_have_the_documented_layout() -> None:
    tones = np.array([0, 3, 255, 1], dtype=np.int64)
    data = components.encode_tones(tones)
    assert data == b"IMGT" + struct.pack("<III", 1, 4, 0) + bytes([0, 3, 255, 1])
    np.testing.assert_array_equal(components.decode_tones(data), tones)


def test_ties_have_the_documented_layout() -> None:
    assert encode_ties(np.array([[1, 2], [70_000, 0]])) == b"IMGL" + struct.pack("<IIIIIII", 1, 2, 0, 1, 2, 70_000, 0)
    for pairs in (np.array([1, 2]), np.array([[0, -1]]), np.array([[0.5, 1.0]])):
        with pytest.raises(ImgsimError, match="ties are rows of shape"):
            encode_ties(pairs)


def test_a_sheet_of_pictures_has_the_documented_layout() -> None:
    data = encode_pictures(b"an image", [(128, 3), (0, 0)], 128)
    assert data == b"IMGS" + struct.pack("<III", 1, 2, 128) + bytes([128, 3, 0, 0]) + b"an image"
    with pytest.raises(ImgsimError, match="cells of 128 pixels, not 129"):
        encode_pictures(b"", [(129, 3)], 128)


@pytest.mark.parametrize("count", [1, 7, 8, 9, 13_151])
def test_masks_round_trip(count: int) -> None:
    mask = np.random.default_rng(2).random(count) < 0.3
    text = components.encode_mask(mask)
    np.testing.assert_array_equal(components.decode_mask(text, count), mask)
    packed = base64.b64decode(text)
    assert len(packed) == -(-count // 8)
    assert [bool(packed[row // 8] >> (row % 8) & 1) for row in range(count)] == mask.tolist()


def test_a_rerun_is_small() -> None:
    assert len(components.encode_mask(np.ones(13_151, bool))) < 2_500


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:10],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: b"IMGX" + data[4:],
        lambda data: data[:4] + struct.pack("<I", 2) + data[8:],
        lambda data: data[:8] + struct.pack("<I", 2**31) + data[12:],
        lambda data: b"",
    ],
)
def test_spoilt_files_are_refused(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ImgsimError):
        components.decode_points(spoil(components.encode_points(np.ones((5, 2)))))
    with pytest.raises(ImgsimError):
        components.decode_tones(spoil(components.encode_tones(np.ones(5, int))))


@pytest.mark.parametrize(
    "xy", [np.zeros(4), np.zeros((3, 3)), np.zeros((2, 2, 2)), [[0, np.nan]], [[np.inf, 1]]]
)
def test_points_of_another_shape_or_not_finite_are_refused(xy: Any) -> None:
    with pytest.raises(ImgsimError):
        components.encode_points(xy)


@pytest.mark.parametrize("tones", [[-1], [256], [0.5], [[1, 2]]])
def test_tones_out_of_range_are_refused(tones: Any) -> None:
    with pytest.raises(ImgsimError):
        components.encode_tones(np.array(tones))


@pytest.mark.parametrize("text", ["", "AAA", "====", "AAAAAAAA", "é"])
def test_damaged_masks_are_refused(text: str) -> None:
    with pytest.raises(ImgsimError):
        components.decode_mask(text, 17)


def test_labels_are_lists_by_row_and_keep_hostile_titles() -> None:
    title = '<img src=x onerror="alert(1)"> é 🌿 "quoted" \u2028'
    data = components.encode_labels(["0904700600", "b"], [title, "NA"], ["x", "y"], ["1752", ""])
    assert json.loads(data.decode("utf-8")) == {
        "id": ["0904700600", "b"],
        "title": [title, "NA"],
        "thumbnail": ["x", "y"],
        "detail": ["1752", ""],
    }
    with pytest.raises(ImgsimError, match="equally many"):
        components.encode_labels(["a", "b"], ["one"], ["x", "y"])
