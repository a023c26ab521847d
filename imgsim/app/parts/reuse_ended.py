"""What Re-use says where there is no family to show, and where to go on from there."""

from __future__ import annotations

import streamlit as st

from imgsim.app.parts import shell
from imgsim.app.parts.reuse_conditions import CONDITIONS
from imgsim.app.services import state
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection


def clear() -> None:
    """Take all filters out."""
    state.update(**CONDITIONS)


def nothing() -> None:
    """Say that no family passes the filters."""
    with st.container(border=True):
        st.markdown(tr("**No family passes these filters.**"))
        st.markdown(tr("Take out a word or a choice, or look at all families again."))
        st.button(tr("Clear all filters"), type="primary", on_click=clear)


def none(collection: Collection) -> None:
    """Say that there is no family at all."""
    with st.container(border=True):
        st.markdown(tr("**No image was found twice in this collection.**"))
        st.markdown(
            trn(
                "The lines of {n:,} plate were compared with those of their most similar plates, and no two of them "
                "agree. Look at the nearest candidates by eye on the Plate page.",
                "The lines of {n:,} plates were compared with those of their most similar plates, and no two of them "
                "agree. Look at the nearest candidates by eye on the Plate page.",
                len(collection.catalogue),
            )
        )
        if st.button(tr("Browse the plates"), type="primary"):
            shell.go("browse")
