"""A two-level vocabulary of descriptors: k-means cells, each divided again by k-means (Nister and Stewenius 2006)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]

# Up to so many plates branches are a power of two and end at 256. Of more plates the cells would only become fuller,
# and to look each plate up in all would take the square of their number; so there branches go on, finely graded.
MANY_PLATES = 14_000
MOST_BRANCHES, BRANCHES_OF_MANY = 256, 1024
ENTRIES_PER_CELL, ENTRIES_OF_MANY = 100, 200
SAMPLE_PER_CELL, MOST_SAMPLE = 24, 6_000_000
ROUNDS = 8
# Where a cell was given fewer centres than there is room for: farther than any descriptor, so never the nearest.
_NOWHERE = 1e4
_BLOCK = 16384


@dataclass(frozen=True)
class Vocabulary:
    """coarse : float32 (b, 128), centres of the first level; fine : float32 (b, b, 128), of the second."""

    coarse: Float32
    fine: Float32
    _squares: Float32 = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_squares", np.einsum("ijk,ijk->ij", self.fine, self.fine))

    def __len__(self) -> int:
        """Number of cells, b * b."""
        return self.fine.shape[0] * self.fine.shape[1]

    @classmethod
    def learn(
        cls,
        descriptors: npt.NDArray[np.uint8],
        rows: npt.NDArray[np.int64],
        rng: np.random.Generator,
        plates: int,
    ) -> Vocabulary:
        """Learn the centres from a sample of ``descriptors[rows]``, of so many plates, as many as fit their number."""
        b = branches(len(rows), plates)
        wanted = min(len(rows), b * b * SAMPLE_PER_CELL, MOST_SAMPLE)
        sample = descriptors[np.sort(rng.choice(rows, wanted, replace=False))]
        coarse = np.full((b, 128), _NOWHERE, np.float32)
        first = kmeans(sample[rng.permutation(wanted)[: b * 400]].astype(np.float32), b, rng)
        coarse[: len(first)] = first
        cells = np.concatenate(
            [np.zeros(0, np.intp)]
            + [nearest(coarse, part.astype(np.float32), 1)[:, 0] for part in _blocks(sample)]
        )
        fine = np.full((b, b, 128), _NOWHERE, np.float32)
        order = np.argsort(cells, kind="stable")
        ends = np.searchsorted(cells[order], np.arange(b + 1))
        for cell in range(b):
            members = sample[order[ends[cell] : ends[cell + 1]]].astype(np.float32)
            centres = kmeans(members, b, rng) if len(members) else coarse[cell : cell + 1]
            fine[cell, : len(centres)] = centres
        return cls(coarse, fine)

    def assign(self, rows: Float32, probes: int) -> npt.NDArray[np.int32]:
        """The cells nearest to each descriptor, nearest first.

        Parameters: ``rows`` float32 (n, 128). Of the first level as many cells are entered as of the second are wanted.
        Returns int32 (n, probes): first * b + second; fewer columns in a vocabulary of fewer cells.
        """
        b = len(self.coarse)
        probes = min(probes, b)
        outer = nearest(self.coarse, rows, probes)
        words = np.empty((len(rows), probes, probes), np.int32)
        far = np.empty((len(rows), probes, probes), np.float32)
        for probe in range(probes):
            order = np.argsort(outer[:, probe], kind="stable")
            ends = np.searchsorted(outer[order, probe], np.arange(b + 1))
            for cell in np.flatnonzero(np.diff(ends)):
                members = order[ends[cell] : ends[cell + 1]]
                distances = _distances(self.fine[cell], self._squares[cell], rows[members])
                best, values = _smallest(distances, probes)
                words[members, probe] = best + cell * b
                far[members, probe] = values
        every = words.reshape(len(rows), probes * probes)
        order = np.argsort(far.reshape(every.shape), axis=1, kind="stable")[:, :probes]
        return np.take_along_axis(every, order, 1)


def branches(count: int, plates: int) -> int:
    """Branches at each of the two levels for so many descriptors of so many plates.

    A power of two, 8 to 256; of more than 14,000 plates a multiple of 32, up to 1024, where the centres take 0.5 GB.
    """
    few = int(np.clip(2 ** round(np.log2(max(count / ENTRIES_PER_CELL, 1)) / 2), 8, MOST_BRANCHES))
    if plates <= MANY_PLATES:
        return few
    return int(np.clip(32 * round(np.sqrt(count / ENTRIES_OF_MANY) / 32), few, BRANCHES_OF_MANY))


def kmeans(rows: Float32, k: int, rng: np.random.Generator, begun: Float32 | None = None) -> Float32:
    """k-means (Lloyd): float32 (at most k, d) centres of ``rows`` (n, d), begun from k centres or from rows by chance.

    Not scikit-learn's: as fast, but its centres differ in the last bits with the number of threads, which gives plates
    other cells, and other candidates; and every index that there is would have to be made again.
    """
    k = min(k, len(rows))
    if begun is not None:
        centres = begun[:k].copy()
    else:
        centres = rows[rng.choice(len(rows), k, replace=False)] if k else rows[:0]
    if k == len(rows):
        return centres
    for _ in range(ROUNDS):
        cell = nearest(centres, rows, 1)[:, 0]
        counts = np.bincount(cell, minlength=k)
        filled = np.flatnonzero(counts)
        begin = (np.cumsum(counts) - counts)[filled]
        sums = np.add.reduceat(rows[np.argsort(cell, kind="stable")], begin, axis=0)
        centres[filled] = sums / counts[filled, None]
        empty = np.flatnonzero(counts == 0)
        centres[empty] = rows[rng.choice(len(rows), len(empty), replace=False)]
    return centres


def nearest(centres: Float32, rows: Float32, n: int) -> npt.NDArray[np.intp]:
    """The n nearest centres of each row, nearest first: (rows, n)."""
    squares = np.einsum("ij,ij->i", centres, centres)
    found = [_smallest(_distances(centres, squares, part), n)[0] for part in _blocks(rows)]
    return np.concatenate(found) if found else np.zeros((0, n), np.intp)


def _blocks(rows: npt.NDArray) -> list[npt.NDArray]:
    return [rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK)]


def _distances(centres: Float32, squares: Float32, rows: Float32) -> Float32:
    """Squared distances less the rows' own squares, which do not change an order: float32 (n, k)."""
    out = rows @ centres.T
    out *= -2
    out += squares
    return out


def _smallest(distances: Float32, n: int) -> tuple[npt.NDArray[np.intp], Float32]:
    """Columns and values of the n smallest of each row, smallest first; ``distances`` is used up."""
    columns = np.empty((len(distances), n), np.intp)
    values = np.empty((len(distances), n), np.float32)
    rows = np.arange(len(distances))
    for i in range(n):  # for the two or three that are asked for, faster than any partition
        columns[:, i] = distances.argmin(1)
        values[:, i] = distances[rows, columns[:, i]]
        if i + 1 < n:
            distances[rows, columns[:, i]] = np.inf
    return columns, values
