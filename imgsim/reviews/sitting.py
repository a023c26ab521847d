"""What a reviewer decided in one sitting: since the last rest that was longer than an hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from imgsim.reviews.decision_record import Review
from imgsim.reviews.decision_words import DECISIONS
from imgsim.reviews.standing import latest

REST = timedelta(hours=1)


def sitting(reviews: Iterable[Review], reviewer: str, now: datetime) -> dict[str, int]:
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
    given = list(reviews)
    moments = (datetime.fromisoformat(review.when) for review in given if review.reviewer == reviewer)
    begun = now
    for moment in sorted((moment for moment in moments if moment <= now), reverse=True):
        if begun - moment > REST:
            break
        begun = moment
    own = (said[reviewer] for said in latest(given).values() if reviewer in said)
    counted = Counter(one.decision for one in own if begun <= datetime.fromisoformat(one.when) <= now)
    return {decision: counted[decision] for decision in DECISIONS if counted[decision]}
