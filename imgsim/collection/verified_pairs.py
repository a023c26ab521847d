"""Which backbone finds the verified copies: the places that pairs with agreeing lines have in its lists."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.retrieval.neighbours import pair_similarities
from imgsim.verification.matches import Matches

Bools = npt.NDArray[np.bool_]

# The source of candidates that asks no backbone.
_BY_LINES = "local features"
_RESAMPLES = 2000
# Fewer groups than this tell nothing about the groups that another collection would have.
_FEWEST_GROUPS = 5


@dataclass(frozen=True, eq=False)
class VerifiedPairs:
    """The pairs of a collection whose lines agree.

    Attributes
    ----------
    rows : int64 (p, 2), the plates of each pair, the first with the smaller row.
    positions : int64 (p,), each pair's row in the matches.
    verdicts : object (p,), texts.
    by_lines : bool (p,), pairs that were proposed by their local features (by a backbone as well, or not). Pairs that
        only backbones proposed are known because a backbone ranked them high: they favour the backbone that did.
    groups : int64 (p,), numbers of groups of pairs that hang together by their plates: one image and its copies.
    """

    rows: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    verdicts: npt.NDArray[Any]
    by_lines: Bools
    groups: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Lookups:
    """What one backbone makes of the verified pairs.

    Attributes
    ----------
    places : int16 (p, 2), the place of the pair's second plate among the first one's neighbours, and the other way
        round; 0 where it is not listed.
    similarities : float32 (p,).
    depth : how many neighbours a list holds.
    """

    places: npt.NDArray[np.int16]
    similarities: npt.NDArray[np.float32]
    depth: int

    @cached_property
    def best(self) -> npt.NDArray[np.int64]:
        """int64 (p,), the better of a pair's two places; 0 where neither plate lists the other."""
        far = np.where(self.places > 0, self.places, np.iinfo(np.int16).max).min(axis=1, initial=2**15 - 1)
        return np.where(far < np.iinfo(np.int16).max, far, 0).astype(np.int64)

    def found(self, k: int) -> Bools:
        """bool (p,): whether at least one plate of the pair has the other among its first k neighbours."""
        return (self.best > 0) & (self.best <= k)


@dataclass(frozen=True)
class Difference:
    """How many verified pairs two backbones find.

    Attributes
    ----------
    first, second : shares of the pairs (0 to 1; NaN without pairs).
    only_first, only_second : pairs that just one of them finds.
    low, high : 95 % interval of ``first - second``, from resampling whole groups; NaN where there are too few.
    """

    first: float
    second: float
    only_first: int
    only_second: int
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Whether it is more than chance that one finds more than the other."""
        return math.isfinite(self.low) and (self.low > 0 or self.high < 0)


def verified_pairs(
    matches: Matches, plates: int, rejected: Collection[tuple[int, int]] = frozenset()
) -> VerifiedPairs:
    """Read the pairs whose lines agree.

    Parameters: ``plates``, the number of plates in the catalogue; ``rejected``, pairs of rows, the smaller first, that
    a person called unrelated: they are left out.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    positions = np.flatnonzero(matches.verified)
    if rejected:
        ends = matches.rows
        kept = [tuple(ends[at].tolist()) not in rejected for at in positions]
        positions = positions[np.array(kept, dtype=bool)]
    rows = matches.rows[positions].astype(np.int64)
    ones = np.ones(len(rows), dtype=bool)
    _, labels = connected_components(
        coo_array((ones, (rows[:, 0], rows[:, 1])), shape=(plates, plates)), directed=False
    )
    return VerifiedPairs(
        rows=rows,
        positions=positions,
        verdicts=matches.column("verdict", positions),
        by_lines=np.array(
            [_BY_LINES in words.split(", ") for words in matches.column("sources", positions).tolist()], dtype=bool
        ),
        groups=labels[rows[:, 0]].astype(np.int64),
    )


def look_up(
    pairs: VerifiedPairs, embeddings: npt.NDArray[np.float32], indices: npt.NDArray[np.int32]
) -> Lookups:
    """Look up every pair in a backbone's lists, from both of its plates.

    Parameters: ``embeddings`` float32 (n, dim), unit rows; ``indices`` int32 (n, k), neighbours, nearest first.
    """
    left, right = pairs.rows.T
    found = np.zeros((len(pairs), 2), dtype=np.int16)
    for side, (plate, other) in enumerate(((left, right), (right, left))):
        same = indices[plate] == other[:, None]
        if same.size:
            found[:, side] = np.where(same.any(axis=1), same.argmax(axis=1) + 1, 0)
    return Lookups(found, pair_similarities(embeddings, left, right), indices.shape[1])


def difference(first: Bools, second: Bools, groups: npt.NDArray[np.int64], seed: int = 0) -> Difference:
    """Compare what two backbones find.

    One image with many copies makes many pairs that are found or missed together. So the interval is of groups drawn
    anew, with all their pairs, not of pairs drawn one by one.

    Parameters: ``first``, ``second`` bool (p,), whether each finds a pair; ``groups`` int64 (p,).
    """
    if not len(first):
        return Difference(math.nan, math.nan, 0, 0, math.nan, math.nan)
    _, group = np.unique(groups, return_inverse=True)
    sizes = np.bincount(group)
    low = high = math.nan
    if len(sizes) >= _FEWEST_GROUPS:
        gains = np.bincount(group, weights=first.astype(np.float64) - second)
        generator = np.random.default_rng(seed)
        drawn = np.empty(_RESAMPLES)
        for at in range(_RESAMPLES):
            picks = generator.integers(0, len(sizes), len(sizes))
            drawn[at] = gains[picks].sum() / sizes[picks].sum()
        low, high = (float(value) for value in np.quantile(drawn, (0.025, 0.975)))
    return Difference(
        float(first.mean()),
        float(second.mean()),
        int(np.count_nonzero(first & ~second)),
        int(np.count_nonzero(second & ~first)),
        low,
        high,
    )
