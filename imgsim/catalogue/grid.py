"""The cells of a table in a text file: its separator, its rows, and which of them is the header."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from imgsim.catalogue.column_words import is_known
from imgsim.errors import MetadataError

MAX_BYTES = 256 * 1024 * 1024
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_LOOKED_AT = 200_000
_ROWS_LOOKED_AT = 50
_TITLE_ROWS = 20
_NAMED = 5  # so many lines are named, of the rest the number is given
_END = "\x02imgsim: end of the table\x03"
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.|\\t)\"?[ \t;,|]*(?:\r\n|\r|\n|$)", re.IGNORECASE)


@dataclass
class Grid:
    """Rows of text cells as they stand, empty rows left out.

    Attributes
    ----------
    rows : list of (line, cells)
        ``line`` is where the row begins, from 1.
    separator : str
        In words; '' for a spreadsheet.
    notes : list of str
        What was put right.
    """

    rows: list[tuple[int, list[str]]]
    separator: str = ""
    notes: list[str] = field(default_factory=list)


def text_grid(text: str, path: Path) -> Grid:
    """Cut a text into cells.

    Raises
    ------
    MetadataError
        A quotation mark is never closed.
    """
    # Python's own limit of 131,072 characters a cell is for a whole process; a file is never longer than this.
    csv.field_size_limit(MAX_BYTES)
    text = text.removeprefix("\ufeff")
    notes: list[str] = []
    first_line, separator = 1, ""
    if said := _SEP_LINE.match(text):
        separator = "\t" if said[1] == "\\t" else said[1]
        text, first_line = text[said.end() :], 2
        notes.append(f"the first line says how cells are separated ({said[0].strip()!r}) and is no row")
    separator = separator or _separator(text)
    rows = _rows(text, separator, False, first_line, path)
    if any(re.match(r' +"', cell) for _, cells in rows for cell in cells):
        rows = _rows(text, separator, True, first_line, path)
        notes.append("spaces before quotation marks are left out")
    return Grid(rows, SEPARATORS.get(separator, repr(separator)), notes)


def _rows(
    text: str, separator: str, skip_spaces: bool, first_line: int, path: Path
) -> list[tuple[int, list[str]]]:
    """The rows that are not empty. A last line of our own shows whether a quotation mark has swallowed the rest."""
    ended = text if text.endswith(("\n", "\r")) or not text else text + "\n"
    stream = io.StringIO(ended + _END + "\n", newline="")
    reader = csv.reader(stream, delimiter=separator, skipinitialspace=skip_spaces)
    rows: list[tuple[int, list[str]]] = []
    line, start = first_line, first_line
    try:
        for cells in reader:
            start, line = line, reader.line_num + first_line
            if cells == [_END]:
                return rows
            if any(cell.strip() for cell in cells):
                rows.append((start, cells))
    except csv.Error as error:
        raise MetadataError(f"{path}, line {line}: {error}. Is a quotation mark left open?") from error
    raise MetadataError(
        f"{path}, line {start}: a quotation mark is opened and never closed. Close it, or leave it out."
    )


def _separator(text: str) -> str:
    """Choose the separator that cuts most of the first rows into the same number of cells, and the most of them."""
    best, most = ",", (0, 0)
    for separator in SEPARATORS:
        lengths: list[int] = []
        try:
            for cells in csv.reader(io.StringIO(text[:_LOOKED_AT], newline=""), delimiter=separator):
                if any(cell.strip() for cell in cells):
                    lengths.append(len(cells))
                if len(lengths) == _ROWS_LOOKED_AT:
                    break
        except csv.Error:
            continue
        counts = Counter(length for length in lengths if length > 1)
        if not counts:
            continue
        columns, alike = max(counts.items(), key=lambda pair: (pair[1] * (pair[0] - 1), pair[0]))
        score = (alike * (columns - 1), columns)
        if score > most:
            best, most = separator, score
    return best


def header_row(rows: Sequence[tuple[int, list[str]]]) -> int:
    """Return the position of the header: the first row, unless titles stand above it.

    A title fills hardly any of the cells that the rows below it fill, and none of them is the name of a column.
    """
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in rows[:_ROWS_LOOKED_AT]]
    width = max(Counter(filled).items(), key=lambda pair: (pair[1], pair[0]))[0] if filled else 0
    known = [sum(is_known(cell) for cell in cells if cell.strip()) for _, cells in rows[: _TITLE_ROWS + 1]]
    at = 0
    while at < min(_TITLE_ROWS, len(rows) - 2):
        better = any(
            known[later] >= 2 and filled[later] > filled[at] and later + 1 < len(rows)
            for later in range(at + 1, len(known))
        )
        sparse = width > 1 and filled[at] <= max(1, width // 2)
        # One known word in a line of its own may be a title too, where a row full of them follows.
        alone = known[at] == 1 and filled[at] == 1 and better
        if not alone and (known[at] or not (sparse or better)):
            break
        at += 1
    return at


def fitted(
    rows: Sequence[tuple[int, list[str]]], width: int, separator: str
) -> tuple[list[list[str]], int, list[str]]:
    """Bring rows to one width: (cells, width of the widest, notes on rows that were shorter or longer)."""
    short: list[int] = []
    long: list[int] = []
    fit: list[list[str]] = []
    for line, cells in rows:
        cells = list(cells)
        # Spreadsheets write empty cells after the last column.
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) < width:
            short.append(line)
        elif len(cells) > width:
            long.append(line)
        fit.append(cells)
    widest = max([width, *map(len, fit)])
    for cells in fit:
        cells.extend([""] * (widest - len(cells)))
    notes = []
    if short and separator:
        notes.append(
            f"{_count(short)} fewer cells than the header has names ({_lines(short)}): the last ones are empty"
        )
    if long:
        notes.append(
            f"{_count(long)} more cells than the header has names ({_lines(long)}): what is too much is kept as "
            f"column_{width + 1}. Is a text with a {separator or 'separator'} missing its quotation marks?"
        )
    return fit, widest, notes


def _count(lines: Sequence[int]) -> str:
    return "1 row has" if len(lines) == 1 else f"{len(lines):,} rows have"


def _lines(lines: Sequence[int]) -> str:
    shown = ", ".join(f"{line:,}" for line in lines[:_NAMED])
    return ("line " if len(lines) == 1 else "lines ") + shown + (" ..." if len(lines) > _NAMED else "")
