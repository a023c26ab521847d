"""Plate: one plate large, what is known of it, and where something like it appears again."""

from __future__ import annotations

import streamlit as st

from imgsim.collection import Collection
from imgsim.views import data, neighbourhood, server, shell, state, text
from imgsim.views.components import plate_viewer

# Columns of the record that are shown under a name of their own, in this order; all others follow.
_LABELS = {
    "title": "Title",
    "author": "Author",
    "year": "Year",
    "place": "Place",
    "country": "Country",
    "format": "Format",
    "category": "Category",
    "language": "Language",
    "book": "Book",
    "page": "Page",
    "number": "Illustration",
    "plate_id": "Plate id",
}
_HIDDEN = {"decade", "root", "folder", "sha256", "width", "height", "mode", "frames", "bytes", "file"}


def show() -> None:
    """Draw the page."""
    collection = shell.collection()
    now = state.current()
    if not now.plate:
        _choose()
        return
    row = collection.catalogue.row(now.plate)
    record = collection.catalogue.record(row)
    title = text.plain(collection.catalogue.short_title(row, 90))
    shell.lead("Plate", f"{title}, {text.year_of(record['year'])}")
    left, right = st.columns([5, 8], gap="medium")
    with left:
        _turn_pages(collection, row)
        plate_viewer(
            key="plate_viewer",
            src=server.plate_url(collection, row),
            alt=f"Plate {record['plate_id']}: {collection.catalogue.short_title(row)}",
            height=560,
        )
        _record(collection, row)
    with right:
        query = neighbourhood.of_plate(collection, row, data.similarities_of(collection, now.backbone, row))
        neighbourhood.show(collection, query)


def _choose() -> None:
    shell.lead("Plate", "Choose a plate first: its neighbours will stand beside it.")
    with st.container(border=True):
        st.markdown(
            "**No plate is chosen.** Click one in Browse or on the Map, or search with an image of your own."
        )
        with st.container(horizontal=True):
            if st.button("Browse the plates", type="primary"):
                shell.go("browse")
            if st.button("Open the map"):
                shell.go("map")
            st.button("Take one at random", on_click=_random)


def _random() -> None:
    import random

    ids = shell.collection().catalogue.plate_ids
    shell.remember(str(ids[random.randrange(len(ids))]))


def _turn_pages(collection: Collection, row: int) -> None:
    before, after = collection.catalogue.previous_next(row)
    if not (before or after):
        return
    book = str(collection.catalogue.record(row)["book"])
    inside = [int(other) for other in collection.catalogue.book_rows(book)]
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="turn_pages"
    ):
        st.button(
            "← Previous",
            disabled=not before,
            shortcut="P",
            on_click=shell.remember,
            args=(before or "",),
        )
        st.caption(f"{inside.index(row) + 1} of {len(inside)} in this book", width="content")
        st.button("Next →", disabled=not after, shortcut="N", on_click=shell.remember, args=(after or "",))


def _record(collection: Collection, row: int) -> None:
    record = collection.catalogue.record(row)
    # A metadata column that only repeats one of ours (publication_year, authors) would say everything twice.
    said = set(collection.manifest.get("join", {}).get("understood", {}))
    known = {
        **{label: record[column] for column, label in _LABELS.items()},
        **{
            column.replace("_", " ").capitalize(): value
            for column, value in record.items()
            if column not in _LABELS
            and column not in _HIDDEN
            and column.removeprefix("metadata_") not in said
        },
        "Scan": f"{record['width']:,} × {record['height']:,} pixels, {record['file']}",
    }
    shown = {label: text.shown(value) for label, value in known.items() if text.shown(value)}
    st.markdown("#### Record")
    st.table(
        {text.plain(label): text.plain(value) for label, value in shown.items()},
        border="horizontal",
    )
    st.caption("To cite this plate:")
    st.code(collection.catalogue.citation(row), language=None, wrap_lines=True)


if __name__ == "__main__":
    show()
