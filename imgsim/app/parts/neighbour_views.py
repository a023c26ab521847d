"""The neighbours of a query as a table, as a figure of their scores, and as a CSV."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from imgsim import export
from imgsim.app.parts import cards, downloads, line, neighbour_query, reviewing, shell
from imgsim.app.services import caches, server, state, text, verdict_labels
from imgsim.base.terms import AGREEING, SIMILARITY
from imgsim.base.translation import tr, trn
from imgsim.catalogue import DateInterval
from imgsim.charts import plate_figures
from imgsim.collection import Collection
from imgsim.collection.evidence import Evidence, evidence_columns
from imgsim.collection.listing import BELOW, Listing
from imgsim.collection.query import Query


def table(collection: Collection, query: Query, found: Listing, now: state.State) -> None:
    """The list as a table; choosing a row makes its plate the query."""
    catalogue = collection.catalogue
    at = neighbour_query.line(collection, now)
    records = [catalogue.record(int(row)) for row in found.rows]
    frame = pd.DataFrame(
        {
            "Rank": range(1, len(records) + 1),
            "Plate": [server.thumbnail_url(collection, int(row)) for row in found.rows],
            **({} if at is None else {"Line": _sides(found, at)}),
            **({} if query.evidence is None else _verified(query.evidence, found)),
            "Similarity": found.similarities.astype(float),
            "Above": cards.meanings(collection, now.backbone, found.similarities),
            "Year": [d.said if d.dated else "" for d in map(DateInterval.of_record, records)],
            "Title": [record["title"] or record["book"] for record in records],
            "Book": [record["book"] for record in records],
            "Page": [record["page"] for record in records],
            "Place": [record["place"] for record in records],
            "Id": [record["plate_id"] for record in records],
        }
    )
    headings = line.headings(collection, found, now).values()
    st.markdown(" · ".join(f"**{text.plain(words)}** {text.plain(means)}" for words, means in headings))
    event = st.dataframe(
        frame if at is None else frame.style.apply(_shaded, sections=found.sections, axis=1),
        key=f"neighbour_table_{found.rows[0]}_{len(frame)}",
        hide_index=True,
        row_height=60,
        height=min(38 + 60 * len(frame), 640),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Rank": st.column_config.NumberColumn(tr("Rank"), width=50),
            "Plate": st.column_config.ImageColumn(tr("Plate"), width=70),
            "Similarity": st.column_config.NumberColumn(
                tr("Similarity"), format="%.4f", width=80, help=SIMILARITY.hint
            ),
            "Verdict": st.column_config.TextColumn(tr("Verdict"), width=105, help=verdict_labels.explanation()),
            "Points": st.column_config.NumberColumn(tr("Points"), width=60, help=AGREEING.hint),
            "Mirrored": st.column_config.TextColumn(tr("Mirrored"), width=70),
            "Negative": st.column_config.TextColumn(tr("Negative"), width=70),
            "Coverage": st.column_config.TextColumn(
                tr("Coverage"), width=90, help=tr("The share of your plate, and of this one, that agrees.")
            ),
            "Line": st.column_config.TextColumn(
                tr("Line"), width=75,
                help=tr("Whether the similarity reaches the line; what is shaded lies below it."),
            ),
            "Above": st.column_config.TextColumn(
                tr("Above"), width=70, help=tr("How many pairs of plates drawn at random score lower.")
            ),
            "Year": st.column_config.TextColumn(tr("Year"), width=70),
            "Title": st.column_config.TextColumn(tr("Title"), width="medium"),
            "Book": tr("Book"), "Page": tr("Page"), "Place": tr("Place"), "Id": tr("Id"),
        },
    )
    chosen = event["selection"]["rows"]
    if chosen and chosen[0] < len(records):
        plate_id = str(records[chosen[0]]["plate_id"])
        if query.row is None:
            shell.go("plate", plate=plate_id)
        shell.remember(plate_id)
        st.rerun()


def _sides(found: Listing, at: float) -> list[str]:
    return [tr("above") if value >= np.float32(at) else tr("below") for value in found.similarities]


def _shaded(row: pd.Series, sections: Sequence[int]) -> list[str]:
    below = sections[int(row["Rank"]) - 1] == BELOW
    shade = "background-color: rgba(128, 128, 128, 0.16)" if below else ""
    return [shade] * len(row)


def _verified(known: Evidence, found: Listing) -> dict[str, Sequence[object]]:
    columns = evidence_columns(known, found.rows)
    shares = zip(columns["coverage_query"], columns["coverage_neighbour"], strict=True)
    return {
        "Verdict": [tr(verdict_labels.WORDS[known.code(int(row))]) for row in found.rows],
        "Points": pd.array(columns["inliers"], dtype="Int32"),
        "Mirrored": _answers(columns["mirrored"]),
        "Negative": _answers(columns["negative"]),
        "Coverage": [
            tr("{of_one:.0f} %, {of_other:.0f} %", of_one=100 * a, of_other=100 * b)
            if isinstance(a, float) and isinstance(b, float) and a and b
            else ""
            for a, b in shares
        ],
    }


def _answers(column: Sequence[object]) -> list[str]:
    return [tr("yes") if value == "yes" else tr("no") if value == "no" else "" for value in column]


def scores(collection: Collection, query: Query, found: Listing, now: state.State) -> None:
    """Where the query's scores lie among those of random pairs."""
    others = np.delete(query.similarities, query.row) if query.row is not None else query.similarities
    figure = plate_figures.similarity_figure(
        others,
        collection.background(now.backbone),
        found.similarities,
        threshold=neighbour_query.line(collection, now),
    )
    st.plotly_chart(figure, key="scores", config={"displayModeBar": False})
    st.caption(
        tr(
            "Grey: how similar two plates drawn at random are. Blue: how similar all plates are to this one. Red: the "
            "neighbours listed. Dotted: the line. Neighbours that stand apart on the right deserve a look first."
        )
    )


def download(collection: Collection, query: Query, found: Listing, now: state.State) -> None:
    """The list as CSV: exactly the plates of the list, folded ones included."""

    def make(**of: str) -> bytes:
        extra: dict[str, Sequence] = (
            dict(evidence_columns(query.evidence, found.rows)) if query.evidence is not None else {}
        )
        if query.row is not None:
            extra |= reviewing.columns(collection, query.label, found.rows.tolist())
        return export.neighbours_csv(
            collection.catalogue,
            query.row,
            query.label,
            found.rows,
            found.similarities,
            threshold=neighbour_query.line(collection, now),
            backbone=now.backbone,
            extra=extra,
            **of,
        )

    downloads.csv(
        collection,
        f"{_file_name(query.label)}_{now.backbone}",
        make,
        key="download_neighbours",
        disabled=query.evidence is not None and caches.withheld(collection),
        help=_held(len(found.rows), query.evidence is not None),
    )


def _held(plates: int, verified: bool) -> str:
    if verified:
        return trn(
            "The {n:,} plate of this list, with the side of the line and the books of both, what is verified, and what "
            "people decided.",
            "The {n:,} plates of this list, with the side of the line and the books of both, what is verified, and "
            "what people decided.",
            plates,
        )
    return trn(
        "The {n:,} plate of this list, with the side of the line and the books of both.",
        "The {n:,} plates of this list, with the side of the line and the books of both.",
        plates,
    )


def _file_name(label: str) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in label)[:80] or "image"
