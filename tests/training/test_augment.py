"""Views of plates: shaped, cut and spoilt, each by its seed."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from imgsim.images import shaping
from imgsim.training import augment, composition
from tests.training.drawn import draw

SIDE = 64


# ---------------------------------------------------------------- shaping


def test_letterbox_keeps_the_aspect_and_whitens_the_paper():
    plate = Image.new("L", (100, 300), 180)
    ImageDraw.Draw(plate).rectangle((40, 100, 60, 200), fill=60)
    square = shaping.letterbox(plate, 60)
    assert square.shape == (60, 60) and square.dtype == np.uint8
    rows, columns = np.nonzero(square < 128)
    assert (rows.min(), rows.max()) == (20, 39) and (columns.min(), columns.max()) == (28, 31)
    assert square[0, 0] == 255 and square[30, 22] == 255 and square[30, 30] < 5


def test_letterbox_of_extreme_shapes_and_empty_sheets():
    for size in ((1, 900), (900, 1), (1, 1), (7, 7)):
        assert shaping.letterbox(Image.new("L", size, 90), 32).shape == (32, 32)
    noise = np.random.default_rng(0).integers(200, 204, (50, 50), np.uint8)
    assert shaping.letterbox(Image.fromarray(noise), 50).min() > 200, "noise on an empty sheet stays faint"


def test_letterbox_does_not_depend_on_tone():
    plate = np.array(draw(1))
    dark = (plate * 0.6 + 20).astype(np.uint8)
    difference = shaping.letterbox(Image.fromarray(plate), 64).astype(int) - shaping.letterbox(
        Image.fromarray(dark), 64
    )
    assert np.abs(difference).max() <= 3


def test_squeeze_is_close_to_an_exact_resize():
    image = draw(2).resize((900, 1200))
    assert shaping.squeeze(image, 56).shape == (56, 56)
    assert shaping.squeeze(image.convert("RGB"), 56).shape == (56, 56, 3)
    exact = np.asarray(image.resize((56, 56), Image.Resampling.BILINEAR), dtype=int)
    assert np.abs(shaping.squeeze(image, 56) - exact).mean() < 2


# ---------------------------------------------------------------- views


@pytest.mark.parametrize("strength", [0.0, 0.35, 1.0])
def test_views_keep_shape_and_type_and_follow_the_seed(strength):
    plate, others = np.array(draw(0)), [np.array(draw(n)) for n in (1, 2)]
    for seed in range(60):
        first = augment.view(plate, SIDE, np.random.default_rng(seed), others, strength)
        assert first.shape == (SIDE, SIDE) and first.dtype == np.uint8
        assert np.array_equal(first, augment.view(plate, SIDE, np.random.default_rng(seed), others, strength))
    assert np.array_equal(plate, np.array(draw(0))), "the plate itself must stay as it is"


def test_a_plate_among_others_stands_there_whole():
    def printed(sheet):
        """The part of a sheet that has ink, as 40 x 40 grey values."""
        rows, columns = np.flatnonzero((sheet < 128).any(axis=1)), np.flatnonzero((sheet < 128).any(axis=0))
        part = sheet[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return np.asarray(Image.fromarray(part).resize((40, 40), Image.Resampling.BOX), dtype=float).ravel()

    plate, blank = np.array(draw(0)), np.full((80, 60), 250, np.uint8)
    shares = set()
    for seed in range(40):
        sheet = composition._among(plate, [blank], 600, np.random.default_rng(seed))
        assert 590 <= max(sheet.shape) <= 600
        assert np.corrcoef(printed(sheet), printed(plate))[0, 1] > 0.9
        shares.add(round(float((sheet < 128).mean() / (plate < 128).mean()), 1))
    assert len(shares) > 3, "sheets must be shared by few and by many"


def test_views_of_thin_and_tiny_plates():
    for shape in ((16, 352), (352, 16), (16, 16)):
        plate = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
        for seed in range(30):
            view = augment.view(plate, 48, np.random.default_rng(seed), [np.array(draw(1))])
            assert view.shape == (48, 48)


def test_no_strength_changes_nothing_but_the_scale():
    plate = np.array(draw(0))
    views = [augment.view(plate, SIDE, np.random.default_rng(seed), (), 0.0) for seed in range(30)]
    plain = augment.plain_view(plate, SIDE)
    for view in views:
        assert np.corrcoef(view.ravel(), plain.ravel())[0, 1] > 0.95


def test_plain_view_is_what_the_backbone_reads():
    plate = draw(4)
    read = shaping.letterbox(plate, SIDE)
    assert np.corrcoef(augment.plain_view(np.array(plate), SIDE).ravel(), read.ravel())[0, 1] > 0.98


def test_a_photograph_is_seen_from_the_side_and_lit_unevenly():
    plate = np.full((120, 90), 200, np.uint8)
    corners = set()
    for seed in range(20):
        taken = augment.photographed(plate, np.random.default_rng(seed))
        assert taken.shape == plate.shape and taken.dtype == np.uint8
        middle = taken[30:90, 20:70].astype(int)
        assert middle.max() - middle.min() > 0
        corners.add(int(taken[0, 0]))
    assert len(corners) > 5, "the table shows at some corners"


@pytest.mark.parametrize("angle", [0, 15, 45])
def test_halftone_keeps_the_tone_in_dots(angle):
    for grey in (60, 128, 200):
        dots = augment.halftoned(np.full((240, 240), grey, np.uint8), 6.0, angle)
        assert set(np.unique(dots)) <= {0, 255}
        assert abs(float(dots.mean()) - grey) < 40
    spectrum = np.abs(np.fft.fft2(dots - dots.mean()))
    steps = np.hypot(*np.meshgrid(*[np.minimum(np.arange(240), 240 - np.arange(240))] * 2))
    coarser = spectrum[(steps > 2) & (steps < 240 / 6 - 2)].max()
    assert coarser < spectrum[np.abs(steps - 240 / 6) < 2].max(), "nothing repeats in more than a period"


def test_some_views_are_negatives():
    plate = np.full((100, 80), 250, np.uint8)
    plate[20:80, 20:60] = 10
    dark = [
        np.median(augment.scan(plate.copy(), np.random.default_rng(seed))) < 128 for seed in range(200)
    ]
    assert 8 <= sum(dark) <= 40
