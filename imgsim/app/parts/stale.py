"""On About: has anything changed since? Where scans have vanished: which plates, and a button to go on without them."""

from __future__ import annotations

import streamlit as st

from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import cards, mending, preparing
from imgsim.app.services import commands, nearby, text
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.prepare.staleness import missing, staleness

_MOST = 24  # plates shown of those that are gone


def show(collection: Collection) -> None:
    """Draw the section."""
    with st.expander(tr("Has anything changed since?"), key="changes", on_change="rerun") as box:
        if not box.open:
            return
        st.caption(tr("Compares every input file with what it was when the collection was prepared."))
        if preparing.watch(collection.path, "stale"):
            return
        found = staleness(collection)
        if not found:
            st.markdown(tr("Nothing has changed: the collection is up to date."))
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
    if gone.decided:
        said = trn(
            "The scans of {gone:,} of the {n:,} plate are no longer there; decisions stand on {decided:,} of them. "
            "Is a disk not mounted? Then mount it, and nothing is lost.",
            "The scans of {gone:,} of the {n:,} plates are no longer there; decisions stand on {decided:,} of them. "
            "Is a disk not mounted? Then mount it, and nothing is lost.",
            gone.plates, gone=len(gone.gone), decided=len(gone.decided),
        )  # fmt: skip
    else:
        said = trn(
            "The scans of {gone:,} of the {n:,} plate are no longer there. Is a disk not mounted? Then mount it, and "
            "nothing is lost.",
            "The scans of {gone:,} of the {n:,} plates are no longer there. Is a disk not mounted? Then mount it, and "
            "nothing is lost.",
            gone.plates, gone=len(gone.gone),
        )  # fmt: skip
    st.warning(said)
    ids = sorted((plate_id for plate_id, _ in gone.gone), key=lambda plate_id: plate_id not in gone.decided)
    rows = [collection.catalogue.row(plate_id) for plate_id in ids[:_MOST]]
    thumbnail_grid(key="vanished", items=cards.cards(collection, rows), height=110, label=tr("Plates without a scan"))
    if len(ids) > _MOST:
        st.caption(tr("The first {shown} of {every:,}.", shown=_MOST, every=len(ids)))
    st.markdown(
        tr(
            "If they are meant to go, prepare the collection without them. Their ids and last pictures stay, so that "
            "old citations find them."
        )
    )
    if nearby.reads():
        st.button(
            trn("Prepare it without {n:,} plate", "Prepare it without {n:,} plates", len(ids)), key="accept_missing",
            on_click=preparing.begin, args=(collection.path, ["--accept-missing"]),
        )  # fmt: skip
    st.code(commands.prepare(collection.path, "--accept-missing"), language=None)
    return True
