"""What a reviewer decided in one sitting: since the last rest that was longer than an hour."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from imgsim.reviews.decision_record import Review
from imgsim.reviews.decision_words import DECISIONS
from imgsim.reviews.standing import latest

REST = timedelta(hours=1)
# What is said twice within this is a double click.
TWICE = timedelta(seconds=5)


@dataclass(frozen=True)
class Written:
    """What one reviewer ever wrote.

    Attributes
    ----------
    moments : when, each with its time zone, ascending: what was taken back and what takes back, too.
    standing : the decisions that stand, one a pair, each with its moment.
    """

    moments: tuple[datetime, ...]
    standing: tuple[tuple[datetime, str], ...]


def written(reviews: Iterable[Review], reviewer: str) -> Written:
    """What a reviewer wrote, of the whole history."""
    given = list(reviews)
    moments = sorted(datetime.fromisoformat(review.when) for review in given if review.reviewer == reviewer)
    own = (said[reviewer] for said in latest(given).values() if reviewer in said)
    return Written(tuple(moments), tuple((datetime.fromisoformat(one.when), one.decision) for one in own))


def sitting(by_one: Written, now: datetime) -> dict[str, int]:
    """How many pairs a reviewer decided in the sitting that goes on, by decision; {} where none does.

    Whatever the reviewer wrote belongs to a sitting, what was taken back too; only decisions that stand are counted, a
    pair once.

    Parameters
    ----------
    now : with its time zone; what is written as later than that is not counted.

    Returns
    -------
    dict
        In the order of `DECISIONS`, without those that were not made.
    """
    begun = now
    for moment in reversed(by_one.moments[: bisect_right(by_one.moments, now)]):
        if begun - moment > REST:
            break
        begun = moment
    counted = Counter(decision for when, decision in by_one.standing if begun <= when <= now)
    return {decision: counted[decision] for decision in DECISIONS if counted[decision]}


def said_twice(history: Sequence[Review], reviewer: str, decision: str, now: datetime) -> bool:
    """Whether this is what a reviewer has just said of a pair, as who clicks twice says it again.

    Later it is said anew: of other pictures, perhaps, or on other evidence.

    Parameters
    ----------
    history : every record of the pair, the oldest first.
    now : with its time zone.
    """
    if not history or (history[-1].reviewer, history[-1].decision) != (reviewer, decision):
        return False
    return abs(now - datetime.fromisoformat(history[-1].when)) <= TWICE
