"""Training pages and their truth."""

from __future__ import annotations

import numpy as np
import pytest

from imgsim.errors import MetadataError
from imgsim.sources.pages.page_maps import KINDS, MARKS
from imgsim.training.pages import kinds_of_page
from imgsim.training.pages.labelled import read_labelled, varied
from imgsim.training.pages.page_batches import UNKNOWN, PageBatches, collated
from imgsim.training.pages.page_run import learned_from
from imgsim.training.pages.page_scans import Scan, scanned, turned
from imgsim.training.pages.sheets import Printer, Sheet
from imgsim.training.pages.typesetting import face
from tests.training.pages.pressed import small_stock, write_labelled


def scan_of(boxes, kinds, size=(512, 384), turn: int | None = 0) -> Scan:
    pixels = np.full(size, 255, np.uint8)
    for x0, y0, x1, y1 in boxes:
        pixels[y0:y1, x0:x1] = 0
    return Scan(pixels, np.array(boxes, np.float32).reshape(-1, 4), tuple(kinds), None, None, True, turn)


def test_batches_are_drawn_from_their_step_alone() -> None:
    first, second = PageBatches(small_stock(), (), 3, 5), PageBatches(small_stock(), (), 3, 5)
    first.batch(1)
    a, b = first.batch(2), second.batch(2)
    for name in ("pixels", "marks", "edges", "weight", "turn", "page"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    assert not np.array_equal(a.pixels, first.batch(3).pixels[:3])
    assert a.pixels.dtype == np.uint8 and a.pixels.shape[1] % 32 == a.pixels.shape[2] % 32 == 0


@pytest.mark.parametrize("kind", list(kinds_of_page._KINDS), ids=lambda kind: kind.__name__)
def test_every_kind_of_page_keeps_its_boxes_on_the_page(kind) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        sheet = kind(Printer(small_stock(), rng))
        scan = scanned(sheet, rng, None, [face(None, 22)])
        height, width = scan.pixels.shape
        assert len(scan.boxes) == len(scan.kinds) and set(scan.kinds) <= {*KINDS, "stamp"}
        assert (scan.boxes[:, :2] >= 0).all() and (scan.boxes[:, 2:] <= (width, height)).all()
        assert (scan.boxes[:, :2] < scan.boxes[:, 2:]).all()


def test_a_cut_is_dark_where_its_box_is() -> None:
    sheet = Sheet(np.full((900, 600), 255, np.uint8), [((150, 200, 450, 600), "illustration")])
    sheet.pixels[200:600, 150:450] = 0
    for seed in range(12):
        scan = scanned(sheet, np.random.default_rng(seed), None, [face(None, 22)])
        [box] = [b for b, kind in zip(scan.boxes, scan.kinds, strict=True) if kind == "illustration"]
        x0, y0, x1, y1 = box.astype(int)
        assert np.median(scan.pixels[y0 + 6 : y1 - 6, x0 + 6 : x1 - 6]) < 100
        outside = np.ones(scan.pixels.shape, bool)
        outside[max(0, y0 - 4) : y1 + 4, max(0, x0 - 4) : x1 + 4] = False
        assert np.median(scan.pixels[outside]) > 100


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_boxes_turn_with_their_page(quarters: int) -> None:
    scan = turned(scan_of([(40, 60, 140, 300)], ["illustration"]), quarters)
    rows, columns = np.nonzero(scan.pixels < 128)
    seen = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert np.allclose(scan.boxes[0], seen, atol=2) and scan.turn == quarters


def test_the_truth_gives_the_boxes_back() -> None:
    boxes = [(40, 40, 200, 200), (205, 40, 360, 200), (40, 300, 80, 340)]
    batch = collated([scan_of(boxes, ["illustration", "illustration", "initial"])], 512, 384)
    y, x = np.mgrid[0:64, 0:48] * 8 + 4.0
    at = batch.weight[0] > 0
    left, top, right, bottom = batch.edges[0][:, at]
    votes = np.column_stack([x[at] - left, y[at] - top, x[at] + right, y[at] + bottom])
    assert {tuple(vote) for vote in np.rint(votes).astype(int).tolist()} == set(boxes)
    illustration = batch.marks[0, MARKS.index("illustration")]
    assert illustration[20, 20] == 1 and illustration[20, 80] == 1 and not illustration[20, 50]
    assert (batch.marks[0, MARKS.index("text")][100:] == UNKNOWN).all()


def test_what_lies_within_is_kept_by_the_smaller_one() -> None:
    batch = collated(
        [scan_of([(0, 0, 380, 500), (100, 100, 200, 200)], ["ornament", "illustration"])], 512, 384
    )
    assert batch.marks[0, :2, 37, 37].tolist() == [1, 0] and batch.marks[0, :2, 100, 10].tolist() == [0, 1]
    assert batch.edges[0, 0, 18, 18] == pytest.approx(18.5 * 8 - 100)


def test_labelled_pages_are_read_and_varied(tmp_path) -> None:
    pages = read_labelled(write_labelled(tmp_path / "labelled"))
    # The border around each page is no ornament to be found.
    assert [kind for page in pages for _, kind in page.boxes] == ["illustration"] * 4
    plates = small_stock().plates
    for seed in range(8):
        sheet = varied(pages[0], plates, np.random.default_rng(seed))
        assert sheet.pixels.shape == pages[0].pixels.shape and sheet.lines is None and len(sheet.boxes) == 1
    assert pages[0].pixels[200, 200] == 40  # what was read is not changed


def test_books_are_parted_in_two_halves() -> None:
    books = [f"book {number}" for number in range(60)]
    halves = [{book for book in books if learned_from(book, half)} for half in ("even", "odd")]
    assert halves[0] | halves[1] == set(books) and not halves[0] & halves[1] and min(map(len, halves)) > 10
    assert all(learned_from(book, "all") for book in books)


def test_labelled_pages_without_tables_are_refused(tmp_path) -> None:
    with pytest.raises(MetadataError, match=r"pages\.csv"):
        read_labelled(tmp_path)
