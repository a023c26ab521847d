"""An error on the screen: what was wrong, and the way out as a button and as a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from imgsim.app.parts import preparing
from imgsim.app.services import commands, remedies, text
from imgsim.errors import ImgsimError, PrepareAgain


def show(error: ImgsimError, key: str, draw: Callable[[str], object] = st.error) -> None:
    """Draw an error; a collection that can be prepared again as it was gets a button that does it."""
    draw(text.plain(error.what))
    remedy = error.remedy
    if remedy is None:
        return
    if isinstance(remedy, PrepareAgain) and remedy == PrepareAgain(remedy.folder) and Path(remedy.folder).is_dir():
        again(Path(remedy.folder), key)
        return
    said = remedies.words(remedy)
    st.markdown(text.plain(said.sentence))
    if said.command:
        st.code(said.command, language=None)


def again(folder: Path, key: str) -> None:
    """The way to prepare a collection again, as it was; while that is done, how far it has come."""
    if preparing.updating(folder):
        preparing.update(folder)
        return
    st.markdown("Prepare it again: only what changed, or is damaged, is done anew. Here, or in a terminal:")
    st.code(commands.prepare(folder), language=None)
    if st.button("Prepare it again", key=f"again_{key}"):
        preparing.begin_update(folder, [])
        st.rerun()
