"""The neighbours of a query, as Plate, Map and Search show them: cards, with the line across them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from imgsim.app.components import thumbnail_grid
from imgsim.app.components.thumbnail_grid import picked
from imgsim.app.parts import cards, left_out, line, neighbour_query, reviewing, shell, study, tray
from imgsim.app.services import commands, state, text, verdict_labels
from imgsim.base.translation import tr
from imgsim.collection import Collection
from imgsim.collection.folded_cards import fold
from imgsim.collection.listing import Listing
from imgsim.collection.query import Query

_GRID = "neighbour_grid"
_JUDGED = "_imgsim_judged"  # (plate, neighbour) whose decision is open


def results(
    collection: Collection, query: Query, head: DeltaGenerator, beside: Callable[[], None] | None = None
) -> None:
    """Draw the list, and in `head` its download; `beside` draws what stands beside the summary of the list."""
    from imgsim.app.parts import neighbour_views

    now = state.current()
    found = neighbour_query.find(collection, query, now)
    study.said(collection, now)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="listed"
    ):
        if query.evidence is not None and len(found.rows):
            verdicts = verdict_labels.summary(query.evidence, found.rows)
            st.caption(tr("Listed: {verdicts}.", verdicts=verdicts), width="content")
        if beside is not None:
            beside()
    if not len(found.rows):
        alone()
        return
    st.caption(line.meaning(collection, now))
    left_out.say(found, neighbour_query.conditions(collection, now), now)
    with head:
        neighbour_views.download(collection, query, found, now)
    stay = query.row is not None  # an image from outside is left for the page of the plate that was clicked
    if now.view == "table":
        neighbour_views.table(collection, query, found, now)
    elif now.view == "scores":
        neighbour_views.scores(collection, query, found, now)
    else:
        _judging(collection, query)
        grid(collection, query, found, now, stay=stay)
    left_out.verified(found, now)
    st.caption(line.remainder(collection, found, now))
    if stay and query.evidence is None:
        unverified(collection)


def grid(
    collection: Collection,
    query: Query,
    found: Listing,
    now: state.State,
    *,
    min_width: int = 150,
    stay: bool = True,
) -> None:
    """The list as cards; a click makes a plate the query, here or on its own page; +N opens its book."""
    books = [str(collection.catalogue.record(row)["book"]) for row in found.rows.tolist()]
    if now.fold:
        folded = [
            (card.place, len(card.folded)) for card in fold(books, now.unfolded, found.sections)
        ]
    else:
        folded = [(place, 0) for place in range(len(found.rows))]
    compare = tr("Compare") if query.row is not None else ""
    ids = [str(collection.catalogue.plate_ids[row]) for row in found.rows.tolist()]
    marked = reviewing.marks(collection, query.label, ids) if query.row is not None else []
    event = thumbnail_grid(
        key=_GRID,
        items=cards.ranked_cards(
            collection,
            found.rows,
            found.similarities,
            now.backbone,
            folded,
            evidence=query.evidence,
            action=compare,
            judge=tr("Decide") if compare else "",
            reviews=dict(zip(found.rows.tolist(), marked, strict=False)),
            headings=line.headings(collection, found, now),
            sections=found.sections,
            outlined=query.row is None,
        ),
        min_width=min_width,
        label=tr("Neighbours, verified first")
        if neighbour_query.order(query, now) == "evidence"
        else tr("Neighbours, most similar first"),
        on_click=_clicked if stay else None,
        on_expand=_expanded,
        on_judge=_judged,
        tray=now.tray,
        on_gather=partial(tray.gathered, _GRID),
    )
    if event.gathered:
        st.rerun()  # the tray lies outside of what runs alone
    if event.clicked and not stay:
        shell.go("plate", plate=event.clicked)
    if event.action and compare:
        shell.go("compare", plate=query.label, other=event.action)
    if now.fold and now.unfolded in books and now.unfolded:
        st.button(tr("Fold the open book again"), type="tertiary", on_click=_fold_again)


def _clicked() -> None:
    plate_id = picked(st.session_state[_GRID])
    if plate_id and shell.collection().catalogue.has(plate_id):
        shell.remember(plate_id)


def _judged() -> None:
    """Open the bar for a neighbour; pressed again on the same card it closes."""
    other = picked(st.session_state[_GRID], "judge")
    pair = (state.current().plate, other)
    st.session_state[_JUDGED] = None if st.session_state.get(_JUDGED) == pair else pair


def _judging(collection: Collection, query: Query) -> None:
    """The decision on the neighbour whose card asks for it, above the list."""
    plate, other = st.session_state.get(_JUDGED) or ("", "")
    catalogue = collection.catalogue
    if query.row is None or plate != query.label or not catalogue.has(other or ""):
        return
    row = catalogue.row(other)
    with st.container(border=True, key="judging", gap="small"):
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key="judging_head"):
            title = text.plain(catalogue.short_title(row, 60))
            year = text.date_of(catalogue.record(row))
            asked = tr(
                "**What is it to this plate?** {title}, {year} ({plate})",
                title=title, year=year, plate=text.plain(other),
            )  # fmt: skip
            st.markdown(asked, width="stretch")
            st.button(tr("Close"), key="judging_close", type="tertiary", on_click=_close)
        reviewing.bar(collection, query.row, row, key="judging")


def _close() -> None:
    st.session_state[_JUDGED] = None


def _expanded() -> None:
    plate_id = picked(st.session_state[_GRID], "expand")
    catalogue = shell.collection().catalogue
    if plate_id and catalogue.has(plate_id):
        state.update(unfolded=catalogue.record(catalogue.row(plate_id))["book"])


def _fold_again() -> None:
    state.update(unfolded="")


def unverified(collection: Collection) -> None:
    """Say that no lines were compared, and how to have that done."""
    if collection.in_progress:
        st.caption(
            tr("The plates are being compared by their lines just now: what is verified appears here by itself.")
        )
        return
    st.caption(
        tr(
            "Nothing is verified here: the lines of these plates were never compared. To have them compared, run "
            "`{command}` in a terminal.",
            command=commands.prepare(collection.path).replace("`", ""),
        )
    )


def alone() -> None:
    """Say that there is nothing to list."""
    with st.container(border=True):
        st.markdown(tr("**There is no other plate in this collection.** Add more, and prepare it again."))
