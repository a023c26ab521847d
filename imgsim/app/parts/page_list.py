"""All pages of books in order, each with its boxes drawn on it: to find those that want correcting."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import mending, shell
from imgsim.app.parts.pager import pager
from imgsim.app.services import commands, page_scans, server, shown_pages, state, text
from imgsim.base.translation import marked, number, tr, trn
from imgsim.catalogue.book_pages import ILLUSTRATION, KINDS, ORNAMENT, Cut
from imgsim.collection import Collection
from imgsim.collection.corrected_pages import CorrectedPage

Asked = Callable[[CorrectedPage], bool]
# Which pages can be asked for: what that is called, and which they are.
FILTERS: dict[str, tuple[str, Asked]] = {
    "all": (marked("All pages"), lambda page: True),
    "illustrated": (marked("With illustrations"), lambda page: page.illustrated),
    "empty": (marked("Without any"), lambda page: not page.illustrated),
    "unsure": (marked("Unsure boxes"), lambda page: page.unsure),
    "hand": (marked("Corrected by hand"), lambda page: page.by_hand),
    "waiting": (marked("Not prepared yet"), lambda page: page.waiting),
}
# What they are called in the midst of other words.
NAMED = {
    "all": marked("all pages"), "illustrated": marked("with illustrations"), "empty": marked("without any"),
    "unsure": marked("unsure boxes"), "hand": marked("corrected by hand"), "waiting": marked("not prepared yet"),
}  # fmt: skip
_PER_SHEET = 60
_LEGEND = marked(
    "Whole frames become plates; dashed ones are ornaments, dotted ones initials: they stay on the page."
)


def chosen(pages: Sequence[CorrectedPage], asked: str, book: str) -> list[CorrectedPage]:
    """The pages of a book ("" for all) that a filter asks for."""
    wanted = FILTERS[asked][1]
    return [page for page in pages if (not book or page.book == book) and wanted(page)]


def show(collection: Collection, asked: str, book: str, sheet: int) -> None:
    """Draw the list: of which book and which pages, and which sheet of it."""
    shell.lead(tr("Pages"), tr("Every page, with the boxes that its plates are cut from. Click one to correct them."))
    pages = shown_pages.all_pages(collection)
    waiting(collection, pages)
    of_book = _controls(pages, book)
    found = chosen(of_book, asked, "")
    if not found:
        with st.container(border=True):
            st.markdown(tr("**No page is of this kind: {kind}.**", kind=tr(NAMED[asked])))
            st.button(tr("Show all pages"), type="primary", on_click=_all)
        return
    sheets = math.ceil(len(found) / _PER_SHEET)
    sheet = min(sheet, sheets)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        kinds = Counter(cut.kind for page in found for cut in page.cuts)
        others = "" if set(kinds) <= {ILLUSTRATION} else f" {tr(_LEGEND)}"
        told = trn("{n:,} page with {what}.", "{n:,} pages with {what}.", len(found), what=_told(kinds))
        st.caption(f"{told}{others}")
        pager(sheets, sheet, "pages_sheet")
    shown = found[(sheet - 1) * _PER_SHEET : sheet * _PER_SHEET]
    event = thumbnail_grid(
        key="pages_grid", items=_cards(collection, shown), height=230,
        label=tr("Pages"), counted=text.count(len(shown), "page", "pages"),
    )  # fmt: skip
    if event.clicked:
        shell.go("pages", book_scan=event.clicked)


def _controls(pages: Sequence[CorrectedPage], book: str) -> list[CorrectedPage]:
    """Draw which pages are asked for; those of the book that is chosen come back."""
    books = {page.book: page.label for page in pages}
    of_book = chosen(pages, "all", book if book in books else "")
    counts = {name: len(chosen(of_book, name, "")) for name in FILTERS}
    with st.container(horizontal=True, vertical_alignment="center", key="pages_filter", gap="small"):
        if len(books) > 1:
            st.selectbox(
                tr("Book"), ["", *books], format_func=lambda each: books.get(each, tr("All books")), width=320,
                label_visibility="collapsed", **state.bind("pages_book", value=book if book in books else ""),
            )  # fmt: skip
        st.pills(
            tr("Which pages"), list(FILTERS),
            format_func=lambda name: f"{tr(FILTERS[name][0])} ({number(counts[name])})",
            label_visibility="collapsed", required=True, **state.bind("pages_asked"),
        )  # fmt: skip
    return of_book


def _all() -> None:
    state.update(pages_asked="all", pages_book="")


def waiting(collection: Collection, pages: Sequence[CorrectedPage]) -> None:
    """Say how many pages were corrected since the last run, and offer another one; nothing where none was."""
    corrected = sum(page.waiting for page in pages)
    if not corrected:
        return
    with st.container(border=True, key="pages_waiting"):
        st.markdown(
            trn(
                "**{n:,} page was corrected since the last run.** The plates are those of before until the "
                "collection is prepared again.",
                "**{n:,} pages were corrected since the last run.** The plates are those of before until the "
                "collection is prepared again.",
                corrected,
            )
        )
        mending.again(collection.path, "pages")


def _cards(collection: Collection, pages: Sequence[CorrectedPage]) -> list[dict[str, Any]]:
    items, last = [], None
    for shown in pages:
        page = shown.page
        what = summary(shown.cuts)
        item: dict[str, Any] = {
            "id": page.page_id,
            "src": server.page_url(collection, page.page_id, page_scans.SMALL),
            "alt": tr("Page {page}: {what}", page=page.page_id, what=what),
            "title": page.page_id,
            "lines": [what],
            "boxes": _drawn(shown),
        }
        if shown.unsure:
            item |= {"badge": tr("unsure"), "badge_title": tr("The network is not sure of a box on this page.")}
        if shown.by_hand or shown.waiting:
            item["review"] = tr("corrected, not prepared yet") if shown.waiting else tr("✓ by hand")
            item["review_title"] = tr("By {reviewer}", reviewer=page.by if shown.last is None else shown.last.reviewer)
        if shown.book != last:
            last = shown.book
            item["heading"] = {"text": shown.label or tr("Pages"), "means": "", "line": False}
        items.append(item)
    return items


def _drawn(shown: CorrectedPage) -> dict[str, Any]:
    page = shown.page
    boxes = [[*cut.box, cut.kind] for cut in shown.cuts]
    return {"width": page.width, "height": page.height, "boxes": boxes}


def summary(cuts: Sequence[Cut]) -> str:
    """What is on a page: `2 illustrations, 1 ornament`."""
    return _told(Counter(cut.kind for cut in cuts))


def _told(kinds: Counter[str]) -> str:
    return ", ".join(_counted(kind, kinds[kind]) for kind in KINDS if kinds[kind]) or tr("no illustration")


def _counted(kind: str, found: int) -> str:
    if kind == ILLUSTRATION:
        return text.count(found, "illustration", "illustrations")
    return text.count(found, "ornament", "ornaments") if kind == ORNAMENT else text.count(found, "initial", "initials")


def none(collection: Collection) -> None:
    """Say that the collection has no pages, and how one gets them."""
    shell.lead(tr("Pages"), tr("Pages of books, with the boxes that plates are cut from."))
    with st.container(border=True):
        st.markdown(tr("**This collection has no pages of books:** each of its images is a plate by itself."))
        st.markdown(
            tr(
                "Whole pages are told from plates when a folder, zip or PDF of them is prepared, and their "
                "illustrations are cut out. If these images are pages all the same, say so on the page Collections: "
                "*Prepare again*, *The images are*. Or in a terminal:"
            )
        )
        st.code(commands.prepare(collection.path, "--pages", "always"), language=None)
        if st.button(tr("Browse the plates"), type="primary"):
            shell.go("browse")
