"""The re-use of images decade by decade, under the network of the books that share them."""

from __future__ import annotations

import streamlit as st

from imgsim.app.components import bar_chart
from imgsim.base.translation import tr
from imgsim.charts import book_bars
from imgsim.collection.book_network import BookNetwork


def show(borrowing: BookNetwork) -> None:
    """Draw it."""
    decades = borrowing.decades()
    st.markdown(tr("## Re-use by decade"))
    between = borrowing.chosen is not None
    if not decades:
        st.caption(
            tr(
                "No re-used plate between the chosen books and the others is of a known decade, so there is no "
                "timeline."
            )
            if between
            else tr("No re-used plate is of a known decade, so there is no timeline.")
        )
        return
    bar_chart(
        key="reuse_timeline",
        bars=book_bars.timeline_bars(decades),
        colours=book_bars.KIND_COLOURS,
        label=tr("Re-used plates by decade"),
        upright=True,
        legend=True,
        still=True,
    )
    st.caption(
        tr(
            "How many plates of each decade repeat an image that is in an earlier book of the other side: the chosen "
            "books, or all others. Plates without a date, or of which the decade is not certain, are not counted."
        )
        if between
        else tr(
            "How many plates of each decade repeat an image that is in an earlier book of this collection. Plates "
            "without a date, or of which the decade is not certain, are not counted."
        )
    )
