"""What a page says where the collection has not what the page shows, and how to get it."""

from __future__ import annotations

import streamlit as st

from imgsim.app.services import commands
from imgsim.collection import Collection


def unverified(collection: Collection) -> None:
    """Say that plates were never compared by their lines, and what to run."""
    with st.container(border=True):
        if collection.in_progress:
            st.markdown(
                "**The plates are being compared by their lines just now.** Reload this page in a few minutes."
            )
            return
        st.markdown("**The plates of this collection were not compared by their lines yet.**")
        st.markdown(
            "Similarity finds candidates; only their lines can tell a copy from a look-alike. "
            "Compare them in a terminal, then reload this page:"
        )
        st.code(commands.prepare(collection.path), language=None)


def unknown_books(collection: Collection) -> None:
    """Say that it is not known which plates are of one book, and how to tell."""
    with st.container(border=True):
        st.markdown("**It is not known which plates are of one book.**")
        st.markdown(
            "Put the plates of each book in a folder of its own, or name the book of each plate in a column called "
            "*book* of the metadata. Then prepare the collection again in a terminal:"
        )
        st.code(commands.prepare(collection.path, "--metadata", "FILE.csv", images="FOLDER"), language=None)
