"""What the list of neighbours can be asked for: the bar above it on Plate and Search."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from imgsim.collection import Collection
from imgsim.views import evidence, state
from imgsim.views.neighbour_query import chosen, order

_ORDERS = {
    "similarity": "By what the network sees alike.",
    "evidence": "Plates whose lines agree come first, however low they score; then by similarity.",
}
_LAID_OVER = "The lines of two plates were laid over one another, and every pair got a verdict:\n"


def controls(collection: Collection, *, of_plate: bool) -> DeltaGenerator:
    """Draw what the list can be asked for; nothing of it depends on the plate. Returns the row of the heading."""
    now = state.current()
    first = of_plate and order(collection, now) == "evidence"
    head = st.container(horizontal=True, vertical_alignment="center", key="neighbours_head")
    with head:
        st.markdown(f"## {'Neighbours, verified first' if first else 'Most similar plates'}", width="stretch")
        st.segmented_control(
            "Show as",
            list(state.VIEWS),
            format_func=state.VIEWS.__getitem__,
            label_visibility="collapsed",
            required=True,
            **state.bind("view"),
        )
    with st.container(horizontal=True, vertical_alignment="bottom", key="conditions"):
        _numbers()
        if of_plate and collection.matches is not None:
            st.selectbox(
                "Order",
                ["evidence", "similarity"],
                format_func=state.ORDERS.__getitem__,
                width=125,
                help="\n".join(f"- **{state.ORDERS[name]}**: {what}" for name, what in _ORDERS.items()),
                # Evidence first is what a plain address means.
                **state.bind(
                    "order", value=order(collection, now), read=lambda to: "" if to == "evidence" else to
                ),
            )
        if of_plate and any(facet.column == "decade" for facet in collection.catalogue.facets()):
            st.selectbox(
                "Time",
                list(state.TIMES),
                format_func=state.TIMES.__getitem__,
                width=130,
                **state.bind("when"),
            )
        if collection.catalogue.books_known:
            if of_plate:
                st.toggle("Other books only", **state.bind("other_books"))
            st.toggle(
                "One card a book", help="Fold the plates of one book under its best.", **state.bind("fold")
            )
    if of_plate and collection.matches is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="verdicts"):
            st.caption("Show only", width="content", help=_LAID_OVER + evidence.explanation())
            st.pills(
                "Verdict",
                list(evidence.WORDS),
                selection_mode="multi",
                format_func=evidence.WORDS.__getitem__,
                label_visibility="collapsed",
                **state.bind("verdicts", value=list(chosen(now)), read=lambda codes: tuple(sorted(codes))),
            )
    return head


def _numbers() -> None:
    st.number_input(
        "Similarity from",
        min_value=-1.0,
        max_value=1.0,
        step=0.01,
        format="%.4g",
        width=130,
        help="The cosine of two plates: 1 is the same image. Under each card stands how many pairs of plates, "
        "drawn at random from this collection, score lower. A high score is a candidate, not a proof.",
        **state.bind("threshold", read=lambda value: round(float(value), 4)),
    )
    st.number_input(
        "At most",
        min_value=state.MIN_TOP_K,
        max_value=state.MAX_TOP_K,
        step=1,
        width=105,
        **state.bind("top_k"),
    )
