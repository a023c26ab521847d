"""Three hints for a first visit, one at a time, each on the page it speaks of; once read, they never come back.

The browser remembers which were read (components/browser_memory.py).
"""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st
from markupsafe import Markup

from imgsim.app.components import browser_memory
from imgsim.app.services import state
from imgsim.base.translation import marked, tr

_NAME = "tour"  # what the browser keeps: the numbers of the hints that were read, such as "13"
_SHOWN = "_imgsim_hint"  # the hint that the last run showed


class Hint(NamedTuple):
    """What is said, and the pages on which it is said."""

    pages: tuple[str, ...]
    words: str


HINTS = (
    Hint(("browse",), marked("Click a plate to see where its image was used again.")),
    Hint(("plate",), marked("Read the verdict under each neighbour, then click Compare to see it yourself.")),
    Hint(
        ("map", "reuse"), marked("Made for discoveries: Map shows what looks alike, Re-use what was used again.")
    ),
)
READ = "".join(str(number) for number in range(1, len(HINTS) + 1))  # what is kept once all were


def show(page: str) -> None:
    """Draw the hint of a page unless it was read, in the free band above every page's heading."""
    # The container is always there, so that what stands below keeps its place and is not drawn anew.
    with st.container(key="tour", horizontal=True, vertical_alignment="center", gap="small"):
        here = next((str(number) for number, hint in enumerate(HINTS, 1) if page in hint.pages), "")
        if page == "plate" and not state.current().plate:
            here = ""
        last = st.session_state.pop(_SHOWN, here)
        if last != here:  # whoever left its page has done what the hint says
            _read(last)
        kept = browser_memory.browser_memory()
        if kept is None or not here or here in kept.get(_NAME, ""):
            return
        st.session_state[_SHOWN] = here
        hint = Markup('<p class="hint"><b>{}</b> {}</p>')
        which = tr("Hint {number} of {every}", number=here, every=len(HINTS))
        st.html(hint.format(which, tr(HINTS[int(here) - 1].words)), width="content")
        st.button(tr("Got it"), on_click=_read, args=(here,), key="hint_read")
        if len({*kept.get(_NAME, ""), here}) < len(HINTS):
            st.button(tr("Skip all"), type="tertiary", on_click=_read, args=(READ,), key="hint_skip")


def again() -> None:
    """Show the hints again, from the first."""
    browser_memory.keep(_NAME, "")


def _read(numbers: str) -> None:
    known = (browser_memory.kept() or {}).get(_NAME, "")
    browser_memory.keep(_NAME, "".join(sorted({*known, *numbers} & {*READ})))
