"""Hubs: plates that a network lists as neighbours of everything, and those that it never lists."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from imgsim import export
from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import cards, downloads, models_found, shell
from imgsim.app.services import text
from imgsim.base.terms import EVERYWHERE, UNEVENNESS
from imgsim.base.translation import number, tr, trn
from imgsim.charts import plate_figures
from imgsim.collection import Collection
from imgsim.retrieval.neighbours import hubness

_SHOWN = 12


def show(collection: Collection, names: Sequence[str]) -> None:
    """Draw the part."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(tr("## How evenly plates are listed"), width="content")
        _download(collection, names)
    k = min(models_found.HUB_K, models_found.longest(collection, names))
    st.caption(
        tr(
            "If all plates were equal, each would be among the {k} nearest of {k} others. Some are listed far more "
            "often, whatever the query: blank, very dark or very plain plates, as a rule. Mistrust them as neighbours. "
            "Plates that are never listed are found only by looking at them, or by their lines.",
            k=k,
        )
    )
    for column, name in zip(st.columns(len(names), gap="large"), names, strict=True):
        with column:
            _of(collection, name, alone=len(names) == 1)


def _of(collection: Collection, name: str, *, alone: bool) -> None:
    counts = models_found.listed(collection, name)
    facts = hubness(collection.neighbour_table(name)[0], models_found.HUB_K)
    never = int(facts["never"])
    if not alone:
        st.markdown(f"### {text.plain(name)}")
    with st.container(horizontal=True, key=f"hub_counts_{'first' if alone else name}"):
        st.metric(
            UNEVENNESS.title,
            number(facts["skew"], ".1f"),
            width="content",
            help=UNEVENNESS.hint,
        )
        st.metric(tr("Listed most often"), _times(int(facts["largest"])), width="content")
        st.metric(tr("Never listed"), f"{number(never)} ({text.share(never, len(counts))})", width="content")
    figure = plate_figures.hubness_figure(counts, int(facts["k"]))
    st.plotly_chart(figure, key=f"hubness_{name}", config={"displayModeBar": False})
    rows = np.argsort(-counts, kind="stable")[:_SHOWN]
    st.markdown(tr("**Listed most often**"), help=EVERYWHERE.hint)
    event = thumbnail_grid(
        key=f"hubs_{name}",
        items=[
            cards.card(
                collection,
                int(row),
                badge=_times(int(counts[row])),
                badge_title=trn(
                    "among the {k} nearest of {n:,} plates", "among the {k} nearest of {n:,} plates", int(counts[row]),
                    k=facts["k"],
                ),
            )
            for row in rows
        ],
        height=130,
        min_width=110,
        label=tr("Listed most often by {network}", network=name),
    )
    if event.clicked:
        shell.go("plate", plate=event.clicked, backbone=name)


def _times(often: int) -> str:
    return trn("{n:,} times", "{n:,} times", often)


def _download(collection: Collection, names: Sequence[str]) -> None:
    def make(**of: str) -> bytes:
        counts = {name: models_found.listed(collection, name) for name in names}
        rows = np.argsort(-counts[names[0]], kind="stable")
        return export.selection_csv(
            collection.catalogue,
            rows,
            extra={f"{name}_times_listed": values[rows].tolist() for name, values in counts.items()}
            | {"of_first": [models_found.HUB_K] * len(rows)},
            **of,
        )

    downloads.csv(
        collection,
        f"hubs_{collection.name}",
        make,
        help=tr("Every plate, with how often each network lists it; those listed most often first."),
        key="download_hubs",
    )
