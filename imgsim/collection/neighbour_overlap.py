"""How many of a plate's first neighbours two backbones have in common, and where they have the least."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.errors import ImgsimError, PrepareAgain

Int32 = npt.NDArray[np.int32]

# How much less each further place counts: the first ten places make up 86 % of the overlap.
_PERSISTENCE = 0.9
_BLOCK = 1024


@dataclass(frozen=True)
class Study:
    """What the DHH23 study counted: of how many plates two backbones share 0, 1, 2 ... of the first k neighbours."""

    backbones: tuple[str, str]
    plates: int
    k: int
    shared: tuple[int, ...]


STUDY = Study(("ResNet-18", "ResNet-50"), 13_151, 4, (5_103, 5_008, 2_246, 590, 204))


@dataclass(frozen=True, eq=False)
class NeighbourOverlap:
    """The lists of two backbones, plate by plate.

    Attributes
    ----------
    k : how many first neighbours were compared.
    shared : int64 (n,), how many of them both lists hold, in any order.
    overlap : float64 (n,), rank-biased overlap of the whole lists, 0 (nothing in common) to 1 (the same order).
    regard : float64 (n,), what each backbone makes of the other's nearest plate: the mean of the shares (0 to 1) of
        random pairs that it finds less alike. Tells apart plates whose lists have nothing in common.
    """

    k: int
    shared: npt.NDArray[np.int64]
    overlap: npt.NDArray[np.float64]
    regard: npt.NDArray[np.float64]

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """int64 (k + 1,): of how many plates 0, 1 ... k neighbours are shared."""
        return np.bincount(self.shared, minlength=self.k + 1)

    @cached_property
    def order(self) -> npt.NDArray[np.int64]:
        """All rows, int64 (n,), the most disagreement first: fewest shared, least overlap, least regard, plate id."""
        return np.lexsort((np.arange(len(self.shared)), self.regard, self.overlap, self.shared))

    def with_shared(self, number: int) -> npt.NDArray[np.int64]:
        """The rows of which so many neighbours are shared, in the same order."""
        return self.order[self.shared[self.order] == number]


def places(first: Int32, second: Int32) -> npt.NDArray[np.int16]:
    """Where the second backbone lists what the first one lists.

    Parameters: ``first`` int32 (n, v) and ``second`` int32 (n, w), rows of neighbours, nearest first.
    Returns int16 (n, v): the place, 1 to w, of each of the first's neighbours in the second's list; 0 where it is not.
    """
    out = np.zeros(first.shape, dtype=np.int16)
    if not first.size or not second.size:
        return out
    for start in range(0, len(first), _BLOCK):
        part = slice(start, start + _BLOCK)
        same = first[part, :, None] == second[part, None, :]
        out[part] = np.where(same.any(axis=2), same.argmax(axis=2) + 1, 0)
    return out


def neighbour_overlap(first: Int32, second: Int32, k: int, regard: npt.NDArray[np.floating[Any]]) -> NeighbourOverlap:
    """Compare two backbones' lists of neighbours.

    Parameters
    ----------
    first, second : int32 (n, at least k), rows of neighbours, nearest first; the same plates in both.
    k : how many first neighbours count as shared or not.
    regard : float (n,), see :class:`NeighbourOverlap`.

    Raises
    ------
    ImgsimError
        If the lists are of different plates, or shorter than k.
    """
    shortest = min(first.shape[1], second.shape[1])
    if len(first) != len(second) or len(first) != len(regard):
        raise ImgsimError(
            f"The lists are of {len(first):,} and {len(second):,} plates, so they cannot be compared.",
            PrepareAgain(),
        )
    if not 1 <= k <= shortest:
        raise ImgsimError(
            f"The first {k} neighbours cannot be compared: the lists hold {shortest}. Choose a number from 1 to "
            f"{shortest}, or prepare longer lists.",
            PrepareAgain(top_k=max(k, 1)),
        )
    found = places(first[:, :shortest], second[:, :shortest])
    top = found[:, :k]
    shared = np.count_nonzero((top > 0) & (top <= k), axis=1)
    return NeighbourOverlap(k, shared.astype(np.int64), _overlap(found), np.asarray(regard, dtype=np.float64))


def _overlap(found: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """Rank-biased overlap (Webber, Moffat and Zobel 2010) of lists of one length, divided by that of equal lists."""
    depth = found.shape[1]
    at = np.arange(1, depth + 1)
    # A plate that both lists hold by depth m adds to the share in common at m and everywhere deeper.
    each = (1 - _PERSISTENCE) * _PERSISTENCE ** (at - 1) / at
    from_here = np.append(each[::-1].cumsum()[::-1], 0.0)  # the last entry is for what only one list holds
    common = np.where(found > 0, np.maximum(found, at), depth + 1)
    return from_here[common - 1].sum(axis=1) / (1 - _PERSISTENCE**depth)
