"""Boxes from votes, edges by ink, the order of reading: without a network."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from imgsim.sources.pages.edges import ink_of, refined, whole
from imgsim.sources.pages.letters import upness
from imgsim.sources.pages.page_maps import MARKS, PageMaps
from imgsim.sources.pages.page_pixels import LONG, SHORT, read
from imgsim.sources.pages.reading_order import reading_order
from imgsim.sources.pages.regions import Region
from imgsim.sources.pages.turning import TRANSPOSED, turned_back
from imgsim.sources.pages.voting import found
from tests.sources.pages.printed import text_page

H, W = 512, 384


def perfect_maps(boxes) -> PageMaps:
    """What a network would say that knows these boxes, (x0, y0, x1, y1, kind)."""
    marks = np.zeros((len(MARKS), H // 4, W // 4), np.float32)
    edges = np.zeros((4, H // 8, W // 8), np.float32)
    trust = np.zeros((H // 8, W // 8), np.float32)
    y, x = np.mgrid[0 : H // 8, 0 : W // 8] * 8 + 4.0
    for x0, y0, x1, y1, kind in boxes:
        marks[MARKS.index(kind), y0 // 4 : y1 // 4, x0 // 4 : x1 // 4] = 0.95
        inside = (x > x0) & (x < x1) & (y > y0) & (y < y1)
        for i, distance in enumerate((x - x0, y - y0, x1 - x, y1 - y)):
            edges[i][inside] = distance[inside]
        trust[inside] = 0.9
    return PageMaps(marks, edges, trust, np.array([1, 0, 0, 0], np.float32), 1.0)


def test_perfect_votes_give_the_boxes_back() -> None:
    boxes = [
        (40, 40, 160, 200, "illustration"),
        (168, 40, 320, 200, "illustration"),
        (40, 320, 80, 360, "initial"),
    ]
    made = sorted(found(perfect_maps(boxes)), key=lambda f: tuple(np.round(f.box[[1, 0]])))
    assert [f.kind for f in made] == [kind for *_, kind in boxes]
    assert np.allclose([f.box for f in made], [b[:4] for b in boxes]) and all(f.score > 0.8 for f in made)


def test_touching_boxes_stay_apart_and_one_within_another_is_dropped() -> None:
    touching = [(40, 40, 200, 200, "illustration"), (200, 40, 360, 200, "illustration")]
    assert len(found(perfect_maps(touching))) == 2
    within = [(40, 40, 360, 400, "illustration"), (160, 160, 240, 240, "illustration")]
    assert len(found(perfect_maps(within))) == 1


def test_stamps_are_no_pictures_and_doubt_is_for_illustrations() -> None:
    maps = perfect_maps([(40, 40, 200, 200, "illustration")])
    maps.marks[MARKS.index("stamp"), 10:50, 10:50] = 0.8
    assert found(maps) == []
    maps = perfect_maps([(40, 40, 200, 200, "ornament")])
    maps.marks[0] = maps.marks[1] * 0.4
    assert [f.kind for f in found(maps)] == ["ornament"]
    maps.marks[0] = maps.marks[1] * 0.7
    assert [f.kind for f in found(maps)] == ["illustration"]


def test_votes_without_agreement_give_nothing() -> None:
    maps = perfect_maps([(40, 40, 360, 400, "illustration")])
    rng = np.random.default_rng(1)
    assert found(PageMaps(maps.marks * 0, maps.edges, maps.trust, maps.turn, 1.0)) == []
    scattered = PageMaps(maps.marks, rng.uniform(5, 250, maps.edges.shape), maps.trust, maps.turn, 1.0)
    assert len(found(scattered)) <= 1


@pytest.mark.parametrize("off", [(-9, 7, 8, -6), (6, -6, -7, 9), (0, 0, 0, 0)])
def test_edges_go_to_the_ink(off) -> None:
    page = np.full((1000, 700), 255, np.uint8)
    page[300:600, 200:500] = 60
    page[630:650, 200:500:3] = 0  # a caption, apart
    box = np.array([200.0, 300, 500, 600]) + off
    assert whole(refined(box, ink_of(Image.fromarray(page))), (700, 1000)) == (200, 300, 500, 600)


def test_edges_stay_where_there_is_no_ink() -> None:
    page = ink_of(Image.new("L", (700, 1000), 255))
    box = np.array([100.0, 100, 300, 300])
    assert np.allclose(refined(box, page), box)


def test_a_box_is_whole_and_within_the_page() -> None:
    assert whole(np.array([-5.0, 3.4, 900, 3.45]), (700, 1000)) == (0, 3, 700, 4)


def region(x0: int, y0: int, x1: int, y1: int) -> Region:
    return Region((x0, y0, x1, y1), "illustration", 0.9)


def test_reading_goes_row_by_row() -> None:
    a, b, c = region(0, 0, 100, 100), region(120, 10, 220, 90), region(0, 200, 300, 300)
    assert reading_order([c, b, a]) == [a, b, c]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_are_turned_back(turn: int) -> None:
    box, size = (10, 20, 50, 90), (200, 300)
    page = Image.new("L", size, 0)
    page.paste(255, box)
    upright = page.transpose(TRANSPOSED[turn]) if turn else page
    assert turned_back(upright.getbbox(), turn, size) == box  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(900, 1350), (1350, 900), (1, 5000), (640, 640)])
def test_a_page_is_read_within_bounds(size) -> None:
    page = read(Image.new("RGB", size, "white"))
    assert page.pixels.shape[0] % 32 == page.pixels.shape[1] % 32 == 0
    assert max(page.size) <= LONG and min(page.pixels.shape) <= SHORT and page.pixels.dtype == np.uint8
    assert np.allclose(np.multiply(page.size, page.scale), size)


def test_letters_tell_which_side_is_up() -> None:
    page = np.asarray(text_page().scanned()) < 120
    everywhere = np.ones(page.shape, bool)
    assert upness(page, everywhere) > 3 and upness(page[::-1], everywhere) < -3
    assert upness(page, ~everywhere) == 0 and upness(~everywhere, everywhere) == 0
