"""Which row of a table belongs to which plate: by the plate's name or file, or by the book that its path names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from imgsim.catalogue.column_words import key_candidates
from imgsim.catalogue.metadata import Metadata
from imgsim.catalogue.values import ECCO_ID_LENGTH, fold, whole
from imgsim.errors import MetadataError
from imgsim.images.containers import as_path
from imgsim.images.formats import IMAGE_SUFFIXES, OTHER_IMAGES, PDF

PAGE = "page"
_PLATE_KEYS = {"plate_id", "file"}
_SUFFIXES = IMAGE_SUFFIXES | OTHER_IMAGES | {PDF}
_SEVERAL = re.compile(r"\s*[|;\r\n]+\s*")
_COMMAS = re.compile(r"\s*[,|;\r\n]+\s*")
# Where a part of a name ends; between letters and digits only if what ends there is long.
_PART = re.compile(r"[^\W\d_]+|\d+|[\W_]+")
_LONG = 4


@dataclass
class Match:
    """How plates found their rows by one column.

    ``rows`` is int64 (n,), the row of each plate, -1 for none. ``by`` says what of a plate's path gave it, and how
    often (ECCO id, folder, prefix; empty for a row a plate). ``renamed`` are plates whose id is in one row and the
    name of whose file is in another. ``columns`` are all that were compared, where it was not ``column`` alone.
    """

    kind: str
    column: str
    rows: npt.NDArray[np.int64]
    repeated: int = 0
    restored: int = 0
    ambiguous: int = 0
    renamed: tuple[str, ...] = ()
    by: Counter[str] = field(default_factory=Counter)
    columns: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """All columns that were compared."""
        return self.columns or (self.column,)

    @property
    def joined(self) -> int:
        """How many plates found a row."""
        return int((self.rows >= 0).sum())

    @property
    def a_row_a_plate(self) -> bool:
        """Whether rows are plates, not books."""
        return self.kind in _PLATE_KEYS or self.kind == PAGE


def best_match(
    files: Sequence[str], plate_ids: Sequence[str], ecco: Sequence[str], metadata: Metadata
) -> Match:
    """Return the match by the column that fits the most plates; MetadataError if no column can be a key.

    ``ecco`` is the book that each file's name gives in ECCO, '' for none.
    """
    frame = metadata.frame
    candidates = key_candidates(map(str, frame.columns))
    matches = []
    for kind, column in candidates:
        values = frame[column].tolist()
        if kind in _PLATE_KEYS:
            matches.append(_by_path(kind, column, files, plate_ids, values))
        if kind in ("ecco_id", "book") or not matches[-1].joined:
            # "identifier" may name plates or books.
            book = "book" if kind in _PLATE_KEYS else kind
            matches.append(_by_book(book, column, files, ecco, values))
    if not any(match.joined for match in matches):
        # No column with a telling name fits: any column may be the key, if it fits half of the plates.
        named = {column for _, column in candidates}
        for column in map(str, frame.columns):
            if column not in named:
                values = frame[column].tolist()
                guesses = (_by_path("file", column, files, plate_ids, values),
                           _by_book("book", column, files, ecco, values))  # fmt: skip
                matches += [m for m in guesses if m.joined and 2 * m.joined >= len(files)]
    if not matches:
        raise MetadataError(
            f"{metadata.path} has no column that names plates or books (it has: "
            f"{', '.join(map(str, list(frame.columns)[:12]))}). Call the column plate_id, file, ecco_id or book."
        )
    most = max(match.joined for match in matches)
    by_plate = [m for m in matches if m.a_row_a_plate and m.joined and 2 * m.joined >= most]
    # A table with a row for each plate names its books too, each of them many times.
    if by_plate:
        matches = by_plate
    elif any(m.a_row_a_plate and m.joined for m in matches):
        matches = [m for m in matches if m.a_row_a_plate or m.repeated * 10 <= len(frame)]
    return max(matches, key=lambda match: match.joined)


def prefixes(name: str) -> Iterator[str]:
    """Yield the beginnings of a name that end where one of its parts ends, the longest first, never the whole.

    >>> list(prefixes("flora_02"))
    ['flora']
    """
    parts = [found[0] for found in _PART.finditer(name)]
    for count in range(len(parts) - 1, 0, -1):
        start, last, following = "".join(parts[:count]), parts[count - 1], parts[count]
        if last[-1].isalnum() and (not following[0].isalnum() or len(start) >= _LONG):
            yield start


def path_parts(path: str) -> tuple[str, ...]:
    """Return a path's folded parts, the last without an image's suffix; a zip or document counts as a folder."""
    plain = as_path(path.strip().replace("\\", "/"))
    parts = [part for part in plain.split("/") if part not in {"", "."}]
    if not parts:
        return ()
    if PurePosixPath(parts[-1]).suffix.lower() in _SUFFIXES:
        parts[-1] = PurePosixPath(parts[-1]).stem
    return tuple(fold(part) for part in parts)


def _by_book(
    kind: str, column: str, files: Sequence[str], ecco: Sequence[str], values: Sequence[str]
) -> Match:
    """Match by ECCO's book, else by a folder that is an identifier, else by a name that begins with one."""
    digits = any(ecco) and all(book.isdecimal() for book in ecco if book)
    index: dict[str, int] = {}
    restored_rows: set[int] = set()
    match = Match(kind, column, np.full(len(files), -1, dtype=np.int64))
    for row, value in enumerate(values):
        name = whole(value)
        if digits and name.isdecimal() and len(name) < ECCO_ID_LENGTH:
            name = name.zfill(ECCO_ID_LENGTH)
            restored_rows.add(row)
        key = fold(name)
        if key and index.setdefault(key, row) != row:
            match.repeated += 1
    known: dict[tuple[str, ...], tuple[str, int]] = {}
    for i, (file, book) in enumerate(zip(files, ecco, strict=True)):
        parts = path_parts(file)
        if fold(book) in index:
            how, row = "ECCO id", index[fold(book)]
        else:
            folders = parts[:-1]
            if folders not in known:
                known[folders] = next(
                    (("folder", index[name]) for name in reversed(folders) if name in index), ("", -1)
                )
            how, row = known[folders]
            if row < 0:
                begins = [*prefixes(parts[-1])] if parts else []
                begins += [start for name in reversed(folders) for start in prefixes(name)]
                how, row = next((("prefix", index[start]) for start in begins if start in index), ("", -1))
        if row >= 0:
            match.rows[i] = row
            match.by[how] += 1
    match.restored = len(restored_rows & set(match.rows.tolist()))
    return match


def _by_path(
    kind: str, column: str, files: Sequence[str], plate_ids: Sequence[str], values: Sequence[str]
) -> Match:
    """Match names by as many trailing parts of the path as both sides give; a bare name only if it is the only one.

    Ids are given once, and files may have been renamed since. A column of ids names plates by their ids, and by their
    files only where no plate has that id; a column of files the other way round. So no row goes to two plates.
    """
    index: dict[tuple[str, ...], int] = {}
    tails: dict[tuple[str, ...], int] = {}
    match = Match(kind, column, np.full(len(files), -1, dtype=np.int64))

    def note(row: int, name: str) -> None:
        parts = path_parts(name)
        if not parts:
            return
        if index.setdefault(parts, row) != row:
            match.repeated += 1
            return
        for start in range(1, len(parts)):
            tail = parts[start:]
            tails[tail] = row if tails.get(tail, row) == row else -1

    for row, value in enumerate(values):
        note(row, value)
    # One cell may name several files; a file whose own name is the whole cell comes first.
    for row, value in enumerate(values):
        for name in _several(value):
            note(row, name)
    plates = [path_parts(file) for file in files]
    # Several plates of one page have its path; they are no namesakes.
    namesakes = Counter(parts[start:] for parts in set(plates) for start in range(len(parts)))
    by_id = np.array([index.get(path_parts(plate_id), -1) for plate_id in plate_ids], dtype=np.int64)
    by_file = np.full(len(files), -1, dtype=np.int64)
    ambiguous = np.zeros(len(files), dtype=bool)
    for i, parts in enumerate(plates):
        row = -1
        for start in range(len(parts)):
            row = index.get(parts[start:], -1)
            if row >= 0 and namesakes[parts[start:]] > 1:
                ambiguous[i] = True
                row = -1
            if row >= 0:
                break
        by_file[i] = row if row >= 0 else tails.get(parts, -1)
    first, second = (by_id, by_file) if kind == "plate_id" else (by_file, by_id)
    taken = np.isin(second, first[first >= 0])
    match.rows = np.where(first >= 0, first, np.where(taken, -1, second))
    match.ambiguous = int((ambiguous & (match.rows < 0)).sum())
    renamed = np.flatnonzero((by_id >= 0) & (by_file >= 0) & (by_id != by_file))
    match.renamed = tuple(plate_ids[i] for i in renamed.tolist())
    return match


def _several(cell: str) -> list[str]:
    """The names in a cell that holds several; commas part them only where each is the name of an image."""
    names = [name for name in _COMMAS.split(cell.strip()) if name]
    if len(names) > 1 and all(PurePosixPath(name).suffix.lower() in _SUFFIXES for name in names):
        return names
    names = [name for name in _SEVERAL.split(cell.strip()) if name]
    return names if len(names) > 1 else []
