"""The plates that are selected on the map, for the pages and the exports."""

from __future__ import annotations

import numpy as np
import streamlit as st

from imgsim.app.services import caches, packed_rows, parameters, state
from imgsim.base.translation import marked
from imgsim.collection import Collection

_SELECTED = "_imgsim_selected"


def select(collection: Collection, chosen: np.ndarray) -> None:
    """Keep the plates of the last box or lasso on the map: in the address, or for this session where they are too many.

    Parameters
    ----------
    chosen : int64 (m,), ascending.
    """
    written = packed_rows.packed(chosen, _mark(collection))
    fits = len(written) <= parameters.MOST_SELECTION
    st.session_state[_SELECTED] = None if fits else (collection.generation, chosen.astype(np.int32))
    state.update(selection=written if fits else "")


def rows(collection: Collection) -> np.ndarray:
    """The plates that are selected on the map: int64 (m,), ascending; empty where none are."""
    held = st.session_state.get(_SELECTED)
    written = state.current().selection
    if held and not written and held[0] == collection.generation:
        return np.array(held[1], dtype=np.int64)
    found = packed_rows.unpacked(written, _mark(collection), len(collection.catalogue))
    return np.empty(0, np.int64) if found is None else found


def lost(collection: Collection) -> str:
    """Why the plates that the address selects cannot be shown, marked for translation; "" where they can be."""
    written = state.current().selection
    if packed_rows.unpacked(written, _mark(collection), len(collection.catalogue)) is not None:
        return ""
    if packed_rows.mark_in(written) not in ("", _mark(collection)):
        return marked("The plates that this link selects were those of the collection before it was prepared anew.")
    return marked("The selection in this link is damaged: a part of the address is missing. No plate is selected.")


def _mark(collection: Collection) -> str:
    return caches.fact(collection, "mark", lambda: packed_rows.mark(collection.catalogue.plate_ids), keep=1)
