"""The dots of a halftone are blurred; nothing else is."""

import numpy as np
import pytest
from PIL import Image

from imgsim.images.halftone import _median, screen_period, without_screen
from imgsim.sources.sample import draw_plate


def toned(width: int = 620) -> np.ndarray:
    """A plate with shades, float (h, w) 0 to 1."""
    plate = np.asarray(draw_plate(4_048, width=width), float) / 255
    y, x = np.mgrid[: plate.shape[0], : plate.shape[1]]
    return plate * (0.45 + 0.35 * np.sin(x / 90) * np.cos(y / 130) + 0.1)


def screened(tones: np.ndarray, period: float, angle: float) -> np.ndarray:
    """The tones printed as dots, uint8 (h, w)."""
    y, x = np.mgrid[: tones.shape[0], : tones.shape[1]]
    turn = np.deg2rad(angle)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    dots = (np.cos(2 * np.pi * u / period) + np.cos(2 * np.pi * v / period)) / 4 + 0.5
    return ((tones > dots) * 255).astype(np.uint8)


@pytest.mark.parametrize(("period", "angle"), [(3.3, 45), (4.2, 30), (6, 45), (7.5, 15), (5, 0)])
def test_a_screen_is_found_and_blurred(period: float, angle: float) -> None:
    plate = screened(toned(), period, angle)
    assert screen_period(plate) == pytest.approx(period, rel=0.04)
    blurred = without_screen(plate)
    # What is left is nearer to the tones than the dots were.
    tones = toned() * 255
    assert np.abs(blurred - tones).mean() < 0.4 * np.abs(plate - tones).mean()


def hatched(angles: tuple[float, ...], period: float = 4.0) -> np.ndarray:
    """Ruled lines all over, one direction after the other less deep, uint8 (700, 600)."""
    y, x = np.mgrid[:700, :600]
    lines = np.zeros((700, 600))
    for depth, angle in zip((1.0, 0.6), angles, strict=False):
        turn = np.deg2rad(angle)
        lines += depth * np.cos(2 * np.pi * (x * np.cos(turn) + y * np.sin(turn)) / period)
    return np.clip(128 + 70 * lines, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "plate",
    [
        np.asarray(draw_plate(4_016, width=500)), (toned() * 255).astype(np.uint8), hatched((20,)), hatched((20, 80)),
        hatched((20, 110)), np.full((300, 300), 9, np.uint8), np.zeros((90, 700), np.uint8),
        np.random.default_rng(3).integers(0, 256, (400, 500)).astype(np.uint8),
    ],
    ids=["engraving", "tones", "ruled", "crossed", "crossed at right angles", "blank", "thin", "noise"],
)  # fmt: skip
def test_what_is_no_screen_stays_as_it_is(plate: np.ndarray) -> None:
    assert screen_period(plate) is None
    assert without_screen(plate) is plate


def test_a_screened_plate_is_proven_to_be_the_plate(monkeypatch: pytest.MonkeyPatch) -> None:
    from imgsim.base.verdict_words import LOOK_ALIKE
    from imgsim.verification.verifiers import SIFT

    tones = Image.fromarray((toned() * 255).astype(np.uint8))
    dots = Image.fromarray(screened(toned(), 4.2, 45))
    plate, blurred = SIFT.describe(tones, tones.size), SIFT.describe(dots, dots.size)
    monkeypatch.setattr("imgsim.features.extraction.without_screen", lambda grey: grey)
    found, before = (SIFT.compare(plate, one) for one in (blurred, SIFT.describe(dots, dots.size)))
    assert found.verdict != LOOK_ALIKE and found.inliers > before.inliers


@pytest.mark.parametrize("count", range(1, 10))
def test_the_median_is_numpys(count: int) -> None:
    arrays = np.random.default_rng(count).random((count, 40, 21)).astype(np.float32)
    arrays[0, :5] = arrays[-1, :5]
    before = arrays.copy()
    found = _median(arrays)
    assert found.dtype == np.float32 and np.array_equal(found, np.median(before, axis=0))
    assert np.array_equal(arrays, before)
