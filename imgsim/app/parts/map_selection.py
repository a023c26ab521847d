"""The plates inside the box or lasso that was drawn on the map, beside it."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from imgsim import export
from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import cards, downloads, shell, tray
from imgsim.app.services import selected, state
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection

_PAGE, _GRID = "_selection_page", "selection_grid"
_SEEN = "_map_beside"
PLATE, SELECTION = marked("Neighbours"), marked("Selection")
_PER_PAGE = 60


def take(collection: Collection, rows: np.ndarray) -> None:
    """Select these plates, and show them beside the map."""
    selected.select(collection, rows)
    st.session_state.pop(_PAGE, None)
    turn(SELECTION)


def turn(part: str) -> None:
    """Show this part beside the map, the neighbours of the plate or the selection."""
    st.session_state[_SEEN] = part


def is_shown(collection: Collection, plate: bool) -> bool:
    """Whether the selection is to be shown; where there is a plate, too, the reader chooses, here and now."""
    if why := selected.lost(collection):
        st.warning(tr(why))
    if not len(selected.rows(collection)):
        return False
    if not plate:
        return True
    st.session_state.setdefault(_SEEN, SELECTION)
    st.segmented_control(
        tr("Beside the map"), [PLATE, SELECTION], format_func=tr, key=_SEEN, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return bool(st.session_state[_SEEN] == SELECTION)


def show(collection: Collection) -> None:
    """Draw the selected plates, page by page, with their list to take away."""
    rows = selected.rows(collection)
    pages = -(-len(rows) // _PER_PAGE)
    st.markdown(trn("## {n:,} plate selected", "## {n:,} plates selected", len(rows)))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        downloads.csv(
            collection,
            f"selection_{collection.name}",
            lambda **of: export.selection_csv(collection.catalogue, rows, **of),
            key="download_selection",
        )
        if pages > 1:
            st.pagination(pages, key=_PAGE)
    page = int(st.session_state.get(_PAGE) or 1) if pages > 1 else 1
    shown = rows[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    with st.container(height=600, border=False, key="map_selection"):
        event = thumbnail_grid(
            key=_GRID,
            items=cards.cards(collection, shown),
            label=tr("Selected plates"),
            min_width=110,
            tray=state.current().tray,
            on_gather=partial(tray.gathered, _GRID),
        )
    if event.gathered:
        st.rerun()  # the tray lies outside of what runs alone
    if event.clicked:
        shell.go("plate", plate=event.clicked)
