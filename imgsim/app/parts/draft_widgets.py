"""Widgets that show what was chosen for a collection, and keep what is changed: in the draft on the disk, at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from imgsim.app.services import drafts
from imgsim.app.services.drafts import Draft


def bind(
    token: str, draft: Draft, field: str, *, shown: Any = None, read: Callable[[Any], Any] | None = None
) -> dict[str, Any]:
    """Tie a widget to a field of the draft: pass the result as its keyword arguments.

    ``shown`` is what the widget shows, where that is not the field itself; ``read`` makes the field of what it returns.
    """
    key = f"draft_{field}"
    st.session_state[key] = getattr(draft, field) if shown is None else shown
    return {"key": key, "on_change": partial(_take, token, field, key, read)}


def _take(token: str, field: str, key: str, read: Callable[[Any], Any] | None) -> None:
    value = st.session_state[key]
    change(token, **{field: read(value) if read is not None else value})


def change(token: str, **fields: Any) -> None:
    """Keep other values."""
    draft = drafts.load(token)
    for name, value in fields.items():
        setattr(draft, name, value)
    drafts.save(token, draft)
