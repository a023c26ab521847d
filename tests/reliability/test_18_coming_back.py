"""Row 18: ids are what they were when a list comes back from a spreadsheet."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from imgsim.base.cells import csv_bytes, id_cell
from imgsim.base.spreadsheets import read_back
from imgsim.errors import ImgsimError
from imgsim.reviews import Reviews
from tests.exports import DAY
from tests.kin import catalogue_of
from tests.reliability.spreadsheets import by_pandas, resaved
from tests.reliability.tally import Tally

NOTE: dict[str, Any] = {"collection": "herbals", "date": DAY}


def test_a_list_that_a_spreadsheet_saved_is_read_by_its_texts(tally: Tally) -> None:
    with tally.attempt("saved by a spreadsheet"):
        ids = ["0904700600", "007", "105280020101620", "1234567890123456", "bm01", "12"]
        data = resaved(csv_bytes({"book": ids, "note": ["x"] * len(ids)}))
        assert by_pandas(data)["book"].tolist() != ids
        assert read_back(data)["book"].tolist() == ids


def test_a_row_by_hand_needs_no_texts_and_an_emptied_cell_no_id(tally: Tally) -> None:
    with tally.attempt("rows by hand"):
        data = csv_bytes({"plate_id": ["0012", "1-2"]}).decode("utf-8-sig")
        assert read_back((data + "0077,\r\n").encode())["plate_id"].tolist() == ["0012", "1-2", "0077"]
        assert read_back((data + "0077\r\n").encode())["plate_id"].tolist() == ["0012", "1-2", "0077"]
        assert read_back(data.replace("1-2,", ",").encode())["plate_id"].tolist() == ["0012", "1-2"]


@pytest.mark.parametrize(
    ("written", "now"),
    [("0012,", "13,"), ("bm01,", "bm02,"), ("1-2,", "02-Jan,"), ("0012,", "1.2E+1x,"), ("=1,", "1,")],
)
def test_an_id_that_was_changed_in_one_of_its_columns_is_an_error_and_no_guess(
    written: str, now: str, tally: Tally
) -> None:
    with tally.attempt("changed in one column"):
        data = csv_bytes({"plate_id": ["0012", "bm01", "1-2", "=1"]}).decode("utf-8-sig")
        with pytest.raises(ImgsimError, match=r"Line \d names two things: plate_id"):
            read_back(data.replace(f"\n{written}", f"\n{now}").replace(f"\n'{written}", f"\n{now}").encode())


def test_files_of_older_versions_are_read_as_they_were_meant(tally: Tally) -> None:
    with tally.attempt("older versions"):
        old = "plate_id,book,title\r\n'0012,'0904700600,'=1\r\n''tis,bm01,A garden\r\n"
        frame = read_back(old.encode("utf-8-sig"))
        assert frame["plate_id"].tolist() == ["0012", "'tis"]
        assert frame["book"].tolist() == ["0904700600", "bm01"] and frame["title"].tolist() == [
            "=1",
            "A garden",
        ]


def test_columns_of_the_metadata_that_are_called_alike_stand_as_they_are(tally: Tally) -> None:
    with tally.attempt("columns that are called alike"):
        given = {"shelf_id": ["007", "x"], "shelf_id_text": ["seven", "[9]"], "other_text": ["[1]", "[2]"]}
        data = csv_bytes(given)
        assert list(by_pandas(data).columns) == list(given)
        assert {name: list(values) for name, values in read_back(data).items()} == given


def test_one_apostrophe_can_always_be_taken_from_an_id_that_would_run(tally: Tally) -> None:
    with tally.attempt("apostrophes"):
        for name in ("=1", "'=1", "''=1", "'tis", "''", "'", " =1"):
            cell = id_cell(name)
            assert cell == (f"'{name}" if "=" in name else name)
        assert read_back(csv_bytes({"id": ["=1", "'=1", "'tis"]}))["id"].tolist() == ["=1", "'=1", "'tis"]


def test_reviews_come_back_from_a_spreadsheet(tmp_path: Path, tally: Tally) -> None:
    with tally.attempt("reviews"):
        plates = {name: (name, 1700) for name in ("0012", "0013", "bm01")}
        catalogue = catalogue_of(
            plates, sha256=[hashlib.sha256(name.encode()).hexdigest() for name in plates]
        )
        ours = Reviews(tmp_path / "ours.sqlite", lambda: catalogue.pictures)
        ours.record("0012", "0013", "same plate", reviewer="Ada")
        ours.record("0012", "bm01", "unrelated", reviewer="Ada")
        data = resaved(ours.to_csv(catalogue, **NOTE))
        assert by_pandas(data)["plate_a_id"].tolist() == ["12", "12"]
        theirs = Reviews(tmp_path / "theirs.sqlite", lambda: catalogue.pictures)
        assert theirs.merge_csv(data, catalogue).added == 2
        assert [one.pair for one in theirs.all()] == [("0012", "0013"), ("0012", "bm01")]


def test_what_a_terminal_would_obey_is_spelt_out_and_read_back() -> None:
    controls = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\r\n"]
    texts = [
        *controls, *(f"a{one}[31mb" for one in controls), "\x1b]0;title\x07", "=\x1b1", "\x1b=1", "'\x1b", "C:\\x1bin",
        "\\x5c", "\\\\x1b", "\\n", "tab\tin it",
    ]  # fmt: skip
    data = csv_bytes({"title": texts, "plate_id": texts, "\x1b[2J": texts})
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", data.decode("utf-8-sig"))
    frame = read_back(data)
    assert list(frame.columns) == ["title", "plate_id", "\x1b[2J"]
    assert all(frame[name].tolist() == texts for name in frame.columns)
