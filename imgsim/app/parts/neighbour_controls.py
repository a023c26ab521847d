"""What the list of neighbours can be asked for: the bar above it on Plate and Search."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from imgsim.app.parts import neighbour_query, study
from imgsim.app.parts.neighbour_query import chosen
from imgsim.app.services import parameters, state, verdict_labels
from imgsim.base.terms import SIMILARITY
from imgsim.base.translation import marked, number, tr, trn
from imgsim.base.verdict_words import CODE_OF, COPY, NEGATIVE
from imgsim.collection import Collection

_ORDERS = {
    "similarity": marked("By what the network sees alike."),
    "evidence": marked("Plates whose lines agree come first, however low they score; then by similarity."),
}
_WHEN = {"any": marked("any time"), "earlier": marked("printed earlier"), "later": marked("printed later")}
_LAID_OVER = marked("The lines of two plates were laid over one another, and every pair got a verdict:")


def controls(collection: Collection, *, of_plate: bool, verified: bool) -> DeltaGenerator:
    """Draw what the list can be asked for; nothing of it depends on the plate. Returns the row of the heading.

    ``of_plate``: it has a book and a date; ``verified``: its lines are compared with those of others.
    """
    now = state.current()
    order = now.order or "evidence"
    head = st.container(horizontal=True, vertical_alignment="center", key="neighbours_head")
    with head:
        first = verified and order == "evidence"
        heading = tr("## Neighbours, verified first") if first else tr("## Most similar plates")
        st.markdown(heading, width="stretch")
        st.segmented_control(
            tr("Show as"),
            list(parameters.VIEWS),
            format_func=lambda view: tr(parameters.VIEWS[view]),
            label_visibility="collapsed",
            required=True,
            **state.bind("view"),
        )
    timed = of_plate and any(facet.column == "decade" for facet in collection.catalogue.facets())
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover(sentence(collection, now, of_plate=of_plate, timed=timed), key="conditions"):
            _conditions(collection, now, of_plate=of_plate, timed=timed, verified=verified)
        study.button(collection)
    if verified:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="verdicts"):
            st.caption(tr("Show only"), width="content", help=f"{tr(_LAID_OVER)}\n{verdict_labels.explanation()}")
            st.pills(
                tr("Verdict"),
                _offered(collection, now),
                selection_mode="multi",
                format_func=lambda code: tr(verdict_labels.WORDS[code]),
                label_visibility="collapsed",
                **state.bind("verdicts", value=list(chosen(now)), read=lambda codes: tuple(sorted(codes))),
            )
    return head


def sentence(collection: Collection, now: state.State, *, of_plate: bool, timed: bool) -> str:
    """What the list is asked for: `20 nearest, in other books, any time; line at 0.88`."""
    parts = [trn("{n:,} nearest", "{n:,} nearest", now.top_k)]
    if of_plate and collection.catalogue.books_known:
        parts.append(tr("in other books") if now.other_books else tr("in any book"))
    if timed:
        parts.append(tr(_WHEN[now.when]))
    at = neighbour_query.line(collection, now)
    conditions = ", ".join(parts)
    return conditions if at is None else tr("{conditions}; line at {at:g}", conditions=conditions, at=at)


def _conditions(
    collection: Collection, now: state.State, *, of_plate: bool, timed: bool, verified: bool
) -> None:
    """What the sentence opens."""
    order = now.order or "evidence"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _numbers(collection, now)
    if verified:
        st.selectbox(
            tr("Order"),
            ["evidence", "similarity"],
            format_func=lambda name: tr(parameters.ORDERS[name]),
            width=125,
            help="\n".join(f"- **{tr(parameters.ORDERS[name])}**: {tr(what)}" for name, what in _ORDERS.items()),
            # Evidence first is what a plain address means.
            **state.bind("order", value=order, read=lambda to: "" if to == "evidence" else to),
        )
    if timed:
        st.selectbox(
            tr("Time"),
            list(parameters.TIMES),
            format_func=lambda when: tr(parameters.TIMES[when]),
            width=130,
            **state.bind("when"),
        )
    if collection.catalogue.books_known:
        if of_plate:
            st.toggle(tr("Other books only"), **state.bind("other_books"))
        st.toggle(
            tr("One card a book"),
            help=tr("Fold the plates of one book under its best, as far as they reach the line."),
            **state.bind("fold"),
        )


def _offered(collection: Collection, now: state.State) -> list[str]:
    """The verdicts to choose from: rare ones only where there are any, or where they are chosen."""
    negatives = collection.matches is not None and collection.matches.counts()[NEGATIVE] > 0
    there = {CODE_OF[NEGATIVE]: negatives, CODE_OF[COPY]: collection.copies is not None}
    return [code for code in verdict_labels.WORDS if there.get(code, True) or code in chosen(now)]


def line(collection: Collection, now: state.State, *, suffix: str = "") -> None:
    """The field for where the line stands; emptied, or put where it is calibrated, it is calibrated again."""
    calibrated = collection.calibration(now.backbone).threshold

    def read(value: float | None) -> float | None:
        chosen = None if value is None else round(float(value), 4)
        return None if chosen == calibrated else chosen

    own = now.threshold is not None and now.threshold != calibrated
    st.number_input(
        tr("Line, chosen") if own else tr("Line, measured") if calibrated is not None else tr("Line"),
        min_value=-1.0,
        max_value=1.0,
        value=None,
        step=0.01,
        format="%.4g",
        placeholder=tr("no line"),
        width=150,
        help=tr(
            "A line across the list; nothing is left out below it. Where it stands at first is measured for this "
            "collection and network; under the list stands what it means here. Empty the field to come back to it."
        )
        + f" {SIMILARITY.hint}",
        **state.bind("threshold", value=neighbour_query.line(collection, now), read=read, suffix=suffix),
    )
    if own and calibrated is not None:
        st.button(
            f"↺ {number(calibrated, 'g')}",
            key=f"calibrated{suffix}",
            help=tr("Back to the line that is measured for this collection and network."),
            on_click=_calibrate,
        )


def _calibrate() -> None:
    state.update(threshold=None)


def _numbers(collection: Collection, now: state.State) -> None:
    line(collection, now)
    st.number_input(
        tr("At most"),
        min_value=parameters.MIN_TOP_K,
        max_value=parameters.MAX_TOP_K,
        step=1,
        width=105,
        **state.bind("top_k"),
    )
