"""An error on the screen: what was wrong, and the way out as a button and as a command."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from imgsim.app.parts import preparing
from imgsim.app.services import commands, nearby, remedies, runs, state, text
from imgsim.base.translation import tr
from imgsim.errors import ImgsimError, PrepareAgain

_LOG = logging.getLogger("imgsim")
_BEGUN = "_imgsim_begun"  # the folder of the collection that this reader has prepared again
_UNDRAWN = "_imgsim_begun_undrawn"  # whether that was begun since the whole page was drawn


def on_script_error(error: Exception) -> bool:
    """Show an error in place, without a traceback; what we did not expect goes to the log in full."""
    if isinstance(error, ImgsimError):
        show(error, "page")
    else:
        _LOG.error("The page failed", exc_info=error)
        st.error(
            tr(
                "Something went wrong in imgsim itself. Reload the page; if it happens again, "
                "the terminal that runs the app shows what to report."
            )
        )
    return True


def show(error: ImgsimError, key: str, draw: Callable[[str], object] | None = None) -> None:
    """Draw an error; a collection that can be prepared again as it was gets a button that does it."""
    (draw or st.error)(text.plain(error.what))
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
    """The way to prepare a collection again, as it was."""
    if st.session_state.get(_BEGUN) != folder and preparing.watch(folder, f"mending_{key}"):
        return
    run = runs.of(folder)
    if run is not None and run.running:
        if st.session_state.pop(_UNDRAWN, False):
            st.rerun()  # only this part of the page was drawn again: draw all of it, with the run above
        return
    if run is not None and not run.closed:
        preparing.ended(run)
    st.markdown(tr("Prepare it again: only what changed, or is damaged, is done anew. Here, or in a terminal:"))
    st.code(commands.prepare(folder), language=None)
    if nearby.reads():
        # Begun before the page is drawn again: by then the address may name a collection that can be opened.
        st.button(tr("Prepare it again"), key=f"again_{key}", on_click=_begin, args=(folder,))


def _begin(folder: Path) -> None:
    preparing.begin(folder)
    st.session_state[_BEGUN], st.session_state[_UNDRAWN] = folder, True


def begun() -> Path | None:
    """The folder of the collection whose run stands above the page, as this reader began it."""
    folder = st.session_state.get(_BEGUN)
    return folder if isinstance(folder, Path) else None


def going_on() -> None:
    """Draw the run that this reader began until it is done, then open what came of it."""
    folder = st.session_state.get(_BEGUN)
    st.session_state.pop(_UNDRAWN, None)
    if folder is None:
        return
    run = runs.of(folder)
    if run is not None and run.running:
        st.caption(tr("Preparing {collection} again …", collection=text.plain(folder.name)))
        preparing.watch(folder, "above")
        return
    del st.session_state[_BEGUN]
    if run is not None and run.status is runs.Status.DONE:
        state.update(collection=folder.name)
