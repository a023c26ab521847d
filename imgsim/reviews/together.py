"""One decision about many pairs: what it writes, what it leaves as it is, and how it is known as one action.

The decisions of one action bear one and the same moment, which no two actions of a person share (see
:meth:`imgsim.reviews.review_store.Reviews.record`). So they are known as one wherever they go, in a CSV too, and are
taken back as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imgsim.reviews.decision_record import Review, is_by_hand
from imgsim.reviews.decision_words import UNSURE

Pair = tuple[str, str]


@dataclass(frozen=True)
class Sorted:
    """Pairs by what was said of them before a person says one decision of all of them; each is in one of these.

    fresh : nobody said anything that differs or agrees: those about which others are unsure are among them.
    agreeing : others said the same.
    said : this person said the same.
    own : this person said something else.
    against : others said something else, and this person nothing: they would be disputed.
    """

    fresh: tuple[Pair, ...]
    agreeing: tuple[Pair, ...]
    said: tuple[Pair, ...]
    own: tuple[Pair, ...]
    against: tuple[Pair, ...]

    def written(self, otherwise: bool) -> tuple[Pair, ...]:
        """The pairs that are decided about, in order; ``otherwise``: those, too, of which something else was said."""
        return tuple(sorted((*self.fresh, *self.agreeing, *((*self.own, *self.against) if otherwise else ()))))


def sorted_out(
    pairs: Iterable[Pair], standing: Mapping[Pair, Mapping[str, Review]], reviewer: str, decision: str
) -> Sorted:
    """Sort pairs by what stands: ``standing`` is :func:`imgsim.reviews.standing.latest` of what counts."""
    found: dict[str, list[Pair]] = {name: [] for name in Sorted.__dataclass_fields__}
    for pair in pairs:
        words = {name: review.decision for name, review in standing.get(pair, {}).items()}
        mine = words.pop(reviewer, None)
        sure = set(words.values()) - {UNSURE}
        if mine == decision:
            kind = "said"
        elif mine is not None:
            kind = "own"
        elif decision != UNSURE and sure - {decision}:
            kind = "against"  # whoever is unsure disputes nothing
        else:
            kind = "agreeing" if decision in words.values() else "fresh"
        found[kind].append(pair)
    return Sorted(**{name: tuple(each) for name, each in found.items()})


def with_it(last: Review, standing: Iterable[Review]) -> list[Review]:
    """The decisions of one person, of those that stand, that were made in one action with ``last``, itself among them.

    A table written by hand may give many rows one day: each of its rows is an action of its own.
    """
    if is_by_hand(last):
        return [last]
    return [one for one in standing if one.when == last.when and not is_by_hand(one)]
