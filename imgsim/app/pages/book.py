"""Book: one book, its record, its plates in order, and what it has in common with earlier and later books."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import cards, catalogue_record, shell
from imgsim.app.parts.not_prepared import unknown_books, unverified
from imgsim.app.parts.pager import pager
from imgsim.app.services import caches, parameters, state, text
from imgsim.app.services.parameters import parameter
from imgsim.catalogue import BookDates
from imgsim.collection import Collection
from imgsim.collection.book_exchange import EARLIER, LATER, UNCERTAIN, Exchange, Partner, exchange
from imgsim.collection.citing import book_citation
from imgsim.families import Member

name, title, group = "book", "Book", ""

_PARTNERS = 6  # books of a list that are shown before the reader asks for all
_PER_PAGE = 120
# What a plate's mark says: how, in words, and more of it when the pointer rests there.
_MARKS = {
    frozenset({EARLIER}): ("earlier", "← in an earlier book"),
    frozenset({LATER}): ("later", "in a later book →"),
    frozenset({EARLIER, LATER}): ("both", "← in earlier and later books →"),
}
_UNDATED_MARK = ("other", "in another book")


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
        shell.lead("Book", "One book: its record, its plates, and what it shares with others.")
        unknown_books(collection)
        return
    if not book or not len(collection.catalogue.book_rows(book)):
        shell.lead(
            "Book", "Choose a book: its plates in order, and what it shares with earlier and later ones."
        )
        if book:
            st.warning(f"There is no book {text.plain(book)} in this collection.")
        _choose(collection, dates, "")
        _shelf(collection, dates)
        return
    title = collection.catalogue.short_title(int(collection.catalogue.book_rows(book)[0]), 110)
    shell.lead("Book", f"{text.plain(title)}, {dates.words(book)}")
    _turn(collection, dates, book)
    found = _exchange(collection, dates, book)
    left, right = st.columns([5, 8], gap="large")
    with left:
        if found is None:
            unverified(collection)
        else:
            _common(collection, dates, found)
        st.markdown("## Record")
        catalogue_record.draw({**catalogue_record.of_book(collection, book), "Plates": f"{_count(collection, book):,}"})
        st.caption("To cite this book:")
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
        "Book",
        ["", *dates.books],
        format_func=lambda each: (
            _option(collection, each) if each else "Choose a book, or type a word of its title"
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
        st.caption(f"{text.count(len(books), 'book')} in order of date, each by its first plate.")
        pager(pages, page, "book_page")
    trades = {trade.book: trade for trade in caches.overview(collection).trades}
    items = []
    for book in books[(page - 1) * _PER_PAGE : page * _PER_PAGE]:
        row = int(collection.catalogue.book_rows(book)[0])
        lines = [f"{dates.words(book)} · {text.count(_count(collection, book), 'plate')}"]
        if book in trades:
            counts = ((trades[book].taken, "in earlier books"), (trades[book].passed, "in later books"))
            lines += [f"{number:,} {where}" for number, where in counts if number]
        items.append(cards.card(collection, row, lines=lines))
    event = thumbnail_grid(key="shelf", items=items, height=130, label="Books in order of date")
    if event.clicked:
        row = collection.catalogue.row(event.clicked)
        shell.go("book", book_a=str(collection.catalogue.record(row)["book"]), book_b="")


def _options(collection: Collection) -> dict[str, str]:
    return {
        book: f"{collection.catalogue.book_label(book)}: {text.count(_count(collection, book), 'plate')}"
        for book in caches.overview(collection).dates.books
    }


def _option(collection: Collection, book: str) -> str:
    return caches.fact(collection, "books to choose from", partial(_options, collection), keep=1)[book]


def _turn(collection: Collection, dates: BookDates, book: str) -> None:
    """To the book before and the book after by date, or to any other."""
    books = dates.books
    at = books.index(book)
    before, after = books[at - 1] if at else "", books[at + 1] if at + 1 < len(books) else ""
    with st.container(horizontal=True, vertical_alignment="center", key="turn_books"):
        st.button(
            "← Earlier book", disabled=not before, shortcut="P", on_click=_open, args=(before,),
            help=_option(collection, before) if before else None,
        )  # fmt: skip
        _choose(collection, dates, book)
        st.button(
            "Later book →", disabled=not after, shortcut="N", on_click=_open, args=(after,),
            help=_option(collection, after) if after else None,
        )  # fmt: skip


def _open(book: str) -> None:
    state.update(book_a=book, book_b="")


# ---- what it has in common with others


def _common(collection: Collection, dates: BookDates, found: Exchange) -> None:
    st.markdown("## Shared with other books")
    st.markdown(_summary(collection, found))
    if not found.partners:
        return
    for when, title in (
        (EARLIER, "Also in earlier books"),
        (LATER, "Also in later books"),
        (UNCERTAIN, "Also in books whose dates overlap, or undated"),
    ):
        partners = found.of(when)
        if partners:
            _partners(collection, dates, found.book, title, when, partners)
    st.caption(
        "By date alone: a later book may have copied a third one. A title opens that book, the number of images shows "
        "them side by side, in the order of each book."
    )


def _summary(collection: Collection, found: Exchange) -> str:
    plates = _count(collection, found.book)
    if not found.partners:
        return "None of its images was found in another book of this collection."
    said = []
    for when, words in ((EARLIER, "in an earlier book"), (LATER, "in a later book")):
        number = len(found.rows(when))
        if number:
            said.append(f"**{number:,}** {'is' if number == 1 else 'are'} also {words}")
    apart = len(found.plates) - len(found.rows(EARLIER, LATER))
    if apart:
        said.append(
            f"**{apart:,}** {'is' if apart == 1 else 'are'} in books whose dates overlap, or without one"
        )
    sentence = f"Of its {text.count(plates, 'plate')}, {', '.join(said[:-1])}{' and ' if said[1:] else ''}{said[-1]}."
    return sentence + _extent(collection, found)


def _extent(collection: Collection, found: Exchange) -> str:
    """The earliest and the latest plate in this collection that shows an image of this book."""
    if found.earliest is None or found.latest is None:
        return ""
    first, last = (_member(collection, found, member) for member in (found.earliest, found.latest))
    return f" What it shares is earliest in this collection in {first}, and latest in {last}."


def _member(collection: Collection, found: Exchange, member: Member) -> str:
    if member.book == found.book:
        return f"this book ({member.date})"
    return f"{member.date} (*{text.plain(collection.catalogue.short_title(member.row, 45))}*)"


def _partners(
    collection: Collection, dates: BookDates, book: str, title: str, when: str, partners: tuple[Partner, ...]
) -> None:
    st.markdown(f"### {title}")
    shown = partners
    if len(partners) > _PARTNERS + 1 and not st.toggle(
        f"Show all {len(partners):,} books", key=f"all_{when}"
    ):
        shown = partners[:_PARTNERS]
    borrowing = caches.book_network(collection)
    with st.container(gap=None, key=f"partners_{when}"):
        for at, partner in enumerate(shown):
            order = borrowing.rank_correlation(book, partner.book).words if borrowing is not None else ""
            with st.container(horizontal=True, vertical_alignment="center", key=f"partner_{when}_{at}"):
                row = int(collection.catalogue.book_rows(partner.book)[0])
                name = text.plain(collection.catalogue.short_title(row, 70))
                if st.button(
                    f"**{dates.words(partner.book)}** {name}",
                    type="tertiary",
                    key=f"open_{when}_{at}",
                    help="Open this book",
                    width="stretch",
                ):
                    shell.go("book", book_a=partner.book, book_b="")
                images = text.count(len(partner.families), "image")
                if st.button(images, key=f"pair_{when}_{at}", help=_order(len(partner.families), order)):
                    shell.go("books", book_a=book, book_b=partner.book)


def _order(images: int, order: str) -> str:
    return "See it side by side" if images == 1 else f"See them side by side. Printed {order}."


# ---- its plates


def _plates(collection: Collection, dates: BookDates, book: str, found: Exchange | None) -> None:
    rows = [int(row) for row in collection.catalogue.book_rows(book)]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("## Plates in order", width="content")
        if st.button("Browse them", type="tertiary", help="With all filters and orders"):
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
        label="Plates of this book, in order",
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
    page = f"p. {plate['page']}" if plate["page"] is not None else str(plate["plate_id"])
    card = cards.card(collection, row, title=page, lines=[])
    when = found.plates.get(row) if found is not None else None
    families = caches.families(collection)
    if when and families is not None:
        family_id = families.of(row)
        assert family_id is not None and found is not None  # else it would not be in other books
        family = families.family(family_id)
        kind, words = _MARKS.get(when & {EARLIER, LATER}, _UNDATED_MARK)
        others = [other for other in family.books if other != found.book]
        names = (f"{dates.words(o)} {collection.catalogue.book_label(o)}" for o in others[:5])
        more = f" and {len(others) - 5:,} more" if len(others) > 5 else ""
        card["verdict"] = {"kind": kind, "text": words, "title": f"Also in: {'; '.join(names)}{more}"}
        card["action"] = "Its re-uses"
    return card


if __name__ == "__main__":
    shell.draw(name)
