"""The plate that was clicked on the map and its neighbours, beside it."""

from __future__ import annotations

import streamlit as st

from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import cards, left_out, line, neighbour_query, neighbourhood, shell
from imgsim.app.services import caches, state, verdict_labels
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.collection.listing import Listing
from imgsim.collection.query import Query


def verified(query: Query, found: Listing | None) -> list[int] | None:
    """The listed plates whose re-use is verified; None where nothing was ever compared."""
    if query.evidence is None or found is None:
        return None
    known = set(query.evidence.verified)
    return [row for row in found.rows.tolist() if row in known]


def show(collection: Collection, now: state.State, query: Query | None, found: Listing | None) -> None:
    """Draw the query and its neighbours, or, where there is none yet, how to get there."""
    if query is None or query.row is None or found is None:
        with st.container(border=True):
            st.markdown(tr("**No plate is chosen yet.**"))
            st.markdown(
                tr(
                    "Rest the pointer on a point to see its plate. Click it, and its most similar plates turn red "
                    "on the map and stand here."
                )
            )
            st.markdown(tr("Draw a box or a lasso to see its plates here, and to take them away as a list."))
        return
    event = thumbnail_grid(
        key="map_query",
        items=[cards.card(collection, query.row, mark="query")],
        height=150,
        label=tr("The query"),
    )
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        listed = trn("{n:,} neighbour, in red", "{n:,} neighbours, in red", len(found.rows))
        if query.evidence is not None and len(found.rows):
            listed = verdict_labels.summary(query.evidence, found.rows)
        st.caption(listed, width="content")
        opened = st.button(tr("Open this plate"), type="tertiary")
    if event.clicked or opened:
        shell.go("plate", plate=now.plate)
    if not len(found.rows):
        neighbourhood.alone()
        return
    left_out.say(found, neighbour_query.conditions(collection, now), now)
    _unfiltered(collection, now, found)
    with st.container(height=500, border=False, key="map_neighbours"):
        neighbourhood.grid(collection, query, found, now, min_width=110)
        st.caption(line.meaning(collection, now))


def _unfiltered(collection: Collection, now: state.State, found: Listing) -> None:
    """The neighbours that are listed, and drawn in red, although they do not pass the filters."""
    shown = caches.visible(collection, now)
    away = 0 if shown is None else int((~shown[found.rows]).sum())
    if away:
        st.caption(
            trn(
                "{n:,} of these does not pass your filters: neighbours are looked for among all plates.",
                "{n:,} of these do not pass your filters: neighbours are looked for among all plates.",
                away,
            )
        )
