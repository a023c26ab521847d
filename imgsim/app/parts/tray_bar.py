"""The tray as a slim bar under every page: its plates, and where they can go."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from imgsim import export
from imgsim.app.components import tray_strip
from imgsim.app.components.tray_strip import removed
from imgsim.app.parts import downloads, exporting, shell, tray
from imgsim.app.services import server, state, text
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.collection.addresses import gone_sentence, plate_address
from imgsim.collection.citing import plate_citation
from imgsim.errors import ImgsimError

_STRIP = "tray_strip"


def draw(collection: Collection) -> None:
    """Draw the bar; nothing where the tray is empty and nothing was taken out."""
    now = state.current()
    # The container is always there, so that the page below keeps its place.
    with st.container(key="tray", horizontal=True, vertical_alignment="center", gap="small"):
        undo = tray.can_undo(collection.name)
        if not now.tray and not undo:
            return
        here = [one for one in now.tray if collection.catalogue.has(one)]
        away = [one for one in now.tray if one not in here]
        event = tray_strip(
            key=_STRIP,
            items=[_item(collection, one) for one in now.tray],
            told=_told(len(here), len(away)),
            on_remove=_removed,
        )
        if event.clicked in here:
            shell.go("plate", plate=event.clicked)
        _ways(collection, here)
        with st.container(key="tray_steps", horizontal=True, width="content", gap="small"):
            if here:
                _more(collection, now, here)
            if undo:
                st.button(
                    tr("Undo"), key="tray_undo", on_click=tray.undo, help=tr("Make the tray what it was before.")
                )
            if now.tray:
                st.button(tr("Clear"), key="tray_clear", on_click=tray.clear, help=tr("Take all plates out."))


def _told(here: int, away: int) -> str:
    said = text.count(here, "plate", "plates") if here or not away else ""
    missing = trn("{n:,} not in this collection", "{n:,} not in this collection", away) if away else ""
    return ", ".join(part for part in (said, missing) if part)


def _item(collection: Collection, plate_id: str) -> dict[str, str]:
    if not collection.catalogue.has(plate_id):
        return {"id": plate_id, "src": "", "title": f"{plate_id}: {_became(collection, plate_id)}"}
    row = collection.catalogue.row(plate_id)
    title = f"{collection.catalogue.short_title(row)}, {text.date_of(collection.catalogue.record(row))}"
    return {"id": plate_id, "src": server.thumbnail_url(collection, row), "title": f"{title} ({plate_id})"}


def _became(collection: Collection, plate_id: str) -> str:
    try:
        entry = plate_address(collection, plate_id)
    except ImgsimError:  # the registry cannot be read, which every page says
        entry = None
    return gone_sentence(entry) if entry is not None else tr("this collection does not have it, and never had")


def _removed() -> None:
    plate_id = removed(st.session_state[_STRIP])
    if plate_id:
        tray.remove([plate_id])


def _ways(collection: Collection, here: list[str]) -> None:
    with st.container(key="tray_ways", horizontal=True, width="content", gap="small"):
        if len(here) >= 2 and st.button(
            tr("Light table"), key="tray_table", type="primary", help=tr("Side by side, enlarged and moved together.")
        ):
            shell.go("light_table")
        if len(here) == 2 and st.button(
            tr("Compare"), key="tray_compare", help=tr("Laid exactly on each other.")
        ):
            shell.go("compare", plate=here[0], other=here[1])


def _more(collection: Collection, now: state.State, here: list[str]) -> None:
    rows = [collection.catalogue.row(one) for one in here]
    with st.popover(tr("Take away"), key="tray_more"):
        with st.container(horizontal=True):
            st.button(
                tr("Export …"),
                key="tray_export",
                help=tr("Lists, families, references, or all in one zip."),
                on_click=exporting.of_tray,
            )
            downloads.csv(
                collection,
                f"tray_{collection.name}",
                lambda **of: export.selection_csv(collection.catalogue, rows, **of),
                key="tray_csv",
                help=trn("{n:,} plate, one a row.", "{n:,} plates, one a row.", len(rows)),
            )
        if tray.too_long(now):
            link = tr(
                "A link that opens this tray, for a colleague or for later (it is too long for the browser to keep):"
            )
        else:
            link = tr("A link that opens this tray, for a colleague or for later (the browser keeps it too):")
        st.caption(link)
        query = urlencode(state.to_query(state.State(collection=now.collection, tray=now.tray)), doseq=True)
        st.code(f"{shell.address_of('light_table')}?{query}", language=None)
        st.caption(tr("To cite these plates:"))
        st.code("\n".join(plate_citation(collection, row) for row in rows), language=None, wrap_lines=True)
