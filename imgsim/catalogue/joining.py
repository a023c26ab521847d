"""Joining plates with their metadata, by book or by plate, and saying how well it went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.catalogue import dating
from imgsim.catalogue.book_keys import tell_apart
from imgsim.catalogue.book_rows import disputed, told_of
from imgsim.catalogue.column_words import heading
from imgsim.catalogue.metadata import Metadata
from imgsim.catalogue.numerals import page_number, plate_number
from imgsim.catalogue.order import IN_BOOK, Column, arrange, stem
from imgsim.catalogue.page_keys import by_page
from imgsim.catalogue.row_keys import PAGE, Match, best_match
from imgsim.catalogue.standard_columns import STANDARD
from imgsim.catalogue.table import Catalogue
from imgsim.catalogue.values import ecco_parts, whole

PLATE_COLUMNS = ("plate_id", "file", "root", "folder", "sha256", "width", "height", "mode", "frames", "bytes")
# Of plates that were cut out of pages: the page's file, the box on it, and its side of a double page. They are kept,
# shown and exported as they are.
PAGE_COLUMNS = ("page_scan", "page_box", "page_side")
_TEXTS = ("title", "author", "place", "country", "format", "category", "language")
_NUMBERS = {"page": page_number, "number": plate_number}
_MOST_NAMED = 5  # of what is counted, so many are named in a note
_MOST_KEPT = 200


@dataclass(frozen=True)
class JoinReport:
    """How the plates found their metadata.

    Attributes
    ----------
    plates, joined : int
        Plates in the catalogue, and those with a metadata row.
    key, key_column : str
        What they were joined by ('plate_id', 'file', 'ecco_id', 'book', 'page' for book and page, '' without metadata),
        and the column, or columns.
    understood : dict
        Metadata column -> standard column.
    unused : int
        Metadata rows without a plate.
    notes : tuple of str
        What was put right, and what looks wrong.
    years : dict
        How well the dates were understood (see :class:`~imgsim.catalogue.dating.Dated`); empty without any.
    encoding, separator, header_line : str, str, int
        How the table was read; '' and 0 without one.
    books : dict
        ``count``, ``by`` what they are told apart ("folder", "the column 'x'", ...), ``unnamed`` plates.
    order : dict
        ``by``: what decided the order within a book -> how many books; ``undecided``: [book, why] of the others.
    """

    plates: int
    joined: int
    key: str = ""
    key_column: str = ""
    understood: dict[str, str] = field(default_factory=dict)
    unused: int = 0
    notes: tuple[str, ...] = ()
    years: dict[str, Any] = field(default_factory=dict)
    encoding: str = ""
    separator: str = ""
    header_line: int = 0
    books: dict[str, Any] = field(default_factory=dict)
    order: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Joined:
    """A catalogue, how it came about, and what found no partner.

    ``unjoined`` has the columns ``what`` (row or plate), ``line`` (of the table), ``name`` (the row's key, the plate's
    id), ``file`` and ``reason``, one row for each row of the table without a plate and each plate without a row.
    """

    catalogue: Catalogue
    report: JoinReport
    unjoined: pd.DataFrame


def build_catalogue(plates: pd.DataFrame, metadata: Metadata | None) -> tuple[Catalogue, JoinReport]:
    """Return :func:`join`'s catalogue and report."""
    joined = join(plates, metadata)
    return joined.catalogue, joined.report


def join(plates: pd.DataFrame, metadata: Metadata | None, book_by: str | None = None) -> Joined:
    """Make the catalogue.

    Parameters
    ----------
    plates : pandas.DataFrame
        One row a plate with the columns of :data:`PLATE_COLUMNS`, in any order; and of :data:`PAGE_COLUMNS`, where
        plates were cut out of pages. A plate with a page is found by the name of its page.
    metadata : Metadata or None
        Its rows are joined by the key column that matches the most plates.
    book_by : str, optional
        What names the book: folder, prefix, none, or a column of the table; found out if not given.

    Raises
    ------
    MetadataError
        No column of the metadata names a plate, a file or a book, or ``book_by`` is no column of it.
    """
    plates = plates.sort_values("plate_id", kind="stable").reset_index(drop=True)
    ecco = [ecco_parts(stem(file)) for file in plates["file"]]
    cut = {name: plates[name].tolist() for name in PAGE_COLUMNS if name in plates and plates[name].any()}
    pages = cut.get("page_scan", [""] * len(plates))
    # ECCO's names say the page themselves.
    files = [page if page and not e else file for page, e, file in zip(pages, ecco, plates["file"], strict=True)]
    in_ecco = [e.book if e else "" for e in ecco]
    frame = pd.DataFrame(index=plates.index)
    match, cells, odd = None, {}, {}
    if metadata is not None:
        match = best_match(files, plates["plate_id"].tolist(), in_ecco, metadata)
        match = by_page(files, plates["file"].tolist(), metadata, match) or match
        odd = disputed(metadata, match)
        used = match.rows[match.rows >= 0]
        if not match.a_row_a_plate and len(np.unique(used)) < len(used):
            # A row that stands for a whole book does not say on which page each of its plates is.
            said = {column: means for column, means in metadata.understood.items() if means not in _NUMBERS}
            metadata = replace(metadata, understood=said)
        cells = {
            str(name): _take(metadata.frame[name], match.rows, odd.get(str(name), set()))
            for name in metadata.frame.columns
        }
    filled, understood = _standard_cells(len(plates), cells, metadata)
    books = tell_apart(files, plates["folder"].tolist(), in_ecco, cells, match, book_by)
    columns = [
        Column(holds, column, cells[column])
        for holds in ("page", "number")
        for column, standard in (metadata.understood if metadata else {}).items()
        if standard == holds
    ]
    order = arrange(books.names, files, columns)
    frame["plate_id"] = plates["plate_id"].astype("str")
    frame["book"] = pd.Series(books.names, index=plates.index, dtype="str")
    printed = [e.page if e else page for e, page in zip(ecco, filled["page"], strict=True)]
    numbers = [e.number if e else number for e, number in zip(ecco, filled["number"], strict=True)]
    frame["page"] = pd.array(printed, dtype="Int32")
    frame["number"] = pd.array(numbers, dtype="Int32")
    frame[IN_BOOK] = order.places
    dated = dating.read_dates(
        len(plates), *([cells[c] for c in _sources(metadata, standard)] for standard in ("year", "decade"))
    )
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
    own = dict(cut)
    for name, values in cells.items():
        if name not in (*STANDARD, *cut):
            own[name] = values
        elif name in cut or any(raw and raw != str(value) for raw, value in zip(values, frame[name], strict=True)):
            own[f"metadata_{name}"] = values
    extra = pd.DataFrame(
        {n: pd.Series(v, index=plates.index, dtype="str") for n, v in own.items()}, index=plates.index
    )
    report = JoinReport(
        len(plates), 0, books=books.facts(), years=dated.report,
        order={"by": order.by, "undecided": [list(pair) for pair in order.undecided[:_MOST_KEPT]]},
        notes=tuple(filter(None, (told_of(odd), books.note, *_order_notes(order.undecided)))),
    )  # fmt: skip
    if metadata is not None and match is not None:
        report = _report(plates, metadata, match, understood, report)
    return Joined(Catalogue(pd.concat([frame, extra], axis=1)), report, _unjoined(plates, metadata, match))


def _take(column: pd.Series, rows: npt.NDArray[np.int64], odd: Collection[int]) -> list[str]:
    values = column.tolist()
    return [values[row] if row >= 0 and row not in odd else "" for row in rows.tolist()]


def _sources(metadata: Metadata | None, standard: str) -> list[str]:
    """The metadata columns that fill a standard one, the preferred first."""
    return [c for c, s in metadata.understood.items() if s == standard] if metadata else []


def _standard_cells(
    count: int, cells: dict[str, list[str]], metadata: Metadata | None
) -> tuple[dict[str, list], dict[str, str]]:
    """Return a list a standard column but the dates, and which columns went into all of them.

    Where several columns fill one of ours, the best with a value counts, plate by plate. One that says something else
    where a better one counts is no source: it stays a column of the table's own.
    """
    filled: dict[str, list] = {}
    understood: dict[str, str] = {}
    # Dates are compared as they are written here, and read by imgsim.catalogue.dating.
    for standard in (*_TEXTS, *_NUMBERS, "year", "decade"):
        sources = _sources(metadata, standard)
        parse = _NUMBERS.get(standard, whole if standard in ("year", "decade") else str.strip)
        known: dict[str, object] = {}
        values: list = [None if standard in _NUMBERS else ""] * count
        for column in sources:
            differs = False
            for i, text in enumerate(cells[column]):
                if not text.strip() or (heading(column) == "coverage" and any(map(str.isdigit, text))):
                    continue  # Dublin Core's coverage is a place or a time
                if text not in known:
                    known[text] = parse(text)
                if values[i] in (None, ""):
                    values[i] = known[text]
                elif known[text] != values[i]:
                    differs = True
            if not differs:
                understood[column] = standard
        filled[standard] = values
    return filled, understood


def _unjoined(plates: pd.DataFrame, metadata: Metadata | None, match: Match | None) -> pd.DataFrame:
    found: list[tuple[str, str, str, str, str]] = []
    if metadata is not None and match is not None:
        used = set(match.rows[match.rows >= 0].tolist())
        values = [", ".join(cells) for cells in metadata.frame[list(match.keys)].itertuples(index=False, name=None)]
        taken = {values[row].strip().casefold() for row in used}
        for row, value in enumerate(values):
            if row not in used:
                why = (
                    f"{match.column} is empty" if not metadata.frame[match.column].iloc[row].strip()
                    else "an earlier row has the same value" if value.strip().casefold() in taken
                    else "no plate is on that page" if match.kind == PAGE
                    else "no plate is called so"
                )  # fmt: skip
                line = metadata.lines[row] if row < len(metadata.lines) else row + 2
                found.append(("row", str(line), value, "", why))
        for plate_id, file, row in zip(plates["plate_id"], plates["file"], match.rows.tolist(), strict=True):
            if row < 0:
                found.append(("plate", "", plate_id, file, f"no row names it in {', '.join(match.keys)}"))
    return pd.DataFrame(found, columns=["what", "line", "name", "file", "reason"], dtype="str")


def _order_notes(undecided: Sequence[tuple[str, str]]) -> list[str]:
    if not undecided:
        return []
    shown = "; ".join(f"{book or 'plates of no known book'}: {why}" for book, why in undecided[:_MOST_NAMED])
    more = f"; and {len(undecided) - _MOST_NAMED:,} more" if len(undecided) > _MOST_NAMED else ""
    return [f"numbers that do not decide the order of plates in {len(undecided):,} books ({shown}{more})"]


def _report(
    plates: pd.DataFrame, metadata: Metadata, match: Match, understood: dict[str, str], report: JoinReport
) -> JoinReport:
    notes = [*metadata.notes, *report.notes]
    if match.restored:
        notes.append(f"restored the leading zeros of {match.restored:,} ids in {match.column!r}")
    told = " and ".join(map(repr, match.keys))
    if match.kind == PAGE:
        notes.append(f"joined by {told}: the page of a plate is taken from its file's name")
    if match.repeated:
        notes.append(f"{match.repeated:,} rows repeat an earlier value of {told}: the first of each is used")
    if match.ambiguous:
        notes.append(
            f"{match.ambiguous:,} plates share a file name that {match.column!r} gives without a folder"
        )
    if match.renamed:
        how, other = ("ids", "file") if match.kind == "plate_id" else ("files’ names", "plate_id")
        notes.append(
            f"{len(match.renamed):,} plates have an id that is another file's name in {match.column!r}, such as "
            f"{match.renamed[0]!r}: its values are taken for {how}. If they are not, call the column {other}"
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
    used = set(match.rows[match.rows >= 0].tolist())
    return replace(
        report, joined=match.joined, key=match.kind, key_column=", ".join(match.keys), understood=understood,
        unused=len(metadata.frame) - len(used), notes=tuple(notes), encoding=metadata.encoding,
        separator=metadata.separator, header_line=metadata.header_line,
    )  # fmt: skip
