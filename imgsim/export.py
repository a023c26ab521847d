"""Lists that a researcher takes away as CSV, safe and unchanged in any spreadsheet.

The files are UTF-8 with a byte order mark (without it Excel garbles accents), commas, CRLF line ends (RFC 4180).

Two things happen to text that a spreadsheet opens: what begins with ``= + - @`` runs as a formula, and what looks
like a number or a date becomes one, so that the book 0904700600 is 904700600 from then on, and the plate ``3-4`` the
third of April. There is one remedy for both that Excel, LibreOffice, Google Sheets and Numbers all keep as text, and
that a person can read: an apostrophe before the text. Ids get it whenever any spreadsheet might take them for
something else, other texts when they would be changed or run, texts that begin with an apostrophe always; so
taking one apostrophe away gives back the very text: :func:`read_back` does it, for scripts. Most plates' ids
(``105280020101620_0``) are text to every spreadsheet as they are.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from imgsim.catalogue import STANDARD, Catalogue
from imgsim.errors import ImgsimError
from imgsim.matches import VERDICTS

if TYPE_CHECKING:
    from imgsim.borrowing import Borrowing
    from imgsim.families import Families

BOM = b"\xef\xbb\xbf"
_GUARD = "'"
_OF_BOTH = ("book", "title", "author", "year", "place", "page")
_SELECTED = tuple(name for name in STANDARD if name not in {"root", "sha256", "mode", "frames", "bytes"})

# The full-width signs are read as their plain kin in East Asian versions of Excel.
_RISKY = re.compile(r"^'|^[\s\x00-\x20]*[=+\-@＝＋－＠]|^[\t\r\n\x00]")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
# What any spreadsheet may take for a number, a date, a time, a fraction, a sum of money or a truth value.
_NUMBERLIKE = re.compile(
    rf"^\s*(?:[\d\s.,:;/\\()%$€£¥'’e\-]*\d[\d\s.,:;/\\()%$€£¥'’e\-]*(?:[ap]m?)?"
    rf"|(?:\d{{1,4}}[\s\-/.,]*)?{_MONTH}[\s\-/.,]*(?:\d{{1,4}})?(?:[\s\-/.,]+\d{{1,4}})?|true|false)\s*$",
    re.IGNORECASE,
)
# Shown as they were written: numbers of up to 11 digits without a zero in front, and spans of years.
_UNCHANGED = re.compile(r"^(?:0|[1-9]\d{0,10})(?:\.0)?$|^\d{4} ?[-/] ?\d{4}$")
_PLAIN = re.compile(r"^-?\d+(?:\.\d+)?$|^\d{4}-\d\d-\d\d(?:[T ][\d:.+Z-]*)?$")


def guarded(text: str, *, identifier: bool = False) -> str:
    """Return text as a cell that no spreadsheet runs, or turns into something else."""
    if _RISKY.match(text):
        return _GUARD + text
    if _NUMBERLIKE.match(text) and (identifier or not _UNCHANGED.match(text)):
        return _GUARD + text
    return text


def neighbours_csv(
    catalogue: Catalogue,
    query_row: int | None,
    query_label: str,
    rows: Sequence[int] | np.ndarray,
    similarities: Sequence[float] | np.ndarray,
    *,
    backbone: str,
    collection: str,
    date: str,
    extra: Mapping[str, Sequence] | None = None,
) -> bytes:
    """Return a ranked list of neighbours as CSV.

    Parameters
    ----------
    query_row : int or None
        The query's row; None for an image that is not in the collection, which ``query_label`` then names.
    rows, similarities : sequences of equal length
        The neighbours as shown, nearest first.
    date : str
        When the list was made, e.g. ``2026-11-22``.
    extra : mapping
        More columns, one value a neighbour.

    Returns
    -------
    bytes
        Columns: query_plate_id, rank, similarity (6 decimals), neighbour_plate_id, then book, title, author, year,
        place and page of both, then ``extra``, backbone, collection and date.
    """
    rows = [int(row) for row in rows]
    scores = [float(value) for value in similarities]
    _same_length(rows, {"similarity": scores, **(extra or {})})
    query = catalogue.record(query_row) if query_row is not None else {}
    of_query = {f"query_{name}": [query.get(name)] * len(rows) for name in _OF_BOTH}
    of_neighbours = {f"neighbour_{name}": _column(catalogue, name, rows) for name in _OF_BOTH}
    columns: dict[str, Sequence] = {
        "query_plate_id": [query.get("plate_id", query_label)] * len(rows),
        "rank": range(1, len(rows) + 1),
        "similarity": [f"{value:.6f}" for value in scores],
        "neighbour_plate_id": [catalogue.plate_ids[row] for row in rows],
        **of_query,
        **of_neighbours,
        **(extra or {}),
        "backbone": [backbone] * len(rows),
        "collection": [collection] * len(rows),
        "date": [date] * len(rows),
    }
    return _csv(
        columns,
        {"rank", "similarity", "query_year", "query_page", "neighbour_year", "neighbour_page", "date"},
    )


def selection_csv(
    catalogue: Catalogue,
    rows: Sequence[int] | np.ndarray,
    *,
    collection: str,
    date: str,
    extra: Mapping[str, Sequence] | None = None,
) -> bytes:
    """Return plates as CSV, in the order given: what is known of each, ``extra``, collection and date."""
    rows = [int(row) for row in rows]
    _same_length(rows, extra or {})
    own = [str(name) for name in catalogue.frame.columns if name not in STANDARD]
    columns: dict[str, Sequence] = {name: _column(catalogue, name, rows) for name in (*_SELECTED, *own)}
    columns |= {**(extra or {}), "collection": [collection] * len(rows), "date": [date] * len(rows)}
    return _csv(columns, {"page", "number", "year", "decade", "width", "height", "date"})


def families_csv(
    families: Families,
    catalogue: Catalogue,
    *,
    collection: str,
    date: str,
    ids: Sequence[str] | None = None,
) -> bytes:
    """Return families as CSV, one row a plate, families in the order given and plates in order of date.

    Parameters
    ----------
    ids : sequence of str
        Which families; all of them, most books first, if left out.
    date : str
        When the list was made, e.g. ``2026-11-22``.

    Returns
    -------
    bytes
        Columns: family_id (the earliest plate's), family_plates, family_books, order (1 for the earliest; undated
        plates come last), plate_id, verdict, mirrored and cropped (against the earliest), printing, inliers (of the
        strongest pair in the family), supports (pairs that tie it in), tied_to_id (the plate whose pair says so), then
        what is known of the plate, as in :func:`selection_csv`.
    """
    chosen = [families.family(i) for i in (families.ids if ids is None else ids)]
    members = [(family, member) for family in chosen for member in family.members]
    rows = [member.row for _, member in members]
    names = catalogue.plate_ids
    own: dict[str, Sequence] = {
        "family_id": [family.id for family, _ in members],
        "family_plates": [len(family) for family, _ in members],
        "family_books": [len(family.books) for family, _ in members],
        "order": [member.place + 1 for _, member in members],
        "plate_id": [member.plate_id for _, member in members],
        "verdict": [member.verdict for _, member in members],
        "mirrored": [_yes(member.mirrored) for _, member in members],
        "cropped": [member.cropped for _, member in members],
        "printing": [member.printing for _, member in members],
        "inliers": [member.inliers for _, member in members],
        "supports": [member.supports for _, member in members],
        "tied_to_id": ["" if member.tied_to is None else names[member.tied_to] for _, member in members],
    }
    known = [str(name) for name in catalogue.frame.columns if name in _SELECTED or name not in STANDARD]
    # A column of the metadata's own that bears one of these names stands beside it.
    columns = own | {
        (f"metadata_{name}" if name in own else name): _column(catalogue, name, rows)
        for name in known
        if name != "plate_id"
    }
    columns |= {"collection": [collection] * len(rows), "date": [date] * len(rows)}
    return _csv(columns, {"page", "number", "year", "decade", "width", "height", "date"})


def network_csv(borrowing: Borrowing, catalogue: Catalogue, *, collection: str, date: str) -> bytes:
    """Return the books that share images as CSV, one row for every two books, most shared first.

    Returns
    -------
    bytes
        Columns: source_book and target_book with title, author, year and place of both (the source is the earlier
        one), dated (whether that is known: else the two stand in any order), shared (families), same_image, mirrored
        and shared_detail (how many of these agree so), from_earliest (of how many the source prints the earliest plate
        in this collection), order_tau (Kendall's tau of the order in which both print them) and what it means,
        family_ids (separated by " | "), collection and date.
    """
    edges = borrowing.edges
    columns: dict[str, Sequence] = {}
    for side, books in (("source", [e.source for e in edges]), ("target", [e.target for e in edges])):
        first = [catalogue.record(int(catalogue.book_rows(book)[0])) for book in books]
        columns[f"{side}_book"] = books
        for name in ("title", "author", "year", "place"):
            columns[f"{side}_{name}"] = [record[name] for record in first]
    agreements = [borrowing.agreement(edge.source, edge.target) for edge in edges]
    columns |= {
        "dated": [_yes(edge.directed) for edge in edges],
        "shared": [len(edge.families) for edge in edges],
        **{kind.replace(" ", "_"): [edge.kinds[kind] for edge in edges] for kind in VERDICTS[:3]},
        "from_earliest": [edge.from_earliest for edge in edges],
        "order_tau": ["" if math.isnan(found.tau) else f"{found.tau:.4f}" for found in agreements],
        "order": [found.words for found in agreements],
        "family_ids": [" | ".join(edge.families) for edge in edges],
        "collection": [collection] * len(edges),
        "date": [date] * len(edges),
    }
    return _csv(columns, {"source_year", "target_year", "order_tau", "date"})


def read_back(content: bytes) -> pd.DataFrame:
    """Read a CSV that this module wrote as the texts that went in: every cell a string, '' for an empty one."""
    try:
        table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ImgsimError(f"This is no CSV that imgsim wrote: {error}. Download it again.") from error
    header, cells = ([_unguarded(c) for c in table[0]], table[1:]) if table else ([], [])
    return pd.DataFrame(
        [[_unguarded(c) for c in row] for row in cells], columns=pd.Index(header), dtype="str"
    )


def _unguarded(text: str) -> str:
    return text.removeprefix(_GUARD)


def _same_length(rows: Sequence[int], columns: Mapping[str, Sequence]) -> None:
    for name, values in columns.items():
        if len(values) != len(rows):
            raise ImgsimError(
                f"The column {name!r} has {len(values)} values for {len(rows)} plates. Report this as a bug."
            )


def _column(catalogue: Catalogue, name: str, rows: list[int]) -> list:
    return catalogue.frame[name].iloc[rows].tolist()


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _is_id(name: str) -> bool:
    words = name.lower().split("_")
    return words[-1] in {"id", "ids", "book", "file", "folder"}


def _csv(columns: Mapping[str, Sequence], plain: set[str]) -> bytes:
    """Write columns; those in ``plain`` are meant as numbers or dates."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([_GUARD + name if _RISKY.match(name) else name for name in columns])
    cells = [
        [_cell(value, name in plain, _is_id(name)) for value in values] for name, values in columns.items()
    ]
    writer.writerows(zip(*cells, strict=True))
    return BOM + target.getvalue().encode("utf-8", "replace")


def _cells(values: Sequence, plain: bool, identifier: bool) -> list[str]:
    # A book's fields repeat with each of its plates.
    known: dict[object, str] = {}
    cells = []
    for value in values:
        # 1 and True, 1 and 1.0 are equal as keys; only texts are safe to look up.
        if not isinstance(value, str):
            cells.append(_cell(value, plain, identifier))
            continue
        if value not in known:
            known[value] = _cell(value, plain, identifier)
        cells.append(known[value])
    return cells


def _cell(value: object, plain: bool, identifier: bool) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    text = str(value)
    if isinstance(value, (bool, int, float, np.number)) or (plain and _PLAIN.match(text)):
        return text
    return guarded(text, identifier=identifier)
