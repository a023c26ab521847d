"""Do two books print what they share in the same order? A copyist who kept the order shows here."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Agreement:
    """How far two books print what they share in the same order.

    Attributes
    ----------
    plates : how many they share.
    tau : Kendall's tau: 1 for the same order, -1 for the reverse, about 0 for none; NaN for fewer than two plates.
    chance : probability of a tau at least so far from 0 if the order were drawn by lot; NaN likewise.
    """

    plates: int
    tau: float
    chance: float

    @property
    def words(self) -> str:
        """In words, and no more than the number of plates can bear."""
        if self.plates < 2:
            return "one shared plate says nothing of their order"
        if self.tau == 1:
            found = "in the same order"
        elif self.tau == -1:
            found = "in the reverse order"
        elif self.chance > 0.05:
            found = "in no common order"
        else:
            # Of ten pairs of plates, eight stand in the same order at a tau of 0.6.
            found = "mostly" if abs(self.tau) >= 0.6 else "partly"
            found += " in the same order" if self.tau > 0 else " in the reverse order"
        if self.chance > 0.05 and abs(self.tau) == 1:
            found += ", which so few plates would often be by chance"
        return found


def order_agreement(places: list[int]) -> Agreement:
    """Kendall's tau of a permutation against 0, 1, 2 ... and its two-sided exact probability (Kendall 1938)."""
    count = len(places)
    if count < 2:
        return Agreement(count, math.nan, math.nan)
    ranks = np.asarray(places)
    inversions = sum(int(np.count_nonzero(ranks[at + 1 :] < ranks[at])) for at in range(count - 1))
    pairs = count * (count - 1) // 2
    tau = 1 - 2 * inversions / pairs
    return Agreement(count, tau, _chance(count, min(inversions, pairs - inversions)))


def _chance(count: int, inversions: int) -> float:
    """Probability that a random permutation has at most so few inversions, or as few left out."""
    if count > 60:
        # The normal approximation, with its correction for whole numbers.
        pairs = count * (count - 1) / 2
        spread = math.sqrt(count * (count - 1) * (2 * count + 5) / 72)
        return min(1.0, math.erfc((pairs / 2 - inversions - 0.5) / spread / math.sqrt(2)))
    # How many permutations of n have k inversions (Mahonian numbers), as shares of all.
    shares = np.ones(1)
    for size in range(2, count + 1):
        shares = np.convolve(shares, np.full(size, 1 / size))
    return min(1.0, 2 * float(shares[: inversions + 1].sum()))


def kept_order(places: list[int]) -> list[bool]:
    """Which of the places stand in the longest run that rises: what both books print in one order.

    >>> kept_order([0, 3, 1, 2])
    [True, False, True, True]
    """
    ends: list[int] = []  # the smallest place at which a run of each length can end
    lengths = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
        lengths.append(at)
    kept, wanted = [False] * len(places), len(ends) - 1
    for index in range(len(places) - 1, -1, -1):
        if lengths[index] == wanted:
            kept[index] = True
            wanted -= 1
    return kept
