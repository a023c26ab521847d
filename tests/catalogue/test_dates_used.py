"""What follows from dates: filters, orders, arrows, lists, citations."""

from __future__ import annotations

import numpy as np
import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.catalogue import (
    UNKNOWN,
    BookDates,
    Catalogue,
    described,
    parse_date,
    shown_date,
)
from imgsim.charts.colours import colour_plates
from imgsim.collection.book_exchange import exchange
from imgsim.collection.book_network import BookNetwork
from imgsim.collection.citing import family_citation
from imgsim.collection.listing import meets
from imgsim.collection.overview_counts import Overview
from imgsim.export.graphml import graphml
from imgsim.export.neighbour_lists import neighbour_lists
from imgsim.export.pair_lists import pairs_csv
from imgsim.families import delays, select
from tests.catalogue.dated import STATEMENTS, dated, families_of
from tests.exports import collection_of, request_of
from tests.kin import clique, matches_of


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return dated(list(STATEMENTS))


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
    assert borrowing.decades() == {1760: {"same image": 1, "mirrored": 0, "negative": 0, "shared detail": 0}}
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
