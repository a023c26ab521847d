"""What a reader needs to look at plates in a viewer of IIIF: the address, the manifest as a file, who may read it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from imgsim.app.services import caches, iiif_routes, state, text
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection, settings
from imgsim.export import iiif

_AT_EASE = 1000  # plates


def offer_family(collection: Collection, family_id: str) -> None:
    """Draw what a reader needs to open a family in another viewer: the address, and the manifest as a file."""
    app = iiif_routes.app_address()
    _offer(
        collection,
        tr(
            "Opens this family in Mirador, Tropy and other viewers for libraries' images. Give them this address, "
            "while imgsim is running:"
        ),
        iiif.Addresses(app, collection.name).family(family_id),
        lambda: iiif.manifest_bytes(collection, app, family=family_id, families=caches.families(collection)),
        f"imgsim_family_{text.file_name(family_id)}.json",
    )


def offer_selection(collection: Collection, now: state.State, count: int) -> None:
    """The same for the plates that pass the filters, in the order shown."""
    app = iiif_routes.app_address()
    said = trn(
        "Opens {n:,} plate in Mirador, Tropy and other viewers for libraries' images. Give them this address, while "
        "imgsim is running:",
        "Opens these {n:,} plates in Mirador, Tropy and other viewers for libraries' images. Give them this address, "
        "while imgsim is running:",
        count,
    )
    if count > _AT_EASE:
        said += " " + tr("Viewers are at ease with some hundreds: narrow them down first.")
    _offer(
        collection,
        said,
        iiif.Addresses(app, collection.name).selection(iiif_routes.selection_query(now)),
        lambda: iiif.to_bytes(iiif_routes.selected(collection, now, app)),
        f"imgsim_selection_{collection.name}.json",
    )


def _offer(
    collection: Collection, said: str, address: str, make: Callable[[], bytes], file_name: str
) -> None:
    with st.popover("IIIF"):
        st.caption(said)
        st.code(address, language=None, wrap_lines=True)
        st.download_button(
            tr("Download manifest"),
            make,
            file_name=file_name,
            mime="application/json",
            on_click="ignore",
            help=tr("The same as a file. Its images still come from imgsim."),
        )
        st.divider()
        draw_opening(collection)


def draw_opening(collection: Collection) -> None:
    """Draw whether web pages of other addresses may read the collection's IIIF, and the way to change it."""
    name, is_open = text.plain(collection.name), settings.iiif_open(collection.path)
    if is_open:
        st.markdown(
            tr(
                "**“{name}” is open to other web pages.** Any page in a browser that reaches imgsim can read its IIIF "
                "manifests: what the catalogue says of each plate, its families, what people observed, and its "
                "pictures.",
                name=name,
            )
        )
    else:
        st.markdown(
            tr(
                "**“{name}” is closed to other web pages.** A program of its own can read the address, a viewer in a "
                "web page (Mirador) cannot. If you open it, **any** page in a browser that reaches imgsim can read "
                "what the catalogue says of each plate, its families, what people observed, and its pictures.",
                name=name,
            )
        )
    st.caption(
        tr("No page of another address can ever change anything, or read notes, uploads or the rest of imgsim.")
    )
    # Two buttons, not one that turns over: Streamlit may deliver one click to two runs of the page, and the second must
    # not undo what the first did.
    key = "iiif_close" if is_open else "iiif_open"
    if st.button(tr("Close it again") if is_open else tr("Open it to other web pages"), key=key):
        settings.open_iiif(collection.path, key == "iiif_open")
        st.rerun()
