"""On About: what the last run found otherwise than before, and who names plates and families that are gone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from imgsim.app.parts import shell
from imgsim.app.services import caches
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection
from imgsim.collection.family_ids import became, ended
from imgsim.errors import ImgsimError

_KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "new": (marked("New"), (marked("Plate"),)),
    "moved": (
        marked("Moved or renamed: the plates keep their ids"), (marked("Plate"), marked("Before"), marked("Now"))
    ),
    "replaced": (
        marked("Shown by a better scan or another box: the same picture, so the same id"),
        (marked("Plate"), marked("Scan")),
    ),
    "gone": (marked("Gone: their ids stay reserved"), (marked("Plate"), marked("Its scan was"))),
    "other_picture": (
        marked("Another picture at the same place: a new plate"), (marked("Gone"), marked("New"))
    ),
}  # fmt: skip


def show(collection: Collection) -> None:
    """Draw the section; nothing for a collection that was prepared once."""
    changes = collection.manifest.get("changes")
    waiting = caches.unconfirmed(collection)
    nowhere = _nowhere(collection)
    if not changes and not waiting and not nowhere:
        return
    st.markdown(tr("## What has changed"))
    if changes:
        _changes(changes)
    if waiting:
        gone = sum(one.gone for one in waiting)
        parts = []
        if gone:
            parts.append(
                trn("{n:,} decision names plates that are gone", "{n:,} decisions name plates that are gone", gone)
            )
        if len(waiting) > gone:
            parts.append(
                trn(
                    "{n:,} decision about another scan waits to be confirmed",
                    "{n:,} decisions about another scan wait to be confirmed",
                    len(waiting) - gone,
                )
            )
        st.markdown("; ".join(parts) + ".")
        if st.button(tr("See them →"), key="about_unconfirmed", type="tertiary"):
            shell.go("review", desk="all")
    if nowhere:
        st.markdown(
            trn(
                "{n:,} address of families leads to no family any more.",
                "{n:,} addresses of families lead to no family any more.",
                nowhere,
            )
        )


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
        with st.expander(tr("{title}: {number:,}", title=tr(title), number=number), key=f"changes_{kind}"):
            st.dataframe(
                pd.DataFrame(rows, columns=[tr(column) for column in columns]),
                hide_index=True,
                height=min(38 + 35 * max(1, len(rows)), 260),
                key=f"table_{kind}",
            )
            if number > len(rows):
                st.caption(tr("The first {shown:,} of {number:,}.", shown=len(rows), number=number))
