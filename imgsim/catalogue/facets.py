"""Finding plates in a catalogue by words and by facets, fast enough to answer at every keystroke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from imgsim.base.translation import marked
from imgsim.catalogue.combinations import combined
from imgsim.catalogue.dates import Dates
from imgsim.catalogue.values import all_searchable, searchable

LABELS = {
    "decade": marked("Decade"), "place": marked("Place"), "author": marked("Author"), "format": marked("Format"),
    "category": marked("Category"), "book": marked("Book"), "country": marked("Country"),
    "language": marked("Language"), "folder": marked("Folder"),
}  # fmt: skip
# Random hexadecimal digits and machine paths would answer words by chance.
_UNSEARCHED = {
    "date_from", "date_to", "date_sure", "sha256", "root", "width", "height", "mode", "frames", "bytes", "in_book",
}  # fmt: skip
_MOST_CHOICES = 300
UNKNOWN = marked("(not known)")  # chooses the plates that have no value


@dataclass(frozen=True)
class Facet:
    """One way to narrow a catalogue down.

    Attributes
    ----------
    column, label : str
        The column and what to call it on the screen.
    kind : 'range' or 'choice'
        A range has numbers in ascending order, a choice has texts, the most frequent first.
    values : tuple of (value, count)
        Plates without a value are in none. A plate that may be of several decades is counted in each.
    known : int
        Plates with a value.
    """

    column: str
    label: str
    kind: Literal["range", "choice"]
    values: tuple[tuple[str | int, int], ...]
    known: int


class Texts:
    """What can be searched of a catalogue, folded once.

    The fields of a book are the same for all its plates. They are kept and looked through once a book, and only what
    is a plate's own (its id, file and page) once a plate: that makes a search some ten times faster.

    Parameters
    ----------
    coded : mapping
        Each column as codes (n,) and the values that they stand for, None last: see ``Catalogue.coded``.
    count : int
        How many rows there are, n.
    """

    def __init__(self, coded: Mapping[str, tuple[np.ndarray, list]], count: int) -> None:
        own: list[tuple[np.ndarray, np.ndarray]] = []
        shared: list[tuple[np.ndarray, np.ndarray]] = []
        for name, (codes, values) in coded.items():
            if name not in _UNSEARCHED:
                folded = np.array([*all_searchable([str(value) for value in values[:-1]]), ""], dtype=object)
                (own if 2 * (len(values) - 1) > count else shared).append((codes, folded))
        # Each word gets a space before it, so that "starts with" can be asked of any of them.
        self._own = [" " + " ".join(row) for row in zip(*(f[c] for c, f in own), strict=True)] or [""] * count
        first, self._kind_of_row = combined((codes for codes, _ in shared), count)
        self._shared = [" " + " ".join(row) for row in zip(*(f[c[first]] for c, f in shared), strict=True)] or [
            ""
        ] * len(first)

    def matching(self, query: str) -> np.ndarray:
        """Return bool (n,): which rows hold every word of the query at the start of a word.

        A query that so finds nothing is looked for inside words too: the middle of an id, the end of a compound.
        """
        words = [word for word in (searchable(part) for part in query.split()) if word]
        for start in (" ", ""):
            found = np.ones(len(self._own), dtype=bool)
            for word in words:
                part = start + word
                in_shared = np.array([part in text for text in self._shared], dtype=bool)
                in_own = np.array([part in text for text in self._own], dtype=bool)
                found &= in_own | in_shared[self._kind_of_row]
            if found.any():
                break
        return found


def facets(
    frame: pd.DataFrame, dates: Dates, understood: Sequence[str], standard: Sequence[str]
) -> list[Facet]:
    """Return the facets that tell plates apart: the standard ones, then the metadata's own columns."""
    found = []
    for name, label in LABELS.items():
        if name == "folder" and frame["folder"].equals(frame["book"]):
            continue
        facet = _decades(dates, label) if name == "decade" else _facet(frame[name], label)
        if len(facet.values) > 1:
            found.append(facet)
    for name in frame.columns:
        if name in standard or name in understood:
            continue
        facet = _facet(frame[name], name.replace("_", " ").strip().capitalize())
        # One value a plate is an id, not a kind.
        if 1 < len(facet.values) <= min(_MOST_CHOICES, max(2, len(frame) // 2)):
            found.append(facet)
    return found


def _facet(column: pd.Series, label: str) -> Facet:
    codes, values = pd.factorize(column, use_na_sentinel=True)
    counts = np.bincount(codes[codes >= 0], minlength=len(values)).tolist()
    pairs = [(str(value), count) for value, count in zip(values.tolist(), counts, strict=True) if value != ""]
    ordered = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    return Facet(str(column.name), label, "choice", tuple(ordered), sum(count for _, count in pairs))


def _decades(dates: Dates, label: str) -> Facet:
    counts = ((decade, int(rows.sum())) for decade, rows in dates.decades().items())
    return Facet(
        "decade", label, "range", tuple((decade, n) for decade, n in counts if n), int(dates.dated.sum())
    )


def chosen(frame: pd.DataFrame, dates: Dates, choices: Mapping[str, Sequence[str]]) -> np.ndarray:
    """Return bool (n,): rows that have one of the chosen values in every column named; UNKNOWN stands for none."""
    found = np.ones(len(frame), dtype=bool)
    for column, values in choices.items():
        if values and column in frame.columns:
            among = _among(frame[column], values)
            if column in ("year", "decade") and UNKNOWN in values:
                # a plate of several years has a date all the same
                among = _among(frame[column], [v for v in values if v != UNKNOWN]) | ~dates.dated
            found &= among
    return found


def _among(column: pd.Series, values: Sequence[str]) -> np.ndarray:
    if not pd.api.types.is_integer_dtype(column.dtype):
        found = column.isin(list(values)).to_numpy(dtype=bool)
        return found | (column == "").to_numpy(dtype=bool) if UNKNOWN in values else found
    numbers = [int(value) for value in values if value.isdecimal() and len(value) < 10]
    found = column.isin(numbers).to_numpy(dtype=bool, na_value=False)
    return found | column.isna().to_numpy(dtype=bool) if UNKNOWN in values else found
