"""What a reader must not miss: it stands above every page until the reader says that it was read."""

from __future__ import annotations

import streamlit as st

from imgsim.app.parts import mending
from imgsim.app.services import caches, text
from imgsim.base.translation import tr

# What is to be said -> the collection that cannot be opened, where it is about one, the one in which alone it is true,
# and whether it went well; in the order in which it came.
_UNREAD = "_imgsim_unread"


def add(said: str, *, broken: str = "", within: str = "", well: bool = False) -> None:
    """Say something above every page from now on. Saying it again changes nothing.

    Parameters
    ----------
    broken : the name of a collection that cannot be opened. The way out is shown with it, until it can be.
    within : the collection of which it is said: whoever opens another one is told no more.
    well : it is no warning.
    """
    st.session_state.setdefault(_UNREAD, {}).setdefault(said, (broken, within, well))


def show(collection: str) -> None:
    """Draw what was not read yet, where that collection is open."""
    unread: dict[str, tuple[str, str, bool]] = st.session_state.get(_UNREAD, {})
    if not unread:
        return
    errors = {info.name: info.error for info in caches.infos() if info.error}
    for said, (broken, within, _) in list(unread.items()):
        if (broken and broken not in errors) or within not in ("", collection):
            _read(said)
    for number, (said, (broken, _, well)) in enumerate(unread.items()):
        with st.container(key=f"unread_{number}", horizontal=True, vertical_alignment="top", gap="small"):
            with st.container():
                error = errors.get(broken)
                if error is not None:
                    mending.show(error, broken, draw=st.warning)
                else:
                    (st.info if well else st.warning)(text.plain(said))
            st.button(tr("Close"), key=f"read_{number}", on_click=_read, args=(said,), help=tr("I have read it."))


def _read(said: str) -> None:
    st.session_state[_UNREAD].pop(said, None)
