"""The table of pages: what comes back is what was written, and nothing else is believed."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from imgsim.catalogue.book_pages import BookPage, BookPages, Cut, checked_cuts, cut_file, overlap
from imgsim.errors import CollectionError, ImgsimError
from imgsim.prepare.page_shards import Slice, _png

PAGES = [
    BookPage(
        "b/p2", "/scans", "b/p2.png", "b" * 64, 300, 400, 90, 150, (Cut(0, (1, 2, 30, 40)),), "Anna", "/cut",
        {0: "x.png"},
    ),
    BookPage("b/p1", "/scans", "b/p1.png", "a" * 64, 300, 400),
]  # fmt: skip


def read_back(pages: BookPages) -> list[BookPage]:
    stream = io.BytesIO()
    pages.to_parquet(stream)
    return list(BookPages.from_parquet(io.BytesIO(stream.getvalue())))


def test_pages_come_back_in_the_order_of_their_ids() -> None:
    assert read_back(BookPages(PAGES)) == [PAGES[1].__class__(**{**vars(PAGES[1]), "plates": {}}), PAGES[0]]
    assert read_back(BookPages([])) == []


def test_a_page_is_found_by_its_id_and_by_its_plates() -> None:
    pages = BookPages(PAGES)
    assert pages.page("b/p1") is PAGES[1] and pages.has("b/p2") and not pages.has("b/p3")
    assert pages.of_plate("/cut", "x.png") == (PAGES[0], PAGES[0].cuts[0])
    assert pages.of_plate("/elsewhere", "x.png") is None
    with pytest.raises(ImgsimError, match="no page 'b/p3'"):
        pages.page("b/p3")


def test_a_damaged_table_is_said_to_be_one() -> None:
    stream = io.BytesIO()
    BookPages(PAGES).to_parquet(stream)
    for data in (b"", stream.getvalue()[:-20], b"PAR1" + b"\0" * 90):
        with pytest.raises(CollectionError, match="damaged"):
            BookPages.from_parquet(io.BytesIO(data))
    with pytest.raises(CollectionError, match="one id"):
        BookPages([PAGES[0], PAGES[0]])


@pytest.mark.parametrize(
    "wrong",
    [
        [[0, [0, 0, 301, 10], "illustration", 1]],
        [[0, [-1, 0, 20, 10], "illustration", 1]],
        [[0, [20, 0, 20, 10], "illustration", 1]],
        [[0, [0, 0, 20, 10], "map", 1]],
        [[0, [0, 0, 20, 10], "initial", 1.5]],
        [[0, [0, 0, 20, 10], "initial", float("nan")]],
        [[-1, [0, 0, 20, 10], "initial", 1]],
        [[0, [0, 0, 20], "initial", 1]],
        [[0, [0, 0, 20, 10], "initial", 1], [0, [30, 0, 40, 10], "initial", 1]],
        [["x", [0, 0, 20, 10], "initial", 1]],
        [3], "boxes", None, {"number": 0},
    ],
)  # fmt: skip
def test_boxes_that_are_none_are_refused(wrong: object) -> None:
    with pytest.raises(ImgsimError):
        checked_cuts(wrong, 300, 400)


def test_boxes_may_be_rows_or_records() -> None:
    row = [3, [0, 0, 20, 10], "ornament", 0.5]
    record = dict(zip(("number", "box", "kind", "score"), row, strict=True))
    expected = (Cut(3, (0, 0, 20, 10), "ornament", 0.5),)
    assert checked_cuts([row], 300, 400) == checked_cuts([record], 300, 400) == expected


def test_overlap_is_the_common_part_of_both() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0
    assert overlap((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_cut_of_a_turned_opening_stands_upright_and_knows_its_side(turn: int) -> None:
    upright = np.full((40, 80), 255, dtype=np.uint8)
    upright[10:20, 5:25] = np.arange(20, dtype=np.uint8)  # on the left page
    lies = np.rot90(upright, k=turn // 90)  # as it was scanned: turned back, against the clock
    rows, columns = np.nonzero(lies < 255)
    box = (int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
    page = BookPage("p", "/r", "p.png", "0" * 64, lies.shape[1], lies.shape[0], turn, 40, (Cut(0, box),))
    assert page.side(page.cuts[0]) == "left"
    picture = Image.open(io.BytesIO(_png(Image.fromarray(lies), Slice(box, turn, None), bilevel=False)))  # type: ignore[arg-type]
    assert np.array_equal(np.asarray(picture), upright[10:20, 5:25])


def test_cut_pictures_have_names_that_disks_take() -> None:
    assert cut_file("a.zip!in/p1.png", 2) == "a/in/p1_2.png"
    long, other = "ü" * 125, "ü" * 124 + "o"
    names = {cut_file(f"flora/{name}.png", 0) for name in (long, other)}
    assert len(names) == 2 and all(len(name.encode()) < 210 and name.startswith("flora/üü") for name in names)
