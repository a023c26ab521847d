"""Joining plates with their metadata, by book or by plate, and saying how well it went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from imgsim.catalogue import dating
from imgsim.catalogue.metadata import Metadata, key_candidates
from imgsim.catalogue.table import STANDARD, Catalogue
from imgsim.catalogue.values import (
    ECCO_ID_LENGTH,
    ecco_parts,
    fold,
    parse_count,
    whole,
)
from imgsim.errors import MetadataError
from imgsim.images.sources import IMAGE_SUFFIXES, OTHER_IMAGES

PLATE_COLUMNS = ("plate_id", "file", "root", "folder", "sha256", "width", "height", "mode", "frames", "bytes")
_TEXTS = ("title", "author", "place", "country", "format", "category", "language")
_NUMBERS = {"page": parse_count, "number": parse_count}


@dataclass(frozen=True)
class JoinReport:
    """How the plates found their metadata.

    Attributes
    ----------
    plates, joined : int
        Plates in the catalogue, and those with a metadata row.
    key, key_column : str
        What they were joined by ('plate_id', 'file', 'ecco_id', 'book', or '' without metadata), and the column.
    understood : dict
        Metadata column -> standard column.
    unused : int
        Metadata rows without a plate.
    notes : tuple of str
        What was put right, and what looks wrong.
    years : dict
        How well the dates were understood (see :class:`~imgsim.catalogue.dating.Dated`); empty without any.
    """

    plates: int
    joined: int
    key: str = ""
    key_column: str = ""
    understood: dict[str, str] = field(default_factory=dict)
    unused: int = 0
    notes: tuple[str, ...] = ()
    years: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Match:
    kind: str
    column: str
    rows: np.ndarray
    repeated: int
    restored: int
    ambiguous: int = 0

    @property
    def joined(self) -> int:
        return int((self.rows >= 0).sum())


def build_catalogue(plates: pd.DataFrame, metadata: Metadata | None) -> tuple[Catalogue, JoinReport]:
    """Make the catalogue.

    Parameters
    ----------
    plates : pandas.DataFrame
        One row a plate with the columns of :data:`PLATE_COLUMNS`, in any order.
    metadata : Metadata or None
        Its rows are joined by the key column that matches the most plates.

    Raises
    ------
    MetadataError
        No column of the metadata names a plate, a file or a book.
    """
    plates = plates.sort_values("plate_id", kind="stable").reset_index(drop=True)
    ecco = [ecco_parts(plate_id) for plate_id in plates["plate_id"]]
    frame = pd.DataFrame(index=plates.index)
    if metadata is None:
        match, cells, report = None, {}, JoinReport(len(plates), 0)
    else:
        match = _best_match(plates, [e.book if e else "" for e in ecco], metadata)
        cells = {name: _take(metadata.frame[name], match.rows) for name in metadata.frame.columns}
        report = _report(plates, metadata, match)
    filled = _standard_cells(len(plates), cells, metadata)
    frame["plate_id"] = plates["plate_id"].astype("str")
    frame["book"] = pd.Series(_books(plates, ecco, cells, match), index=plates.index, dtype="str")
    pages = [e.page if e else page for e, page in zip(ecco, filled["page"], strict=True)]
    numbers = [e.number if e else number for e, number in zip(ecco, filled["number"], strict=True)]
    frame["page"] = pd.array(pages, dtype="Int32")
    frame["number"] = pd.array(numbers, dtype="Int32")
    dated = dating.read_dates(
        len(plates), *([cells[c] for c in _sources(metadata, standard)] for standard in ("year", "decade"))
    )
    report = replace(report, years=dated.report)
    for name in STANDARD[STANDARD.index("title") : STANDARD.index("file")]:
        if name in _NUMBERS:
            frame[name] = pd.array(filled[name], dtype="Int32")
        elif name in dating.COLUMNS:
            frame[name] = dated.column(name)
        else:
            frame[name] = pd.Series(filled[name], index=plates.index, dtype="str")
    for name in ("file", "root", "folder", "sha256", "mode"):
        frame[name] = plates[name].astype("str")
    for name in ("width", "height", "frames"):
        frame[name] = plates[name].astype("int32")
    frame["bytes"] = plates["bytes"].astype("int64")
    frame = frame[list(STANDARD)]
    own = {}
    for name, values in cells.items():
        if name not in STANDARD:
            own[name] = values
        elif any(raw and raw != str(value) for raw, value in zip(values, frame[name], strict=True)):
            own[f"metadata_{name}"] = values
    extra = pd.DataFrame(
        {n: pd.Series(v, index=plates.index, dtype="str") for n, v in own.items()}, index=plates.index
    )
    return Catalogue(pd.concat([frame, extra], axis=1)), report


def _take(column: pd.Series, rows: np.ndarray) -> list[str]:
    values = column.tolist()
    return [values[row] if row >= 0 else "" for row in rows]


def _sources(metadata: Metadata | None, standard: str) -> list[str]:
    """The metadata columns that fill a standard one, the preferred first."""
    return [c for c, s in metadata.understood.items() if s == standard] if metadata else []


def _standard_cells(count: int, cells: dict[str, list[str]], metadata: Metadata | None) -> dict[str, list]:
    """Return a list a standard column; where several metadata columns fill one, the first with a value counts."""
    filled: dict[str, list] = {}
    for standard in (*_TEXTS, *_NUMBERS):
        sources = _sources(metadata, standard)
        parse = _NUMBERS.get(standard, str.strip)
        known: dict[str, object] = {}
        values: list = [None if standard in _NUMBERS else ""] * count
        for column in sources:
            for i, text in enumerate(cells[column]):
                if values[i] in (None, "") and text:
                    if text not in known:
                        known[text] = parse(text)
                    values[i] = known[text]
        filled[standard] = values
    return filled


def _books(
    plates: pd.DataFrame, ecco: Sequence, cells: dict[str, list[str]], match: _Match | None
) -> list[str]:
    folders = plates["folder"].tolist()
    by_folder = len(set(folders)) > 1
    column: list[str] = [""] * len(folders)
    if match is not None:
        if match.kind in {"ecco_id", "book"}:
            column = [whole(v) for v in cells[match.column]]
        else:
            for kind, name in key_candidates(list(cells)):
                if kind in {"ecco_id", "book"}:
                    column = [whole(v) for v in cells[name]]
                    break
    return [
        e.book if e else value or (folder if by_folder else "")
        for e, value, folder in zip(ecco, column, folders, strict=True)
    ]


def _best_match(plates: pd.DataFrame, ecco_books: list[str], metadata: Metadata) -> _Match:
    candidates = key_candidates(list(metadata.frame.columns))
    matches = [_match(kind, column, plates, ecco_books, metadata.frame) for kind, column in candidates]
    if not any(m.joined for m in matches):
        # No column with a telling name fits: any column may be the key, if it fits half of the plates.
        others = [c for c in metadata.frame.columns if c not in {column for _, column in candidates}]
        guesses = [_match(k, c, plates, ecco_books, metadata.frame) for c in others for k in ("file", "book")]
        matches += [m for m in guesses if 2 * m.joined >= len(plates) and m.joined]
    if not matches:
        raise MetadataError(
            f"{metadata.path} has no column that names plates or books (it has: "
            f"{', '.join(map(str, list(metadata.frame.columns)[:12]))}). "
            "Call the column plate_id, file, ecco_id or book."
        )
    by_plate = [m for m in matches if m.kind in {"plate_id", "file"} and m.joined]
    # A table with a row for each plate names its books too, each of them many times.
    if by_plate:
        matches = [m for m in matches if m in by_plate or m.repeated * 10 <= len(metadata.frame)]
    return max(matches, key=lambda m: m.joined)


def _match(
    kind: str, column: str, plates: pd.DataFrame, ecco_books: list[str], table: pd.DataFrame
) -> _Match:
    values = table[column].tolist()
    if kind in {"plate_id", "file"}:
        return _match_paths(kind, column, plates["file"].tolist(), plates["plate_id"].tolist(), values)
    return _match_books(kind, column, plates["file"].tolist(), ecco_books, values)


def _match_books(kind: str, column: str, files: list[str], ecco: list[str], values: list[str]) -> _Match:
    """Match by the book that ECCO's file names give, else by the nearest folder that the column names."""
    digits = any(ecco) and all(book.isdecimal() for book in ecco if book)
    index: dict[str, int] = {}
    repeated, restored_rows = 0, set()
    for row, value in enumerate(values):
        name = whole(value)
        if digits and name.isdecimal() and len(name) < ECCO_ID_LENGTH:
            name = name.zfill(ECCO_ID_LENGTH)
            restored_rows.add(row)
        key = fold(name)
        if key and index.setdefault(key, row) != row:
            repeated += 1
    rows = np.full(len(files), -1, dtype=np.int64)
    for i, (file, book) in enumerate(zip(files, ecco, strict=True)):
        for name in (fold(book), *reversed(_parts(file)[:-1])):
            if name in index:
                rows[i] = index[name]
                break
    restored = len(restored_rows & set(rows.tolist()))
    return _Match(kind, column, rows, repeated, restored)


def _parts(path: str) -> tuple[str, ...]:
    """Return a path's folded parts, the last without an image's suffix."""
    plain = path.strip().replace("\\", "/").replace(".zip!", "/")
    parts = [part for part in plain.split("/") if part not in {"", "."}]
    if not parts:
        return ()
    if PurePosixPath(parts[-1]).suffix.lower() in IMAGE_SUFFIXES | OTHER_IMAGES:
        parts[-1] = PurePosixPath(parts[-1]).stem
    return tuple(fold(part) for part in parts)


def _match_paths(kind: str, column: str, files: list[str], plate_ids: list[str], values: list[str]) -> _Match:
    """Match names by as many trailing parts of the path as both sides give; a bare name only if it is the only one."""
    index: dict[tuple[str, ...], int] = {}
    tails: dict[tuple[str, ...], int] = {}
    repeated = 0
    for row, value in enumerate(values):
        parts = _parts(value)
        if not parts:
            continue
        if index.setdefault(parts, row) != row:
            repeated += 1
            continue
        for start in range(1, len(parts)):
            tails[parts[start:]] = -1 if parts[start:] in tails else row
    plates = [_parts(file) for file in files]
    namesakes = Counter(parts[start:] for parts in plates for start in range(len(parts)))
    rows = np.full(len(files), -1, dtype=np.int64)
    ambiguous = 0
    for i, (parts, plate_id) in enumerate(zip(plates, plate_ids, strict=True)):
        row = index.get(_parts(plate_id), -1)
        for start in range(len(parts)):
            if row >= 0:
                break
            row = index.get(parts[start:], -1)
            if row >= 0 and namesakes[parts[start:]] > 1:
                ambiguous += 1
                row = -1
        rows[i] = row if row >= 0 else tails.get(parts, -1)
    return _Match(kind, column, rows, repeated, 0, ambiguous)


def _report(plates: pd.DataFrame, metadata: Metadata, match: _Match) -> JoinReport:
    notes = list(metadata.notes)
    if match.restored:
        notes.append(f"restored the leading zeros of {match.restored:,} ids in {match.column!r}")
    if match.repeated:
        notes.append(
            f"{match.repeated:,} rows repeat an earlier value of {match.column!r}: the first of each is used"
        )
    if match.ambiguous:
        notes.append(
            f"{match.ambiguous:,} plates share a file name that {match.column!r} gives without a folder"
        )
    damaged = sum("e+" in value.lower() for value in metadata.frame[match.column])
    if damaged:
        notes.append(
            f"{damaged:,} ids in {match.column!r} are in scientific notation (a spreadsheet has cut them): "
            "they cannot be joined"
        )
    if not match.joined and len(plates):
        notes.append(
            f"no plate found its row: {match.column!r} holds values such as {metadata.frame[match.column].iloc[0]!r}, "
            f"the plates are called such as {plates['plate_id'].iloc[0]!r}"
        )
    used = len(set(match.rows[match.rows >= 0].tolist()))
    return JoinReport(
        len(plates), match.joined, match.kind, match.column, dict(metadata.understood),
        len(metadata.frame) - used, tuple(notes),
    )  # fmt: skip
