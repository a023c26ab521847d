"""Negatives and fold-outs: proven from end to end on generated plates, and nothing unlike them is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, NEGATIVE, SAME, turned
from imgsim.features.extraction import Features, extract
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import FeatureIndex
from imgsim.sources.sample import draw_plate
from imgsim.verification.candidate_sources.local_features import local_neighbours
from imgsim.verification.geometry import moved
from imgsim.verification.match_table import read_table, schema, table_bytes, to_table
from imgsim.verification.unknown_image import compare_outside
from imgsim.verification.verdicts import match
from tests.making import scribbled
from tests.verification.rows import parquet, some


def described(image: Image.Image) -> Features:
    return extract(image, image.size)


@pytest.fixture(scope="module")
def plates() -> list[Image.Image]:
    return [draw_plate(16 * (300 + at), width=420) for at in range(5)]


@pytest.fixture(scope="module")
def features(plates: list[Image.Image]) -> list[Features]:
    return [described(plate) for plate in plates]


@pytest.mark.parametrize("mirror", [False, True])
def test_a_negative_is_one_seen_from_either_side(
    plates: list[Image.Image], features: list[Features], mirror: bool
) -> None:
    image = ImageOps.invert(ImageOps.mirror(plates[0]) if mirror else plates[0]).resize((630, 900))
    negative = described(image)
    for a, b in ((features[0], negative), (negative, features[0])):
        found = match(a, b)
        assert (found.verdict, found.negative, found.mirrored) == (NEGATIVE, True, mirror)
        x, y = np.array(a.size) * 0.3
        x_there = b.size[0] * (0.7 if mirror else 0.3)
        there = moved(found.transform, np.array([[x, y]]))
        assert np.allclose(there, [[x_there, b.size[1] * 0.3]], atol=6)


def test_without_a_tone_negatives_are_sought_and_two_light_plates_are_no_negatives(features: list[Features]) -> None:
    from imgsim.features.extraction import inverted

    untold = replace(inverted(features[1]), tone=float("nan"))
    assert match(features[1], untold).verdict == NEGATIVE
    # Never asked for: both are light.
    assert match(features[1], replace(untold, tone=0.9)).verdict == LOOK_ALIKE


def test_a_part_of_a_negative_is_a_detail_and_says_so(plates: list[Image.Image], features: list[Features]) -> None:
    width, height = plates[2].size
    part = ImageOps.invert(plates[2]).crop((0, 0, width, height // 2)).resize((840, height))
    found = match(features[2], described(part))
    assert (found.verdict, found.negative) == (DETAIL, True)
    assert turned(found.verdict, found.mirrored, found.negative) == ", negative"


def test_two_negatives_are_the_same_image_and_other_plates_are_nothing(
    plates: list[Image.Image], features: list[Features]
) -> None:
    one, two = ImageOps.invert(plates[0]), ImageOps.invert(plates[0].rotate(4, expand=True, fillcolor=255))
    found = match(described(one), described(two))
    assert (found.verdict, found.negative) == (SAME, False)
    negatives = [described(ImageOps.invert(plate)) for plate in plates]
    for at, plate in enumerate(features):
        assert all(match(plate, other).verdict == LOOK_ALIKE for k, other in enumerate(negatives) if k != at)
    assert match(negatives[1], described(ImageOps.invert(ImageOps.mirror(plates[1])))).verdict == MIRRORED


def test_a_negative_is_a_candidate_and_found_from_outside(
    tmp_path: Path, plates: list[Image.Image], features: list[Features]
) -> None:
    negatives = [described(ImageOps.invert(ImageOps.mirror(plate))) for plate in plates]
    every = [*features, *negatives]
    FeatureStore.write(tmp_path, every)
    store = FeatureStore.open(tmp_path, np.array([one.size for one in every]))
    assert [store.features(row).tone for row in (0, 7)] == pytest.approx([features[0].tone, negatives[2].tone])
    index = FeatureIndex.build(store)
    pairs = {(row, int(other)) for row, others in local_neighbours(index, store, 3, workers=1) for other in others}
    assert all((at, 5 + at) in pairs or (5 + at, at) in pairs for at in range(5))
    # A light image from outside finds the dark plate, too.
    found = compare_outside(plates[3], plates[3].size, None, store, index, workers=1)
    assert {(one.b, one.verdict, one.negative) for one in found if one.verified} >= {(8, NEGATIVE, True)}


def test_matches_of_before_have_no_negatives() -> None:
    table = to_table(some())
    former = parquet(table.drop_columns("negative"))
    read = read_table(former)
    assert read.schema == schema() and read["negative"].to_pylist() == [False] * len(table)
    assert str(read_table(table_bytes(table)).to_pylist()) == str(table.to_pylist())


# -- fold-outs


def fold_out(plates: list[Image.Image], height: int, ratio: int) -> Image.Image:
    """The plates side by side, each followed by strokes of which no two are alike."""
    sheet = scribbled((height * ratio, height))
    for at, plate in enumerate(plates):
        part = plate.resize((plate.width * height // plate.height, height))
        sheet.paste(part, (at * sheet.width // len(plates) + 30, 0))
    return sheet


@pytest.mark.parametrize(("ratio", "upright"), [(10, False), (10, True), (25, False)])
def test_a_plate_and_a_second_scan_of_a_fold_out_are_found(
    plates: list[Image.Image], features: list[Features], ratio: int, upright: bool
) -> None:
    sheet = fold_out(plates[:3], 420, ratio)
    again = sheet.resize((sheet.width * 3 // 4, 315)).rotate(0.4, expand=False, fillcolor=240)
    if upright:
        sheet = sheet.transpose(Image.Transpose.ROTATE_90)
    whole = described(sheet)
    for plate in features[:3]:
        found = match(plate, whole)
        assert found.verdict == DETAIL
        assert float(np.ptp(found.region_b, axis=0).max()) < 1.3 * 420
    assert match(described(again), whole).verdict == SAME
    assert match(features[4], whole).verdict == LOOK_ALIKE


def test_a_small_scan_is_found() -> None:
    plate = draw_plate(16 * 810, width=900)
    small = plate.copy()
    small.thumbnail((144, 144), Image.Resampling.LANCZOS)
    found = match(described(small), described(plate))
    assert found.verdict == SAME
    assert np.allclose(moved(found.transform, np.array([[72.0, 72.0]])), 72 * plate.height / small.height, atol=25)
