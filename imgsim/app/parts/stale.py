"""On About: has anything changed since? Where scans have vanished: which plates, and a button to go on without them."""

from __future__ import annotations

import streamlit as st

from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import cards, mending, preparing
from imgsim.app.services import commands, nearby, text
from imgsim.collection import Collection
from imgsim.prepare.staleness import missing, staleness

_MOST = 24  # plates shown of those that are gone


def show(collection: Collection) -> None:
    """Draw the section."""
    with st.expander("Has anything changed since?", key="changes", on_change="rerun") as box:
        if not box.open:
            return
        st.caption("Compares every input file with what it was when the collection was prepared.")
        if preparing.watch(collection.path, "stale"):
            return
        found = staleness(collection)
        if not found:
            st.markdown("Nothing has changed: the collection is up to date.")
            return
        for sentence in found:
            st.markdown(f"- {text.plain(sentence)}")
        if _vanished(collection):
            return
        mending.again(collection.path, "stale")


def _vanished(collection: Collection) -> bool:
    """The plates that would be gone, if that is for a person to decide; whether it is."""
    gone = missing(collection)
    if gone is None or not gone.serious:
        return False
    st.warning(
        f"The scans of {len(gone.gone):,} of the {text.count(gone.plates, 'plate')} are no longer there"
        + (f"; decisions stand on {len(gone.decided):,} of them" if gone.decided else "")
        + ". Is a disk not mounted? Then mount it, and nothing is lost."
    )
    ids = sorted((plate_id for plate_id, _ in gone.gone), key=lambda plate_id: plate_id not in gone.decided)
    rows = [collection.catalogue.row(plate_id) for plate_id in ids[:_MOST]]
    thumbnail_grid(key="vanished", items=cards.cards(collection, rows), height=110, label="Plates without a scan")
    if len(ids) > _MOST:
        st.caption(f"The first {_MOST} of {len(ids):,}.")
    st.markdown(
        "If they are meant to go, prepare the collection without them. Their ids and last pictures stay, so that old "
        "citations find them."
    )
    if nearby.reads():
        st.button(
            f"Prepare it without {text.count(len(ids), 'plate')}", key="accept_missing", on_click=preparing.begin,
            args=(collection.path, ["--accept-missing"]),
        )  # fmt: skip
    st.code(commands.prepare(collection.path, "--accept-missing"), language=None)
    return True
