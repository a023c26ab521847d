"""Plates that are reversed, and turned by quarters, and copies of them by another hand."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from imgsim.base.verdict_words import COPY, LOOK_ALIKE
from imgsim.verification.copies.copy_networks import FOLDER_VARIABLE
from imgsim.verification.copies.plate_views import STANDING, TURNED, seen_as, viewed, viewed_size
from imgsim.verification.copies.thorough import compare_thoroughly
from imgsim.verification.geometry import moved
from imgsim.verification.match import Match
from imgsim.verification.verifiers import COPIES
from tests.copying import COMPOSITIONS, plate, redrawn


@cache
def first(at: int) -> Image.Image:
    return plate(COMPOSITIONS[at], COMPOSITIONS[at])


@cache
def copied(at: int) -> Image.Image:
    return redrawn(COMPOSITIONS[at])


@pytest.fixture(autouse=True)
def _here(networks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(networks))


@pytest.mark.parametrize("view", [*STANDING, *TURNED])
def test_a_view_moves_points_as_it_moves_pixels(view: int) -> None:
    image = np.zeros((7, 5), np.uint8)
    image[1, 3] = 1
    seen = seen_as(image, view)
    assert seen.shape == viewed_size((5, 7), view)[::-1]
    y, x = np.argwhere(seen)[0]
    np.testing.assert_allclose(moved(viewed((5, 7), view), np.array([[3.5, 1.5]])), [[x + 0.5, y + 0.5]])


def test_a_reversed_copy_is_found_and_laid(networks: Path) -> None:
    for at in range(len(COMPOSITIONS)):
        a, b = first(at), ImageOps.mirror(copied(at))
        found = COPIES.compare(*(COPIES.describe(one, one.size) for one in (a, b)))
        assert found.verdict == COPY and found.mirrored and np.linalg.det(found.transform[:2, :2]) < 0
        left = np.array([[0.2 * a.width, a.height / 2]])
        assert moved(found.transform, left)[0, 0] == pytest.approx(0.8 * b.width, abs=0.12 * b.width)
        off = moved(found.transform, found.points_a) - found.points_b
        assert float(np.median(np.hypot(*off.T))) < 0.02 * max(b.size)
        assert (found.region_a >= -20).all() and (found.region_a <= np.array(a.size) + 20).all()


def test_what_is_reversed_is_no_reason_to_find_more() -> None:
    described = [COPIES.describe(one, one.size) for one in (first(0), first(1), ImageOps.mirror(first(2)))]
    for a, b in ((0, 1), (1, 2), (0, 2)):
        assert COPIES.compare(described[a], described[b]).verdict == LOOK_ALIKE


TURNS: list[Callable[[Image.Image], Image.Image]] = [
    lambda image: image.rotate(90, expand=True),
    lambda image: image.rotate(180),
    lambda image: ImageOps.mirror(image).rotate(270, expand=True),
]


@pytest.mark.parametrize("turn", TURNS)
def test_one_pair_is_looked_at_in_every_quarter(turn: Callable[[Image.Image], Image.Image]) -> None:
    a, b = first(0), turn(copied(0))
    quick = COPIES.compare(*(COPIES.describe(one, one.size) for one in (a, b)))
    assert quick.verdict == LOOK_ALIKE
    found = thoroughly(a, b)
    assert found.verdict == COPY and found.mirrored == (np.linalg.det(found.transform[:2, :2]) < 0)
    off = moved(found.transform, found.points_a) - found.points_b
    assert float(np.median(np.hypot(*off.T))) < 0.02 * max(b.size)
    assert thoroughly(first(1), b).verdict == LOOK_ALIKE


def test_what_has_no_say_has_none_in_a_mirror_either() -> None:
    a, b = first(0), ImageOps.mirror(copied(0))
    assert thoroughly(a, b, ((0, 0, 1, 1),)).verdict == LOOK_ALIKE
    assert thoroughly(a, b).mirrored


def thoroughly(a: Image.Image, b: Image.Image, silent: tuple[tuple[float, float, float, float], ...] = ()) -> Match:
    return compare_thoroughly(_file(a), _file(b), silent)


def _file(image: Image.Image) -> bytes:
    into = io.BytesIO()
    image.save(into, "PNG")
    return into.getvalue()
