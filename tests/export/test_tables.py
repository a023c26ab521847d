"""Lists as CSV: their form, their columns, and the same text when read back."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imgsim.base.cells import guarded
from imgsim.base.spreadsheets import read_back
from imgsim.catalogue import Catalogue, build_catalogue
from imgsim.errors import ImgsimError
from imgsim.export import neighbours_csv, pairs_csv, selection_csv

NOTE: dict[str, Any] = {"collection": "sample", "date": "2026-11-22"}


def catalogue_of(ids: list[str], **columns: list) -> Catalogue:
    plates = pd.DataFrame(
        {
            "plate_id": ids,
            "file": [f"{plate_id}.png" for plate_id in ids],
            "root": "/scans", "folder": "", "sha256": "0", "width": 10, "height": 20, "mode": "L", "frames": 1,
            "bytes": 9,
        }
    )  # fmt: skip
    catalogue, _ = build_catalogue(plates, None)
    return Catalogue(catalogue.frame.assign(**columns)) if columns else catalogue


def cells(content: bytes) -> list[list[str]]:
    """As any reader of CSV sees it, without a word of ours."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_form_of_a_list() -> None:
    catalogue = catalogue_of(
        ["090470060000120_0", "105280020101620_0", "105280020101620_1"],
        title=["Kräuter, \"alt\"", "Herbal\nsecond line", ""],
        year=pd.array([1737, None, 1799], dtype="Int32"),
    )  # fmt: skip
    content = neighbours_csv(
        catalogue, 0, "", [2, 1], [1, 0.9400004], threshold=0.95, backbone="plates18", **NOTE
    )
    assert content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\r\n")
    header, first, second = cells(content)
    assert header == [
        "query_plate_id", "query_plate_id_text", "rank", "similarity", "above_threshold", "threshold",
        "neighbour_plate_id", "neighbour_plate_id_text",
        "query_book", "query_book_text", "query_title", "query_author", "query_year", "query_date_from",
        "query_date_to", "query_date_sure", "query_place", "query_page",
        "neighbour_book", "neighbour_book_text", "neighbour_title", "neighbour_author", "neighbour_year",
        "neighbour_date_from", "neighbour_date_to", "neighbour_date_sure", "neighbour_place", "neighbour_page",
        "backbone", "collection", "date",
    ]  # fmt: skip
    assert first == [
        "090470060000120_0", "[090470060000120_0]", "1", "1.000000", "yes", "0.95",
        "105280020101620_1", "[105280020101620_1]",
        "0904700600", "[0904700600]", "Kräuter, \"alt\"", "", "1737", "1737", "1737", "certain", "", "12",
        "1052800201", "[1052800201]", "", "", "1799", "1799", "1799", "certain", "", "162",
        "plates18", "sample", "2026-11-22",
    ]  # fmt: skip
    assert second[2:7] == ["2", "0.940000", "no", "0.95", "105280020101620_0"]
    assert second[20] == "Herbal\nsecond line" and second[22] == ""
    table = read_back(content)
    assert table["query_book"].tolist() == ["0904700600"] * 2
    assert table["neighbour_year"].tolist() == ["1799", ""]
    # pandas, as a script would read it without our help
    frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert frame["neighbour_plate_id"].tolist() == ["105280020101620_1", "105280020101620_0"]
    assert frame["query_book"].tolist() == ["0904700600"] * 2


@pytest.mark.parametrize("threshold", [0.94, 0.9, 1.0, -1.0, None])
def test_every_row_tells_its_side_of_the_line(threshold: float | None) -> None:
    scores = np.array([1, 0.94, np.nextafter(np.float32(0.94), np.float32(0)), 0.9, -1], np.float32)
    content = neighbours_csv(
        catalogue_of(list("abcdef")), 0, "", range(1, 6), scores, threshold=threshold, backbone="toy", **NOTE
    )
    table = read_back(content)
    if threshold is None:
        assert set(table["above_threshold"]) == set(table["threshold"]) == {""}
    else:
        # as the screen has it: similarities are float32, and so is the line
        wanted = ["yes" if score >= np.float32(threshold) else "no" for score in scores]
        assert table["above_threshold"].tolist() == wanted
        assert set(table["threshold"]) == {f"{threshold:g}"}


def test_an_uploaded_query_and_further_columns() -> None:
    catalogue = catalogue_of(["a", "b"])
    content = neighbours_csv(
        catalogue,
        None,
        "=photo.jpg",
        [1, 0],
        [-0.25, -0.5],
        backbone="x",
        **NOTE,
        extra={"percent": [99.8, 1], "note": ["-", ""]},
    )
    table = read_back(content)
    assert table["query_plate_id"].tolist() == ["=photo.jpg"] * 2 and table["query_title"].tolist() == [
        "",
        "",
    ]
    assert table["percent"].tolist() == ["99.8", "1"] and table["note"].tolist() == ["-", ""]
    assert [row[3] for row in cells(content)[1:]] == ["-0.250000", "-0.500000"]
    with pytest.raises(ImgsimError, match="percent"):
        selection_csv(catalogue, [0, 1], **NOTE, extra={"percent": [1]})


def test_a_selection_has_every_column() -> None:
    catalogue = catalogue_of(
        ["a", "b", "c"], technique=["engraving", "etching", "woodcut"], shelf_id=["007", "1752", "x9"]
    )
    table = read_back(selection_csv(catalogue, [2, 0], **NOTE))
    assert table["plate_id"].tolist() == ["c", "a"]
    assert table["technique"].tolist() == ["woodcut", "engraving"] and table["shelf_id"].tolist() == [
        "x9",
        "007",
    ]
    assert {"root", "sha256"}.isdisjoint(table.columns) and table["collection"].tolist() == ["sample"] * 2
    assert len(read_back(selection_csv(catalogue, [], **NOTE))) == 0


def test_pairs_have_what_is_known_of_both_plates() -> None:
    catalogue = catalogue_of(["a", "0012", "c"], title=["One", "Two", "Three"], book=["007", "b", "0071"])
    ids = [str(name) for name in catalogue.plate_ids]
    left, right = [ids.index("a"), ids.index("0012")], [ids.index("0012"), ids.index("c")]
    content = pairs_csv(catalogue, left, right, **NOTE, extra={"similarity": [0.94, -0.5]})
    table = read_back(content)
    assert table["a_plate_id"].tolist() == ["a", "0012"] and table["b_plate_id"].tolist() == ["0012", "c"]
    titles = dict(zip(ids, catalogue.frame["title"], strict=True))
    assert table["b_title"].tolist() == [titles["0012"], titles["c"]]
    books = dict(zip(ids, catalogue.frame["book"], strict=True))
    assert table["a_book"].tolist() == [books["a"], books["0012"]]
    assert [row[4] for row in cells(content)[1:]] == ["0.94", "-0.5"]
    assert [row[:4] for row in cells(content)[1:]] == [["a", "[a]", "0012", "[0012]"], ["0012", "[0012]", "c", "[c]"]]
    with pytest.raises(ImgsimError, match="b_plate_id"):
        pairs_csv(catalogue, [0, 1], [2], **NOTE)


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("0904700600", True), ("1752", False), ("1752-1760", False), ("12345678901234", True), ("1/2", True),
        ("3 May", True), ("TRUE", True), ("12:30", True), ("£5", True), ("bm01", False), ("img-001", False),
        ("Marvell", False), ("p. 12", False), ("décor", False), ("", False), ("'tis", True), ("8vo", False),
    ],
)  # fmt: skip
def test_which_texts_are_guarded(text: str, guard: bool) -> None:
    assert guarded(text) == ("'" if guard else "") + text


def test_a_foreign_file_is_refused() -> None:
    with pytest.raises(ImgsimError):
        read_back(b"\xff\xfe\x00")
    assert read_back(b"").empty
