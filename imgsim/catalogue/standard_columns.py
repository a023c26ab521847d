"""The columns that every table of plates has: their names, their kinds, and the check that a frame is of that form."""

from __future__ import annotations

import itertools

import pandas as pd

from imgsim.catalogue import dating
from imgsim.catalogue.order import IN_BOOK, in_book
from imgsim.errors import CollectionError, PrepareAgain

STANDARD = (
    "plate_id", "book", "page", "number", "title", "author", "year", "decade", "date_text", "date_from", "date_to",
    "date_sure", "place", "country", "format", "category", "language", "file", "root", "folder", "sha256", "width",
    "height", "mode", "frames", "bytes", IN_BOOK,
)  # fmt: skip
_LATER = {IN_BOOK}  # columns that catalogues of earlier versions lack
INTEGERS = {
    "page": "Int32", "number": "Int32", "year": "Int32", "decade": "Int32", "date_from": "Int32", "date_to": "Int32",
    "width": "int32", "height": "int32", "frames": "int32", "bytes": "int64", IN_BOOK: "int32",
}  # fmt: skip


def checked(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with all of :data:`STANDARD` of their kinds: texts '' where unknown, numbers missing.

    Raises
    ------
    CollectionError
        It is not of that form, not sorted by plate_id, or names a plate twice.
    """
    try:
        frame = dating.with_dates(frame)
    except (ValueError, TypeError) as error:
        raise CollectionError(
            f"The catalogue holds dates of a wrong kind: {error}.", PrepareAgain()
        ) from error
    missing = [name for name in STANDARD if name not in frame.columns and name not in _LATER]
    if missing:
        raise CollectionError(
            f"The catalogue lacks the columns {', '.join(missing)}.", PrepareAgain()
        )
    try:
        kinds = {name: INTEGERS.get(str(name), "str") for name in frame.columns}
        frame = frame.astype(kinds).reset_index(drop=True)
    except (ValueError, TypeError) as error:
        raise CollectionError(
            f"The catalogue holds values of a wrong kind: {error}.", PrepareAgain()
        ) from error
    texts = [name for name in frame.columns if str(name) not in INTEGERS]
    if frame[texts].isna().to_numpy().any():
        frame[texts] = frame[texts].fillna("")
    ids = frame["plate_id"].tolist()
    if any(a >= b for a, b in itertools.pairwise(ids)):
        raise CollectionError(
            "The catalogue is not sorted by plate_id, or names a plate twice.", PrepareAgain()
        )
    if IN_BOOK not in frame.columns:
        frame.insert(STANDARD.index(IN_BOOK), IN_BOOK, in_book(frame))
    return frame
