"""How many images every two of some books share, kept by pair: of ten thousand books nearly all share none."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class SharedCounts:
    """A symmetric matrix of counts, 0 on the diagonal, of which nobody makes the whole who needs a part.

    Parameters
    ----------
    size : how many books there are, b.
    pairs : (place of a book, place of another, how many images they share), each pair once.
    """

    def __init__(self, size: int, pairs: Iterable[tuple[int, int, int]]) -> None:
        self._size = size
        one, two, counts = np.array(list(pairs), dtype=np.int64).reshape(-1, 3).T
        self._rows, self._columns = np.concatenate([one, two]), np.concatenate([two, one])
        self._counts = np.concatenate([counts, counts])

    def whole(self) -> Ints:
        """The matrix, int64 (b, b), read-only."""
        return self.among(np.arange(self._size))

    def among(self, places: Ints) -> Ints:
        """Its rows and columns at some places, each named once, in their order: int64 (m, m), read-only."""
        at = np.full(self._size, -1, dtype=np.int64)
        at[places] = np.arange(len(places))
        rows, columns = at[self._rows], at[self._columns]
        inside = (rows >= 0) & (columns >= 0)
        found = np.zeros((len(places), len(places)), dtype=np.int64)
        found[rows[inside], columns[inside]] = self._counts[inside]
        found.setflags(write=False)
        return found

    def of(self, place: int) -> Ints:
        """One of its rows, int64 (b,)."""
        found = np.zeros(self._size, dtype=np.int64)
        mine = self._rows == place
        found[self._columns[mine]] = self._counts[mine]
        return found

    def totals(self) -> Ints:
        """The sums of its rows, int64 (b,)."""
        found = np.zeros(self._size, dtype=np.int64)
        np.add.at(found, self._rows, self._counts)
        return found
