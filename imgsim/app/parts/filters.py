"""The facets that Browse and Map share, drawn in the sidebar."""

from __future__ import annotations

import streamlit as st

from imgsim.app.services import caches, state, text
from imgsim.base.translation import language, tr
from imgsim.catalogue import UNKNOWN, Facet
from imgsim.collection import Collection

_MOST_OPTIONS = 1000  # a list that is longer is found by typing, which st.multiselect still filters quickly
_OPEN = 4  # facets that are shown at once; the others wait in an expander


def facets(collection: Collection) -> None:
    """Draw the facets; each change is in the address at once."""
    now = state.current()
    with st.sidebar:
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(tr("## Show only"))
            if now.filtered:
                st.button(tr("Clear all"), type="tertiary", on_click=clear)
        if collection.are_compared:
            st.toggle(
                tr("Verified re-use"),
                help=tr("Plates whose lines were found again in another book.")
                if collection.catalogue.books_known
                else tr("Plates whose lines were found again in another plate."),
                **state.bind("reused"),
            )
        shown = list(collection.catalogue.facets())
        for facet in shown[:_OPEN]:
            _facet(collection, facet, now)
        if shown[_OPEN:]:
            chosen = any(now.chosen(facet.column) for facet in shown[_OPEN:])
            # Drawn only when it is open: lists of hundreds of books would slow every click on the map.
            with st.expander(tr("More"), expanded=chosen, key="more_facets", on_change="rerun") as more:
                if more.open:
                    for facet in shown[_OPEN:]:
                        _facet(collection, facet, now)


def clear() -> None:
    """Show the whole collection again."""
    state.update(text="", decades=None, choices=(), reused=False)


def _facet(collection: Collection, facet: Facet, now: state.State) -> None:
    if facet.kind == "range":
        _decades(collection, facet, now)
    else:
        _choice(collection, facet, now)


def _decades(collection: Collection, facet: Facet, now: state.State) -> None:
    decades = sorted(int(value) for value, _count in facet.values)
    first, last = decades[0], decades[-1]
    low, high = now.decades or (first, last)
    shown = (min(max(low, first), last), min(max(high, first), last))

    def read(value: tuple[int, int]) -> tuple[int, int] | None:
        return None if tuple(value) == (first, last) else (int(value[0]), int(value[1]))

    undated = UNKNOWN in now.chosen(facet.column)
    st.slider(
        text.plain(tr(facet.label)),
        first,
        last,
        step=10,
        format=tr("%ds"),
        help=tr("Plates that may have been printed then: a date that spans several decades passes in each."),
        disabled=undated,
        **state.bind("decades", value=shown, read=read),
    )
    number = len(collection.catalogue) - facet.known
    if number or undated:
        st.session_state["_undated"] = undated
        st.toggle(tr("Undated only ({number:,})", number=number), key="_undated", on_change=_take_undated)


def _take_undated() -> None:
    choices = dict(state.current().choices)
    choices.pop("decade", None)
    if st.session_state["_undated"]:
        choices["decade"] = (UNKNOWN,)
    state.update(choices=tuple(sorted(choices.items())), decades=None)


def _choice(collection: Collection, facet: Facet, now: state.State) -> None:
    labels = caches.fact(
        collection, "labels of a facet", lambda: _labels(collection, facet), facet.column, language(), keep=64
    )
    chosen = [value for value in now.chosen(facet.column) if value in labels]

    def read(values: list[str]) -> state.Choices:
        choices = dict(state.current().choices)
        choices.pop(facet.column, None)
        if values:
            choices[facet.column] = tuple(values)
        return tuple(sorted(choices.items()))

    st.multiselect(
        text.plain(tr(facet.label)),
        list(labels),
        format_func=lambda value: labels.get(value, value),
        placeholder=tr("Any"),
        **state.bind("choices", value=chosen, read=read, suffix=f"_{facet.column}"),
    )


def _labels(collection: Collection, facet: Facet) -> dict[str, str]:
    """What to call each value of a facet, with its count; the most frequent first."""
    values = [(str(value), number) for value, number in facet.values[:_MOST_OPTIONS]]
    names = {value: collection.catalogue.book_label(value) for value, _ in values if facet.column == "book"}
    nowhere = len(collection.catalogue) - facet.known
    if nowhere:
        values.append((UNKNOWN, nowhere))
        names[UNKNOWN] = tr(UNKNOWN)
    return {
        value: tr("{name} ({number:,})", name=names.get(value, value), number=number) for value, number in values
    }
