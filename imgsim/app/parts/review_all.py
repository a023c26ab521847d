"""All reviews: what is decided now, the history of each pair, and the way out and in as CSV."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from imgsim.app.parts import downloads, review_import, review_unconfirmed, reviewing
from imgsim.app.services import caches, server, state, text
from imgsim.collection import Collection


def show(collection: Collection) -> None:
    """Draw the section."""
    standing = caches.standing(collection)
    with st.container(horizontal=True, vertical_alignment="center", key="review_files"):
        disputed = int(standing["disputed"].sum())
        st.markdown(
            f"**{text.count(len(standing) - disputed, 'pair')} decided**"
            + (f", {disputed:,} disputed" if disputed else ""),
            width="stretch",
        )
        downloads.csv(
            collection,
            f"reviews_{collection.name}",
            lambda **of: caches.reviews(collection).to_csv(collection.catalogue, **of),
            disabled=not caches.revision(collection),
            help="Every record, those that were taken back among them; another imgsim can import it.",
        )
        with st.popover("Import CSV"):
            review_import.offer(collection)
    review_import.report(collection)
    review_unconfirmed.show(collection)
    if not len(standing):
        with st.container(border=True):
            st.markdown(
                "**Nothing is decided yet.** Judge pairs here, on Compare, on a plate’s page or in a family."
            )
            st.button("Judge pairs", type="primary", on_click=_judge)
        return
    _table(collection, standing)


def _table(collection: Collection, standing: pd.DataFrame) -> None:
    ordered = standing.sort_values("when", ascending=False, kind="stable").reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "A": [_thumbnail(collection, plate) for plate in ordered["plate_a"]],
            "B": [_thumbnail(collection, plate) for plate in ordered["plate_b"]],
            "Decision": ordered["decision"],
            "Who says what": ordered["said"],
            "When": [reviewing.day(when) for when in ordered["when"]],
            "Note": ordered["note"],
            "Plate A": ordered["plate_a"],
            "Plate B": ordered["plate_b"],
        }
    )
    event = st.dataframe(
        frame,
        key=f"reviews_{caches.revision(collection)}",
        hide_index=True,
        row_height=60,
        height=min(38 + 60 * len(frame), 480),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "A": st.column_config.ImageColumn(width=60),
            "B": st.column_config.ImageColumn(width=60),
            "Note": st.column_config.TextColumn(width="medium"),
        },
    )
    chosen = event["selection"]["rows"]
    if not chosen or chosen[0] >= len(ordered):
        st.caption("Choose a row to see its history, or to judge the pair again.")
        return
    pair = ordered.iloc[chosen[0]]
    _history(collection, str(pair["plate_a"]), str(pair["plate_b"]))


def _thumbnail(collection: Collection, plate_id: str) -> str | None:
    catalogue = collection.catalogue
    return server.thumbnail_url(collection, catalogue.row(plate_id)) if catalogue.has(plate_id) else None


def _history(collection: Collection, plate_a: str, plate_b: str) -> None:
    st.markdown(f"#### {text.plain(plate_a)} and {text.plain(plate_b)}")
    rows = reviewing.history(caches.history(collection, plate_a, plate_b))
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="pair_history")
    catalogue = collection.catalogue
    if not (catalogue.has(plate_a) and catalogue.has(plate_b)):
        st.caption(
            "Not both of these plates are in this collection: the decision is kept, and used once they are."
        )
        return
    if st.button("Open in Compare", key="history_compare"):
        reviewing.open_in_compare(plate_a, plate_b)


def _judge() -> None:
    state.update(desk="queue")
