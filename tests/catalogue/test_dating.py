"""Dates of a catalogue: its columns, the report of a run, the page About."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from imgsim.catalogue import (
    Catalogue,
    DateInterval,
    report_line,
)
from imgsim.catalogue.dating import read_dates
from imgsim.cli.display import summary_text
from imgsim.collection import open_collection
from imgsim.generation import layout
from tests.catalogue.dated import STATEMENTS, dated
from tests.kin import catalogue_of
from tests.making import add_files, make, write_plates
from tests.pages import visit, words
from tests.statements import filled


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return dated(list(STATEMENTS))


# ---- columns


def test_the_columns_hold_intervals_and_a_year_only_where_it_is_one(catalogue: Catalogue) -> None:
    for row, (text, (first, last)) in enumerate(STATEMENTS.items()):
        record = catalogue.record(row)
        assert (record["date_text"], record["date_from"], record["date_to"]) == (text, first, last)
        assert record["year"] == (first if first == last else None)
        one_decade = first is not None and last is not None and first // 10 == last // 10
        assert record["decade"] == (first // 10 * 10 if one_decade and first is not None else None)
        assert (record["date_sure"] == "") == (first is None and last is None)
        assert catalogue.date(row) == DateInterval.of_record(record)
    assert [catalogue.record(row)["date_sure"] for row in (0, 3, 11)] == [
        "certain",
        "approximate",
        "uncertain",
    ]
    assert catalogue.frame["date_from"].dtype == "Int32" and catalogue.frame["date_to"].dtype == "Int32"


def test_a_year_column_goes_before_a_decade_column_and_is_helped_out_by_it() -> None:
    found = read_dates(
        5,
        [["1752", "", "s.a.", "Frühling", ""], ["1760", "1753", "", "", ""]],
        [["1750", "1750.0", "1740s", "", "1755"]],
    )
    assert [date.words for date in found.dates] == ["1752", "1753", "1740s", "undated", "1750s"]
    assert found.texts == ["1752", "1753", "1740s", "Frühling", "1755"]
    assert found.report == {"plates": 5, "read": 4, "intervals": 2, "undated": 0, "unread": {"Frühling": 1}}


def test_the_report_counts_plates_and_names_what_was_not_read() -> None:
    cells = [*["1752"] * 3, *["1751-1760"] * 2, "s.a.", *["x"] * 2, *"abcdef", ""]
    report = read_dates(len(cells), [cells]).report
    assert (report["plates"], report["read"], report["intervals"], report["undated"]) == (14, 6, 2, 1)
    line = report_line(report)
    assert line.startswith(
        "years: 6 of 14 read, 2 as intervals, 1 said to be undated; not read: `x`, `a`, `b`, `c`, `d` and 2 more"
    )
    assert (
        report_line(read_dates(2, [["1752", "1753"]]).report) == "years: 2 of 2 read, 0 as intervals (plates)"
    )
    assert report_line(read_dates(2, []).report) == "" == report_line({})


def test_every_statement_is_counted_whatever_it_is() -> None:
    cells = [filled(text, 1793) for text in ("{y}", "{tens}X", "vers {y}", "no. {y}", "{y}?")] * 7
    report = read_dates(len(cells), [cells]).report
    assert report["read"] + sum(report["unread"].values()) == report["plates"] == 35


def test_catalogues_of_older_versions_open_with_intervals_from_years_and_decades(tmp_path: Path) -> None:
    old = catalogue_of({"a": ("x", 1752), "b": ("y", None), "c": ("z", None)}).frame
    old = old.drop(columns=["date_text", "date_from", "date_to", "date_sure"])
    old.loc[1, "decade"] = 1750
    old.to_parquet(tmp_path / "catalogue.parquet", index=False)
    opened = Catalogue.from_parquet(tmp_path / "catalogue.parquet")
    assert [opened.date(row).words for row in range(3)] == ["1752", "1750s", "undated"]
    opened.to_parquet(tmp_path / "again.parquet")
    again = Catalogue.from_parquet(tmp_path / "again.parquet")
    assert [again.date(row) for row in range(3)] == [opened.date(row) for row in range(3)]


# ---- the run and the page About


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the collection "dates": a plate for each statement, and one without a row."""
    base = tmp_path_factory.mktemp("dates")
    write_plates(base / "images", len(STATEMENTS) + 1)
    with (base / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("plate_id", "title", "date"))
        writer.writerows((f"p{at:03}", f"Book {at}", text) for at, text in enumerate(STATEMENTS))
    make(base / "data" / "dates", base / "images", metadata=base / "metadata.csv")
    return base / "data"


def test_a_run_says_what_it_read_and_keeps_it(prepared: Path) -> None:
    collection = open_collection(prepared / "dates")
    years = collection.manifest["join"]["years"]
    assert years == {"plates": 11, "read": 10, "intervals": 5, "undated": 1, "unread": {"Frühling": 1}}
    summary = make(prepared / "dates", None)
    assert not summary.changed
    said = summary_text(summary)
    assert "years: 10 of 11 read, 5 as intervals, 1 said to be undated; not read: `Frühling` (plates)" in said
    assert [collection.catalogue.date(row).words for row in (1, 4)] == ["1751–1760", "before 1752"]


def test_about_lists_what_was_not_read(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(prepared))
    app = visit("about")
    assert (
        "10 of 11 plates with a date could be read, 5 of them as more than one year, 1 as undated."
        in words(app)
    )
    listed = next(frame.value for frame in app.dataframe if "Date as written" in frame.value.columns)
    assert listed.to_numpy().tolist() == [["Frühling", 1]]
    plate = visit("plate", plate="p001")
    assert "1751–1760" in " ".join(str(html.proto.body) for html in plate.get("html")) + words(plate)


def test_a_collection_prepared_before_dates_were_intervals_opens_and_is_joined_anew(
    prepared: Path, tmp_path: Path
) -> None:
    """Its catalogue lacks the columns, its manifest the report: pages open, and the next run reads the dates."""
    write_plates(tmp_path / "images", 3)
    (tmp_path / "m.csv").write_text("plate_id,year\np000,1751-1760\np001,1755\np002,\n")
    made = make(tmp_path / "data" / "old", tmp_path / "images", metadata=tmp_path / "m.csv")
    frame = open_collection(made.path).catalogue.frame.drop(
        columns=["date_text", "date_from", "date_to", "date_sure"]
    )
    frame["year"] = pd.array([1751, 1755, None], dtype="Int32")
    path = tmp_path / "old.parquet"
    frame.to_parquet(path, index=False)
    add_files(made.path, {layout.CATALOGUE: path.read_bytes()})
    manifest = open_collection(made.path).folder / layout.MANIFEST
    kept = json.loads(manifest.read_text("utf-8"))
    del kept["join"]["years"]
    kept["keys"][layout.CATALOGUE] = "of an older version"
    manifest.write_bytes(layout.sealed(kept))
    old = open_collection(made.path)
    assert [old.catalogue.date(row).words for row in range(3)] == ["1751", "1755", "undated"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
        visit("about")
        visit("plate", plate="p000")
    again = make(made.path, None)
    assert again.changed
    assert [open_collection(made.path).catalogue.date(row).words for row in range(3)] == [
        "1751–1760",
        "1755",
        "undated",
    ]
