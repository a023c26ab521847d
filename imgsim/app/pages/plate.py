"""Plate: one plate large, what is known of it, and where something like it appears again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from imgsim.app.components import keyboard
from imgsim.app.parts import catalogue_record as records
from imgsim.app.parts import (
    learned_counts,
    motif,
    neighbour_controls,
    neighbour_query,
    neighbourhood,
    past_addresses,
    shell,
    tray,
)
from imgsim.app.services import caches, parameters, state, text
from imgsim.app.services.parameters import parameter
from imgsim.base.translation import marked, tr
from imgsim.collection import Collection
from imgsim.collection.citing import plate_citation
from imgsim.collection.query import Query, plate_query
from imgsim.errors import CollectionError

name, title, group = "plate", marked("Plate"), marked("Plates")
fragment = True
loads = ("plate_viewer", "thumbnail_grid", "ButtonGroup", "DownloadButton")


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What this page alone heeds of the address."""

    # A detail of the plate, in fractions of it.
    box: parameters.Box | None = parameter(None, "box", parameters.box, after=("plate",))


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    if not now.plate:
        shell.links(name)
        past_addresses.gone_plate(collection)
        _choose()
        return
    top = st.container()
    left, right = st.columns([5, 8], gap="medium")
    head = None
    if now.box is None:
        with right:
            head = neighbour_controls.controls(
                collection, of_plate=True, verified=collection.are_compared
            )
    _body(top, left, right, head)


# Another plate changes neither sidebar nor controls, and drawing them again would take longer than finding its
# neighbours: this part runs alone.
@st.fragment
def _body(
    top: DeltaGenerator, left: DeltaGenerator, right: DeltaGenerator, head: DeltaGenerator | None
) -> None:
    shell.links(name)
    collection = shell.collection()
    now = state.current(State)
    if not now.plate or (now.box is None) != (head is not None):
        st.rerun()
    row = collection.catalogue.row(now.plate)
    record = collection.catalogue.record(row)
    named = text.plain(collection.catalogue.short_title(row, 90))
    with top:
        shell.lead(tr(title), f"{named}, {text.date_of(record)}")
    with right:
        by_part = caches.near_by_parts(collection, now.backbone, row)
        query = plate_query(collection, row, caches.similarities_of(collection, now.backbone, row), by_part)
        if head is not None:
            neighbourhood.results(collection, query, head, lambda: _family(collection, row))
        elif now.box is not None and not motif.show(collection, row, now.box):
            _instead(collection, query, now)
    with left:
        _turn_pages(collection, row)
        _ways(now)
        motif.viewer(collection, row, now.box)
        learned_counts.of_plate(collection, row)
        _record(collection, row)


def _instead(collection: Collection, query: Query, now: State) -> None:
    """Where a detail is found in no other plate, what is nearest to the whole one."""
    found = neighbour_query.find(collection, query, now)
    if len(found.rows):
        st.markdown(tr("## Nearest to the whole plate"))
        neighbourhood.grid(collection, query, found, now)


def _family(collection: Collection, row: int) -> None:
    """Where the plate belongs to a family, say so and lead there."""
    families = caches.families(collection)
    family_id = families.of(row) if families is not None else None
    if family_id is None or families is None:
        return
    family = families.family(family_id)
    plates = text.count(len(family), "plate", "plates")
    which = (
        tr("Family of {plates} in {books}", plates=plates, books=text.count(len(family.books), "book", "books"))
        if family.books
        else tr("Family of {plates}", plates=plates)
    )
    label = ", ".join(filter(None, (which, family.span_said)))
    if st.button(f"{label} →", type="tertiary", help=tr("This image and its re-uses, in order of date.")):
        shell.go("reuse", family=family_id)


def _choose() -> None:
    shell.lead(tr(title), tr("Choose a plate first: its neighbours will stand beside it."))
    with st.container(border=True):
        st.markdown(
            tr("**No plate is chosen.** Click one in Browse or on the Map, or search with an image of your own.")
        )
        with st.container(horizontal=True):
            shell.ways_to_a_plate()
            st.button(tr("Take one at random"), on_click=_random)


def _random() -> None:
    import random

    ids = shell.collection().catalogue.plate_ids
    shell.remember(str(ids[random.randrange(len(ids))]))


def _turn_pages(collection: Collection, row: int) -> None:
    before, after = collection.catalogue.previous_next(row)
    if not (before or after):
        return
    book = str(collection.catalogue.record(row)["book"])
    inside = [int(other) for other in collection.catalogue.book_rows(book)]
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="turn_pages"
    ):
        st.button(
            tr("← Previous"),
            disabled=not before,
            shortcut=keyboard.PREVIOUS_PLATE,
            on_click=shell.remember,
            args=(before or "",),
        )
        at = {"n": inside.index(row) + 1, "all": len(inside)}
        known = book and collection.catalogue.books_known
        place = tr("{n} of {all} in this book", **at) if known else tr("{n} of {all} plates", **at)
        st.caption(place, width="content")
        st.button(
            tr("Next →"),
            disabled=not after,
            shortcut=keyboard.NEXT_PLATE,
            on_click=shell.remember,
            args=(after or "",),
        )


def _ways(now: State) -> None:
    """Where the plate can go."""
    with st.container(horizontal=True, key="plate_ways"):
        inside = now.plate in now.tray
        if st.button(
            tr("✓ In the tray") if inside else tr("Put in the tray"),
            key="into_tray",
            type="tertiary",
            help=tr("Take it out again.")
            if inside
            else tr("Gather plates from any page, to look at them side by side."),
            on_click=tray.remove if inside else tray.add,
            args=([now.plate],),
        ):
            st.rerun()  # the tray lies outside of what runs alone
        if st.button(
            tr("Show on the map →"), key="on_map", type="tertiary", help=tr("Where it lies among all plates.")
        ):
            shell.go("map")


def _record(collection: Collection, row: int) -> None:
    record = collection.catalogue.record(row)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="record_head"
    ):
        st.markdown(tr("## Record"), width="content")
        book = str(record["book"])
        if book and st.button(
            tr("The whole book →"),
            type="tertiary",
            help=tr("Its record, its plates, and what it shares with other books."),
        ):
            shell.go("book", book_a=book, book_b="")
        page_id = _page_of(collection, record)
        if page_id and st.button(
            tr("See its page →"), type="tertiary", help=tr("Where it was cut out; its box can be corrected there.")
        ):
            shell.go("pages", book_scan=page_id, pages_asked="all", pages_book="")
    scan = tr(
        "{width:,} × {height:,} pixels, {file}",
        width=record["width"],
        height=record["height"],
        file=record["file"],
    )
    records.draw({**records.of_plate(collection, row), tr("Scan"): scan})
    st.caption(tr("To cite this plate:"))
    st.code(plate_citation(collection, row), language=None, wrap_lines=True)


def _page_of(collection: Collection, record: Mapping[str, Any]) -> str:
    """The page that a plate was cut out of; "" for none."""
    try:
        pages = collection.pages
    except CollectionError:  # said on Pages
        return ""
    found = pages.of_plate(str(record["root"]), str(record["file"])) if pages is not None else None
    return "" if found is None else found[0].page_id


if __name__ == "__main__":
    shell.draw(name)
