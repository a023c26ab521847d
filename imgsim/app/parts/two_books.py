"""What two books share: their plates side by side, each in the order in which its book prints them."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from imgsim.app.components import rank_lines
from imgsim.app.parts import shell
from imgsim.app.services import server, state
from imgsim.base.terms import ORDER
from imgsim.base.translation import tr, trn
from imgsim.base.verdict_words import turned
from imgsim.collection import Collection
from imgsim.collection.book_network import BookNetwork, Shared
from imgsim.collection.kept_order import RankCorrelation, kept_order


def show(collection: Collection, borrowing: BookNetwork, first: str, second: str) -> None:
    """Draw the heading, what their order says, and one line for each shared image."""
    shared = borrowing.shared(first, second)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(trn("## {n:,} shared image", "## {n:,} shared images", len(shared)), width="stretch")
        st.button(tr("Close"), on_click=_close)
    order = borrowing.rank_correlation(first, second)
    here = f"{ORDER.hint} {tr('Here {tau:.2f}.', tau=order.tau)}" if order.plates > 1 else None
    st.markdown(in_words(order), help=here)
    if len(shared) > 1:
        st.caption(
            tr(
                "Each line is one image, from its place in the earlier book to its place in the other. Blue lines "
                "keep one order, dashed ones leave it."
            )
        )
    kept = dict(zip(map(_pair_id, shared), kept_order([item.place_b for item in shared]), strict=True))
    event = rank_lines(
        key="shared_plates",
        left=[_plate(collection, item, item.row_a) for item in shared],
        right=[
            _plate(collection, item, item.row_b, _how(item))
            for item in sorted(shared, key=lambda item: item.place_b)
        ],
        kept=kept,
        left_title=borrowing.label(first),
        right_title=borrowing.label(second),
    )
    if event.title:
        shell.go("book", book_a=first if event.title == "left" else second, book_b="")
    if event.clicked:
        shell.go("plate", plate=event.clicked)
    for item in shared:
        if event.compare == _pair_id(item):
            ids = collection.catalogue.plate_ids
            shell.go("compare", plate=ids[item.row_a], other=ids[item.row_b])


def _close() -> None:
    state.update(book_a="", book_b="")


def _pair_id(item: Shared) -> str:
    return item.family


def _how(item: Shared) -> str:
    if not item.verdict:
        return tr("by way of a third plate")
    return tr(item.verdict) + turned(item.verdict, item.mirrored, item.negative)


def _plate(collection: Collection, item: Shared, row: int, how: str = "") -> dict[str, Any]:
    record = collection.catalogue.record(row)
    page = tr("p. {page}", page=record["page"]) if record["page"] is not None else ""
    return {
        "id": str(record["plate_id"]),
        "pair": _pair_id(item),
        "src": server.thumbnail_url(collection, row),
        "alt": tr("Plate {plate}, {page}", plate=record["plate_id"], page=page),
        "lines": [page or str(record["plate_id"]), how],
    }


def in_words(found: RankCorrelation) -> str:
    """What the order of the shared plates says, and how often chance would say it."""
    if found.plates < 2:
        return tr("One shared image says nothing of the order.")
    words = tr("The two print them **{order}**.", order=tr(found.words))
    if math.isfinite(found.chance) and found.chance <= 0.05:
        words += " " + (
            tr(
                "Drawn by lot, an order as regular as this comes about once in {times:,.0f} times.",
                times=1 / found.chance,
            )
            if found.chance > 1e-9
            else tr("Drawn by lot, an order as regular as this would practically never come about.")
        )
    return words
