"""An image from outside gets the verdicts that it would get as a plate of the collection; a box finds what is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME
from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.features.extraction import Features, extract, mirrored
from imgsim.features.inverted_index import FeatureIndex
from imgsim.features.working_copy import copy_to_describe
from imgsim.verification import unknown_image
from imgsim.verification.match_row import MatchRow
from imgsim.verification.motif_search import Hit
from imgsim.verification.unknown_image import OUTSIDE, compare_outside
from imgsim.verification.verdicts import match
from tests.made_up import copied, joined, made_up, store_of

IMAGE = made_up(500, 300, (600, 900))
MOTIF = np.flatnonzero((np.abs(IMAGE.points[:, 0] - 300) < 150) & (np.abs(IMAGE.points[:, 1] - 450) < 200))
PLATES = [made_up(number) for number in range(30)]
PLATES[3] = copied(IMAGE, turn=0.02, scale=0.97, shift=(8, 5))
PLATES[8] = copied(mirrored(IMAGE), seed=3)
PLATES[13] = joined(PLATES[13], copied(IMAGE, keep=MOTIF.tolist(), seed=4))
NOTHING = Image.new("L", (600, 900), 255)
Compare = Callable[..., list[MatchRow]]


@pytest.fixture
def compare(monkeypatch: pytest.MonkeyPatch) -> Compare:
    """The comparison with an image whose features are IMAGE's, so that every true answer is known."""
    store = store_of(PLATES)
    index = FeatureIndex.build(store)

    def described(*_: Any) -> Features:
        return IMAGE

    def inside(_image: Any, box: tuple[float, ...], _size: Any, _verifier: Any) -> Features:
        x, y = IMAGE.points[:, 0], IMAGE.points[:, 1]
        keep = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
        return Features(IMAGE.size, IMAGE.points[keep], IMAGE.descriptors[keep], IMAGE.vouch[keep])

    monkeypatch.setattr("imgsim.verification.verifiers.sift.extract", described)
    monkeypatch.setattr(unknown_image, "motif_features", inside)
    return lambda box=None, near=(): compare_outside(NOTHING, (600, 900), box, store, index, near)


def test_a_whole_image_gets_the_verdicts_of_a_plate(compare: Compare) -> None:
    found = compare(near=[13, 20, 20, 3])
    said = {one.b: one for one in found}
    assert len(said) == len(found) and all(one.a == OUTSIDE for one in found)
    assert {3, 8, 13, 20} <= set(said), (
        "the index finds what the network did not, and what it did is looked at"
    )
    assert (said[3].verdict, said[8].verdict, said[20].verdict) == (SAME, MIRRORED, LOOK_ALIKE)
    assert said[13].verdict == DETAIL and not said[13].mirrored
    for row, one in said.items():
        plain = match(IMAGE, PLATES[row])
        assert (one.verdict, one.inliers, one.mirrored) == (plain.verdict, plain.inliers, plain.mirrored)
    keys = [(not one.verified, -one.inliers, one.b) for one in found]
    assert keys == sorted(keys)


def test_what_is_in_a_box_is_found_again(compare: Compare) -> None:
    found = compare(box=(0.25, 250 / 900, 0.75, 650 / 900), near=[20, 3, 13])
    said = {one.b: one for one in found}
    assert {row for row, one in said.items() if one.verified} == {3, 8, 13}
    assert all(one.verdict == DETAIL and np.isnan(one.coverage_a) for one in found if one.verified)
    assert said[8].mirrored and not said[3].mirrored
    # where it lies: the box itself, turned and resized as the plate is
    corners = np.array([[150, 250], [450, 650]]) @ np.array([[0.97, 0], [0, 0.97]]) + (8, 5)
    region = said[3].region_b
    assert np.abs(region.min(0) - corners[0]).max() < 60 and np.abs(region.max(0) - corners[1]).max() < 60
    assert said[20].verdict == LOOK_ALIKE and said[20].inliers >= 0


@pytest.mark.parametrize("box", [None, (0.1, 0.1, 0.9, 0.9)])
def test_an_empty_image_is_refused_in_words(box: Any) -> None:
    store = store_of(PLATES)
    assert len(extract(NOTHING, NOTHING.size)) < 8
    with pytest.raises(ImgsimError, match=r"lines|features"):
        compare_outside(NOTHING, NOTHING.size, box, store, FeatureIndex.build(store))


def test_a_plate_of_the_sample_gets_the_verdicts_of_its_collection(prepared: Path) -> None:
    collection = open_collection(prepared / "sample")
    matches, store, index = collection.matches, collection.features, collection.feature_index
    assert matches is not None and store is not None and index is not None
    seen = 0
    for row in range(0, len(collection.catalogue), 6):
        opened = copy_to_describe(collection.plate_bytes(row))
        near = collection.neighbour_table("plates18")[0][row, :20].tolist()
        found = compare_outside(opened.image, opened.size, None, store, index, near)
        assert (found[0].b, found[0].verdict) == (row, SAME)
        said = {one.b: one.verdict for one in found if one.verified and one.b != row}
        known = {one.b: one.verdict for one in matches.of(row) if one.verified}
        assert said == known
        seen += len(known)
    assert seen, "the test needs plates that were used again"


def test_few_agreeing_lines_in_a_box_prove_nothing(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    region, eye = np.array([[0, 0], [9, 0], [9, 9]], np.float32), np.eye(3)
    hits = [Hit(row, row == 5, 30, score, region, eye) for row, score in ((4, 24.9), (5, 25.0), (6, 90.0))]
    monkeypatch.setattr(unknown_image, "find_motif", lambda *_, **__: hits)
    found = compare(box=(0.0, 0.0, 1.0, 1.0))
    assert {one.b: one.verdict for one in found} == {4: LOOK_ALIKE, 5: DETAIL, 6: DETAIL}
    assert [one.inliers for one in found] == [30, 30, 30] and found[-1].b == 4
    # of a box with few features half will do
    small = next(width for width in np.linspace(0.02, 1, 99) if len(inside(width)) >= 20)
    wanted = len(inside(small)) / 2
    assert wanted < 25
    hits[:] = [Hit(4, False, 12, wanted, region, eye), Hit(5, False, 12, wanted - 0.1, region, eye)]
    assert {one.b: one.verified for one in compare(box=(0.0, 0.0, small, 1.0))} == {4: True, 5: False}


def inside(width: float) -> np.ndarray:
    return np.flatnonzero(IMAGE.points[:, 0] <= width * IMAGE.size[0])
