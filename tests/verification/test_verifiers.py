"""What every verifier keeps to, imgsim's own and those that are brought."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from imgsim.base.verdict_words import LOOK_ALIKE, MIRRORED, SAME
from imgsim.features.extraction import DIMENSIONS, Features, no_features
from imgsim.verification import comparing, geometry
from imgsim.verification.match import Match
from imgsim.verification.match_row import MODELS
from imgsim.verification.verifiers import (
    VERIFIERS,
    Verifier,
    describe_file,
    try_out,
)
from imgsim.verification.verifiers.verifier import checked_features
from tests.verification.toy_verifier import EVERY, OTHER, PLATE

pytestmark = pytest.mark.usefixtures("none_left")

NOISE = Image.fromarray(np.random.default_rng(3).integers(0, 256, (720, 480), np.uint8))
BLANK = Image.new("L", PLATE.size, 255)


def described(verifier: Verifier, image: Image.Image) -> Features:
    return checked_features(verifier.describe(image, image.size), verifier, image.size)


def looked_alike(found: Match) -> bool:
    return found.verdict == LOOK_ALIKE and not np.isfinite(found.transform).any() and not len(found.region_a)


def test_every_one_that_there_is_is_tried(verifier: Verifier) -> None:
    assert tuple(sorted(one.name for one in VERIFIERS.all())) == tuple(sorted(EVERY))
    try_out(verifier)


def test_features_are_of_the_form_that_is_kept_and_the_same_each_time(verifier: Verifier) -> None:
    found, again = described(verifier, PLATE), described(verifier, PLATE)
    assert len(found) and found.points.dtype == np.float32 and found.descriptors.shape == (len(found), DIMENSIONS)
    assert (found.points[:, :2] >= 0).all() and (found.points[:, :2] <= PLATE.size).all()
    for name in ("points", "descriptors", "vouch"):
        np.testing.assert_array_equal(getattr(found, name), getattr(again, name))


def test_features_are_in_pixels_of_the_original(verifier: Verifier) -> None:
    size = (PLATE.width * 3, PLATE.height * 3)
    found = checked_features(verifier.describe(PLATE, size), verifier, size)
    np.testing.assert_allclose(found.points[:, :3], 3 * described(verifier, PLATE).points[:, :3], rtol=1e-3)


def test_colour_and_grey_are_both_taken(verifier: Verifier) -> None:
    found = verifier.compare(described(verifier, PLATE), described(verifier, PLATE.convert("RGB")))
    assert found.verdict == SAME


def test_a_plate_against_itself_is_the_same_image(verifier: Verifier) -> None:
    plate = described(verifier, PLATE)
    found = verifier.compare(plate, plate)
    assert (found.verdict, found.mirrored) == (SAME, False)
    assert found.inliers > 0 and found.model in MODELS[1:] and min(found.coverage_a, found.coverage_b) > 0.3
    corners = np.array([[100.0, 100], [400, 100], [100, 600]])
    np.testing.assert_allclose(geometry.moved(found.transform, corners), corners, atol=1)


@pytest.mark.parametrize("image", [NOISE, OTHER], ids=["noise", "another plate"])
def test_against_noise_and_against_another_plate_it_is_nothing(verifier: Verifier, image: Image.Image) -> None:
    plate, other = described(verifier, PLATE), described(verifier, image)
    assert looked_alike(verifier.compare(plate, other)) and looked_alike(verifier.compare(other, plate))


def test_a_mirrored_plate_is_said_to_be_one(verifier: Verifier) -> None:
    plate, turned = described(verifier, PLATE), described(verifier, ImageOps.mirror(PLATE))
    found = verifier.compare(plate, turned)
    assert (found.verdict, found.mirrored) == (MIRRORED, True)
    middle = geometry.moved(found.transform, np.array([[100.0, 300]]))
    np.testing.assert_allclose(middle, [[PLATE.width - 100, 300]], atol=2)


@pytest.mark.parametrize("image", [PLATE, ImageOps.mirror(PLATE), PLATE.resize((360, 555)), OTHER, NOISE, BLANK])
def test_the_verdict_is_the_same_from_both_sides(verifier: Verifier, image: Image.Image) -> None:
    a, b = described(verifier, PLATE), described(verifier, image)
    one, two = verifier.compare(a, b), verifier.compare(b, a)
    assert one.verdict == two.verdict
    if one.verdict != LOOK_ALIKE:
        assert one.mirrored == two.mirrored
        np.testing.assert_allclose(
            geometry.moved(two.transform @ one.transform, np.array([[200.0, 300]])), [[200, 300]], atol=3
        )


def test_nothing_to_go_by_is_a_look_alike(verifier: Verifier) -> None:
    plate, none = described(verifier, PLATE), no_features(PLATE.size)
    for found in (verifier.compare(plate, none), verifier.compare(none, plate), verifier.compare(none, none)):
        assert looked_alike(found) and found.inliers == 0
    blank = described(verifier, BLANK)
    assert looked_alike(verifier.compare(blank, plate)) and looked_alike(verifier.compare(plate, blank))


def in_a_worker(name: str, first: bytes, second: bytes) -> tuple[Features, Match]:
    """What a worker process does: it knows the verifier by its name only."""
    by = VERIFIERS.get(name)
    a, b = describe_file(first, by), describe_file(second, by)
    return a, comparing.compact(by.compare(a, b), a, b)


def test_a_worker_process_finds_the_same(verifier: Verifier, tmp_path: Path) -> None:
    files = tmp_path / "a.png", tmp_path / "b.png"
    PLATE.save(files[0])
    PLATE.rotate(0.6, fillcolor=255).save(files[1])
    data = [file.read_bytes() for file in files]
    here = in_a_worker(verifier.name, *data)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        there = pool.submit(partial(in_a_worker, verifier.name), *data).result(timeout=120)
    assert there[1].verdict == here[1].verdict == SAME
    np.testing.assert_array_equal(there[0].descriptors, here[0].descriptors)
    np.testing.assert_allclose(there[1].transform, here[1].transform, atol=1e-6)
