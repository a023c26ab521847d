"""What the browser keeps for its reader from visit to visit: a name given once, a tour seen once, a tray of plates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import streamlit as st

from imgsim.app.components.mounting import mount
from imgsim.errors import ImgsimError

# What may be kept, and how many characters of it.
NAMES = {"reviewer": 80, "tour": 20, "tray": 3000}
PLACE = "imgsim."  # what the names of the cookies begin with
_ANSWER = "_imgsim_memory_answer"
_WRITTEN = "_imgsim_memory_written"


def browser_memory(*, key: str = "browser_memory") -> dict[str, str] | None:
    """What the browser keeps, as :func:`kept`; and hand it what is to be kept. Nothing is shown.

    The browser tells it with the first thing that it asks for, in cookies, so it costs no run of the page: one that
    came by itself would cut short the answer to a click, or close a dialog.

    Parameters
    ----------
    key : the component's own key.
    """
    mount("browser_memory", key=key, data={"write": st.session_state.get(_WRITTEN, {})}, events={})
    return kept()


def kept() -> dict[str, str] | None:
    """Name -> text of what the browser keeps, without what is empty; None where no browser is there.

    What another tab made it keep is known after the page was loaded again.
    """
    if _ANSWER not in st.session_state:
        if not st.context.headers:
            return None
        st.session_state[_ANSWER] = understood(
            {name: unquote(st.context.cookies.get(PLACE + name, "")) for name in NAMES}
        )
    now = {**st.session_state[_ANSWER], **st.session_state.get(_WRITTEN, {})}
    return {name: now[name] for name in NAMES if now.get(name)}


def keep(name: str, value: str) -> None:
    """Keep a text under one of `NAMES` from the next `browser_memory` on; "" forgets it.

    Raises
    ------
    ImgsimError
        If there is no such name, or the text is too long or holds more than one line.
    """
    if name not in NAMES:
        raise ImgsimError(f"the browser keeps {' and '.join(NAMES)}, not {name!r}")
    if not _sound(name, value):
        raise ImgsimError(f"the {name} kept is a line of at most {NAMES[name]} characters, not {value!r}")
    st.session_state[_WRITTEN] = {**st.session_state.get(_WRITTEN, {}), name: value}


def understood(answer: Mapping[Any, Any]) -> dict[str, str]:
    """The browser's answer without what it may not hold: other names, and what is no short line of text."""
    return {name: answer[name] for name in NAMES if answer.get(name) and _sound(name, answer[name])}


def _sound(name: str, value: object) -> bool:
    return isinstance(value, str) and len(value) <= NAMES[name] and (value.isprintable() or not value)
