"""Columns of the catalogue for the lists of an export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from imgsim.base.cells import NUMBERS, column_cells, lines
from imgsim.catalogue import STANDARD, Catalogue
from imgsim.errors import ImgsimError

# What a list says of each plate, before the metadata's own columns.
KNOWN = tuple(name for name in STANDARD if name not in {"root", "sha256", "mode", "frames", "bytes", "in_book"})
# What a list of pairs says of each of the two.
OF_BOTH = ("book", "title", "author", "year", "date_from", "date_to", "date_sure", "place", "page")


def same_length(rows: Sequence[int], columns: Mapping[str, Sequence]) -> None:
    """Raise ImgsimError unless every column has a value for each row."""
    for name, values in columns.items():
        if len(values) != len(rows):
            raise ImgsimError(
                f"The column {name!r} has {len(values)} values for {len(rows)} plates. Report this as a bug."
            )


def column(catalogue: Catalogue, name: str, rows: Sequence[int] | np.ndarray) -> list:
    """Return one column of the catalogue for some rows."""
    return catalogue.frame[name].iloc[rows].tolist()


class Parts:
    """Some columns of plates as parts of a line, ready to stand between two commas; each is made once, when needed."""

    def __init__(self, catalogue: Catalogue, names: Sequence[str]) -> None:
        self._catalogue, self._names = catalogue, names
        self._known: dict[int, str] = {}

    def of(self, rows: Sequence[int] | np.ndarray) -> dict[int, str]:
        """Return the parts by row, of these rows and of all that were asked for before."""
        missing = [row for row in np.unique(rows).tolist() if row not in self._known]
        if missing:
            ready = [
                written
                for name in self._names
                for written in column_cells(
                    name, column(self._catalogue, name, missing), self._names, name in NUMBERS
                )
            ]
            self._known |= zip(missing, (line[:-2] for line in lines(zip(*ready, strict=True))), strict=True)
        return self._known
