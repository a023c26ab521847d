"""Book: one book, its record, its plates in order, and what it has in common with earlier and later books."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import book_partners, cards, catalogue_record, shell
from imgsim.app.parts.not_prepared import unknown_books, unverified
from imgsim.app.parts.pager import pager
from imgsim.app.services import caches, parameters, state, text
from imgsim.app.services.parameters import parameter
from imgsim.base import translation
from imgsim.base.translation import marked, tr, trn
from imgsim.catalogue import BookDates
from imgsim.collection import Collection
from imgsim.collection.book_exchange import EARLIER, LATER, Exchange, exchange
from imgsim.collection.citing import book_citation

name, title, group = "book", marked("Book"), ""
loads = ("thumbnail_grid",)

_PER_PAGE = 120
# What a plate's mark says: how, in words, and more of it when the pointer rests there.
_MARKS = {
    frozenset({EARLIER}): ("earlier", marked("← in an earlier book")),
    frozenset({LATER}): ("later", marked("in a later book →")),
    frozenset({EARLIER, LATER}): ("both", marked("← in earlier and later books →")),
}
_UNDATED_MARK = ("other", marked("in another book"))


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What this page alone heeds of the address."""

    # Of a book with many plates.
    book_page: int = parameter(1, "sheet", parameters.integer(1, parameters.MOST_PAGES), after=("book_a",))


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    book = now.book_a
    dates = caches.overview(collection).dates
    if not dates.books:
        shell.lead(tr(title), tr("One book: its record, its plates, and what it shares with others."))
        unknown_books(collection)
        return
    if not book or not len(collection.catalogue.book_rows(book)):
        shell.lead(
            tr(title), tr("Choose a book: its plates in order, and what it shares with earlier and later ones.")
        )
        if book:
            st.warning(tr("There is no book {book} in this collection.", book=text.plain(book)))
        _choose(collection, dates, "")
        _shelf(collection, dates)
        return
    named = collection.catalogue.short_title(int(collection.catalogue.book_rows(book)[0]), 110)
    shell.lead(tr(title), f"{text.plain(named)}, {dates.said(book)}")
    _turn(collection, dates, book)
    found = _exchange(collection, dates, book)
    left, right = st.columns([5, 8], gap="large")
    with left:
        if found is None:
            unverified(collection)
        else:
            book_partners.show(collection, dates, found)
        st.markdown(tr("## Record"))
        plates = translation.number(_count(collection, book))
        catalogue_record.draw({**catalogue_record.of_book(collection, book), tr("Plates"): plates})
        st.caption(tr("To cite this book:"))
        st.code(book_citation(collection, book), language=None, wrap_lines=True)
    with right:
        _plates(collection, dates, book, found)


def _exchange(collection: Collection, dates: BookDates, book: str) -> Exchange | None:
    families = caches.families(collection)
    return None if families is None else exchange(families, dates, book)


def _count(collection: Collection, book: str) -> int:
    return len(collection.catalogue.book_rows(book))


# ---- choosing a book


def _choose(collection: Collection, dates: BookDates, book: str) -> None:
    st.selectbox(
        tr("Book"),
        ["", *dates.books],
        format_func=lambda each: (
            _option(collection, each) if each else tr("Choose a book, or type a word of its title")
        ),
        label_visibility="collapsed" if book else "visible",
        **state.bind("book_a", value=book),
    )


def _shelf(collection: Collection, dates: BookDates) -> None:
    """All books in order of date, each by its first plate."""
    books = dates.books
    pages = -(-len(books) // _PER_PAGE)
    page = min(state.current(State).book_page, pages)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(
            trn(
                "{n:,} book in order of date, each by its first plate.",
                "{n:,} books in order of date, each by its first plate.",
                len(books),
            )
        )
        pager(pages, page, "book_page")
    trades = {trade.book: trade for trade in caches.overview(collection).trades}
    items = []
    for book in books[(page - 1) * _PER_PAGE : page * _PER_PAGE]:
        row = int(collection.catalogue.book_rows(book)[0])
        lines = [f"{dates.said(book)} · {text.count(_count(collection, book), 'plate', 'plates')}"]
        if book in trades:
            taken, passed = trades[book].taken, trades[book].passed
            lines += [tr("{n:,} in earlier books", n=taken)] if taken else []
            lines += [tr("{n:,} in later books", n=passed)] if passed else []
        items.append(cards.card(collection, row, lines=lines))
    event = thumbnail_grid(key="shelf", items=items, height=130, label=tr("Books in order of date"))
    if event.clicked:
        row = collection.catalogue.row(event.clicked)
        shell.go("book", book_a=str(collection.catalogue.record(row)["book"]), book_b="")


def _options(collection: Collection) -> dict[str, str]:
    return {
        book: f"{collection.catalogue.book_label(book)}: {text.count(_count(collection, book), 'plate', 'plates')}"
        for book in caches.overview(collection).dates.books
    }


def _option(collection: Collection, book: str) -> str:
    made, spoken = partial(_options, collection), translation.language()
    return caches.fact(collection, "books to choose from", made, spoken, keep=len(translation.LANGUAGES))[book]


def _turn(collection: Collection, dates: BookDates, book: str) -> None:
    """To the book before and the book after by date, or to any other."""
    books = dates.books
    at = books.index(book)
    before, after = books[at - 1] if at else "", books[at + 1] if at + 1 < len(books) else ""
    with st.container(horizontal=True, vertical_alignment="center", key="turn_books"):
        st.button(
            tr("← Earlier book"), disabled=not before, shortcut="P", on_click=_open, args=(before,),
            help=_option(collection, before) if before else None,
        )  # fmt: skip
        _choose(collection, dates, book)
        st.button(
            tr("Later book →"), disabled=not after, shortcut="N", on_click=_open, args=(after,),
            help=_option(collection, after) if after else None,
        )  # fmt: skip


def _open(book: str) -> None:
    state.update(book_a=book, book_b="")


# ---- its plates


def _plates(collection: Collection, dates: BookDates, book: str, found: Exchange | None) -> None:
    rows = [int(row) for row in collection.catalogue.book_rows(book)]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(tr("## Plates in order"), width="content")
        if st.button(tr("Browse them"), type="tertiary", help=tr("With all filters and orders")):
            shell.go("browse", text="", decades=None, reused=False, choices=(("book", (book,)),), sort="book")
    pages = -(-len(rows) // _PER_PAGE)
    page = min(state.current(State).book_page, pages)
    pager(pages, page, "book_page")
    shown = rows[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    event = thumbnail_grid(
        key="book_plates",
        items=[_card(collection, dates, row, found) for row in shown],
        height=150,
        selected=state.current().plate or None,
        label=tr("Plates of this book, in order"),
    )
    if event.action:
        families = caches.families(collection)
        family = families.of(collection.catalogue.row(event.action)) if families is not None else None
        if family is not None:
            shell.go("reuse", family=family)
    if event.clicked:
        shell.go("plate", plate=event.clicked)


def _card(collection: Collection, dates: BookDates, row: int, found: Exchange | None) -> dict[str, Any]:
    plate = collection.catalogue.record(row)
    page = tr("p. {page}", page=plate["page"]) if plate["page"] is not None else str(plate["plate_id"])
    card = cards.card(collection, row, title=page, lines=[])
    when = found.plates.get(row) if found is not None else None
    families = caches.families(collection)
    if when and families is not None:
        family_id = families.of(row)
        assert family_id is not None and found is not None  # else it would not be in other books
        family = families.family(family_id)
        kind, words = _MARKS.get(when & {EARLIER, LATER}, _UNDATED_MARK)
        others = [other for other in family.books if other != found.book]
        names = "; ".join(f"{dates.said(o)} {collection.catalogue.book_label(o)}" for o in others[:5])
        told = (
            tr("Also in: {books} and {n:,} more", books=names, n=len(others) - 5)
            if len(others) > 5
            else tr("Also in: {books}", books=names)
        )
        card["verdict"] = {"kind": kind, "text": tr(words), "title": told}
        card["action"] = tr("Its re-uses")
    return card


if __name__ == "__main__":
    shell.draw(name)
