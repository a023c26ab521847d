"""Probably the same plate: said of impressions of generated plates on scans large enough, and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from imgsim.base.verdict_words import MIRRORED, PROBABLY_SAME_PLATE, SAME
from imgsim.features.extraction import Features, extract
from imgsim.sources.sample import draw_plate
from imgsim.verification.impressions import (
    LEAST_ACROSS,
    LEAST_COVERAGE,
    LEAST_POINTS,
    MOST_STIFF,
    Residuals,
    across,
    calibrated,
    reason,
    residuals,
    strays,
)
from imgsim.verification.match import Match
from imgsim.verification.verdicts import match

WIDTH = 480
BEND = 5
SMALL, LARGE = (200, 300, 400), (560, 640, 690)


def features(image: Image.Image) -> Features:
    return extract(image, image.size)


def reduced(image: Image.Image, longest: int) -> Image.Image:
    copy = image.copy()
    copy.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return copy


@pytest.fixture(scope="module")
def plate() -> Image.Image:
    return draw_plate(4_016, width=WIDTH)


@pytest.fixture(scope="module")
def impression(plate: Image.Image) -> Image.Image:
    """The plate on another sheet: turned a little, and printed on paper that is not quite white."""
    turned = plate.convert("L").rotate(1.5, Image.Resampling.BICUBIC, fillcolor=255)
    return turned.point([int(20 + 0.86 * value) for value in range(256)])


# ---- the measure


def measured(p: np.ndarray, q: np.ndarray, similarity: float = 0.97, unit: float = 1.0) -> Residuals:
    straight = np.column_stack((p, np.ones(len(p))))
    moved = straight @ np.linalg.lstsq(straight, q, rcond=None)[0]
    return residuals(p, q, moved, np.full(len(p), similarity), unit)


def why(found: Residuals, **known: Any) -> str:
    return reason(found, **{"detail": False, "mirrored": False, "across": 600.0, "coverage": 0.9, **known})


def test_a_smooth_distortion_is_no_stray_and_jitter_is() -> None:
    rng = np.random.default_rng(3)
    p = rng.uniform(0, 600, (200, 2))
    bent = p * 1.1 + BEND * np.sin(p[:, ::-1] / 300)
    jitter = bent + rng.normal(0, 3, p.shape)
    assert np.median(np.hypot(*strays(p, bent).T)) < 0.2
    assert np.median(np.hypot(*strays(p, jitter).T)) > 2
    found = measured(p, bent)
    assert found.stiff > 3 * found.smooth and found.smooth < 0.2 and found.off.shape == (200, 2)
    # What the smooth distortion leaves is what was added to it.
    added = np.zeros_like(p)
    added[7] = (30, -40)
    np.testing.assert_allclose(measured(p, bent + added).off[7], (30, -40), atol=1)


def test_the_first_reason_against_it_is_told() -> None:
    rng = np.random.default_rng(3)
    p = rng.uniform(0, 600, (200, 2))
    bent = p * 1.1 + BEND * np.sin(p[:, ::-1] / 300)
    good, loose = measured(p, bent), measured(p, bent + rng.normal(0, 3, p.shape))
    assert why(good) == "exact"
    assert why(loose) == "stray" and why(measured(p, bent, similarity=0.9)) == "unlike"
    # In thousandths: on a plate of ten times the diagonal the same jitter in pixels is nothing.
    assert why(measured(p, bent + rng.normal(0, 3, p.shape), unit=0.1)) == "exact"
    few = LEAST_POINTS - 1
    assert (
        why(measured(p[:few], bent[:few])) == "few"
        and why(measured(p[: few + 1], bent[: few + 1])) == "exact"
    )
    assert why(good, across=LEAST_ACROSS - 1) == "small" and why(good, across=LEAST_ACROSS) == "exact"
    assert why(good, coverage=LEAST_COVERAGE - 0.01) == "partial"
    assert why(replace(good, stiff=MOST_STIFF + 0.01)) == "stray"
    assert why(good, mirrored=True) == "mirrored" and why(good, detail=True, mirrored=True) == "detail"


def test_size_counts_in_either_scan_as_it_is_looked_at() -> None:
    outline = np.array([[10, 20], [310, 20], [310, 520], [10, 520]], np.float32)
    assert across(outline, (400, 600)) == 500
    # A scan of 1,280 pixels is looked at on 640: half of what its pixels promise is seen.
    assert across(outline, (1_280, 900)) == 250
    assert across(np.zeros((0, 2)), (400, 600)) == 0


def test_what_is_kept_of_a_pair_tells_whether_it_may_be_said() -> None:
    good: dict[str, Any] = {"mirrored": False, "across": 500.0, "coverage": 0.9, "stiff": 0.8}
    assert calibrated(**good)
    for bad in ({"mirrored": True}, {"across": 300.0}, {"coverage": 0.7}, {"stiff": 1.2}):
        assert not calibrated(**{**good, **bad})


# ---- plates


def both(a: Image.Image, b: Image.Image) -> Match:
    return match(features(a), features(b))


@pytest.mark.parametrize("longest", LARGE)
def test_impressions_are_told_on_large_scans(
    plate: Image.Image, impression: Image.Image, longest: int
) -> None:
    assert both(plate, reduced(impression, longest)).printing == PROBABLY_SAME_PLATE
    assert both(reduced(impression, longest), plate).printing == PROBABLY_SAME_PLATE


@pytest.mark.parametrize("longest", SMALL)
def test_nothing_is_said_below_the_size(plate: Image.Image, impression: Image.Image, longest: int) -> None:
    small = reduced(impression, longest)
    for found in (both(plate, small), both(small, plate), both(reduced(plate, longest), small)):
        assert (found.verdict, found.printing, found.reason) == (SAME, "", "small")


def test_a_plate_that_fills_little_of_a_large_page_is_small(
    plate: Image.Image, impression: Image.Image
) -> None:
    page = Image.new("L", (2 * plate.width, 2 * plate.height), 235)
    page.paste(impression, (200, 300))
    found = both(plate, page)
    assert (found.verdict, found.reason, found.printing) == (SAME, "small", "")


@pytest.mark.parametrize("wander", [1.5, 3.0, 5.0])
@pytest.mark.parametrize("longest", [*SMALL, LARGE[-1]])
def test_copies_by_another_hand_are_never_told_the_same(
    plate: Image.Image, wander: float, longest: int
) -> None:
    copy = reduced(draw_plate(4_016, hand=77, wander=wander, width=WIDTH), longest)
    found = both(plate, copy)
    assert found.residuals is not None and found.printing == ""
    if longest == LARGE[-1]:
        assert found.reason in ("stray", "unlike")


@pytest.mark.parametrize("longest", [*SMALL, *LARGE])
def test_mirrored_plates_are_never_told_the_same(
    plate: Image.Image, impression: Image.Image, longest: int
) -> None:
    found = both(plate, ImageOps.mirror(reduced(impression, longest)))
    assert (found.verdict, found.mirrored, found.printing, found.reason) == (MIRRORED, True, "", "mirrored")


def test_of_a_detail_nothing_is_said(plate: Image.Image) -> None:
    large = plate.resize((2 * plate.width, 2 * plate.height))
    found = both(large, large.crop((100, 100, 640, 760)))
    assert (found.verdict, found.printing, found.reason) == ("shared detail", "", "detail")
