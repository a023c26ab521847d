"""What is known of a plate, under the names that a reader sees."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping

from imgsim.catalogue.dating import shown_date

PAGE_BOX = "page_box"
# Columns that are shown under a name of their own, in this order; all others follow.
_LABELS = {
    "title": "Title",
    "author": "Author",
    "date": "Date",
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
_HIDDEN = {
    "year", "decade", "date_text", "date_from", "date_to", "date_sure", "root", "folder", "sha256",
    "width", "height", "mode", "frames", "bytes", "file", "in_book",
}  # fmt: skip


def _box(value: object) -> object:
    """Where a plate lies on its page, in words; anything else as it is."""
    edges = str(value).split()
    if len(edges) != 4 or not all(edge.isdecimal() for edge in edges):
        return value
    x0, y0, x1, y1 = map(int, edges)
    return f"{x1 - x0:,} × {y1 - y0:,} pixels, from {x0:,}, {y0:,} to {x1:,}, {y1:,}"


def described(
    record: Mapping[str, str | int | None], understood: Collection[str] = (), leave: Container[str] = ()
) -> dict[str, str]:
    """Return label -> value of all that is known of a plate, nothing empty.

    Parameters: ``record`` as :meth:`Catalogue.record` gives it; ``understood`` the metadata columns that fill one of
    ours (publication_year, authors), which would say everything twice; ``leave`` columns of ours to leave out.
    """
    known = {
        **{
            label: shown_date(record) if column == "date" else record[column]
            for column, label in _LABELS.items()
            if column not in leave
        },
        **{
            column.replace("_", " ").capitalize(): _box(value) if column == PAGE_BOX else value
            for column, value in record.items()
            if column not in _LABELS
            and column not in _HIDDEN
            and column.removeprefix("metadata_") not in understood
        },
    }
    return {label: str(value) for label, value in known.items() if value is not None and value != ""}
