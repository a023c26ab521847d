"""What follows from dates: columns, filters, orders, arrows, lists, citations, the report of a run, the page About."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.catalogue import (
    UNKNOWN,
    BookDates,
    Catalogue,
    DateInterval,
    described,
    parse_date,
    report_line,
    shown_date,
)
from imgsim.catalogue.dating import read_dates
from imgsim.charts.colours import colour_plates
from imgsim.cli.display import summary_text
from imgsim.collection import open_collection
from imgsim.collection.book_exchange import exchange
from imgsim.collection.book_network import BookNetwork
from imgsim.collection.citing import family_citation
from imgsim.collection.listing import meets
from imgsim.collection.overview_counts import Overview
from imgsim.export.graphml import graphml
from imgsim.export.neighbour_lists import neighbour_lists
from imgsim.export.pair_lists import pairs_csv
from imgsim.families import Families, delays, find_families, select
from imgsim.generation import layout
from tests.exports import collection_of, request_of
from tests.kin import catalogue_of, clique, matches_of
from tests.making import add_files, make, write_plates
from tests.pages import visit, words
from tests.statements import filled

# A statement, and the years in which it may have been printed, for books of the 1750s and 1760s.
STATEMENTS: dict[str, tuple[int | None, int | None]] = {
    "1752": (1752, 1752),
    "[1751-1760]": (1751, 1760),
    "1750s": (1750, 1759),
    "c. 1755": (1755, 1755),
    "vor 1752": (None, 1751),
    "nach 1760": (1761, None),
    "1641 [i.e. 1762]": (1762, 1762),
    "18. Jh.": (1700, 1799),
    "s.a.": (None, None),
    "": (None, None),
    "Frühling": (None, None),
    "1758?": (1758, 1758),
}


def dated(statements: list[str] | dict[str, str], **columns: list[str]) -> Catalogue:
    """Plates p00, p01 ... (or of the names given), each of a book of its own, dated by one of the statements."""
    given = (
        statements if isinstance(statements, dict) else {f"p{at:02}": s for at, s in enumerate(statements)}
    )
    names = sorted(given)
    made = catalogue_of({name: (f"book {name}", None) for name in names}, **columns)
    found = read_dates(len(names), [[given[name] for name in names]])
    kinds = ("year", "decade", "date_text", "date_from", "date_to", "date_sure")
    return Catalogue(made.frame.assign(**{kind: found.column(kind) for kind in kinds}))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return dated(list(STATEMENTS))


def families_of(catalogue: Catalogue) -> Families:
    matches = matches_of(catalogue, clique(catalogue.plate_ids))
    return Families(find_families(catalogue.frame, matches), catalogue)


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


# ---- finding and ordering


def test_decades_find_every_plate_that_may_be_of_them(catalogue: Catalogue) -> None:
    for first, last in ((1750, 1750), (1700, 1740), (1760, 1790), (1700, 1790)):
        right = [
            row
            for row, (begin, end) in enumerate(STATEMENTS.values())
            if (begin, end) != (None, None) and (begin or 0) <= last + 9 and (end or 9999) >= first
        ]
        assert catalogue.search(decades=(first, last)).tolist() == right
    assert catalogue.search(choices={"decade": [UNKNOWN]}).tolist() == [8, 9, 10]
    facet = next(facet for facet in catalogue.facets() if facet.column == "decade")
    assert facet.known == 9 and dict(facet.values)[1750] == len(catalogue.search(decades=(1750, 1750)))


def test_the_bars_of_decades_hold_what_a_click_finds(catalogue: Catalogue) -> None:
    reused = np.arange(len(catalogue)) % 2 == 0
    overview = Overview(catalogue, reused, None)
    for group in overview.decades.groups:
        found = catalogue.search(decades=(int(group.label), int(group.label)))
        assert (group.plates, group.reused) == (len(found), int(reused[found].sum()))
    assert overview.decades.unknown is not None and overview.decades.unknown.plates == 3
    assert overview.span == "before 1752 to 1762"


def test_plates_books_and_families_stand_in_one_order(catalogue: Catalogue) -> None:
    right = [
        "vor 1752",
        "1752",
        "c. 1755",
        "1758?",
        "1750s",
        "[1751-1760]",
        "1641 [i.e. 1762]",
        "18. Jh.",
        "nach 1760",
    ]
    texts = list(STATEMENTS)
    rows = catalogue.order(range(len(catalogue)), "year").tolist()
    assert [texts[row] for row in rows[:9]] == right
    (family,) = families_of(catalogue).ordered()
    assert [texts[member.row] for member in family.members[:9]] == right and len(family.undated) == 3
    assert [texts[int(book[-2:])] for book in BookDates(catalogue).books[:9]] == right


@pytest.mark.parametrize("when", ["earlier", "later"])
def test_earlier_and_later_are_certain_on_the_page_and_in_lists(catalogue: Catalogue, when: str) -> None:
    request = request_of(collection_of(catalogue, None, kept=3), when=when, top_k=50, threshold=-1.0)
    listed = {
        row: set(indices.tolist())
        for rows, lists in neighbour_lists(request)
        for row, (indices, _) in zip(rows.tolist(), lists, strict=True)
    }
    for row, own in enumerate(STATEMENTS.values()):
        right = set()
        for other, its in enumerate(STATEMENTS.values()):
            one, two = (its, own) if when == "earlier" else (own, its)
            if one[1] is not None and two[0] is not None and one[1] < two[0]:
                right.add(other)
        if own == (None, None):
            right = set(range(len(catalogue))) - {row}
        mask = meets(catalogue, np.array([row]), np.arange(len(catalogue)), when=when)
        assert set(np.flatnonzero(mask).tolist()) - {row} == right == listed[row]


def test_an_interval_is_never_taken_for_its_first_year() -> None:
    """1751-1760 against 1755: neither is earlier, no arrow, no delay, and 1755 is the earliest."""
    catalogue = dated({"a": "1751-1760", "b": "1755", "c": "1761"}, place=["Paris", "London", "London"])
    families = families_of(catalogue)
    (family,) = families.ordered()
    assert family.id == "b" and [member.date for member in family.members] == ["1755", "1751–1760", "1761"]
    assert delays(family) == (6,) and family.years == 6 and family.span == "1755–1761"
    dates = BookDates(catalogue)
    assert not dates.certainly_earlier("book a", "book b") and not dates.certainly_earlier("book b", "book a")
    assert dates.certainly_earlier("book a", "book c")
    borrowing = BookNetwork.from_families(families, matches_of(catalogue, clique("abc")), catalogue)
    assert {(e.source[-1], e.target[-1]): e.directed for e in borrowing.edges} == {
        ("b", "a"): False,
        ("b", "c"): True,
        ("a", "c"): True,
    }
    assert borrowing.decades() == {1760: {"same image": 1, "mirrored": 0, "shared detail": 0}}
    assert b'<data key="node_date">1751\xe2\x80\x931760</data>' in graphml(borrowing)
    assert b'<data key="node_date_edtf">1751/1760</data>' in graphml(borrowing)
    found = exchange(families, dates, "book a")
    assert {partner.book[-1]: partner.when for partner in found.partners} == {"b": "uncertain", "c": "later"}
    assert found.earliest is not None and found.earliest.plate_id == "b"
    assert found.latest is not None and found.latest.plate_id == "c"
    # Travelled from Paris to London: certainly, for 1761 is after the whole interval; not the other way.
    assert select([family], catalogue, source="Paris", target="London")
    assert not select([family], catalogue, source="London", target="Paris")
    assert select([family], catalogue, decades=(1760, 1760)) and not select(
        [family], catalogue, decades=(1770, 1770)
    )


def test_a_book_whose_plates_have_several_dates_covers_them() -> None:
    catalogue = dated({"a": "1752", "b": "1760", "c": "1755", "d": "1761"})
    catalogue = Catalogue(catalogue.frame.assign(book=["x", "x", "y", "z"]))
    dates = BookDates(catalogue)
    assert dates.words("x") == "1752–1760" and dates.year("x") is None and dates.books == ("y", "x", "z")
    assert not dates.certainly_earlier("x", "y") and dates.certainly_earlier("x", "z")
    assert dates.date("nowhere").words == "undated"


def test_a_family_of_one_vague_date_lies_no_years_apart() -> None:
    (family,) = families_of(dated({"a": "1751-1760", "b": "[1751-1760]"})).ordered()
    assert family.years == 0 and family.span == "1751–1760" and delays(family) == ()


# ---- shown and written


def test_a_record_shows_the_date_as_written_and_what_was_understood(catalogue: Catalogue) -> None:
    shown = {text: described(catalogue.record(row)).get("Date", "") for row, text in enumerate(STATEMENTS)}
    assert shown == {
        "1752": "1752",
        "[1751-1760]": "1751–1760",
        "1750s": "1750s",
        "c. 1755": "c. 1755",
        "vor 1752": "vor 1752, read as before 1752",
        "nach 1760": "nach 1760, read as 1761 or later",
        "1641 [i.e. 1762]": "1641 [i.e. 1762], read as 1762",
        "18. Jh.": "18. Jh., read as 1700–1799",
        "s.a.": "s.a.",
        "": "",
        "Frühling": "Frühling, not read",
        "1758?": "1758?",
    }
    for row, text in enumerate(STATEMENTS):
        assert (shown[text] in catalogue.reference(row)) and shown_date(catalogue.record(row)) == shown[text]
    assert catalogue.book_label("book p01") == "book p01, 1751–1760"
    assert catalogue.book_label("book p08") == "book p08"


def test_dates_of_pandas_are_shown_as_years() -> None:
    catalogue = dated(["1752.0", "[1752]", "1752."])
    assert [shown_date(catalogue.record(row)) for row in range(3)] == ["1752"] * 3


def test_lists_hold_both_ends(catalogue: Catalogue) -> None:
    table = read_back(pairs_csv(catalogue, [0, 4], [1, 5], collection="c", date="2026-11-22"))
    assert table["a_year"].tolist() == ["1752", ""] and table["b_year"].tolist() == ["", ""]
    assert table["a_date_from"].tolist() == ["1752", ""] and table["a_date_to"].tolist() == ["1752", "1751"]
    assert table["b_date_from"].tolist() == ["1751", "1761"] and table["b_date_to"].tolist() == ["1760", ""]


def test_a_family_is_cited_with_its_dates() -> None:
    catalogue = dated({"a": "1751-1760", "b": "um 1790"})
    collection = collection_of(catalogue, clique("ab"))
    assert collection.found_families is not None
    (family,) = collection.found_families.ordered()
    assert "in 2 plates of 2 books, 1751–1760 to c. 1790; " in family_citation(collection, family)


def test_plates_of_several_decades_have_no_colour_of_one(catalogue: Catalogue) -> None:
    colouring = colour_plates(catalogue, "decade")
    assert colouring.names == ("1750s", "1760s") and colouring.missing == sum(
        date is None or date.decade is None for date in map(parse_date, STATEMENTS)
    )


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
