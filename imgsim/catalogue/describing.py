"""What is known of a plate, under the names that a reader sees."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping

from imgsim.base.translation import marked
from imgsim.catalogue.dates.interval import Say, in_english
from imgsim.catalogue.dating import shown_date

PAGE_BOX = "page_box"
# Columns that are shown under a name of their own, in this order; all others follow.
_LABELS = {
    "title": marked("Title"),
    "author": marked("Author"),
    "date": marked("Date"),
    "place": marked("Place"),
    "country": marked("Country"),
    "format": marked("Format"),
    "category": marked("Category"),
    "language": marked("Language"),
    "book": marked("Book"),
    "page": marked("Page"),
    "number": marked("Illustration"),
    "plate_id": marked("Plate id"),
}
_HIDDEN = {
    "year", "decade", "date_text", "date_from", "date_to", "date_sure", "root", "folder", "sha256",
    "width", "height", "mode", "frames", "bytes", "file", "in_book",
}  # fmt: skip


def _box(value: object, say: Say) -> object:
    """Where a plate lies on its page, in words; anything else as it is."""
    edges = str(value).split()
    if len(edges) != 4 or not all(edge.isdecimal() for edge in edges):
        return value
    x0, y0, x1, y1 = map(int, edges)
    return say(
        marked("{width:,} × {height:,} pixels, from {x0:,}, {y0:,} to {x1:,}, {y1:,}"),
        width=x1 - x0, height=y1 - y0, x0=x0, y0=y0, x1=x1, y1=y1,
    )  # fmt: skip


def described(
    record: Mapping[str, str | int | None],
    understood: Collection[str] = (),
    leave: Container[str] = (),
    say: Say = in_english,
) -> dict[str, str]:
    """Return label -> value of all that is known of a plate, nothing empty.

    Parameters: ``record`` as :meth:`Catalogue.record` gives it; ``understood`` the metadata columns that fill one of
    ours (publication_year, authors), which would say everything twice; ``leave`` columns of ours to leave out;
    ``say`` says the words of dates and boxes, in English if left out. Labels are English, and marked.
    """
    known = {
        **{
            label: shown_date(record, say) if column == "date" else record[column]
            for column, label in _LABELS.items()
            if column not in leave
        },
        **{
            column.replace("_", " ").capitalize(): _box(value, say) if column == PAGE_BOX else value
            for column, value in record.items()
            if column not in _LABELS
            and column not in _HIDDEN
            and column.removeprefix("metadata_") not in understood
        },
    }
    return {label: str(value) for label, value in known.items() if value is not None and value != ""}
