"""Joining metadata with plates."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imgsim.catalogue import (
    STANDARD,
    Catalogue,
    build_catalogue,
    read_metadata,
)
from imgsim.errors import MetadataError
from imgsim.sources.folders import find_images
from tests.catalogue.ecco import DHH23, ECCO, ecco_plates, joined, plates


def test_dhh23_metadata(dhh23: Catalogue) -> None:
    assert list(dhh23.frame.columns[: len(STANDARD)]) == list(STANDARD)
    assert dhh23.plate_ids == tuple(sorted(ECCO))
    record = dhh23.record(dhh23.row("090470060000120_1"))
    assert record | {"sha256": ""} == {
        "plate_id": "090470060000120_1", "book": "0904700600", "page": 12, "number": 1,
        "title": "A curious herbal, containing five hundred cuts. By Elizabeth Blackwell",
        "author": "Blackwell, Elizabeth, 1700-1758.", "year": 1737, "decade": 1730, "date_text": "1737.0",
        "date_from": 1737, "date_to": 1737, "date_sure": "certain", "place": "London",
        "country": "England", "format": "2fo", "category": "scientific", "language": "English",
        "file": "090470060000120_1.png", "root": "/scans", "folder": "", "sha256": "", "width": 1200, "height": 2000,
        "mode": "1", "frames": 1, "bytes": 110_000, "in_book": 2, "ecco_id": "0904700600", "estc_id": "T1",
        "ecco_full_title": "A curious herbal, containing five hundred cuts. By Elizabeth Blackwell",
        "ecco_pages": "500", "language_primary": "English", "gatherings": "2fo", "publication_year": "1737.0",
        "publication_decade": "1730.0", "work_id": "1-herbal", "publication_place": "London",
        "publication_country": "England", "document_type": "Book", "sub_category": "scientific",
        "authors": "Blackwell, Elizabeth, 1700-1758.",
    }  # fmt: skip
    other = dhh23.record(dhh23.row("105280020101620_0"))
    # The title "NA" is a title; an empty year is none.
    assert (other["title"], other["year"], other["decade"], other["author"]) == ("NA", None, None, "")
    assert {name: str(dhh23.frame[name].dtype) for name in ("year", "page", "width", "bytes", "title")} == {
        "year": "Int32", "page": "Int32", "width": "int32", "bytes": "int64", "title": "str",
    }  # fmt: skip


@pytest.mark.parametrize("written", ["904700600", "904700600.0", "0904700600", " 0904700600 "])
def test_leading_zeros_are_restored(tmp_path: Path, written: str) -> None:
    content = DHH23.replace("0904700600", written)
    catalogue, report = joined(ecco_plates(), tmp_path / "m.csv", content)
    assert (report.plates, report.joined, report.key, report.unused) == (4, 4, "ecco_id", 1)
    assert set(catalogue.frame["book"]) == {"0904700600", "1052800201"}
    assert any("leading zeros of 1 " in note for note in report.notes) == written.startswith("9")


def test_ids_that_a_spreadsheet_has_cut_are_reported(tmp_path: Path) -> None:
    _, report = joined(ecco_plates(), tmp_path / "m.csv", DHH23.replace("0904700600", "9.0470E+08"))
    assert report.joined == 1 and any("scientific notation" in note for note in report.notes)


def test_repeated_keys_are_reported_and_the_first_counts(tmp_path: Path) -> None:
    catalogue, report = joined(
        ecco_plates(), tmp_path / "m.csv", DHH23 + "0904700600,T9,Second" + "," * 11 + "\n"
    )
    assert "A curious" in catalogue.record(0)["title"]  # type: ignore[operator]
    assert any("repeat" in note for note in report.notes)


def test_join_by_the_folder_a_book_is_in(tmp_path: Path) -> None:
    table = plates(["bm06/a.jpg", "bm06/pagescan/b.jpg", "holbein/c.jpg", "other/d.jpg"])
    header = "book,title,authors,publication_year,technique\n"
    content = header + "bm06,Magazine,Curtis,1793,engraving\nHOLBEIN,Dance,,1538,\n"
    catalogue, report = joined(table, tmp_path / "m.csv", content)
    assert (report.joined, report.key, report.key_column, report.unused) == (3, "book", "book", 0)
    assert catalogue.frame["book"].tolist() == ["bm06", "bm06", "HOLBEIN", "other"]
    assert catalogue.frame["year"].tolist()[:3] == [1793, 1793, 1538]
    assert catalogue.frame["technique"].tolist() == ["engraving", "engraving", "", ""]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("plate_id", ["a", "b"]),
        ("plate_id", ["a.png", "b.png"]),
        ("id", ["A", "B"]),
        ("file", ["one/a.png", "two/b.png"]),
        ("filename", ["a.png", "b.tif"]),
        ("Image Path", ["./one/a.png", "./two/b.png"]),
        ("path", ["C:\\scans\\one\\a.png", "C:\\scans\\two\\b.png"]),
        ("path", ["/old/place/one/a.png", "/old/place/two/b.png"]),
        ("scan", ["one/a", "two/b"]),
    ],
)
def test_join_by_plate(tmp_path: Path, column: str, values: list[str]) -> None:
    content = f"{column},book,title,note\n{values[0]},one,First,x\n{values[1]},two,Second,y\n"
    catalogue, report = joined(
        plates(["one/a.png", "two/b.png"]), tmp_path / "m.csv", content.replace("book,", "shelf,")
    )
    assert report.joined == 2 and report.key_column == column
    assert catalogue.frame["title"].tolist() == ["First", "Second"]
    assert catalogue.frame["note"].tolist() == ["x", "y"]


def test_a_row_a_plate_beats_a_row_a_book(tmp_path: Path) -> None:
    # Its book column matches every plate; its file column all but one. Joining by book would give them all one row.
    files = [f"bm01/{i}.jpg" for i in range(10)]
    content = "file,book,kind\n" + "".join(f"bm01/{i}.jpg,bm01,kind {i}\n" for i in range(9))
    catalogue, report = joined(plates(files), tmp_path / "m.csv", content)
    assert (report.key, report.joined) == ("file", 9)
    assert catalogue.frame["kind"].tolist() == [f"kind {i}" for i in range(9)] + [""]


def test_namesakes_join_only_by_folder(tmp_path: Path) -> None:
    table = plates(["a/1.png", "b/1.png"], ["a/1", "b/1"])
    catalogue, report = joined(table, tmp_path / "m.csv", "file,kind\na/1.png,x\nb/1.png,y\n")
    assert catalogue.frame["kind"].tolist() == ["x", "y"] and report.joined == 2
    catalogue, report = joined(table, tmp_path / "m.csv", "plate_id,kind\nb/1,y\n")
    assert catalogue.frame["kind"].tolist() == ["", "y"]
    catalogue, report = joined(table, tmp_path / "m.csv", "file,kind\n1.png,x\n")
    assert report.joined == 0 and any("share a file name" in note for note in report.notes)


def test_plates_in_a_zip_join(tmp_path: Path) -> None:
    table = plates(["scans.zip!book7/1.png", "scans.zip!book7/2.png"])
    assert joined(table, tmp_path / "m.csv", "file,kind\nbook7/1.png,x\nscans/book7/2.png,y\n")[1].joined == 2
    assert joined(table, tmp_path / "m.csv", "book,kind\nbook7,x\n")[1].joined == 2


def test_names_that_clash_keep_both(tmp_path: Path) -> None:
    content = "book,year,mode,width,title\none,1752-1760,intaglio,12,First\n"
    catalogue, _ = joined(plates(["one/a.png"]), tmp_path / "m.csv", content)
    record = catalogue.record(0)
    assert (record["year"], record["metadata_year"]) == (None, "1752-1760")
    assert (record["mode"], record["metadata_mode"], record["metadata_width"]) == ("1", "intaglio", "12")
    # The same text twice would only be in the way.
    assert "metadata_title" not in record and "metadata_book" not in record


def test_without_metadata() -> None:
    catalogue, report = build_catalogue(ecco_plates(), None)
    assert (report.plates, report.joined) == (4, 0)
    assert catalogue.record(0)["book"] == "0904700600" and catalogue.books_known
    folders, _ = build_catalogue(plates(["x/a.png", "y/b.png"]), None)
    assert folders.frame["book"].tolist() == ["x", "y"]
    one, _ = build_catalogue(plates(["x/a.png", "x/b.png"]), None)
    assert one.frame["book"].tolist() == ["", ""] and not one.books_known
    empty, report = build_catalogue(ecco_plates().iloc[:0], None)
    assert len(empty) == 0 and empty.facets() == [] and empty.search("x").tolist() == []


def test_metadata_of_something_else(tmp_path: Path) -> None:
    catalogue, report = joined(ecco_plates(), tmp_path / "m.csv", "ecco_id,title\n9999999999,x\n")
    assert (report.joined, report.unused) == (0, 1) and any("no plate" in note for note in report.notes)
    assert catalogue.frame["title"].tolist() == [""] * 4
    with pytest.raises(MetadataError, match="plate_id, file, ecco_id or book"):
        joined(ecco_plates(), tmp_path / "m.csv", "colour,size\nred,9\n")


@pytest.mark.real
@pytest.mark.skipif("IMGSIM_PLATES" not in os.environ, reason="IMGSIM_PLATES does not name the real plates")
def test_the_real_plates_find_their_rows() -> None:
    folder = Path(os.environ["IMGSIM_PLATES"])
    images, skipped = find_images([folder / "images"])
    table = plates([image.file for image in images], [image.plate_id for image in images])
    assert len(images) == 1448 and not skipped
    for name, key in (("metadata.csv", "book"), ("plates.csv", "file")):
        catalogue, report = build_catalogue(table, read_metadata(folder / name))
        # All but the chapbooks, which neither table lists.
        assert (report.joined, report.key, report.unused) == (1020, key, 0)
        assert (catalogue.frame["date_from"].isna() == (catalogue.frame["title"] == "")).all()
    sample = read_metadata(folder / "ecco_metadata_sample.csv")
    assert sample.key == "ecco_id" and len(sample.frame) == 74
    ids = sorted(f"{book}01230_0" for book in sample.frame["ecco_id"])
    catalogue, report = build_catalogue(plates([f"{plate_id}.png" for plate_id in ids]), sample)
    assert report.joined == 74 and not report.notes


def test_a_row_for_a_book_does_not_say_the_page_of_its_plates(tmp_path: Path) -> None:
    table = "book,page,title\nflora,1,Flora\nhortus,7,Hortus\n"
    files = ["flora/p001.png", "flora/p003.png", "hortus/a.png", "hortus/b.png"]
    catalogue, report = joined(plates(files, files), tmp_path / "m.csv", table)
    assert catalogue.frame["title"].tolist() == ["Flora", "Flora", "Hortus", "Hortus"]
    assert catalogue.frame["page"].isna().all() and "page" not in report.understood
    assert catalogue.frame["metadata_page"].tolist() == ["1", "1", "7", "7"]


def test_the_date_of_a_list_that_imgsim_wrote_is_no_date_of_a_book(tmp_path: Path) -> None:
    files = ["a.png", "b.png"]
    table = (
        "plate_id,plate_id_text,title,year,collection,date\n"
        "a,[a],Flora,1752,mine,2026-11-29\nb,[b],Hortus,,mine,2026-11-29\n"
    )
    catalogue, _ = joined(plates(files), tmp_path / "m.csv", table)
    assert catalogue.frame["year"].tolist()[0] == 1752 and catalogue.frame["year"].isna().tolist() == [False, True]
    table = table.replace("plate_id_text", "shelf")
    catalogue, _ = joined(plates(files), tmp_path / "m.csv", table)
    assert catalogue.frame["year"].tolist() == [1752, 2026]


def test_documents_of_one_name_are_said_to_count_as_one_book() -> None:
    files = ["a/herbal.pdf!herbal_0001", "b/herbal.pdf!herbal_0001", "c/other/1.png"]
    frame = plates(files, files).assign(folder=["herbal", "herbal", "other"])
    _, report = build_catalogue(frame, None)
    assert "folders or documents of one name count as one book (herbal)" in report.notes
    _, report = build_catalogue(plates(["a/herbal/1.png", "c/other/2.png"]), None)
    assert report.notes == ()
