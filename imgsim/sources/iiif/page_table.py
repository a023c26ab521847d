"""What manifests say of their pages, as a table with a row a page."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

from imgsim.catalogue.column_words import is_known, meaning, plain_name
from imgsim.catalogue.numerals import numeral
from imgsim.sources.iiif.presentation import Book, Canvas

Row = dict[str, str]
_MAX_COLUMNS = 80
_OURS = ("file", "book", "title", "page", "canvas", "iiif_manifest", "iiif_canvas")


def row(name_of_file: str, name: str, book: Book, page: Canvas) -> Row:
    """Return one page's row, by the name of its image's file without the suffix.

    What is said of the page counts more than what is said of the whole manifest.

    ``title`` is the manifest's label unless the page has a title of its own; ``book`` is the manifest's name unless
    the page tells its book, as pages of our own manifests do.
    """
    found: Row = {}
    for pairs in (page.pairs, book.pairs):
        own: Row = {}
        columns = _columns([label for label, _ in pairs])
        for label, value in pairs:
            column = columns[label]
            own[column] = f"{own[column]}; {value}" if column in own and own[column] != value else value
        if pairs is book.pairs:
            # The label is what the library calls the whole; its metadata may hold a fuller title.
            title = own.get("title", "")
            own["title"] = book.label or title
            if title not in ("", own["title"]):
                own["iiif_title"] = title
        found = {**own, **found}
    found["page"] = found.get("page") or (page.label if numeral(page.label) is not None else "")
    return {
        **found,
        "file": name_of_file,
        "book": found.get("book") or name,
        "canvas": page.label,
        "iiif_manifest": book.id,
        "iiif_canvas": page.id,
    }


def _columns(labels: Sequence[str]) -> dict[str, str]:
    """The column of each label: one that the catalogue understands, or the label itself.

    Of several that mean the same ("Author", "Contributor") the most telling fills ours, and the others keep their own.
    A label such as "Identifier" must not be taken for the column that joins the table with the plates.
    """
    means = {label: meaning(label) for label in labels}
    best: dict[str, int] = {}
    for found in means.values():
        if found is not None:
            best[found.holds] = min(found.rank, best.get(found.holds, found.rank))
    columns = {}
    for label, found in means.items():
        plain = plain_name(label)
        if plain == "book":
            columns[label] = plain
        elif found is not None and found.rank == best[found.holds]:
            columns[label] = found.holds
        elif (found is None and is_known(label)) or plain in _OURS or not plain:
            columns[label] = f"iiif_{plain or 'other'}"
        else:
            columns[label] = plain
    return columns


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
