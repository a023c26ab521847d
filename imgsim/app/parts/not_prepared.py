"""What a page says where the collection has not what the page shows, and how to get it."""

from __future__ import annotations

import streamlit as st

from imgsim.app.parts import preparing
from imgsim.app.services import commands, nearby
from imgsim.base.translation import tr
from imgsim.collection import Collection


def unverified(collection: Collection) -> None:
    """Say that plates were never compared by their lines: how far that has come, or how to have it done."""
    with st.container(border=True):
        if comparing(collection):
            return
        st.markdown(tr("**The plates of this collection were not compared by their lines yet.**"))
        why = tr("Similarity finds candidates; only their lines can tell a copy from a look-alike.")
        how = tr("Have them compared here, or in a terminal:") if nearby.reads() else tr("Compare them in a terminal:")
        st.markdown(f"{why} {how}")
        st.code(commands.prepare(collection.path), language=None)
        if nearby.reads():
            st.button(
                tr("Compare them now"), key="compare_now", type="primary", on_click=preparing.begin,
                args=(collection.path,),
            )  # fmt: skip


def comparing(collection: Collection) -> bool:
    """Where a run is at work on the collection, say how far it has come, and open what comes of it by itself."""
    if not collection.in_progress:
        return False
    st.markdown(
        tr("**The plates are being compared by their lines.** This page opens by itself when that is done.")
    )
    preparing.watch(collection.path)
    return True


def unknown_books(collection: Collection) -> None:
    """Say that it is not known which plates are of one book, and how to tell."""
    with st.container(border=True):
        st.markdown(tr("**It is not known which plates are of one book.**"))
        st.markdown(
            tr(
                "Put the plates of each book in a folder of its own, or name the book of each plate in a column called "
                "*book* of the metadata. Then prepare the collection again in a terminal:"
            )
        )
        st.code(commands.prepare(collection.path, "--metadata", "FILE.csv", images="FOLDER"), language=None)
