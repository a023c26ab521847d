"""What the browser keeps for its reader from visit to visit: a name given once, a tour seen once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from imgsim.app.components.mounting import mount
from imgsim.errors import ImgsimError

# What may be kept, and how many characters of it.
NAMES = {"reviewer": 80, "tour": 20}
_ANSWER = "_imgsim_memory_answer"
_WRITTEN = "_imgsim_memory_written"


def browser_memory(*, key: str = "browser_memory") -> dict[str, str] | None:
    """Ask the browser what it keeps, and hand it what is to be kept. Nothing is shown.

    Parameters
    ----------
    key : the component's own key.

    Returns
    -------
    Name -> text of what is kept, without what is empty; None until the browser has answered, which costs one
    rerun a visit. A browser that keeps nothing (its storage is blocked) answers for as long as the page is open.
    """
    known = kept()
    data = {"names": NAMES, "write": st.session_state.get(_WRITTEN, {}), "known": known}
    result = mount("memory", key=key, data=data, events={"kept": None})
    answer = getattr(result, "kept", None)
    if isinstance(answer, Mapping):
        st.session_state[_ANSWER] = understood(answer)
    return kept()


def kept() -> dict[str, str] | None:
    """What the browser keeps, as far as this session knows; None until it has answered."""
    answer = st.session_state.get(_ANSWER)
    if answer is None:
        return None
    now = {**answer, **st.session_state.get(_WRITTEN, {})}
    return {
        name: now[name] for name in NAMES if now.get(name)
    }  # in the order in which the browser names them


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
