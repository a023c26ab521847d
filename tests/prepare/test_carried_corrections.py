"""Boxes that people drew pass on to a better scan of the same page, and to nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageEnhance

from imgsim.catalogue.book_pages import ORNAMENT, Cut
from imgsim.collection import open_collection
from imgsim.collection.page_corrections import PageCorrections
from tests.making import make
from tests.toy_pages import PAPER
from tests.verification.marked_plates import picture

LEFT, RIGHT = (30, 40, 330, 440), (360, 60, 640, 420)
DRAWN = [Cut(0, (28, 38, 334, 446)), Cut(3, (355, 55, 645, 425)), Cut(1, (30, 600, 200, 660), ORNAMENT)]


def page(seed: int, size: tuple[int, int] = (680, 900)) -> Image.Image:
    """Two pictures on a page."""
    sheet = Image.new("L", (680, 900), PAPER)
    for number, (x0, y0, x1, y1) in enumerate((LEFT, RIGHT)):
        sheet.paste(picture(10 * seed + number, (x1 - x0, y1 - y0), 12), (x0, y0))
    return sheet.resize(size, Image.Resampling.LANCZOS)


@pytest.fixture
def corrected(tmp_path: Path) -> Path:
    """A collection of two pages, the first of which Anna corrected, as it was prepared after that."""
    (tmp_path / "flora").mkdir()
    for number in (1, 2):
        page(number).save(tmp_path / "flora" / f"p{number:03}.png")
    make(tmp_path / "out", tmp_path / "flora")
    first = next(iter(open_collection(tmp_path / "out").pages or ()))
    PageCorrections(tmp_path / "out").add(first.sha256, (680, 900), DRAWN, "Anna")
    make(tmp_path / "out", tmp_path / "flora")
    assert open_collection(tmp_path / "out").catalogue.plate_ids == ("p001_0", "p001_3", "p002_0", "p002_1")
    return tmp_path


def again(where: Path) -> list[str]:
    return list(make(where / "out", where / "flora").notes)


def test_a_better_scan_takes_the_boxes_over(corrected: Path) -> None:
    better = ImageEnhance.Contrast(page(1, (1360, 1800))).enhance(0.9)
    better.putpixel((0, 0), PAPER)
    for corner in ((0, 0), (1359, 0), (0, 1799), (1359, 1799)):
        better.putpixel(corner, PAPER)
    better.save(corrected / "flora" / "p001.png")
    notes = again(corrected)
    assert any("1 page has a better scan now" in note for note in notes)
    assert not any("not here any more" in note for note in notes)
    collection = open_collection(corrected / "out")
    assert collection.catalogue.plate_ids == ("p001_0", "p001_3", "p002_0", "p002_1")
    first = next(iter(collection.pages or ()))
    assert (first.by, first.width) == ("Anna", 1360)
    assert [(cut.number, cut.box, cut.kind) for cut in first.cuts] == sorted(
        (cut.number, tuple(2 * edge for edge in cut.box), cut.kind) for cut in DRAWN
    )
    assert [said.reviewer for said in PageCorrections(corrected / "out").history(first.sha256)] == ["Anna"]
    # That is all: the next run has nothing to say, and to do.
    assert not any("scan" in note for note in again(corrected))


@pytest.mark.parametrize("scan", [page(7, (1360, 1800)), page(1, (1360, 1600)), page(1).rotate(180)])
def test_another_page_and_another_shape_do_not(corrected: Path, scan: Image.Image) -> None:
    scan.save(corrected / "flora" / "p001.png")
    notes = again(corrected)
    assert any("People drew boxes on 1 page whose scan is not here any more" in note for note in notes)
    assert not any("better scan" in note for note in notes)
    pages = open_collection(corrected / "out").pages
    assert pages is not None and {one.by for one in pages} == {""}
