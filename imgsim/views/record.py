"""What is known of a plate or of a book, as a list of names and values. Values are shown as they stand."""

from __future__ import annotations

from collections.abc import Container, Mapping
from html import escape

import streamlit as st

from imgsim.collection import Collection
from imgsim.views import text

# Columns that are shown under a name of their own, in this order; all others follow.
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
_OF_PLATES = {"page", "number", "plate_id"}
_MOST_VALUES = 4  # of a column in which the plates of one book differ


def of_plate(collection: Collection, row: int) -> dict[str, str]:
    """What is known of a plate: name -> value, nothing empty."""
    record = collection.catalogue.record(row)
    named = _named(collection, record)
    return {label: value for label, cell in named.items() if (value := text.shown(cell))}


def of_book(collection: Collection, book: str) -> dict[str, str]:
    """What is known of a book: name -> value, each value of its plates once.

    What nearly every plate has another value for is the plate's own, and left out.
    """
    rows = [int(row) for row in collection.catalogue.book_rows(book)]
    found: dict[str, list[str]] = {}
    for row in rows:
        for label, cell in _named(collection, collection.catalogue.record(row), leave=_OF_PLATES).items():
            value = text.shown(cell)
            if value and value not in found.setdefault(label, []):
                found[label].append(value)
    return {
        label: "; ".join(values[:_MOST_VALUES]) + ("; …" if len(values) > _MOST_VALUES else "")
        for label, values in found.items()
        if values and (len(values) <= _MOST_VALUES or 2 * len(values) <= len(rows))
    }


def _named(
    collection: Collection, record: Mapping[str, object], leave: Container[str] = ()
) -> dict[str, object]:
    # A metadata column that only repeats one of ours (publication_year, authors) would say everything twice.
    said = set(collection.manifest.get("join", {}).get("understood", {}))
    own = {label: record[column] for column, label in _LABELS.items() if column not in leave}
    return own | {
        column.replace("_", " ").capitalize(): value
        for column, value in record.items()
        if column not in _LABELS and column not in _HIDDEN and column.removeprefix("metadata_") not in said
    }


def draw(values: Mapping[str, str]) -> None:
    """Draw names and values."""
    # One element: a table of Streamlit's reads Markdown in every cell, which took a quarter of a click's time.
    lines = (f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in values.items())
    st.html(f'<dl class="record">{"".join(lines)}</dl>')
