"""A plate, its negative and a halftone of it give nearly the same square; what is neither stays as it was."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from imgsim.images import shaping
from imgsim.images.polarity import is_dark
from imgsim.sources.sample import draw_plate
from tests.images.test_halftone import screened, toned

SIDE = 160


def plainly(image: Image.Image) -> np.ndarray:
    """Reduced, whitened and padded, and nothing else."""
    fitted = image.resize(
        shaping.fitted_size(*image.size, SIDE), Image.Resampling.BILINEAR, reducing_gap=shaping.REDUCING_GAP
    )
    return shaping.pad_square(shaping.whiten(np.asarray(fitted)), SIDE)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """The mean difference in grey levels."""
    return float(np.abs(one.astype(float) - other).mean())


@pytest.mark.parametrize("seed", [3, 4_016, 4_048])
def test_what_is_printed_in_lines_is_only_reduced_and_whitened(seed: int) -> None:
    plate = draw_plate(seed, width=500)
    assert (shaping.letterbox(plate, SIDE) == plainly(plate)).all()


@pytest.mark.parametrize("turned", [ImageOps.invert, lambda plate: ImageOps.invert(ImageOps.mirror(plate))])
def test_a_negative_is_read_as_its_positive(turned) -> None:
    plate = draw_plate(4_016, width=500)
    expected = shaping.letterbox(ImageOps.invert(turned(plate)), SIDE)
    # The paper of the two is measured at either end of the scale: a grey level or two is all that differs.
    assert apart(shaping.letterbox(turned(plate), SIDE), expected) < 2
    assert apart(plainly(turned(plate)), expected) > 50, "it was another square before"


def test_a_sheet_of_one_tone_is_paper_however_dark() -> None:
    for tone in (0, 40, 128, 255):
        assert shaping.letterbox(Image.new("L", (80, 60), tone), SIDE).min() > 200


def test_the_dots_of_a_halftone_are_tones() -> None:
    tones = (toned(400) * 255).astype(np.uint8)
    dots = Image.fromarray(screened(toned(400), 8, 45))
    of_tones = shaping.letterbox(Image.fromarray(tones), SIDE)
    melted, before = apart(shaping.letterbox(dots, SIDE), of_tones), apart(plainly(dots), of_tones)
    assert melted < 0.6 * before, (melted, before)


def test_the_squeezed_square_of_the_study_knows_nothing_of_it() -> None:
    plate = draw_plate(4_016, width=500)
    assert apart(shaping.squeeze(ImageOps.invert(plate), SIDE), 255 - shaping.squeeze(plate, SIDE).astype(float)) < 1


def test_only_what_is_clearly_dark_is_turned() -> None:
    assert is_dark(0.1) and is_dark(0.35)
    assert not any(is_dark(tone) for tone in (0.37, 0.5, 0.9, float("nan")))
