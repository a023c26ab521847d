"""The buttons that take a list away as CSV."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

import streamlit as st

from imgsim.base.translation import tr
from imgsim.collection import Collection


class Maker(Protocol):
    """Makes the file: it is told what every list says of itself."""

    def __call__(self, *, collection: str, date: str) -> bytes: ...


def csv(collection: Collection, name: str, make: Maker, *, label: str = "", **button: Any) -> None:
    """A button that fetches a list; it is made when the button is pressed, and the page is not drawn again.

    Parameters
    ----------
    collection
        What the list is of.
    name
        What the file is called after `imgsim_`, without its ending.
    make
        Makes the file.
    label
        What the button says; "" is "Download CSV".
    button
        What else `st.download_button` takes: `help`, `disabled`, `key`, `width`.
    """
    st.download_button(
        label or tr("Download CSV"),
        lambda: make(collection=collection.name, date=date.today().isoformat()),
        file_name=f"imgsim_{name}.csv",
        mime="text/csv",
        on_click="ignore",
        **button,
    )
