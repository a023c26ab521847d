"""The name that a reader signs with: asked once, kept in the browser, and changed at will."""

from __future__ import annotations

import streamlit as st

from imgsim.app.components import browser_memory
from imgsim.app.services import text
from imgsim.base.translation import tr

_NAME, _ASKED = "reviewer", "_reviewer_name"
_MOST = browser_memory.NAMES[_NAME]


def name() -> str:
    """The name that this reader signs with; "" while it is not known."""
    return (browser_memory.kept() or {}).get(_NAME, "")


def remembered() -> str:
    """The same, where only a part of the page runs: a name that was just written is kept at once."""
    with st.container(key="reviewer_keeper"):
        browser_memory.browser_memory(key="reviewer_memory")
    return name()


def sign(what: str = "") -> str:
    """Where the reader's name is not known yet, ask for it; it is returned. ``what`` as :func:`ask` takes it."""
    known = remembered()
    if not known:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="signing"):
            ask(what or tr("signs your decisions"))
    return known


def ask(what: str) -> None:
    """Draw the field for the name, and a line about it beside it.

    ``what``: what it does, in the reader's language, such as "signs your decisions".
    """
    _field("")
    st.caption(tr("Write your name first: it is kept in this browser and {what}.", what=what), width="content")


def change(known: str, told: str) -> None:
    """Draw the name, to be changed by a click."""
    with st.popover(text.plain(known), type="tertiary", help=told):
        _field(known)


def _field(known: str) -> None:
    # A field for each name: the browser still holds what stood in the one before, and would send it again.
    key = f"{_ASKED}_{known}"
    st.text_input(
        tr("Your name"),
        value=known,
        key=key,
        max_chars=_MOST,
        placeholder=tr("Your name, then Enter"),
        label_visibility="visible" if known else "collapsed",
        on_change=_named,
        args=(key,),
    )


def _named(key: str) -> None:
    given = "".join(c for c in " ".join(str(st.session_state[key]).split()) if c.isprintable())
    if given:
        browser_memory.keep(_NAME, given[:_MOST])
