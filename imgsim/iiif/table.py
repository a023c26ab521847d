"""What manifests say of their pages, as a table with a row a page."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

from imgsim.catalogue.metadata import KEYS, SOURCES, plain_name
from imgsim.catalogue.values import parse_count
from imgsim.iiif.reading import Book, Page

Row = dict[str, str]
_MAX_COLUMNS = 80
_OURS = ("plate_id", "book", "title", "page", "canvas", "iiif_manifest", "iiif_canvas")
# How libraries call what our catalogue understands, where it is not English.
_KNOWN = {
    "title": ("titel", "titre", "titolo", "titulo", "título"),
    "author": ("autor", "auteur", "autore", "verfasser", "verfasserin", "urheber", "personen", "créateur"),
    "year": (
        "published", "publication", "date_issued", "date_de_publication", "année", "datum", "erscheinungsjahr",
        "erscheinungsdatum", "jahr", "data", "data_di_pubblicazione", "anno", "fecha", "año",
    ),
    "place": (
        "lieu", "lieu_de_publication", "lieu_d_édition", "ort", "erscheinungsort", "verlagsort", "druckort",
        "luogo_di_pubblicazione", "lugar_de_publicación",
    ),
    "language": ("languages", "sprache", "langue", "lingua", "idioma"),
    "format": ("format_of_book",),
}  # fmt: skip
_STANDARD = {name: standard for standard, names in _KNOWN.items() for name in names} | {
    name: standard for standard, names in SOURCES.items() for name in names
}
_KEYS = {name for names in KEYS.values() for name in names}


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
    found["page"] = found.get("page") or (page.label if parse_count(page.label) is not None else "")
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
    if plain in _STANDARD:
        return _STANDARD[plain]
    if plain in _KEYS or plain in _OURS or not plain:
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
