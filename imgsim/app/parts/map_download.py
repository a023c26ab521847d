"""The map as a file to take away."""

from __future__ import annotations

import numpy as np
import streamlit as st

from imgsim import export
from imgsim.app.parts import map_colours, map_neighbours
from imgsim.app.services import caches, colour_columns, map_files, state
from imgsim.base.terms import MAPS
from imgsim.base.translation import tr
from imgsim.charts.decided_colours import FAMILY
from imgsim.collection import Collection
from imgsim.collection.listing import Listing
from imgsim.collection.query import Query


def offer(
    collection: Collection,
    now: state.State,
    method: str,
    column: str,
    visible: np.ndarray | None,
    query: Query | None,
    found: Listing | None,
    *,
    labelled: bool,
) -> None:
    """Draw the button that gives the map, as it is coloured, filtered and labelled, as a page of its own."""

    def make() -> bytes:
        arranged = f"{MAPS[method].word} ({MAPS[method].term}) of {now.backbone}"
        legend = colour_columns.columns(collection)[column]
        heading = f"{collection.name}: {arranged}, by {legend.lower()}"
        return export.map_html(
            collection.catalogue,
            collection.projection(now.backbone, method),
            map_colours.in_english(collection, column),
            heading,
            keep=visible,
            ties=caches.family_ties(collection) if column == FAMILY else None,
            query=None if query is None else query.row,
            neighbours=[] if found is None else found.rows.tolist(),
            verified=None if query is None else map_neighbours.verified(query, found),
            labels=map_files.region_labels(collection, now.backbone, method) if labelled else (),
        )

    st.download_button(
        tr("Download this map"),
        make,
        file_name=f"imgsim_map_{collection.name}_{now.backbone}_{method}.html",
        mime="text/html",
        on_click="ignore",
        key="download_map",
        help=tr("An interactive page that opens in any browser, without imgsim and without a network."),
    )
