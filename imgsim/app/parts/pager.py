"""The pages of a long list, to choose from."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from imgsim.app.services import state
from imgsim.base.translation import tr

# Of few pages Streamlit leaves some out where it measures the width by itself; from seven on it does it well.
_WIDTHS = {2: 180, 3: 255, 4: 255, 5: 255, 6: 290}  # pixels


def pager(pages: int, page: int, name: str, suffix: str = "") -> None:
    """Draw the pages; nothing where there is one alone. ``name`` and ``suffix``: as :func:`state.bind` takes them."""
    if pages > 1:
        st.pagination(pages, width=width(pages), **state.bind(name, value=page, suffix=suffix))


def width(pages: int) -> int | Literal["content"]:
    """The width in which that many pages are all offered, or those around the one that is shown."""
    return _WIDTHS.get(pages, "content")


def part(what: str, page: int, per_page: int, found: int) -> str:
    """Which part of a list a page shows: `61 to 120 of 300 plates`. ``what``: the whole list, in words."""
    first, last = (page - 1) * per_page + 1, min(page * per_page, found)
    return tr("{first:,} to {last:,} of {what}", first=first, last=last, what=what)
