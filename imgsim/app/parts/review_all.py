"""All reviews: what is decided now, the history of each pair, and the way out and in as CSV."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from imgsim.app.parts import downloads, review_import, review_sitting, review_unconfirmed, reviewing
from imgsim.app.services import caches, server, state, text
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.reviews import TAKEN_BACK, Review


def show(collection: Collection) -> None:
    """Draw the section."""
    standing = caches.standing(collection)
    with st.container(horizontal=True, vertical_alignment="center", key="review_files"):
        disputed = int(standing["disputed"].sum())
        decided = len(standing) - disputed
        if disputed:
            said = trn(
                "**{n:,} pair decided**, {disputed:,} disputed", "**{n:,} pairs decided**, {disputed:,} disputed",
                decided, disputed=disputed,
            )  # fmt: skip
        else:
            said = trn("**{n:,} pair decided**", "**{n:,} pairs decided**", decided)
        st.markdown(" · ".join(filter(None, (said, review_sitting.said(collection)))), width="stretch")
        downloads.csv(
            collection,
            f"reviews_{collection.name}",
            lambda **of: caches.reviews(collection).to_csv(collection.catalogue, **of),
            disabled=not caches.revision(collection),
            help=tr("Every record, those that were taken back among them; another imgsim can import it."),
        )
        with st.popover(tr("Import reviews")):
            review_import.offer(collection)
    review_import.report(collection)
    review_unconfirmed.show(collection)
    if not len(standing):
        with st.container(border=True):
            st.markdown(
                tr("**Nothing is decided yet.** Judge pairs here, on Compare, on a plate’s page or in a family.")
            )
            st.button(tr("Judge pairs"), type="primary", on_click=_judge)
        return
    _table(collection, standing)


def _table(collection: Collection, standing: pd.DataFrame) -> None:
    ordered = standing.sort_values("when", ascending=False, kind="stable").reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "A": [_thumbnail(collection, plate) for plate in ordered["plate_a"]],
            "B": [_thumbnail(collection, plate) for plate in ordered["plate_b"]],
            "Decision": [tr(decision) for decision in ordered["decision"]],
            "Who says what": [reviewing.who_says_what(said) for said in ordered["said"]],
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
            "Decision": tr("Decision"),
            "Who says what": tr("Who says what"),
            "When": tr("When"),
            "Note": st.column_config.TextColumn(tr("Note"), width="medium"),
            "Plate A": tr("Plate A"),
            "Plate B": tr("Plate B"),
        },
    )
    chosen = event["selection"]["rows"]
    if not chosen or chosen[0] >= len(ordered):
        st.caption(tr("Choose a row to see its history, or to judge the pair again."))
        return
    pair = ordered.iloc[chosen[0]]
    _history(collection, str(pair["plate_a"]), str(pair["plate_b"]))


def _thumbnail(collection: Collection, plate_id: str) -> str | None:
    catalogue = collection.catalogue
    return server.thumbnail_url(collection, catalogue.row(plate_id)) if catalogue.has(plate_id) else None


def _history(collection: Collection, plate_a: str, plate_b: str) -> None:
    st.markdown(tr("#### {plate} and {other}", plate=text.plain(plate_a), other=text.plain(plate_b)))
    rows = _records(caches.history(collection, plate_a, plate_b))
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key="pair_history",
        column_config={
            "When": tr("When"), "Who": tr("Who"), "Decision": tr("Decision"), "Note": tr("Note"), "Shown": tr("Shown"),
        },
    )  # fmt: skip
    catalogue = collection.catalogue
    if not (catalogue.has(plate_a) and catalogue.has(plate_b)):
        st.caption(
            tr("Not both of these plates are in this collection: the decision is kept, and used once they are.")
        )
        return
    if st.button(tr("Open in Compare"), key="history_compare"):
        reviewing.open_in_compare(plate_a, plate_b)


def _records(reviews: list[Review]) -> list[dict[str, str]]:
    """The records of a pair as rows of a table, the latest first."""
    return [
        {
            "When": review.when[:16].replace("T", " "),
            "Who": review.reviewer,
            "Decision": tr(review.decision) if review.decision != TAKEN_BACK else tr("(taken back)"),
            "Note": review.note,
            "Shown": ", ".join(f"{name} {value}" for name, value in review.evidence.items()),
        }
        for review in reversed(reviews)
    ]


def _judge() -> None:
    state.update(desk="queue")
