"""Reading metadata as it comes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from imgsim.catalogue import (
    build_catalogue,
    read_metadata,
)
from imgsim.errors import MetadataError
from tests.catalogue.ecco import ecco_plates, write


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_dialects(tmp_path: Path, delimiter: str, encoding: str, ending: str) -> None:
    rows = [["book", "title", "place"], ["a", 'Des "Kräuters", Theil; 1|2', "Köln"], ["b", "two\nlines", ""]]
    path = tmp_path / "m.csv"
    with open(path, "w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=ending).writerows(rows)
    metadata = read_metadata(path)
    assert [list(metadata.frame.columns), *metadata.frame.to_numpy().tolist()] == rows
    assert (metadata.key, metadata.key_column) == ("book", "book")
    assert metadata.understood == {"title": "title", "place": "place"}


def test_every_cell_stays_the_text_it_is(tmp_path: Path) -> None:
    cells = [
        "0904700600",
        "NA",
        "nan",
        "null",
        "1752.0",
        "True",
        "1e5",
        "-",
        "N/A",
        "None",
        "  spaced  ",
        "01/02/1752",
    ]
    path = write(tmp_path / "m.csv", "book,title\n" + "".join(f"{cell},{cell}\n" for cell in cells))
    frame = read_metadata(path).frame
    assert frame["book"].tolist() == frame["title"].tolist() == cells
    assert all(dtype == "str" for dtype in frame.dtypes)


def test_headers_are_put_right(tmp_path: Path) -> None:
    content = "Unnamed: 0,Book ID,Title,Title,,\n0,a,x,y,,\n1,b,z,w,,\n\n ,,,,\n"
    metadata = read_metadata(write(tmp_path / "m.csv", content))
    assert list(metadata.frame.columns) == ["Book ID", "Title", "Title_2"]
    assert metadata.frame["Title_2"].tolist() == ["y", "w"]
    assert metadata.key_column == "Book ID" and metadata.understood == {"Title": "title"}
    assert "twice" in metadata.notes[0]
    # pandas' index has no name at all
    assert list(read_metadata(write(tmp_path / "m.csv", ",book\n0,a\n1,b\n")).frame.columns) == ["book"]
    assert list(read_metadata(write(tmp_path / "m.csv", ",book\n5,a\n1,b\n")).frame.columns) == [
        "column_1",
        "book",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\n", "is empty"),
        (b"book,title\n", "no rows"),
        (b"book,title\na,b\x00c\n", "NUL character in line 2"),
        (b"PK\x03\x04xlsx", "Save it as .xlsx or CSV"),
        (b"\xff\xfeb", "UTF-16"),
        (b',,\n,,\n"",,x\n', "no column|no rows|is empty"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(MetadataError, match=words) as caught:
        build_catalogue(ecco_plates(), read_metadata(write(tmp_path / "m.csv", content)))
    assert "m.csv" in str(caught.value)


def test_an_open_quotation_mark_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "m.csv", 'book,title\na,"never closed\n' + "x,y\n" * 60_000)
    with pytest.raises(MetadataError, match=r"m\.csv, line \d+"):
        read_metadata(path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(MetadataError, match=path.name):
            read_metadata(path)
