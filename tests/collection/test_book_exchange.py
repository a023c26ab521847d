"""What one book has from earlier ones and passes on to later ones."""

from __future__ import annotations

import pytest

from imgsim.catalogue import BookDates, Catalogue
from imgsim.collection.book_exchange import EARLIER, LATER, UNCERTAIN, exchange
from imgsim.collection.book_network import BookNetwork
from tests.collection.borrowing import copied_books, made
from tests.kin import catalogue_of, pair


@pytest.fixture(scope="module")
def copied() -> BookNetwork:
    return copied_books()


def test_a_book_says_what_is_in_earlier_and_in_later_ones(copied: BookNetwork) -> None:
    families, dates, ids = copied.families, copied.dates, copied.catalogue.plate_ids
    two = exchange(families, dates, "two")
    assert [(p.book, p.when, p.families) for p in two.partners] == [
        ("one", EARLIER, ("a4", "a0", "a1", "a2", "a3")), ("three", UNCERTAIN, ("a4",)),
    ]  # fmt: skip
    assert {ids[row]: set(when) for row, when in two.plates.items()} == {
        "b0": {EARLIER}, "b1": {EARLIER}, "b2": {EARLIER}, "b3": {EARLIER}, "b4": {EARLIER, UNCERTAIN},
    }  # fmt: skip
    assert [ids[row] for row in two.rows(UNCERTAIN)] == ["b4"] and two.rows(LATER) == ()
    assert two.earliest is not None and (two.earliest.book, two.earliest.year) == ("one", 1752)
    assert two.latest is not None and (two.latest.book, two.latest.year) == ("two", 1760)
    one = exchange(families, dates, "one")
    assert [p.book for p in one.of(LATER)] == ["two", "four"] and one.of(EARLIER) == ()
    assert [ids[row] for row in one.rows(LATER)] == ["a0", "a1", "a2", "a3", "a4", "a5"]


def test_a_book_agrees_with_the_edges_of_the_network(copied: BookNetwork) -> None:
    for book in copied.books:
        found = exchange(copied.families, copied.dates, book)
        edges = [edge for edge in copied.edges if book in (edge.source, edge.target)]
        assert {p.book: set(p.families) for p in found.partners} == {
            ({edge.source, edge.target} - {book}).pop(): set(edge.families) for edge in edges
        }
        for edge in edges:
            other = ({edge.source, edge.target} - {book}).pop()
            when = next(p.when for p in found.partners if p.book == other)
            assert when == (UNCERTAIN if not edge.directed else LATER if edge.source == book else EARLIER)


def test_a_book_that_shares_nothing_has_no_partners(copied: BookNetwork) -> None:
    nobody = exchange(copied.families, copied.dates, "nobody")
    assert nobody.partners == () and nobody.plates == {} and nobody.earliest is None and nobody.latest is None
    twice = made(catalogue_of({"a": ("x", 1700), "b": ("x", 1700)}), [pair("a", "b")])
    assert exchange(twice.families, twice.dates, "x").partners == ()


def test_a_decade_alone_is_not_earlier_than_its_years() -> None:
    frame = catalogue_of({"a": ("x", 1755), "b": ("y", None), "c": ("z", 1700), "d": ("w", None)}).frame.copy()
    frame.loc[1, "decade"] = 1750
    dates = BookDates(Catalogue(frame))
    assert dates.books == ("z", "x", "y", "w")
    assert [dates.words(book) for book in dates.books] == ["1700", "1755", "1750s", "undated"]
    assert dates.certainly_earlier("z", "y") and not dates.certainly_earlier("y", "x")
    assert not dates.certainly_earlier("x", "w") and not dates.certainly_earlier("w", "x")
