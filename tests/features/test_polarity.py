"""Negatives: the features of an inverted plate without describing it, and which plates may be negatives at all."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from imgsim.features.descriptor_similarity import descriptor_similarity
from imgsim.features.extraction import Features, extract, inverted, mirrored
from imgsim.images.polarity import may_be_dark, may_be_negatives, tone_of
from imgsim.sources.sample import draw_plate


@pytest.fixture(scope="module")
def plate() -> Image.Image:
    return draw_plate(4_016, width=500)


def share_found(ours: Features, theirs: Features) -> float:
    """How many of our features are theirs: as to place, size, angle and look."""
    away = np.hypot(*(ours.points[:, None, :2] - theirs.points[None, :, :2]).transpose(2, 0, 1))
    size = np.abs(np.log(ours.points[:, None, 2] / theirs.points[None, :, 2]))
    turn = np.cos(ours.points[:, None, 3] - theirs.points[None, :, 3])
    alike = descriptor_similarity(ours, theirs)
    return float(((away < 0.5) & (size < 0.05) & (turn > 0.99) & (alike > 0.99)).any(1).mean())


def test_inverted_is_what_sift_itself_finds_on_the_negative(plate: Image.Image) -> None:
    import cv2

    from imgsim.features.extraction import root_sift

    grey = np.asarray(plate)

    def described(pixels: np.ndarray) -> Features:
        found, sift = cv2.SIFT.create(enable_precise_upscale=True).detectAndCompute(pixels, None)
        points = np.array([(*k.pt, k.size, np.deg2rad(k.angle)) for k in found], np.float32)
        return Features(plate.size, points, root_sift(sift), np.ones(len(found), bool))

    of_plate, of_negative = described(grey), described(255 - grey)
    assert len(of_plate) > 200
    assert share_found(inverted(of_plate), of_negative) > 0.98
    assert share_found(of_plate, of_negative) < 0.05


@pytest.mark.parametrize("mirror", [False, True])
def test_the_negative_of_a_plate_is_described_as_its_inverted_features(plate: Image.Image, mirror: bool) -> None:
    negative = ImageOps.invert(ImageOps.mirror(plate) if mirror else plate)
    theirs, ours = extract(negative, negative.size), inverted(extract(plate, plate.size))
    ours = mirrored(ours) if mirror else ours
    assert share_found(ours, theirs) > 0.95
    # Paper is white and ink is dark to what decides on that: the same features vouch.
    assert theirs.vouch.mean() == pytest.approx(ours.vouch.mean(), abs=0.02)
    assert theirs.tone == pytest.approx(ours.tone, abs=0.01) and theirs.tone < 0.5


def test_inverting_twice_changes_nothing_and_goes_with_mirroring(plate: Image.Image) -> None:
    once = extract(plate, plate.size)
    twice = inverted(inverted(once))
    assert np.array_equal(once.descriptors, twice.descriptors) and twice.tone == pytest.approx(once.tone)
    assert np.allclose(np.cos(once.points[:, 3] - twice.points[:, 3]), 1)
    one, two = inverted(mirrored(once)), mirrored(inverted(once))
    assert np.array_equal(one.descriptors, two.descriptors)
    assert np.allclose(np.cos(one.points[:, 3] - two.points[:, 3]), 1, atol=1e-5)


def test_the_tone_of_a_negative_is_one_less_the_plates(plate: Image.Image) -> None:
    grey = np.asarray(plate)
    faded = (100 + grey * 0.3).astype(np.uint8)
    assert tone_of(grey) > 0.7 and tone_of(faded) == pytest.approx(tone_of(grey), abs=0.02)
    assert tone_of(255 - grey) == pytest.approx(1 - tone_of(grey), abs=0.01)
    assert tone_of(np.full((20, 30), 7, np.uint8)) == 1


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (0.8, 0.2, True), (0.2, 0.8, True), (0.8, 0.9, False), (0.2, 0.1, False), (0.52, 0.9, True),
        (0.5, 0.5, True), (0.48, 0.1, True), (float("nan"), 0.9, True), (0.2, float("nan"), True),
    ],
)  # fmt: skip
def test_light_and_dark_may_be_negatives_and_so_may_what_is_neither(one: float, other: float, expected: bool) -> None:
    assert may_be_negatives(one, other) == may_be_negatives(other, one) == expected


def test_only_what_is_dark_is_looked_up_inverted() -> None:
    assert [may_be_dark(tone) for tone in (0.1, 0.52, 0.6, 0.9, float("nan"))] == [True, True, False, False, False]
