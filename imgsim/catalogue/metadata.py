"""Reading a metadata CSV as it comes: from a library, a spreadsheet or pandas. Every cell stays text."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from imgsim.errors import MetadataError

MAX_BYTES = 256 * 1024 * 1024
_DELIMITERS = ",;\t|"

# How columns are called, by what they hold. The first of a list that exists is preferred, row by row.
SOURCES: dict[str, tuple[str, ...]] = {
    "title": ("title", "ecco_full_title", "full_title", "book_title", "short_title", "titel", "titre"),
    "author": ("author", "authors", "creator", "creators", "auteur", "autor"),
    "year": (
        "year",
        "publication_year",
        "pub_year",
        "date",
        "publication_date",
        "date_of_publication",
        "issued",
    ),
    "decade": ("decade", "publication_decade"),
    "place": ("place", "publication_place", "place_of_publication", "pub_place", "city", "printed_at"),
    "country": ("country", "publication_country", "country_of_publication"),
    "format": ("format", "gatherings", "book_format"),
    "category": ("category", "sub_category", "subcategory", "subject", "genre"),
    "language": ("language", "language_primary", "lang"),
    "page": ("page", "page_number", "page_no", "pagenumber", "folio"),
    "number": ("number", "plate_number", "plate_no", "figure", "illustration_number"),
}
KEYS: dict[str, tuple[str, ...]] = {
    "plate_id": ("plate_id", "plate", "id", "image_id", "illustration_id", "picture_id", "identifier", "name"),
    "file": (
        "file", "filename", "file_name", "image", "image_file", "image_name", "image_path", "imagename", "path",
        "filepath", "file_path", "img", "picture", "illustration",
    ),
    "ecco_id": ("ecco_id", "eccoid", "ecco", "document_id", "documentid", "gale_id", "gale_document_number"),
    "book": ("book", "book_id", "bookid", "folder", "directory", "volume", "source"),
}  # fmt: skip


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
    """

    frame: pd.DataFrame
    key: str
    key_column: str
    understood: dict[str, str]
    path: Path
    notes: tuple[str, ...] = ()


def plain_name(column: str) -> str:
    """Return a column's name without case and punctuation: ``Publication Year`` is publication_year."""
    return re.sub(r"[\W_]+", "_", column.strip().lower()).strip("_")


def key_candidates(columns: list[str]) -> list[tuple[str, str]]:
    """Return (kind, column) for each column whose name says that it may be the key, most telling first."""
    names: dict[str, str] = {}
    for column in columns:
        names.setdefault(plain_name(column), column)
    return [(kind, names[name]) for kind, known in KEYS.items() for name in known if name in names]


def read_metadata(path: Path) -> Metadata:
    """Read a CSV: comma, semicolon, tab or bar; UTF-8, UTF-16, Windows-1252 or Latin-1; with or without BOM.

    Raises
    ------
    MetadataError
        Missing, empty, no table, no text, or a row with another number of cells than the header (with its line).
    """
    text = _decode(_content(path), path)
    delimiter = _delimiter(text)
    header, records, notes = _records(text, delimiter, path)
    frame = pd.DataFrame({name: [r[i] for r in records] for i, name in header}, dtype="str")
    understood = {}
    names = {plain_name(column): column for column in reversed(list(frame.columns))}
    for standard, known in SOURCES.items():
        for name in known:
            if name in names:
                understood[names[name]] = standard
    candidates = key_candidates(list(frame.columns))
    kind, column = candidates[0] if candidates else ("", "")
    return Metadata(frame, kind, column, understood, Path(path), tuple(notes))


def _content(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise MetadataError(
            f"The metadata file {path} does not exist. Check the path after --metadata."
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
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise MetadataError(
            f"{path} is a spreadsheet or an archive, not a CSV. Save it as CSV (UTF-8) first."
        )
    return content


def _decode(content: bytes, path: Path) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        # Any bytes are valid Latin-1, so it comes last; Windows-1252 differs from it only in 27 characters.
        encodings = ("utf-8-sig", "cp1252", "latin-1")  # type: ignore[assignment]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            line = text.count("\n", 0, text.index("\x00")) + 1
            raise MetadataError(
                f"{path} holds a NUL character in line {line}: it is no text. Save it as CSV (UTF-8)."
            )
        return text
    raise MetadataError(f"{path} is not text in UTF-16 although it begins so. Save it as CSV (UTF-8).")


def _delimiter(text: str) -> str:
    """Choose the delimiter that cuts the header, and most of the first rows likewise, into the most cells."""
    best, most = ",", (0, 0)
    for delimiter in _DELIMITERS:
        lengths = []
        try:
            for cells in csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter):
                if cells:
                    lengths.append(len(cells))
                if len(lengths) == 50:
                    break
        except csv.Error:
            continue
        columns = lengths[0] if lengths else 0
        alike = sum(length == columns for length in lengths)
        score = (alike * (columns - 1), columns)
        if columns > 1 and score > most:
            best, most = delimiter, score
    return best


def _records(
    text: str, delimiter: str, path: Path
) -> tuple[list[tuple[int, str]], list[list[str]], list[str]]:
    """Return the header as (position, name), the rows, and notes."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise MetadataError(
            f"{path}, line {reader.line_num}: {error}. Is a quotation mark left open?"
        ) from error
    if len(rows) < 2:
        raise MetadataError(f"{path} has a header but no rows. Give one row a book or a plate.")
    names, notes = _names([cell.strip() for cell in rows[0][1]])
    records = []
    for line, cells in rows[1:]:
        # Spreadsheets write empty cells after the last column.
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(names):
            raise MetadataError(
                f"{path}, line {line}: {len(cells)} cells, but the header names {len(names)} columns. "
                "Is a text with a comma or a line break missing its quotation marks?"
            )
        records.append(cells)
    header = []
    for position, name in enumerate(names):
        if name:
            header.append((position, name))
        elif any(r[position].strip() for r in records) and not _is_index([r[position] for r in records]):
            header.append((position, f"column_{position + 1}"))
    if not header:
        raise MetadataError(f"{path}, line 1: no column has a name. Give a CSV with a header line.")
    return header, records, notes


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
