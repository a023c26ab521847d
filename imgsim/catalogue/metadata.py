"""Reading a table of metadata as it comes: from a library, a spreadsheet or pandas. Every cell stays text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from imgsim.catalogue.column_words import key_candidates, meaning
from imgsim.catalogue.grid import MAX_BYTES, Grid, fitted, header_row, text_grid
from imgsim.catalogue.text_encoding import check_encoding, decode
from imgsim.catalogue.workbook import is_workbook, workbook_grid
from imgsim.errors import CheckPath, Input, MetadataError


@dataclass(frozen=True)
class Metadata:
    """A metadata table as text.

    Attributes
    ----------
    frame : pandas.DataFrame
        Every cell a string, '' for an empty one, in the file's order.
    key : str
        What its rows are keyed by, as far as the column names tell: 'plate_id', 'file', 'ecco_id' or 'book';
        '' if they do not tell. Joining has the last word.
    key_column : str
        The column of the key.
    understood : dict
        Column name -> the standard column that it fills.
    path : Path
        The file.
    notes : tuple of str
        What was put right while reading.
    encoding, separator : str
        What the text was taken for ("UTF-8", "Mac Roman", ...; "Excel") and what parts its cells ('' in a workbook).
    header_line : int
        The line of the header, from 1.
    lines : tuple of int
        The line of each row.
    """

    frame: pd.DataFrame
    key: str
    key_column: str
    understood: dict[str, str]
    path: Path
    notes: tuple[str, ...] = ()
    encoding: str = ""
    separator: str = ""
    header_line: int = 1
    lines: tuple[int, ...] = ()


def read_metadata(path: Path, encoding: str | None = None) -> Metadata:
    """Read a table: CSV with comma, semicolon, tab or bar, or an Excel workbook (.xlsx).

    Parameters
    ----------
    path : Path
        The file.
    encoding : str, optional
        What its text is written in; found out if not given.

    Raises
    ------
    MetadataError
        Missing, empty, no table, no text, or not in the encoding that was named.
    """
    if encoding:
        check_encoding(encoding)
    content = _content(path)
    written, notes = "Excel", []
    if is_workbook(content, path):
        grid = workbook_grid(content, path)
        if encoding:
            notes.append(f"an Excel workbook says itself how it is written: {encoding} is not needed")
    else:
        text, written, note = decode(content, path, encoding)
        notes += [note] if note else []
        grid = text_grid(text, path)
    header, lines, records, more = _records(grid, path)
    notes += [*grid.notes, *more]
    frame = pd.DataFrame({name: [r[i] for r in records] for i, name in header}, dtype="str")
    kind, column = _key(frame)
    return Metadata(
        frame, kind, column, _understood(frame), Path(path), tuple(notes), written, grid.separator,
        lines[0], tuple(lines[1:]),
    )  # fmt: skip


def with_headings(metadata: Metadata, headings: Mapping[str, str]) -> Metadata:
    """The same table with some columns called otherwise: as if it had been read so."""
    frame = metadata.frame.rename(columns=dict(headings))
    kind, column = _key(frame)
    return replace(metadata, frame=frame, key=kind, key_column=column, understood=_understood(frame))


def _key(frame: pd.DataFrame) -> tuple[str, str]:
    """The kind and the column of what the rows are keyed by, as far as names of columns tell."""
    candidates = key_candidates(map(str, frame.columns))
    return candidates[0] if candidates else ("", "")


def _understood(frame: pd.DataFrame) -> dict[str, str]:
    """Columns that fill one of ours, the best first: by how telling the name is, then by how many cells are filled."""
    found = []
    # In a list that imgsim wrote, and that somebody filled in, the date is that of the list and of no book.
    ours = set(frame.columns) >= {"plate_id", "plate_id_text", "collection", "date"}
    for place, column in enumerate(map(str, frame.columns)):
        if (means := meaning(column)) is not None and not (ours and column == "date"):
            filled = int((frame[column].str.strip() != "").sum())
            found.append((means.holds, means.rank, -filled, place, column))
    return {column: holds for holds, *_, column in sorted(found)}


def _content(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise MetadataError(
            f"The metadata file {path} does not exist.", CheckPath(Input.TABLE)
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MetadataError(f"The metadata file {path} cannot be read: {reason}.") from error
    if len(content) > MAX_BYTES:
        raise MetadataError(
            f"{path} is larger than {MAX_BYTES:,} bytes. Is it the metadata? Give a smaller CSV."
        )
    if not content.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise MetadataError(f"{path} is empty. Give a CSV with a header line and one row a book or a plate.")
    return content


def _records(grid: Grid, path: Path) -> tuple[list[tuple[int, str]], list[int], list[list[str]], list[str]]:
    """Return the header as (position, name), the lines of the header and of the rows, the rows, and notes."""
    if len(grid.rows) < 2:
        raise MetadataError(f"{path} has a header but no rows. Give one row a book or a plate.")
    at = header_row(grid.rows)
    notes = []
    if at:
        above = "; ".join(" ".join(filter(None, map(str.strip, cells))) for _, cells in grid.rows[:at])
        one = "the line above the header is" if at == 1 else f"{at} lines above the header are"
        notes.append(f"{one} left out: {above[:120]!r}")
    names, more = _names([cell.strip().strip("\ufeff\u200b").strip() for cell in grid.rows[at][1]])
    records, widest, odd = fitted(grid.rows[at + 1 :], len(names), grid.separator)
    names += [""] * (widest - len(names))
    header = []
    for position, name in enumerate(names):
        if name:
            header.append((position, name))
        elif any(r[position].strip() for r in records) and not _is_index([r[position] for r in records]):
            header.append((position, f"column_{position + 1}"))
    if not header:
        raise MetadataError(f"{path}, line 1: no column has a name. Give a CSV with a header line.")
    return header, [line for line, _ in grid.rows[at:]], records, notes + more + odd


def _names(names: list[str]) -> tuple[list[str], list[str]]:
    while names and not names[-1]:
        names.pop()
    taken: set[str] = set()
    unique, notes = [], []
    for name in names:
        new, count = name, 1
        while new and new in taken:
            count += 1
            new = f"{name}_{count}"
        if new != name:
            notes.append(f"the column {name!r} stands there twice: the later one is called {new!r}")
        taken.add(new)
        # pandas' own row numbers
        unique.append("" if name == "Unnamed: 0" else new)
    return unique, notes


def _is_index(cells: list[str]) -> bool:
    return cells == [str(i) for i in range(len(cells))]
