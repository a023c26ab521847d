"""Where two networks agree: how many first neighbours they share, and the plates of which they share the fewest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from imgsim import export
from imgsim.app.components import thumbnail_grid
from imgsim.app.components.thumbnail_grid import picked
from imgsim.app.parts import cards, downloads, models_found, shell
from imgsim.app.parts.models_verified import ordinal
from imgsim.app.parts.pager import pager
from imgsim.app.services import state, text
from imgsim.base.markup import rendered
from imgsim.base.translation import number, tr
from imgsim.collection import Collection
from imgsim.collection.evidence import evidence_of
from imgsim.collection.neighbour_overlap import STUDY, NeighbourOverlap, places

_TABLE = Path(__file__).with_suffix(".html")
_GRID = "disagreements"
_PER_PAGE = 18
_ALL = -1  # in the list of numbers of shared neighbours


def finding(collection: Collection, names: Sequence[str], k: int) -> str:
    """How often the two agree, as one sentence of Markdown."""
    known = models_found.agreed(collection, names[0], names[1], k)
    most = range(max(1, k - 1), k + 1)
    high = int(known.counts[most.start :].sum())
    share, none = (text.share(number, len(known.shared)) for number in (high, int(known.counts[0])))
    if k == 1:
        return tr(
            "**They agree on {k} of the first {k} neighbours for {share} of plates**, and on none for {none}.",
            k=k, share=share, none=none,
        )  # fmt: skip
    return tr(
        "**They agree on {fewer} or {k} of the first {k} neighbours for {share} of plates**, and on none for {none}.",
        fewer=k - 1, k=k, share=share, none=none,
    )  # fmt: skip


def show(collection: Collection, names: Sequence[str], k: int, sharing: int | None, page: int) -> None:
    """Draw the part: the plates of which so many neighbours are shared, None for all; that page of them."""
    known = models_found.agreed(collection, names[0], names[1], k)
    _table(known, names)
    now = state.current()
    sharing = sharing if sharing is not None and sharing <= k else None
    rows = known.order if sharing is None else known.with_shared(sharing)
    left, right = st.columns([4, 8], gap="medium")
    with left:
        _list(collection, known, names, rows, sharing, page)
    with right:
        row = (
            collection.catalogue.row(now.plate)
            if now.plate
            else int(rows[0] if len(rows) else known.order[0])
        )
        _both_lists(collection, known, names, row)


def _table(known: NeighbourOverlap, names: Sequence[str]) -> None:
    """The counts, with those of the study beneath where they are of as many neighbours."""
    numbers = range(known.k, -1, -1)
    lines = [_line(f"{names[0]}, {names[1]}", known.counts.tolist(), numbers)]
    if known.k == STUDY.k:
        label = tr("the DHH23 study: {networks}", networks=", ".join(STUDY.backbones))
        lines.append(_line(label, list(STUDY.shared), numbers, "study"))
    st.html(rendered(_TABLE, k=known.k, numbers=numbers, lines=lines))


def _line(label: str, counts: Sequence[int], numbers: Sequence[int], kind: str = "") -> dict[str, Any]:
    whole = sum(counts)
    cells = [(number(counts[at]), text.share(counts[at], whole)) for at in numbers]
    return {"kind": kind, "label": label, "plates": number(whole), "cells": cells}


def _list(
    collection: Collection,
    known: NeighbourOverlap,
    names: Sequence[str],
    rows: np.ndarray,
    sharing: int | None,
    wanted: int,
) -> None:
    now = state.current()
    st.markdown(tr("## Where they disagree most"))
    labels = {
        shared: tr("{shared} shared ({plates:,})", shared=shared, plates=int(known.counts[shared]))
        for shared in range(known.k + 1)
    }
    labels[_ALL] = tr("All plates ({plates:,}), most disagreement first", plates=len(known.shared))
    st.selectbox(
        tr("Plates"),
        sorted(labels),
        format_func=labels.__getitem__,
        label_visibility="collapsed",
        **state.bind(
            "sharing",
            value=_ALL if sharing is None else sharing,
            read=lambda shared: None if shared == _ALL else shared,
        ),
    )
    if not len(rows):
        st.caption(tr("There is no such plate."))
        return
    pages = math.ceil(len(rows) / _PER_PAGE)
    page = min(wanted, pages)
    items = [
        cards.card(
            collection,
            int(row),
            badge=tr("{shared} of {k}", shared=known.shared[row], k=known.k),
            badge_title=tr(
                "the networks share {shared} of the first {k} neighbours", shared=known.shared[row], k=known.k
            ),
        )
        for row in rows[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    ]
    thumbnail_grid(
        key=_GRID,
        items=items,
        height=105,
        min_width=80,
        selected=now.plate or items[0]["id"],
        label=tr("Plates, most disagreement first"),
        on_click=_clicked,
    )
    pager(pages, page, "models_page")
    st.caption(
        tr(
            "Fewest shared neighbours first; of those, lists that overlap least; of those, plates of which each "
            "network finds the other's first neighbour least alike. Click a plate to see both its lists."
        )
    )
    _download(collection, known, names)


def _clicked() -> None:
    plate_id = picked(st.session_state[_GRID])
    if plate_id and shell.collection().catalogue.has(plate_id):
        shell.remember(plate_id)


def _both_lists(collection: Collection, known: NeighbourOverlap, names: Sequence[str], row: int) -> None:
    shared = int(known.shared[row])
    plate = text.plain(collection.catalogue.plate_ids[row])
    st.markdown(tr("## {plate}: {shared} of {k} neighbours shared", plate=plate, shared=shared, k=known.k))
    left, right = st.columns([2, 10], gap="small")
    with left:
        event = thumbnail_grid(
            key="compared_plate",
            items=[cards.card(collection, row, mark="query")],
            height=140,
            min_width=90,
            label=tr("The plate"),
        )
    if event.clicked:
        shell.go("plate", plate=event.clicked)
    lists = [collection.neighbour_table(name)[0][row : row + 1] for name in names]
    with right:
        for at, name in enumerate(names):
            event = _one_list(collection, known.k, name, names[1 - at], row, *lists[:: 1 if at == 0 else -1])
            if event.clicked:
                shell.go("plate", plate=event.clicked, backbone=name)
        depth = min(len(each[0]) for each in lists)
        st.caption(
            tr(
                "Framed plates are among the first {k} of both. Where the other network has a plate among its "
                "first {depth}, its place there stands under it. Click a plate to open it with that network.",
                k=known.k, depth=depth,
            )
        )  # fmt: skip


def _one_list(
    collection: Collection, k: int, name: str, other: str, row: int, own: np.ndarray, others: np.ndarray
) -> Any:
    """One network's first neighbours of a plate; those that the other network has among its first ones are framed."""
    there = places(own, others)[0][:k]
    similarities = collection.neighbour_table(name)[1][row][:k]
    items = cards.ranked_cards(
        collection,
        own[0, :k],
        similarities,
        name,
        [(place, 0) for place in range(k)],
        evidence=evidence_of(collection, row),
    )
    for item, place in zip(items, there.tolist(), strict=True):
        shared = 0 < place <= k
        item["mark"] = "selected" if shared else ""
        item["lines"] = [item["lines"][0], *([f"{other}: {ordinal(place)}"] if place else [])]
    shared = int(np.count_nonzero((there > 0) & (there <= k)))
    network = text.plain(name)
    st.markdown(
        tr("**{network}**, the first {k}, {shared} of them in both lists", network=network, k=k, shared=shared)
        if shared
        else tr("**{network}**, the first {k}", network=network, k=k)
    )
    return thumbnail_grid(
        key=f"list_{name}",
        items=items,
        height=140,
        min_width=95,
        fit=True,
        label=tr("First neighbours by {network}", network=name),
    )


def _download(collection: Collection, known: NeighbourOverlap, names: Sequence[str]) -> None:
    def make(**of: str) -> bytes:
        ids = np.asarray(collection.catalogue.plate_ids, dtype=object)
        rows = known.order
        extra: dict[str, Sequence] = {
            "shared": known.shared[rows].tolist(),
            "of_first": [known.k] * len(rows),
            "rank_biased_overlap": known.overlap[rows].round(4).tolist(),
        }
        for name in names:
            indices, similarities = collection.neighbour_table(name)
            extra[f"{name}_neighbour_ids"] = [" | ".join(ids[near]) for near in indices[rows, : known.k]]
            extra[f"{name}_similarities"] = [
                " | ".join(f"{value:.4f}" for value in values) for values in similarities[rows, : known.k]
            ]
        return export.selection_csv(
            collection.catalogue, rows, extra=extra, **of
        )

    downloads.csv(
        collection,
        f"shared_neighbours_{collection.name}",
        make,
        help=tr("Every plate, with how many neighbours are shared, and both lists."),
        key="download_shared",
    )
