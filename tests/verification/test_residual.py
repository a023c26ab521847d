"""Another plant beside what agrees: found where it is, and not where a copyist's hand has strayed."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from imgsim.base.verdict_words import DETAIL, SAME
from imgsim.features.extraction import Features, extract
from imgsim.sources.sample import draw_plate
from imgsim.verification import geometry, verdicts
from imgsim.verification.residual import LEAST, NEAR, SMALL, Patch, largest_patch, unmatched, within
from imgsim.verification.verdicts import match
from tests.made_up import made_up

SQUARE = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)])


@pytest.mark.parametrize("outline", [SQUARE, SQUARE[::-1]])
def test_within_an_outline_whichever_way_it_runs(outline: np.ndarray) -> None:
    points = np.array([(5.0, 5.0), (10.9, 5.0), (11.1, 5.0), (-0.9, 9.0), (5.0, 40.0)])
    assert within(outline, points, 1.0).tolist() == [True, True, False, True, False]


def test_the_largest_patch_is_that_of_another_labelling() -> None:
    rng = np.random.default_rng(3)
    grid = rng.random((24, 24)) < 0.35
    cells = np.argwhere(np.ones_like(grid))
    agree = ~grid[tuple(cells.T)]
    drawn = np.ones(len(cells), bool)
    outline = 10.0 * np.array([(0.0, 0.0), (8.0, 0.0), (8.0, 24.0), (0.0, 24.0)])
    points = np.zeros((len(cells), 4), np.float32)
    points[:, :2] = (cells + 0.5) * 10
    features = replace(made_up(1, len(cells), (240, 240)), points=points, vouch=np.ones(len(cells), bool))
    found = largest_patch(features, cells, drawn, agree, outline, 10.0)
    # Half a cell beyond the outline still belongs to it: the first row of cells whose middle lies at the margin.
    grid[:9] = False
    labels, count = ndimage.label(grid, np.ones((3, 3)))
    sizes = ndimage.sum_labels(grid, labels, range(1, count + 1))
    assert found.share == sizes.max() / len(cells)
    assert found.rows.sum() == sizes.max()
    assert len(np.unique(labels[tuple(cells[found.rows].T)])) == 1


def test_no_patch_where_everything_agrees() -> None:
    features = made_up(1)
    cells = np.argwhere(np.ones((5, 5)))
    found = largest_patch(features, cells, np.ones(25, bool), np.ones(25, bool), SQUARE, 10.0)
    assert found.share == 0 and not found.rows.any()


def test_a_patch_that_the_other_plate_follows_is_no_other_plant() -> None:
    a = made_up(1, 300)
    similarity = np.zeros((300, 300), np.float32)
    every = Patch(0.4, np.ones(300, bool))
    aside = replace(a, points=a.points + np.array([NEAR * 0.4, 0, 0, 0], np.float32))
    assert unmatched(a, aside, similarity, np.eye(3), every, every) == (0.4, 0.4)
    rows = np.arange(LEAST)
    similarity[rows, rows] = 0.9
    assert unmatched(a, aside, similarity, np.eye(3), every, every) == (0.0, 0.0)
    other = Patch(0.4, np.arange(300) >= LEAST)
    assert unmatched(a, aside, similarity, np.eye(3), other, every) == (0.4, 0.0)
    # One short of enough.
    similarity[0, 0] = 0
    assert unmatched(a, aside, similarity, np.eye(3), every, every) == (0.4, 0.4)
    assert unmatched(a, aside, similarity, np.eye(3), every, Patch(SMALL / 2, every.rows)) == (0.4, 0.0)


def test_what_chance_follows_as_often_proves_nothing() -> None:
    a = made_up(1, 300)
    unit = float(np.hypot(*a.size)) / geometry.UNITS
    points = np.repeat(a.points[:12], 9, axis=0)
    shifts = np.concatenate([[0j], 25 * np.exp(1j * np.pi / 4 * np.arange(8))]) * unit
    points[:, :2] += np.tile(np.column_stack((shifts.real, shifts.imag)), (12, 1)).astype(np.float32)
    b = Features(a.size, points, np.repeat(a.descriptors[:12], 9, axis=0), np.ones(108, bool))
    similarity = np.full((300, 108), 0.0, np.float32)
    similarity[np.repeat(np.arange(12), 9), np.arange(108)] = 0.9
    every = Patch(0.4, np.ones(300, bool)), Patch(0.4, np.ones(108, bool))
    assert unmatched(a, b, similarity, np.eye(3), *every) == (0.4, 0.4)


def sheet(neighbour: int) -> Features:
    """A plate with a plant on the left, and a smaller one beside it."""
    image = draw_plate(4_016, width=480)
    whole = Image.new("L", (800, image.height), 255)
    whole.paste(image, (0, 0))
    whole.paste(draw_plate(neighbour, width=320), (480, 80))
    return extract(whole, whole.size)


def test_most_of_both_with_another_plant_beside_it_is_a_shared_detail() -> None:
    one, two = sheet(8_016), sheet(9_024)
    assert match(one, two).verdict == DETAIL
    with patch.object(verdicts, "BESIDE", 1.0):
        assert match(one, two).verdict == SAME
    assert match(one, sheet(8_016)).verdict == SAME
