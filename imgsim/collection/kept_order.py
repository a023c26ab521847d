"""Do two books print what they share in the same order? A copyist who kept the order shows here."""

from __future__ import annotations

import functools
import math
from bisect import bisect_left
from dataclasses import dataclass

from imgsim.base.translation import marked

# Plates up to which the probability is counted out; beyond, the normal approximation differs by less than 0.005.
_EXACT = 60


@dataclass(frozen=True)
class RankCorrelation:
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
        """In words, and no more than the number of plates can bear; pages say them with `tr`."""
        if self.plates < 2:
            return marked("one shared plate says nothing of their order")
        if abs(self.tau) == 1 and self.chance > 0.05:
            same = marked("in the same order, which so few plates would often be by chance")
            reverse = marked("in the reverse order, which so few plates would often be by chance")
        elif abs(self.tau) == 1:
            same, reverse = marked("in the same order"), marked("in the reverse order")
        elif self.chance > 0.05:
            return marked("in no common order")
        # Of ten pairs of plates, eight stand in the same order at a tau of 0.6.
        elif abs(self.tau) >= 0.6:
            same, reverse = marked("mostly in the same order"), marked("mostly in the reverse order")
        else:
            same, reverse = marked("partly in the same order"), marked("partly in the reverse order")
        return same if self.tau > 0 else reverse


def rank_correlation(places: list[int]) -> RankCorrelation:
    """Kendall's tau of a permutation against 0, 1, 2 ... and its two-sided probability, exact for up to 60 plates."""
    if len(places) < 2:
        return RankCorrelation(len(places), math.nan, math.nan)
    return RankCorrelation(len(places), *_kendall(tuple(places)))


# Most pairs of books share two or three plates, so that the same few orders come again and again.
@functools.lru_cache(maxsize=4096)
def _kendall(places: tuple[int, ...]) -> tuple[float, float]:
    from scipy.stats import kendalltau

    found = kendalltau(range(len(places)), places, method="exact" if len(places) <= _EXACT else "asymptotic")
    # The same order is 1, whatever the last bit says.
    return round(float(found.statistic), 12), float(found.pvalue)


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
