"""What manifests say of their pages, as a table with a row a page."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

from imgsim.catalogue.numerals import numeral
from imgsim.catalogue.words import is_known, meaning, plain_name
from imgsim.iiif.reading import Book, Page

Row = dict[str, str]
_MAX_COLUMNS = 80
_OURS = ("plate_id", "book", "title", "page", "canvas", "iiif_manifest", "iiif_canvas")


def row(plate_id: str, name: str, book: Book, page: Page) -> Row:
    """Return one page's row: what is said of the page counts more than what is said of the whole manifest.

    ``title`` is the manifest's label unless the page has a title of its own; ``book`` is the manifest's name unless
    the page tells its book, as pages of our own manifests do.
    """
    found: Row = {}
    for pairs in (page.pairs, book.pairs):
        own: Row = {}
        for label, value in pairs:
            column = _column(label)
            own[column] = f"{own[column]}; {value}" if column in own and own[column] != value else value
        if pairs is book.pairs:
            # The label is what the library calls the whole; its metadata may hold a fuller title.
            own["title"] = book.label or own.get("title", "")
        found = {**own, **found}
    found["page"] = found.get("page") or (page.label if numeral(page.label) is not None else "")
    return {
        **found,
        "plate_id": plate_id,
        "book": found.get("book") or name,
        "canvas": page.label,
        "iiif_manifest": book.id,
        "iiif_canvas": page.id,
    }


def _column(label: str) -> str:
    """The column of a label: one that the catalogue understands, or the label itself.

    A label such as "Identifier" must not be taken for the column that joins the table with the plates.
    """
    plain = plain_name(label)
    if plain == "book":
        return "book"
    if (means := meaning(label)) is not None:
        return means.holds
    if is_known(label) or plain in _OURS or not plain:
        return f"iiif_{plain or 'other'}"
    return plain


def to_csv(rows: Sequence[Row]) -> bytes:
    """Return the table as CSV, our own columns first, then the most frequent others.

    Cells stand as they are, for this table is read by precompute.py, and a guard against formulas would become part
    of the titles; what users download from the app is guarded.
    """
    counts = Counter(column for one in rows for column, value in one.items() if value)
    others = [column for column, _ in counts.most_common() if column not in _OURS]
    columns = [*_OURS, *sorted(others[:_MAX_COLUMNS], key=others.index)]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(columns)
    writer.writerows([one.get(column, "") for column in columns] for one in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")
