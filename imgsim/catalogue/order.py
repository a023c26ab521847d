"""In which order a book prints its plates: by the numbers that its table or its files give, else by path.

One book is put in order by one source. A source counts only if it has a number for every plate of the book; numbers
that contradict one another, begin again, or may be words decide nothing, and the book is said to be undecided.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.catalogue.numerals import Numeral, in_name, numeral
from imgsim.catalogue.values import EccoParts, ecco_parts, fold, natural

BY_PATH = "file name"
IN_BOOK = "in_book"
_UNKNOWN = np.iinfo(np.int64).max
Key = tuple[int, int, int, str]  # folder, 0 for preliminary leaves and 1 for others, number, side


@dataclass(frozen=True)
class Column:
    """A column of page or plate numbers: what it counts ('page' or 'number'), its name, and each plate's cell."""

    holds: str
    name: str
    cells: Sequence[str]


@dataclass
class Order:
    """The order of plates within their books.

    Attributes
    ----------
    places : int32 (n,)
        Each plate's place in its book, from 0.
    by : dict
        What decided -> how many books.
    undecided : list of (book, why)
        Books whose numbers decide nothing: they are in the order of their files' names.
    """

    places: npt.NDArray[np.int32]
    by: dict[str, int] = field(default_factory=dict)
    undecided: list[tuple[str, str]] = field(default_factory=list)


class Undecided(Exception):
    """Why the numbers of a source decide nothing."""


def stem(file: str) -> str:
    """Return a file's name without folders and ending, also inside a zip."""
    return PurePosixPath(file.replace("!", "/")).stem


def path_key(file: str) -> list[list[tuple[int, str]]]:
    """Return a sort key for the natural order of paths: folder by folder, and plate 9 before plate 10."""
    parts = file.replace("!", "/").split("/")
    return [natural(part) for part in (*parts[:-1], PurePosixPath(parts[-1]).stem)]


def arrange(books: Sequence[str], files: Sequence[str], columns: Sequence[Column]) -> Order:
    """Put the plates of every book in order.

    Parameters
    ----------
    books, files : sequences of str, (n,)
        Each plate's book ('' where it is not known) and path.
    columns : sequence of Column
        What the table says, the best column first.
    """
    order = Order(np.zeros(len(files), dtype=np.int32))
    rows_of: dict[str, list[int]] = {}
    for row in sorted(range(len(files)), key=lambda row: (path_key(files[row]), files[row])):
        rows_of.setdefault(books[row], []).append(row)
    by: Counter[str] = Counter()
    for book, rows in sorted(rows_of.items()):
        source, ordered, why = _decide(rows, files, columns)
        order.places[ordered] = np.arange(len(ordered))
        if len(rows) > 1:
            by[source] += 1
            if why:
                order.undecided.append((book, why))
    order.by = dict(by.most_common())
    return order


def in_book(frame: pd.DataFrame) -> npt.NDArray[np.int32]:
    """Return each plate's place in its book, int32 (n,): as prepared, or found anew for a catalogue without it."""
    if IN_BOOK in frame.columns:
        return frame[IN_BOOK].to_numpy(dtype=np.int32)
    columns = []
    for name in ("page", "number"):
        numbers = frame[name].to_numpy(dtype=np.int64, na_value=_UNKNOWN).tolist()
        columns.append(Column(name, name, ["" if n == _UNKNOWN else str(n) for n in numbers]))
    return arrange(frame["book"].tolist(), frame["file"].tolist(), columns).places


def _decide(
    rows: Sequence[int], files: Sequence[str], columns: Sequence[Column]
) -> tuple[str, list[int], str]:
    """(source, rows in order, why other numbers decide nothing). ``rows`` are in the order of their paths."""
    ecco = [ecco_parts(stem(files[row])) for row in rows]
    if all(ecco):
        return "ECCO page", _ordered(rows, [(e.page, e.number) for e in ecco if isinstance(e, EccoParts)]), ""
    reasons: list[str] = []
    sources: list[tuple[str, Callable[[], list[Key] | None]]] = [
        (f"column {column.name!r}", lambda column=column: _from_column(column, rows))  # type: ignore[misc]
        for column in columns
    ]
    sources.append(("number in the file name", lambda: _from_names([files[row] for row in rows])))
    for source, keys_of in sources:
        try:
            keys = keys_of()
        except Undecided as reason:
            reasons.append(f"{source}: {reason}")
            continue
        if keys is not None:
            return source, _ordered(rows, _with_ties(keys, source, columns, rows)), "; ".join(reasons)
    return BY_PATH, list(rows), "; ".join(reasons)


def _ordered(rows: Sequence[int], keys: Sequence[tuple]) -> list[int]:
    return [rows[at] for at in sorted(range(len(rows)), key=lambda at: (keys[at], at))]


def _with_ties(keys: list[Key], source: str, columns: Sequence[Column], rows: Sequence[int]) -> list[tuple]:
    """Pages that hold several illustrations are put in order by the number of each, where all have one."""
    if len(set(keys)) == len(keys):
        return list(keys)
    for column in columns:
        if column.holds == "number" and source != f"column {column.name!r}":
            numbers = [numeral(column.cells[row]) for row in rows]
            if all(n is not None for n in numbers):
                return [(key, n.value, n.side) for key, n in zip(keys, numbers, strict=True) if n is not None]
    return list(keys)


def _from_column(column: Column, rows: Sequence[int]) -> list[Key] | None:
    """Keys in the order of ``rows``; None if the column says nothing of this book. Raises Undecided."""
    cells = [column.cells[row].strip() for row in rows]
    if not any(cells):
        return None
    numbers = [numeral(cell) for cell in cells]
    if not any(n is not None and n.counts != "front" for n in numbers):
        return None
    return _keys(numbers, column.holds == "page", labelled=True)


def _from_names(files: Sequence[str]) -> list[Key] | None:
    """Keys from labelled numbers (``pl. IV``), else from roman numbers in which alone the names differ."""
    stems = [stem(file) for file in files]
    folders = [str(PurePosixPath(file.replace("!", "/")).parent) for file in files]
    labelled = [in_name(name) for name in stems]
    # Where a book has several folders, each has numbers of its own.
    starts = [at for at in range(len(files)) if not at or folders[at] != folders[at - 1]]
    groups = list(zip(starts, [*starts[1:], len(files)], strict=True))
    for kind in ("page", "folio", "plate", "figure"):
        numbers = [found.get(kind, found.get("front")) for found in labelled]
        if all(n is not None for n in numbers) and any(kind in found for found in labelled):
            return _by_folder(numbers, groups, kind in ("page", "folio"), labelled=True)
    if any(labelled) and not all(labelled):
        known = {kind for found in labelled for kind in found} - {"front"}
        with_one = [n for found in labelled for n in found.values() if n.letters]
        if known and with_one:
            raise Undecided(
                f"{sum(not found for found in labelled):,} of {len(files):,} names have no {min(known)}"
            )
    numbers = [numeral(rest) for rest in _differing(stems)]
    if all(n is not None for n in numbers) and any(n.letters for n in numbers if n is not None):
        return _by_folder(numbers, groups, False, labelled=False)
    return None


def _by_folder(
    numbers: Sequence[Numeral | None], groups: Sequence[tuple[int, int]], pages: bool, labelled: bool
) -> list[Key] | None:
    keys: list[Key] = []
    for folder, (start, end) in enumerate(groups):
        own = _keys(numbers[start:end], pages, labelled)
        if own is None:
            return None
        keys += [(folder, *key[1:]) for key in own]
    return keys


def _differing(stems: Sequence[str]) -> list[str]:
    """What is left of names without what all have in common before and after, whole words only."""
    folded = [fold(name) for name in stems]
    before = _common(folded)
    rest = [name[before:] for name in folded]
    after = _common([name[::-1] for name in rest])
    return [name[: len(name) - after] for name in rest]


def _common(names: Sequence[str]) -> int:
    """Characters that all names begin with, up to where a word ends."""
    least, most = min(names), max(names)
    count = next((at for at, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), len(least))
    while count and least[count - 1].isalnum():
        count -= 1
    return count


def _keys(numbers: Sequence[Numeral | None], pages: bool, labelled: bool) -> list[Key] | None:
    """Sort keys of a book's numbers, given in the order of its files; None where the files' order says the same.

    Raises Undecided.
    """
    known = [n for n in numbers if n is not None]
    keys = [_key(n) for n in known]
    if len(known) < len(numbers):
        if _rising(keys):
            return None
        raise Undecided(
            f"{len(numbers) - len(known):,} of {len(numbers):,} plates have none that can be read"
        )
    kinds = sorted({n.counts for n in known} - {"", "front"})
    if len(kinds) > 1:
        raise Undecided(f"some count {'s and some '.join(kinds)}s")
    roman = [n for n in known if n.letters]
    if roman and not _rising(keys) and _may_be_words(roman, labelled):
        raise Undecided(f"{roman[0].letters!r} may be a letter and no roman number")
    if pages and 0 < len(roman) < len(known):
        # Preliminary leaves are counted in roman numbers; but somebody may also have written V for 5.
        front = [_key(n, 0 if n.letters else 1) for n in known]
        if _sorting(keys) != _sorting(front) and not _rising(keys):
            keys = front
    again = _begins_again(keys, pages)
    if again is not None:
        raise Undecided(f"they begin again, {known[again].value}{known[again].side} stands there more than once")
    return keys


def _begins_again(keys: Sequence[Key], pages: bool) -> int | None:
    """Where a number stands that was there before numbers fell; None if that does not happen.

    Files in the order of two volumes, or figures that are counted anew on each page, rise several times. Pages may hold
    several illustrations, whose files need not be named in order: falling all the time says nothing.
    """
    run, first_run = 0, {keys[0]: 0}
    again = None
    for at in range(1, len(keys)):
        run += keys[at] < keys[at - 1]
        if first_run.setdefault(keys[at], run) != run and again is None:
            again = at
    return None if pages and run + 1 > max(2, len(keys) // 5) else again


def _key(number: Numeral, part: int = 1) -> Key:
    return (0, -1 if number.counts == "front" else part, number.value, number.side)


def _rising(keys: Sequence[Key]) -> bool:
    return all(before <= after for before, after in itertools.pairwise(keys))


def _sorting(keys: Sequence[Key]) -> list[int]:
    return sorted(range(len(keys)), key=lambda at: (keys[at], at))


def _may_be_words(roman: Sequence[Numeral], labelled: bool) -> bool:
    """Single letters only: plates lettered C and L, or numbered 100 and 50?"""
    if any(len(number.letters) > 1 for number in roman):
        return False
    return not labelled or any(number.letters in "cl" for number in roman)
