"""What is known of a plate or of a book, as a list of names and values. Values are shown as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from imgsim.base.markup import rendered
from imgsim.base.translation import tr
from imgsim.catalogue import described
from imgsim.collection import Collection

_LIST = Path(__file__).with_name("definitions.html")
_OF_PLATES = {"page", "number", "plate_id"}
_MOST_VALUES = 4  # of a column in which the plates of one book differ


def of_plate(collection: Collection, row: int) -> dict[str, str]:
    """What is known of a plate: name -> value, nothing empty."""
    return described(collection.catalogue.record(row), _understood(collection), say=tr)


def of_book(collection: Collection, book: str) -> dict[str, str]:
    """What is known of a book: name -> value, each value of its plates once.

    What nearly every plate has another value for is the plate's own, and left out.
    """
    rows = [int(row) for row in collection.catalogue.book_rows(book)]
    found: dict[str, list[str]] = {}
    for row in rows:
        record = collection.catalogue.record(row)
        for label, value in described(record, _understood(collection), leave=_OF_PLATES, say=tr).items():
            if value not in found.setdefault(label, []):
                found[label].append(value)
    return {
        label: "; ".join(values[:_MOST_VALUES]) + ("; …" if len(values) > _MOST_VALUES else "")
        for label, values in found.items()
        if len(values) <= _MOST_VALUES or 2 * len(values) <= len(rows)
    }


def _understood(collection: Collection) -> set[str]:
    return set(collection.manifest.get("join", {}).get("understood", {}))


def draw(values: Mapping[str, str]) -> None:
    """Draw names and values."""
    # One element: a table of Streamlit's reads Markdown in every cell, which took a quarter of a click's time.
    st.html(definitions((tr(name), value) for name, value in values.items()))


def definitions(pairs: Iterable[tuple[str, str]], kind: str = "record") -> Markup:
    """A list of terms and what each means, as HTML."""
    return rendered(_LIST, kind=kind, pairs=pairs)
