"""Browse: all plates as a wall of thumbnails, narrowed down by what is known of their books."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import cards, filters, found, iiif_offer, plate_marks, shell, tray
from imgsim.app.parts.pager import pager, part
from imgsim.app.services import caches, parameters, state
from imgsim.app.services.parameters import parameter
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection

name, title, group = "browse", marked("Browse"), marked("Plates")
loads = ("thumbnail_grid", "Checkbox", "Multiselect", "Pagination", "Slider", "TextInput")
_GRID = "browse_grid"
SIZES = {"small": (110, 95), "medium": (180, 150), "large": (320, 260)}  # height and least width, in pixels
_CALLED = {"small": marked("Small"), "medium": marked("Medium"), "large": marked("Large")}
PAGE_SIZES = (30, 60, 120, 240)


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What this page alone heeds of the address."""

    per_page: int = parameter(
        60, "per_page", parameters.integer(PAGE_SIZES[0], PAGE_SIZES[-1]), lasting=True
    )
    size: str = parameter("medium", "size", parameters.OneOf(tuple(SIZES)), lasting=True)
    page: int = parameter(1, "page", parameters.integer(1, parameters.MOST_PAGES), after=(*state.FILTERS, "per_page"))


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    shell.lead(tr(title), tr("Look through the plates. Click one to see where it was used again."))
    shell.looking_at(collection)
    filters.facets(collection)
    rows = caches.ordered_rows(collection, now)
    _controls(collection, now, len(rows))
    offered = found.offer(collection, now.text, len(rows))
    if not len(rows):
        if not offered:
            _nothing(now)
        return
    pages = math.ceil(len(rows) / now.per_page)
    page = min(now.page, pages)
    shown = rows[(page - 1) * now.per_page : page * now.per_page]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        said = _count(len(rows), len(collection.catalogue), page, pages, now.per_page)
        st.caption(said, help=tr(plate_marks.LEGEND), width="content")
        _all_into_the_tray(collection, now, shown)
        pager(pages, page, "page", "_top")
    height, width = SIZES[now.size]
    marks = plate_marks.of(collection, shown)
    event = thumbnail_grid(
        key=_GRID,
        items=[cards.card(collection, int(row), marks=known) for row, known in zip(shown, marks, strict=True)],
        height=height,
        min_width=width,
        selected=now.plate or None,
        trail=collection.name,
        placed=name,
        label=tr("Plates"),
        tray=now.tray,
        on_gather=partial(tray.gathered, _GRID),
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        pager(pages, page, "page", "_bottom")
    if event.clicked:
        shell.go("plate", plate=event.clicked)


def _controls(collection: Collection, now: State, number: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            tr("Search"),
            placeholder=tr("Words from a title, an author, a place, an id; or a whole citation …"),
            max_chars=parameters.MOST_TEXT,
            **state.bind("text"),
        )
        st.selectbox(
            tr("Sort by"),
            list(parameters.SORTS),
            format_func=lambda by: tr(parameters.SORTS[by]),
            width=160,
            **state.bind("sort"),
        )
        sizes = sorted({*PAGE_SIZES, now.per_page})
        st.selectbox(tr("Plates a page"), sizes, width=130, **state.bind("per_page"))
        st.selectbox(
            tr("Pictures"), list(SIZES), format_func=lambda size: tr(_CALLED[size]), width=120, **state.bind("size")
        )
        if now.sort == "random":
            st.button(tr("Shuffle"), on_click=_shuffle)
        if number:
            iiif_offer.offer_selection(collection, now, number)


def _all_into_the_tray(collection: Collection, now: State, shown: np.ndarray) -> None:
    ids = [str(collection.catalogue.plate_ids[row]) for row in shown]
    more = [one for one in ids if one not in now.tray]
    # Once somebody gathers: before that it would only be in the way.
    if now.tray and more:
        label = tr("Put all {n:,} in the tray", n=len(ids))
        st.button(label, type="tertiary", on_click=tray.add, args=(more,))


def _shuffle() -> None:
    state.update(seed=time.time_ns() % 1_000_000)


def _count(found: int, every: int, page: int, pages: int, per_page: int) -> str:
    what = (
        trn("{n:,} plate", "{n:,} plates", found)
        if found == every
        else trn(
            "{n:,} plate that pass the filters ({every:,} in all)",
            "{n:,} plates that pass the filters ({every:,} in all)",
            found,
            every=every,
        )
    )
    return part(what, page, per_page, found) if pages > 1 else what


def _nothing(now: State) -> None:
    with st.container(border=True):
        st.markdown(tr("**No plate passes these filters.**"))
        st.markdown(tr("Take out a word or a choice, or start again with the whole collection."))
        if now.text and (now.decades or now.choices or now.reused):
            st.button(tr("Keep the words, clear the rest"), on_click=_keep_words)
        st.button(tr("Clear all filters"), type="primary", on_click=filters.clear)


def _keep_words() -> None:
    state.update(decades=None, choices=(), reused=False)


if __name__ == "__main__":
    shell.draw(name)
