"""The counterpart of a plate: which others it may be compared with, and how one is chosen; a part of Compare."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from imgsim.app.components import thumbnail_grid
from imgsim.app.components.thumbnail_grid import picked
from imgsim.app.parts import cards, reviewing, shell
from imgsim.app.services import caches, state, text
from imgsim.base.translation import tr
from imgsim.collection import Collection
from imgsim.collection.evidence import evidence_of
from imgsim.collection.listing import meets

_GRID = "compare_grid"


def neighbours(collection: Collection, now: state.State, row: int) -> list[int]:
    """The plates to step through: those that geometry ties to this one, its copies by another hand, then the most
    similar of the others."""
    known = evidence_of(collection, row)
    found = [*known.verified, *known.copies] if known is not None else []
    similarities = caches.similarities_of(collection, now.backbone, row)
    near = np.argsort(-similarities, kind="stable")[: now.top_k + 200]
    allowed = (near != row) & meets(collection.catalogue, np.array([row]), near, other_books=now.other_books)
    more = near[allowed].tolist()
    return list(dict.fromkeys([*found, *more[: now.top_k]]))


def choose_first() -> None:
    """Say that no plate is chosen, and where to choose one."""
    shell.lead(tr("Compare"), tr("Two plates in one place: what is the same, and what was changed."))
    with st.container(border=True):
        st.markdown(
            tr("**No plate is chosen.** Click one in Browse or on the Map first, then choose its counterpart.")
        )
        with st.container(horizontal=True):
            shell.ways_to_a_plate()


def choose_second(collection: Collection, row: int, candidates: list[int], asked: str) -> None:
    """Draw a plate beside those that it may be compared with; the address may ask for one that is not there."""
    title = text.plain(collection.catalogue.short_title(row, 90))
    year = text.date_of(collection.catalogue.record(row))
    shell.lead(tr("Compare"), tr("{title}, {year}, with which plate?", title=title, year=year))
    left, right = st.columns([3, 9], gap="medium")
    with left:
        st.markdown(tr("## Plate A"))
        event = thumbnail_grid(
            key="compare_first",
            items=[cards.card(collection, row, mark="query")],
            height=260,
            label=tr("Plate A"),
        )
        if event.clicked:
            shell.go("plate", plate=event.clicked)
        other_id(collection, row, candidates, asked)
    with right:
        st.markdown(tr("## Choose plate B"))
        if not candidates:
            st.caption(
                tr("No other plate is like this one under your conditions. Allow the same book, or give an id.")
            )
            return
        matches = getattr(collection, "matches", None)
        now_id = str(collection.catalogue.plate_ids[row])
        ids = [str(collection.catalogue.plate_ids[other]) for other in candidates]
        marks = reviewing.marks(collection, now_id, ids)
        items = []
        for other, mark in zip(candidates, marks, strict=True):
            match = matches.between(row, other) if matches is not None else None
            more: dict[str, Any] = {"badge": tr(match.verdict)} if match is not None and match.verified else {}
            more |= mark
            items.append(cards.card(collection, other, **more))
        thumbnail_grid(
            key=_GRID, items=items, min_width=150, label=tr("Plates to compare with"), on_click=_picked
        )


def _picked() -> None:
    plate_id = picked(st.session_state[_GRID])
    if plate_id and shell.collection().catalogue.has(plate_id):
        state.update(other=plate_id)


def other_id(collection: Collection, row: int, candidates: list[int], other: str) -> None:
    """The list of plates to compare with; any other plate of the collection by its id."""
    catalogue = collection.catalogue
    ids = [str(catalogue.plate_ids[other]) for other in candidates]
    if catalogue.has(other) and other not in ids:
        ids.insert(0, other)
    number = {plate_id: place + 1 for place, plate_id in enumerate(ids)}
    matches = getattr(collection, "matches", None)

    def line(plate_id: str) -> str:
        if not catalogue.has(plate_id):
            return plate_id
        there = catalogue.row(plate_id)
        match = matches.between(row, there) if matches is not None else None
        parts = [
            str(number.get(plate_id, "")),
            tr(match.verdict) if match is not None and match.verified else "",
            text.date_of(catalogue.record(there)),
            catalogue.short_title(there, 50),
            plate_id,
        ]
        return " · ".join(part for part in parts if part)

    st.selectbox(
        tr("Compare with"),
        ids,
        format_func=line,
        accept_new_options=True,
        placeholder=tr("Choose a neighbour, or type any plate id"),
        label_visibility="collapsed",
        **state.bind(
            "other", value=other if catalogue.has(other) else None, read=lambda chosen: chosen or ""
        ),
    )
