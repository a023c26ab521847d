"""Workbooks: read as they look, or refused with a remedy."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from imgsim.catalogue import read_metadata
from imgsim.errors import MetadataError
from tests.catalogue.frames import read, rows


def test_a_workbook_is_read_as_it_looks(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "t.xlsx",
        Remarks=[["This table is about herbals."], ["Do not print."]],
        Plates=[
            ["My plates"],
            ["ecco_id", "file", "title", "year", "seen", "ratio", "good", None],
            [904700600, "a.jpg", "Kräuter – “neu”", 1752.0, datetime.date(2024, 3, 1), 0.25, True, None],
            [1052800201, "b.jpg", "=1+1", 1760, datetime.datetime(2024, 3, 1, 12, 30), 3.0, False, None],
        ],
        Later=[["file", "title"], ["c.jpg", "Not this one"]],
    )
    book = openpyxl.load_workbook(path)
    book["Plates"]["A3"].number_format = "0000000000"
    book.save(path)
    found = read_metadata(path)
    assert rows(found) == [
        ["ecco_id", "file", "title", "year", "seen", "ratio", "good"],
        ["0904700600", "a.jpg", "Kräuter – “neu”", "1752", "2024-03-01", "0.25", "TRUE"],
        ["1052800201", "b.jpg", "", "1760", "2024-03-01T12:30:00", "3", "FALSE"],
    ]
    assert (found.encoding, found.separator, found.header_line, found.lines) == ("Excel", "", 2, (3, 4))
    notes = "; ".join(found.notes)
    assert "the sheet 'Plates' is read, not 'Remarks', 'Later'" in notes
    assert "1 cells hold a formula without a result" in notes and "'My plates'" in notes


def test_hidden_sheets_and_empty_workbooks(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", Old=[["file", "title"], ["a.jpg", "x"]], New=[["file"], ["b.jpg"]])
    book = openpyxl.load_workbook(path)
    book["Old"].sheet_state = "hidden"
    book.save(path)
    assert read_metadata(path).frame["file"].tolist() == ["b.jpg"]
    with pytest.raises(MetadataError, match="no sheet with a header and rows"):
        read_metadata(workbook(tmp_path / "e.xlsx", One=[["file"]], Two=[]))


def test_other_spreadsheets_are_refused_with_a_remedy(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    damaged = io.BytesIO()
    with zipfile.ZipFile(damaged, "w") as archive:
        archive.writestr("xl/workbook.xml", "<no")
    for content in (
        stream.getvalue(),
        b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        damaged.getvalue(),
        b"PK\x03\x04cut",
    ):
        with pytest.raises(MetadataError, match="CSV"):
            read(tmp_path, content, "t.xlsx")


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
    book.save(path)
    return path
