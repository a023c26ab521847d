"""How a table and the names of files would be understood, before any image is opened: for a rehearsal, and the app."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from imgsim.catalogue.dates import parse_date
from imgsim.catalogue.dating import parse_decade
from imgsim.catalogue.joining import JoinReport, join
from imgsim.catalogue.metadata import Metadata
from imgsim.catalogue.standard_columns import STANDARD
from imgsim.images.files import ImageFile

EXAMPLES = 5
_NUMBERS = ("year", "decade", "page", "number")
# What looking at a picture would tell; a preview opens none.
_UNSEEN = {"sha256": "", "width": 0, "height": 0, "mode": "", "frames": 1}


@dataclass(frozen=True)
class ColumnRead:
    """A column of the table that is understood.

    Attributes
    ----------
    means : the standard column that it fills.
    filled : plates with a cell in it.
    examples : (cell, what it was read as; "" where it was not), a few different ones.
    unread : different cells that mean nothing where a date or a number is wanted.
    """

    means: str
    filled: int
    examples: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What would come of plates and their table.

    ``fields`` are the columns that are understood, ``kept`` those that stay as they are, ``unjoined`` what finds no
    partner (see :class:`imgsim.catalogue.joining.Joined`), ``books`` a few names of books.
    """

    report: JoinReport
    fields: dict[str, ColumnRead]
    kept: tuple[str, ...]
    unjoined: pd.DataFrame
    books: tuple[str, ...]


def preview(images: Iterable[ImageFile], metadata: Metadata | None, book_by: str | None = None) -> Preview:
    """Join images that nobody has opened with a table. Raises MetadataError as joining does."""
    plates = [
        {"plate_id": i.plate_id, "file": i.file, "root": i.root, "folder": i.folder, "bytes": i.size, **_UNSEEN}
        for i in images
    ]
    joined = join(pd.DataFrame(plates), metadata, book_by)
    frame, report = joined.catalogue.frame, joined.report
    fields = {column: _read(frame, column, means) for column, means in report.understood.items()}
    kept = [c for c in map(str, frame.columns) if _own(c, report)] if metadata is not None else []
    books = [name for name in frame["book"].drop_duplicates().tolist() if name][:EXAMPLES]
    return Preview(report, fields, tuple(kept), joined.unjoined, tuple(books))


def _own(column: str, report: JoinReport) -> bool:
    return column not in STANDARD and column.removeprefix("metadata_") not in {*report.understood, report.key_column}


def _read(frame: pd.DataFrame, column: str, means: str) -> ColumnRead:
    # The catalogue's name of a table's column: its own, or another where ours has that name and other values.
    kept = f"metadata_{column}" if f"metadata_{column}" in frame.columns else column
    raw = frame[kept].astype("str").fillna("")
    filled = raw.str.strip() != ""
    dates = {"year": _date_of, "decade": _decade_of}
    became = raw.map(dates[means]) if means in dates else frame[means]
    pairs = pd.DataFrame({"cell": raw[filled], "read": became[filled]}).drop_duplicates("cell")
    shown = [
        (cell, "" if pd.isna(read) else str(read))
        for cell, read in pairs.head(EXAMPLES).itertuples(index=False, name=None)
    ]
    unread = pairs["cell"][pairs["read"].isna()].tolist() if means in _NUMBERS else []
    return ColumnRead(means, int(filled.sum()), tuple(shown), tuple(unread))


def _date_of(cell: str) -> str | None:
    """A cell of dates as it is understood; None where it is not."""
    date = parse_date(cell)
    return None if date is None else date.words


def _decade_of(cell: str) -> str | None:
    date = parse_decade(cell)
    return None if date is None else date.words
