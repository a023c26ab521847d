"""What people decided, as the rule of the families takes it; and which families it touches.

What a historian may expect when she has judged a pair:

* **Same plate, re-engraved copy, mirrored copy**: the two are one image, so they are in one family, whatever the lines
  say. The families of both become one with them: those who call A and B the same image need not judge each of A's
  copies against each of B's.
* **Shared motif**: the two share a detail. If the lines had said that the whole agrees, that no longer counts. A plate
  of no family joins that of the other; between plates of two families nothing moves, for a detail joins no two images.
* **Unrelated**: the pair ties nothing any more, and the two are not in one family. Where it was their only link, the
  link is gone. Where other plates lead from one to the other, one of these ties must be false as well, and nobody has
  said which: each plate stays with those that it agrees with most, so the one that is held more weakly leaves, and
  takes with it what is nearer to it. Only where confirmed pairs of whole images lead from one to the other do they stay
  together: then people contradict one another, and what they confirmed counts.
* **Unsure**, and pairs about which people differ, change nothing.

A family whose plates nobody has judged never changes: plates are in one family only if agreeing or confirmed pairs
lead from one to the other, so everything outside the plates that such pairs connect to a judged one stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.reviews.decision_words import CONFIRMED, SHARED_MOTIF, UNRELATED, WHOLE

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.verification.matches import Matches

Pair = tuple[int, int]


@dataclass(frozen=True)
class Decisions:
    """What counts: ``confirmed`` the decision by pair of rows (a < b), ``rejected`` pairs of rows (a < b)."""

    confirmed: Mapping[Pair, str] = field(default_factory=dict)
    rejected: frozenset[Pair] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.confirmed or self.rejected)

    @property
    def rows(self) -> set[int]:
        """The plates that were judged."""
        return {row for pair in (*self.confirmed, *self.rejected) for row in pair}

    @property
    def whole(self) -> list[Pair]:
        """The pairs that are one image."""
        return [pair for pair, decision in self.confirmed.items() if decision in WHOLE]

    @property
    def motifs(self) -> list[Pair]:
        """The pairs that share a part."""
        return [pair for pair, decision in self.confirmed.items() if decision == SHARED_MOTIF]

    def within(self, rows: set[int]) -> Decisions:
        """Those about plates among ``rows`` alone."""
        return Decisions(
            {pair: decision for pair, decision in self.confirmed.items() if rows.issuperset(pair)},
            frozenset(pair for pair in self.rejected if rows.issuperset(pair)),
        )


def decisions_of(standing: pd.DataFrame, catalogue: Catalogue) -> Decisions:
    """The decisions that count, of :func:`~imgsim.reviews.standing_frame`; plates that are not here are passed over."""
    confirmed: dict[Pair, str] = {}
    rejected: set[Pair] = set()
    columns = (standing[name].tolist() for name in ("plate_a", "plate_b", "decision", "disputed"))
    for plate_a, plate_b, decision, disputed in zip(*columns, strict=True):
        if disputed or not (catalogue.has(plate_a) and catalogue.has(plate_b)):
            continue
        low, high = sorted((catalogue.row(plate_a), catalogue.row(plate_b)))
        if decision in CONFIRMED:
            confirmed[low, high] = decision
        elif decision == UNRELATED:
            rejected.add((low, high))
    return Decisions(confirmed, frozenset(rejected))


class Groups:
    """Plates put together pair by pair, except where that would unite two that must stay apart."""

    def __init__(self, apart: Iterable[Pair] = ()) -> None:
        self._parent: dict[int, int] = {}
        self._members: dict[int, set[int]] = {}
        self._apart: dict[int, set[int]] = {}
        for a, b in apart:
            self._apart.setdefault(a, set()).add(b)
            self._apart.setdefault(b, set()).add(a)

    def of(self, row: int) -> set[int]:
        """The plates with this one, itself among them."""
        return self._members.get(self._root(row), {row})

    def clash(self, one: Iterable[int], two: set[int]) -> bool:
        """Whether a plate of one must stay apart from a plate of the other."""
        return any(not self._apart.get(row, _NONE).isdisjoint(two) for row in one)

    def join(self, a: int, b: int) -> bool:
        """Put the two and all with them together; False, and nothing done, where some must stay apart."""
        one, two = self._root(a), self._root(b)
        if one == two:
            return True
        small, large = sorted((one, two), key=lambda root: len(self.of(root)))
        if self.clash(self.of(small), self.of(large)):
            return False
        self._members[large] = self.of(large) | self.of(small)
        self._members.pop(small, None)
        self._parent[small] = large
        return True

    def all(self) -> list[set[int]]:
        """Groups of two plates or more, by their first."""
        return sorted((set(members) for members in self._members.values()), key=min)

    def _root(self, row: int) -> int:
        while row in self._parent:
            row = self._parent[row]
        return row


_NONE: frozenset[int] = frozenset()


def kept_apart(decisions: Decisions) -> frozenset[Pair]:
    """The rejected pairs, without those that confirmed pairs of whole images lead between."""
    forced = Groups()
    for a, b in decisions.whole:
        forced.join(a, b)
    return frozenset((a, b) for a, b in decisions.rejected if b not in forced.of(a))


def components(matches: Matches, count: int) -> npt.NDArray[np.int64]:
    """Which plates agreeing pairs lead between: equal numbers for those, int64 (count,)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = matches.rows[matches.verified].astype(np.int64)
    tied = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return connected_components(tied, directed=False)[1].astype(np.int64)


def parts_touched(component: npt.NDArray[np.int64], decisions: Decisions) -> dict[frozenset[int], Decisions]:
    """Where the decisions may change families, in parts that nothing leads between, each with the decisions within it.

    A part is all that agreeing pairs (numbers of :func:`components`) and confirmed ones connect to a judged plate. A
    rejected pair that nothing connects changes nothing.
    """
    parts = Groups()
    for a, b in decisions.confirmed:
        parts.join(int(component[a]), int(component[b]))
    confirmed: dict[frozenset[int], dict[Pair, str]] = {}
    rejected: dict[frozenset[int], set[Pair]] = {}
    for pair, decision in decisions.confirmed.items():
        confirmed.setdefault(frozenset(parts.of(int(component[pair[0]]))), {})[pair] = decision
    for a, b in decisions.rejected:
        around = parts.of(int(component[a]))
        if int(component[b]) in around:
            rejected.setdefault(frozenset(around), set()).add((a, b))
    return {
        part: Decisions(confirmed.get(part, {}), frozenset(rejected.get(part, ())))
        for part in {**confirmed, **rejected}
    }


def together(decisions: Iterable[Decisions]) -> Decisions:
    """All of them as one."""
    given = list(decisions)
    confirmed = {pair: decision for one in given for pair, decision in one.confirmed.items()}
    return Decisions(confirmed, frozenset(pair for one in given for pair in one.rejected))
