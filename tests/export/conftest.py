"""What the tests of exports share."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED
from imgsim.collection import Collection
from tests.export.told import collection_of
from tests.kin import box, catalogue_of, pair


@pytest.fixture
def herbals(tmp_path: Path) -> Collection:
    """A family of five plates, one of them without a date, and a plate beside it."""
    catalogue = catalogue_of(
        {
            "a": ("one", 1752), "b": ("two", 1760), "c": ("three", 1790), "d": ("four", None), "e": ("five", 1795),
            "x": ("six", 1800),
        },
        place=["London", "Dublin", "", "Paris", "London", ""],
        title=["Flora Anglica", "Plants", "", "Herbes", "A garden", "Other"],
        author=["Ray, John", "", "", "", "", ""],
    )  # fmt: skip
    pairs = [
        pair("a", "b", MIRRORED, 180, region_b=box(10, 20, 300, 400)),
        pair("b", "c", printing="probably re-engraved"),
    ]
    pairs += [
        pair("a", "c", LOOK_ALIKE),
        pair("b", "d"),
        pair("a", "e", DETAIL, 60),
        pair("c", "x", inliers=14),
    ]
    return collection_of(catalogue, pairs, tmp_path / "thumbnails")
