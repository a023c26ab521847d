"""Pages in order, and what people said of them since the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.catalogue.book_pages import ORNAMENT, Cut
from imgsim.collection import Collection, integrity, open_collection
from imgsim.collection.corrected_pages import CorrectedPage, corrected, following, in_order
from imgsim.collection.marks import FILE
from imgsim.collection.page_corrections import PageCorrections
from tests.book_scans import LEFT, NAME, RIGHT, SIZE, again, make_scans


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return make_scans(tmp_path)


def shown(data: Path) -> tuple[Collection, dict[str, CorrectedPage]]:
    collection = open_collection(data / NAME)
    found = corrected(in_order(collection), PageCorrections(data / NAME).by_page())
    return collection, {one.page.page_id: one for one in found}


def say(data: Path, page_id: str, cuts: list[Cut] | None) -> None:
    page = shown(data)[1][page_id].page
    PageCorrections(data / NAME).add(page.sha256, SIZE, cuts, "Anna")


def test_pages_stand_book_by_book_those_without_a_plate_too(data: Path) -> None:
    placed = in_order(open_collection(data / NAME))
    assert [(one.page.page_id, one.book) for one in placed] == [
        ("p001", "flora"), ("p002", "flora"), ("p003", "flora"), ("q001", "herbal"), ("q002", "herbal"),
    ]  # fmt: skip
    assert {one.label for one in placed} == {"flora", "herbal"}


def test_what_was_said_counts_and_waits_for_the_next_run(data: Path) -> None:
    moved = [Cut(0, (15, 15, 95, 125)), Cut(1, RIGHT, ORNAMENT)]
    say(data, "p001", moved)
    one = shown(data)[1]["p001"]
    assert (one.cuts, one.waiting, one.by_hand, one.after) == (tuple(moved), True, True, 1)
    again(data)
    one = shown(data)[1]["p001"]
    assert (one.cuts, one.waiting, one.by_hand) == (tuple(moved), False, True)
    say(data, "p001", None)  # back to the network's, which only a run knows
    one = shown(data)[1]["p001"]
    assert (one.cuts, one.waiting, one.by_hand, one.after) == (tuple(moved), True, False, 2)
    again(data)
    one = shown(data)[1]["p001"]
    assert [cut.box for cut in one.cuts] == [LEFT, RIGHT] and not one.waiting and not one.by_hand


def test_what_changes_no_box_waits_for_nothing(data: Path) -> None:
    before = shown(data)[1]["p001"]
    say(data, "p001", list(before.cuts))
    one = shown(data)[1]["p001"]
    assert one.by_hand and not one.waiting
    say(data, "p001", None)
    assert not shown(data)[1]["p001"].waiting


def test_pages_are_told_apart_by_what_is_on_them(data: Path) -> None:
    say(data, "p003", [Cut(0, LEFT, score=0.4)])
    say(data, "q001", [Cut(0, LEFT, ORNAMENT)])
    found = shown(data)[1]
    assert [one.page.page_id for one in found.values() if one.illustrated] == ["p001", "p003"]
    assert [one.page.page_id for one in found.values() if one.unsure] == ["p003"]


def test_a_number_is_never_given_twice(data: Path) -> None:
    collection, found = shown(data)
    assert (following(collection, found["q001"]), following(collection, found["q002"])) == (3, 0)
    say(data, "q001", [Cut(0, LEFT)])
    again(data)
    collection, found = shown(data)
    assert [cut.number for cut in found["q001"].cuts] == [0]
    assert following(collection, found["q001"]) == 3  # what was cut out of the others keeps its number
    say(data, "q002", [Cut(0, LEFT), Cut(7, RIGHT)])
    say(data, "q002", [Cut(0, LEFT)])
    collection, found = shown(data)
    assert following(collection, found["q002"]) == 8  # though it was never prepared


def test_a_damaged_file_is_found_by_a_check(data: Path) -> None:
    say(data, "p001", [])
    assert integrity.check(data / NAME).problems == ()
    (data / NAME / FILE).write_bytes(b"nothing")
    assert [problem.file for problem in integrity.check(data / NAME).problems] == [FILE]


def test_a_check_says_what_the_table_of_pages_is() -> None:
    assert integrity.what_a_file_is_for("pages.parquet") == "the table of pages, and of the boxes on them"
