"""What a library adds to its scans is found where it is, and not where it is not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from imgsim.features.aids import laid_beside
from imgsim.features.watermarks import printed_across
from imgsim.images.shaping import whiten
from imgsim.sources.sample.copperplate import PlateSpec
from imgsim.sources.sample.scanning import scan

SIZE = (480, 640)


@pytest.fixture(scope="module")
def plates() -> list[np.ndarray]:
    found = []
    for i in range(8):
        plate = scan(PlateSpec(61_000 + 16 * i, i, i, 900 + i)).convert("L")
        plate.thumbnail((640, 640))
        found.append(whiten(np.asarray(plate)))
    return found


def test_a_card_is_masked_with_its_edge_and_the_rest_is_not() -> None:
    page = Image.new("L", SIZE, 245)
    draw = ImageDraw.Draw(page)
    draw.rectangle((100, 450, 340, 600), fill=25)
    for i in range(15):
        x, y = 112 + i % 5 * 46, 458 + i // 5 * 46
        draw.rectangle((x, y, x + 35, y + 35), fill=15 + 16 * ((7 * i) % 15))
    mask = laid_beside(np.asarray(page))
    assert mask[458:590, 112:330].all()
    assert not mask[:400].any() and not mask[:, :50].any()


def test_panes_of_one_grey_are_no_card() -> None:
    page = Image.new("L", SIZE, 245)
    draw = ImageDraw.Draw(page)
    for i in range(20):
        x, y = 100 + i % 5 * 46, 200 + i // 5 * 46
        draw.rectangle((x, y, x + 35, y + 35), fill=90 if i % 2 else 150)
    assert not laid_beside(np.asarray(page)).any()


@pytest.mark.parametrize("pitch", [5, 6.4, 9, 12])
@pytest.mark.parametrize("upright", [False, True])
def test_ticks_are_masked_however_far_apart(pitch: float, upright: bool) -> None:
    long = Image.new("L", (640 * 4, SIZE[0] * 4), 240)
    draw = ImageDraw.Draw(long)
    for k in range(int(600 / pitch)):
        x = 80 + 4 * k * pitch
        draw.line((x, 1600, x, 1600 + (90 if k % 10 == 0 else 50)), fill=20, width=7)
    page = long.reduce(4)
    plate = np.asarray(page.transpose(Image.Transpose.ROTATE_90) if upright else page)
    mask = laid_beside(plate)
    mask = np.rot90(mask, -1) if upright else mask
    assert mask[402:411, 60:580].mean() > 0.95
    assert not mask[:330].any()


@pytest.mark.parametrize("slant", [-70, -35, 0, 8, 23, 45, 66, 90])
@pytest.mark.parametrize("grey", [60, 120, 170])
def test_words_are_masked_at_any_slant(slant: int, grey: int) -> None:
    side, font = 640, ImageFont.load_default(28)
    layer = Image.new("L", (side, side))
    ImageDraw.Draw(layer).text((side // 2, side // 2), "BIBLIOTHECA FICTA", fill=255, font=font, anchor="mm")
    layer = layer.rotate(slant, resample=Image.Resampling.BICUBIC)
    page = Image.new("L", (side, side), 250)
    page.paste(grey, (0, 0), layer)
    mask = printed_across(np.asarray(page))
    assert mask[np.asarray(layer) > 128].mean() > 0.97
    assert mask.mean() < 0.3


def test_plates_without_any_keep_nearly_all_of_their_picture(plates: list[np.ndarray]) -> None:
    for plate in plates:
        assert not laid_beside(plate).any()
    # A caption is lettering, too.
    assert np.mean([printed_across(plate).mean() for plate in plates]) < 0.03


@pytest.mark.parametrize("shape", [(1, 1), (1, 640), (640, 1), (2, 3), (3, 640), (640, 5), (41, 41)])
def test_plates_of_any_shape_are_looked_at(shape: tuple[int, int]) -> None:
    for plate in (
        np.full(shape, 255, np.uint8),
        np.random.default_rng(3).integers(0, 256, shape).astype(np.uint8),
    ):
        for found in (laid_beside, printed_across):
            mask = found(plate)
            assert mask.shape == shape and mask.dtype == bool
