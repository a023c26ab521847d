"""Cells that are safe and unchanged in any spreadsheet, and the CSV made of them.

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
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from imgsim.catalogue import STANDARD, Catalogue
from imgsim.errors import ImgsimError

BOM = b"\xef\xbb\xbf"
_GUARD = "'"
# What a list says of each plate, before the metadata's own columns.
KNOWN = tuple(name for name in STANDARD if name not in {"root", "sha256", "mode", "frames", "bytes", "in_book"})
# Columns that hold numbers or dates, wherever they stand.
_NUMBERS = frozenset({"page", "number", "year", "decade", "date_from", "date_to", "width", "height", "date"})

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


def cell(value: object, plain: bool = False, identifier: bool = False) -> str:
    """Return a value as a cell; '' for what is missing.

    Parameters
    ----------
    plain : bool
        The column is meant as numbers or dates: a text that is one stays as it is.
    identifier : bool
        The column holds ids, which no spreadsheet may take for numbers.
    """
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    text = str(value)
    if isinstance(value, (bool, int, float, np.number)) or (plain and _PLAIN.match(text)):
        return text
    return guarded(text, identifier=identifier)


def cells(values: Iterable[object], plain: bool, identifier: bool) -> list[str]:
    """Return a column's cells; a text that repeats, as a book's title with each of its plates, is looked at once."""
    known: dict[str, str] = {}
    found = []
    for value in values:
        # 1 and True, 1 and 1.0 are equal as keys; only texts are safe to look up.
        if not isinstance(value, str):
            found.append(cell(value, plain, identifier))
            continue
        if value not in known:
            known[value] = cell(value, plain, identifier)
        found.append(known[value])
    return found


def is_id(name: str) -> bool:
    """Say whether a column of that name holds ids."""
    words = name.lower().split("_")
    return words[-1] in {"id", "ids", "book", "file", "folder"}


class _Lines(list[str]):
    """What csv.writer writes, a line each."""

    write = list.append


def lines(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines of CSV, each with its end."""
    written = _Lines()
    # The end is told to the writer, because it quotes cells that hold a part of it.
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written


def header(names: Iterable[str]) -> bytes:
    """Return the first line of a CSV, with the byte order mark before it."""
    names = [_GUARD + name if _RISKY.match(name) else name for name in names]
    return BOM + encoded(lines([names])[0])


def encoded(text: str) -> bytes:
    """Return text as UTF-8; what has no encoding (half a surrogate pair) becomes a question mark."""
    return text.encode("utf-8", "replace")


def body(columns: Mapping[str, Iterable], plain: set[str] | frozenset[str] = _NUMBERS) -> bytes:
    """Return the lines below the header; columns named in ``plain`` are meant as numbers or dates."""
    ready = [cells(values, name in plain, is_id(name)) for name, values in columns.items()]
    return encoded("".join(lines(zip(*ready, strict=True))))


def csv_bytes(columns: Mapping[str, Iterable], plain: set[str] | frozenset[str] = _NUMBERS) -> bytes:
    """Return a whole CSV."""
    return header(columns) + body(columns, plain)


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


# ---- columns


def same_length(rows: Sequence[int], columns: Mapping[str, Sequence]) -> None:
    """Raise ImgsimError unless every column has a value for each row."""
    for name, values in columns.items():
        if len(values) != len(rows):
            raise ImgsimError(
                f"The column {name!r} has {len(values)} values for {len(rows)} plates. Report this as a bug."
            )


def column(catalogue: Catalogue, name: str, rows: Sequence[int] | np.ndarray) -> list:
    """Return one column of the catalogue for some rows."""
    return catalogue.frame[name].iloc[rows].tolist()


class Parts:
    """Some columns of plates as parts of a line, ready to stand between two commas; each is made once, when needed."""

    def __init__(self, catalogue: Catalogue, names: Sequence[str]) -> None:
        self._catalogue, self._names = catalogue, names
        self._known: dict[int, str] = {}

    def of(self, rows: Sequence[int] | np.ndarray) -> dict[int, str]:
        """Return the parts by row, of these rows and of all that were asked for before."""
        missing = [row for row in np.unique(rows).tolist() if row not in self._known]
        if missing:
            ready = [
                cells(column(self._catalogue, name, missing), name in _NUMBERS, is_id(name))
                for name in self._names
            ]
            self._known |= zip(missing, (line[:-2] for line in lines(zip(*ready, strict=True))), strict=True)
        return self._known


def line_part(texts: Sequence[str]) -> str:
    """Return texts that are the same in every line as a part of it."""
    return lines([[guarded(text) for text in texts]])[0][:-2]


def yes(value: bool) -> str:
    """Return yes or no."""
    return "yes" if value else "no"
