"""Cells that are safe and unchanged in any spreadsheet, and the CSV made of them.

The files are UTF-8 with a byte order mark (without it Excel garbles accents), commas, CRLF line ends (RFC 4180).

Two things happen to text that a spreadsheet opens: what begins with ``= + - @`` runs as a formula, and what looks
like a number or a date becomes one, so that the book 0904700600 is 904700600 from then on, and the plate ``3-4`` the
third of April.

**Ids are written twice.** In their own column (``book``) they stand as they are, so that pandas, R or a database read
them exactly; a spreadsheet may change them there. Beside it stands ``book_text`` with the same id in square brackets,
``[0904700600]``, which Excel, LibreOffice, Google Sheets and Numbers all keep as the text that it is. The only ids
that are not written as they are would run as a formula: an apostrophe stands before those, in their own column.
**Other texts** get an apostrophe where they would be run or changed, and where they begin with one, so that taking one
away gives back the very text.

**Control characters**, which a terminal that shows the file would obey, are written as ``\\x1b``; tabs and line ends
stay. What looks like one already has its backslash written as ``\\x5c``, so that :func:`visible` can be undone.

:func:`~imgsim.base.spreadsheets.read_back` undoes all this, for scripts, for tables that came back from a spreadsheet,
and for files of older versions, in which ids had apostrophes and no second column.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

BOM = b"\xef\xbb\xbf"
GUARD = "'"
TEXT = "_text"  # after the name of an id's column: the same ids, in brackets
# Columns that hold numbers or dates, wherever they stand.
NUMBERS = frozenset(
    {"page", "number", "year", "decade", "date_from", "date_to", "width", "height", "date"}
)

# The full-width signs are read as their plain kin in East Asian versions of Excel.
_RUNS = r"[\s\x00-\x20]*[=+\-@＝＋－＠]|[\t\r\n\x00]"
_RISKY = re.compile(rf"^'|^(?:{_RUNS})")
# An id with apostrophes before what runs gets one more, so that one can always be taken away.
RISKY_ID = re.compile(rf"^'*(?:{_RUNS})")
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


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\\(?=x[0-9a-f]{2})")
_WRITTEN = re.compile(r"\\x([0-9a-f]{2})")


def visible(text: str) -> str:
    """Return text with its control characters (C0 but for tabs and ends of lines, DEL, C1) spelt out."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def unspelt(text: str) -> str:
    """Return the text that :func:`visible` was given."""
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)), text)


def guarded(text: str) -> str:
    """Return text as a cell that no spreadsheet runs, or turns into something else."""
    text = visible(text)
    changed = _NUMBERLIKE.match(text) and not _UNCHANGED.match(text)
    return GUARD + text if changed or _RISKY.match(text) else text


def id_cell(value: object) -> str:
    """Return an id as a cell: as it is, but for an apostrophe where a spreadsheet would run it."""
    text = visible(_text(value))
    return GUARD + text if RISKY_ID.match(text) else text


def id_text(value: object) -> str:
    """Return an id in brackets, which every spreadsheet keeps as text; '' for none."""
    text = visible(_text(value))
    return f"[{text}]" if text else ""


def cell(value: object, plain: bool = False) -> str:
    """Return a value that is no id as a cell; '' for what is missing.

    Parameters
    ----------
    plain : bool
        The column is meant as numbers or dates: a text that is one stays as it is.
    """
    text = _text(value)
    if isinstance(value, (bool, int, float, np.number)) or (plain and _PLAIN.match(text)):
        return text
    return guarded(text)


def _text(value: object) -> str:
    missing = value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))
    return "" if missing else str(value)


def cells(values: Iterable[object], plain: bool = False) -> list[str]:
    """Return a column's cells; a text that repeats, as a book's title with each of its plates, is looked at once."""
    return _each(values, lambda value: cell(value, plain))


def _each(values: Iterable[object], make: Callable[[object], str]) -> list[str]:
    known: dict[str, str] = {}
    found = []
    for value in values:
        # 1 and True, 1 and 1.0 are equal as keys; only texts are safe to look up.
        if not isinstance(value, str):
            found.append(make(value))
            continue
        if value not in known:
            known[value] = make(value)
        found.append(known[value])
    return found


def is_id(name: str) -> bool:
    """Say whether a column of that name holds ids, or names of files and folders."""
    words = name.lower().split("_")
    return words[-1] in {"id", "ids", "book", "file", "folder"}


def _is_written_twice(name: str, names: Collection[str]) -> bool:
    # Metadata may have columns of both names of their own; those stand as they are.
    return is_id(name) and f"{name}{TEXT}" not in names


def named(names: Collection[str]) -> list[str]:
    """Return the names of the columns as they are written: each of ids is followed by that of its texts."""
    found = []
    for name in names:
        found += [name, f"{name}{TEXT}"] if _is_written_twice(name, names) else [name]
    return found


def column_cells(name: str, values: Iterable[object], names: Collection[str], plain: bool) -> list[list[str]]:
    """Return a column as the one or two that are written of it: see :func:`named`."""
    if not is_id(name):
        # A hash or a UUID is no number, even if it looks like one.
        hexadecimal = name.endswith(("sha256", "uuid"))
        return [_each(values, id_cell) if hexadecimal else cells(values, plain)]
    given = list(values)
    twice = [_each(given, id_text)] if _is_written_twice(name, names) else []
    return [_each(given, id_cell), *twice]


class _Lines(list[str]):
    """What csv.writer writes, a line each."""

    write = list.append


def lines(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines of CSV, each with its end."""
    written = _Lines()
    # The end is told to the writer, because it quotes cells that hold a part of it.
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written


def header(names: Collection[str]) -> bytes:
    """Return the first line of a CSV, with the byte order mark before it."""
    shown = map(visible, named(names))
    written = [GUARD + name if _RISKY.match(name) else name for name in shown]
    return BOM + encoded(lines([written])[0])


def encoded(text: str) -> bytes:
    """Return text as UTF-8; what has no encoding (half a surrogate pair) becomes a question mark."""
    return text.encode("utf-8", "replace")


def body(columns: Mapping[str, Iterable], plain: set[str] | frozenset[str] = NUMBERS) -> bytes:
    """Return the lines below the header; columns named in ``plain`` are meant as numbers or dates."""
    ready = [
        written
        for name, values in columns.items()
        for written in column_cells(name, values, columns, name in plain)
    ]
    return encoded("".join(lines(zip(*ready, strict=True))))


def csv_bytes(columns: Mapping[str, Iterable], plain: set[str] | frozenset[str] = NUMBERS) -> bytes:
    """Return a whole CSV."""
    return header(columns) + body(columns, plain)


def line_part(texts: Sequence[str]) -> str:
    """Return texts that are the same in every line as a part of it."""
    return lines([[guarded(text) for text in texts]])[0][:-2]


def yes(value: bool) -> str:
    """Return yes or no."""
    return "yes" if value else "no"
