"""Row 19: what stands in a table stays the text it is: leading zeros, "NA", "1e5", all the way and back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.catalogue import read_metadata
from imgsim.collection import open_collection
from imgsim.export import selection_csv
from tests.making import make, write_plate
from tests.reliability.tally import Tally

CELLS = [
    "0904700600", "000", "NA", "N/A", "nan", "NaN", "null", "NULL", "None", "none", "n/a", "#N/A", "<NA>", "-nan",
    "1752.0", "True", "FALSE", "1e5", "1E400", "-", "+5", "01/02/1752", "inf", "-Infinity", "0x1F", "1_000", "1,000",
    "12 Mai", "٣", "1.10", "00.5", "9007199254740993", "2026-11-29", "12:30", "Œuvres", "NAN of the Isles", "é\u0301",
]  # fmt: skip
FORMS: dict[str, dict[str, str]] = {
    "comma, UTF-8": {"delimiter": ",", "encoding": "utf-8"},
    "semicolon, UTF-8 with a mark": {"delimiter": ";", "encoding": "utf-8-sig"},
    "tab, UTF-16": {"delimiter": "\t", "encoding": "utf-16"},
}


def written(form: dict[str, str], rows: list[list[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=form["delimiter"]).writerows(rows)
    return stream.getvalue().encode(form["encoding"])


@pytest.mark.parametrize("name", FORMS)
def test_cells_go_through_a_run_and_come_back(name: str, tmp_path: Path, tally: Tally) -> None:
    images = tmp_path / "images"
    ids = [f"p{number:03}" for number in range(len(CELLS))]
    for number, plate_id in enumerate(ids):
        write_plate(images / f"{plate_id}.png", number)
    table = tmp_path / "table.csv"
    rows = [[plate_id, cell, cell, cell] for plate_id, cell in zip(ids, CELLS, strict=True)]
    table.write_bytes(written(FORMS[name], [["plate_id", "book", "title", "shelf"], *rows]))
    make(tmp_path / "c", images, metadata=table)
    catalogue = open_collection(tmp_path / "c").catalogue
    assert list(catalogue.plate_ids) == ids
    exported = selection_csv(catalogue, range(len(ids)), collection="c", date="2026-11-29")
    back = read_back(exported).set_index("plate_id")
    plain = pd.read_csv(io.BytesIO(exported), dtype=str, keep_default_na=False).set_index("plate_id")
    for row, cell in enumerate(CELLS):
        with tally.attempt(f"{cell!r} in the catalogue"):
            record = catalogue.record(row)
            # A book's id with ".0" behind it is one that pandas took for a number.
            assert record["title"] == record["shelf"] == cell and record["book"] == cell.removesuffix(".0")
        with tally.attempt(f"{cell!r} exported and read back"):
            assert back.loc[ids[row], "title"] == back.loc[ids[row], "shelf"] == cell
            assert back.loc[ids[row], "book"] == catalogue.record(row)["book"]
            assert plain.loc[ids[row], "book_text"] == f"[{catalogue.record(row)['book']}]"


@pytest.mark.parametrize("kept", ["0904700600", "904700600", "904700600.0", " 0904700600 "])
def test_zeros_that_another_program_has_lost_are_restored(kept: str, tmp_path: Path, tally: Tally) -> None:
    images = tmp_path / "images"
    for number, name in enumerate(("090470060000120_0", "090470060000130_0", "105280020101620_0")):
        write_plate(images / f"{name}.png", number)
    table = tmp_path / "table.csv"
    table.write_text(f"ecco_id,ecco_full_title,publication_year\n{kept},NA,1737.0\n1052800201,Flora,\n")
    with tally.attempt(repr(kept)):
        summary = make(tmp_path / "c", images, metadata=table)
        catalogue = open_collection(tmp_path / "c").catalogue
        assert summary.join["joined"] == 3
        assert catalogue.frame["book"].tolist() == ["0904700600", "0904700600", "1052800201"]
        assert catalogue.frame["title"].tolist() == ["NA", "NA", "Flora"]
        said = any("leading zeros" in note for note in summary.join["notes"])
        assert said == kept.startswith("9")
    with tally.attempt(f"{kept!r}, each cell as text"):
        assert str(read_metadata(table).frame["ecco_id"].iloc[0]) == kept
