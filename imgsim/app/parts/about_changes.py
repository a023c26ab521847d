"""On About: what the last run found otherwise than before, and who names plates and families that are gone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from imgsim.app.parts import shell
from imgsim.app.services import caches, text
from imgsim.collection import Collection
from imgsim.collection.family_ids import became, ended
from imgsim.errors import ImgsimError

_KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "new": ("New", ("Plate",)),
    "moved": ("Moved or renamed: the plates keep their ids", ("Plate", "Before", "Now")),
    "replaced": ("Shown by a better scan or another box: the same picture, so the same id", ("Plate", "Scan")),
    "gone": ("Gone: their ids stay reserved", ("Plate", "Its scan was")),
    "other_picture": ("Another picture at the same place: a new plate", ("Gone", "New")),
}


def show(collection: Collection) -> None:
    """Draw the section; nothing for a collection that was prepared once."""
    changes = collection.manifest.get("changes")
    waiting = caches.unconfirmed(collection)
    nowhere = _nowhere(collection)
    if not changes and not waiting and not nowhere:
        return
    st.markdown("## What has changed")
    if changes:
        _changes(changes)
    if waiting:
        gone = sum(one.gone for one in waiting)
        parts = []
        if gone:
            parts.append(f"{text.count(gone, 'decision')} {'names' if gone == 1 else 'name'} plates that are gone")
        if len(waiting) > gone:
            wait = "waits" if len(waiting) - gone == 1 else "wait"
            parts.append(f"{text.count(len(waiting) - gone, 'decision')} about another scan {wait} to be confirmed")
        st.markdown("; ".join(parts) + ".")
        if st.button("See them →", key="about_unconfirmed", type="tertiary"):
            shell.go("review", desk="all")
    if nowhere:
        lead = "leads" if nowhere == 1 else "lead"
        st.markdown(f"{text.count(nowhere, 'address', 'addresses')} of families {lead} to no family any more.")


def _nowhere(collection: Collection) -> int:
    families = caches.families(collection)
    if families is None:
        return 0
    try:
        return sum(not became(families, one.plates) for one in ended(collection.path))
    except ImgsimError:  # a registry that cannot be read says so where addresses are followed
        return 0


def _changes(changes: dict[str, Any]) -> None:
    counts = changes.get("counts", {})
    for kind, (title, columns) in _KINDS.items():
        number = int(counts.get(kind, 0))
        if not number:
            continue
        rows = [one if isinstance(one, list) else [one] for one in changes.get(kind, [])]
        with st.expander(f"{title}: {number:,}", key=f"changes_{kind}"):
            st.dataframe(
                pd.DataFrame(rows, columns=list(columns)),
                hide_index=True,
                height=min(38 + 35 * max(1, len(rows)), 260),
                key=f"table_{kind}",
            )
            if number > len(rows):
                st.caption(f"The first {len(rows):,} of {number:,}.")
