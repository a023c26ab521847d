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
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from imgsim.catalogue import STANDARD, Catalogue
from imgsim.errors import ImgsimError

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
