"""The cells of a table in an Excel workbook, as text: ids as they look, dates in ISO, numbers without ``.0``."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from pathlib import Path
from typing import Any

from imgsim.catalogue.column_words import is_known
from imgsim.catalogue.grid import Grid, header_row
from imgsim.errors import MetadataError

_MAX_UNPACKED = 1024 * 1024 * 1024
_MAX_CELLS = 50_000_000
_ZEROS = re.compile(r"0{2,20}")


def is_workbook(content: bytes, path: Path) -> bool:
    """Whether a file is an Excel workbook; MetadataError if it is a spreadsheet or archive that is not read."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise MetadataError(
            f"{path} is an old or a protected Excel file. Save it as .xlsx without a password, or as CSV (UTF-8)."
        )
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        names, unpacked = [], 0
    if "xl/workbook.xml" not in names and not any(
        re.fullmatch(r"xl/workbook\d*\.xml", name) for name in names
    ):
        raise MetadataError(
            f"{path} is a spreadsheet of another kind, or an archive. Save it as .xlsx or CSV (UTF-8) first."
        )
    if unpacked > _MAX_UNPACKED:
        raise MetadataError(
            f"{path} unpacks to {unpacked:,} bytes. Is it the metadata? Give a smaller table."
        )
    return True


def workbook_grid(content: bytes, path: Path) -> Grid:
    """Read the first sheet that holds a table, and say which.

    Raises
    ------
    MetadataError
        The workbook is damaged, or no sheet holds a table.
    """
    import openpyxl

    try:
        values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = [sheet for sheet in values.worksheets if sheet.sheet_state == "visible"] or values.worksheets
        # A formula's result and the formula itself are read from two openings of the same file.
        formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        found = [(sheet.title, *_sheet(sheet, formulas[sheet.title], path)) for sheet in sheets]
    except MetadataError:
        raise
    except Exception as error:  # a damaged workbook raises nearly anything
        raise MetadataError(
            f"{path} cannot be read as an Excel workbook ({error}). Save it again, or as CSV (UTF-8)."
        ) from None
    tables = [(title, rows, empty) for title, rows, empty in found if len(rows) > 1]
    if not tables:
        raise MetadataError(f"{path} holds no sheet with a header and rows. Give one row a book or a plate.")
    # A sheet of remarks may come first: what has columns that we know is the table.
    title, rows, empty = max(tables, key=lambda table: _tells(table[1]))
    others = [name for name, *_ in found if name != title]
    notes = [f"the sheet {title!r} is read" + (f", not {', '.join(map(repr, others[:5]))}" if others else "")]
    if empty:
        notes.append(
            f"{empty:,} cells hold a formula without a result and count as empty: open and save it in Excel"
        )
    return Grid(rows, "", notes)


def _tells(rows: list[tuple[int, list[str]]]) -> int:
    """2 for a sheet with a column that we know, 1 for one with several columns: the first of the best is taken."""
    header = rows[header_row(rows)][1]
    return 2 if any(is_known(cell) for cell in header) else int(len([cell for cell in header if cell]) > 1)


def _sheet(sheet: Any, formulas: Any, path: Path) -> tuple[list[tuple[int, list[str]]], int]:
    """(rows that are not empty, formulas without a result)."""
    for opened in (sheet, formulas):
        opened.reset_dimensions()  # what a file says of its size is often wrong
    rows, empty, cells = [], 0, 0
    for line, (row, asked) in enumerate(zip(sheet.iter_rows(), formulas.iter_rows(), strict=True), 1):
        texts = [cell_text(cell.value, getattr(cell, "number_format", "")) for cell in row]
        empty += sum(cell.data_type == "f" and not text for cell, text in zip(asked, texts, strict=False))
        while texts and not texts[-1]:
            texts.pop()
        cells += len(texts)
        if cells > _MAX_CELLS:
            raise MetadataError(f"{path} has more than {_MAX_CELLS:,} cells. Is it the metadata?")
        if any(text.strip() for text in texts):
            rows.append((line, texts))
    return rows, empty


def cell_text(value: object, number_format: str = "") -> str:
    """Return a cell as text: what somebody who looks at the sheet would copy.

    >>> cell_text(1752.0), cell_text(904700600, "0000000000"), cell_text(datetime.datetime(1752, 5, 1))
    ('1752', '0904700600', '1752-05-01')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep="T", timespec="seconds")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        value = int(value)
    if isinstance(value, int) and _ZEROS.fullmatch(number_format or ""):
        return str(value).zfill(len(number_format))
    return str(value)
