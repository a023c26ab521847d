"""Pages: the pages of books that plates were cut out of, and the boxes on them, to be corrected by hand."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from imgsim.app.parts import page_desk, page_list, shell
from imgsim.app.services import parameters, state, text
from imgsim.app.services.parameters import parameter
from imgsim.base.translation import marked, tr
from imgsim.collection import Collection
from imgsim.generation import layout

name, title, group = "pages", marked("Pages"), marked("Plates")


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What this page alone heeds of the address."""

    # The page that is shown large; "" for the list of all.
    book_scan: str = parameter("", "page_id", parameters.short)
    pages_asked: str = parameter("all", "pages", parameters.OneOf(tuple(page_list.FILTERS)))
    pages_book: str = parameter("", "pages_of", parameters.short)
    pages_sheet: int = parameter(
        1, "pages_sheet", parameters.integer(1, parameters.MOST_PAGES), after=("pages_asked", "pages_book")
    )


def belongs(collection: Collection) -> bool:
    """Whether the collection has pages."""
    return collection.has(layout.PAGES)  # not read here: a damaged table is no reason to show no page at all


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    if not belongs(collection):
        page_list.none(collection)
        return
    shown = page_desk.find(collection, now.book_scan) if now.book_scan else None
    if shown is not None:
        page_desk.show(collection, shown, now.pages_asked, now.pages_book)
        return
    if now.book_scan:
        st.warning(tr("There is no page {page} in this collection.", page=text.plain(now.book_scan)))
    page_list.show(collection, now.pages_asked, now.pages_book, now.pages_sheet)


if __name__ == "__main__":
    shell.draw(name)
