"""What is decided now, from the whole history: each reviewer's latest word on each pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from imgsim.reviews.decision_record import Review
from imgsim.reviews.decision_words import DISPUTED, TAKEN_BACK, UNSURE

STANDING = {
    "plate_a": "str", "plate_b": "str", "decision": "str", "disputed": "bool", "said": "str", "reviewers": "str",
    "when": "str", "note": "str",
}  # fmt: skip


def taken_back(reviews: Iterable[Review]) -> set[str]:
    """The uuids that were taken back, by the person who had written them and by nobody else."""
    given = list(reviews)
    reviewer_of = {review.uuid: review.reviewer for review in given}
    return {r.undoes for r in given if r.undoes and reviewer_of.get(r.undoes) == r.reviewer}


def latest(reviews: Iterable[Review]) -> dict[tuple[str, str], dict[str, Review]]:
    """By pair and by reviewer, the latest decision that was not taken back; pairs in the order of their ids."""
    given = list(reviews)
    gone = taken_back(given)
    found: dict[tuple[str, str], dict[str, Review]] = {}
    for review in given:
        if review.decision == TAKEN_BACK or review.uuid in gone:
            continue
        own = found.setdefault(review.pair, {})
        if review.reviewer not in own or own[review.reviewer].order < review.order:
            own[review.reviewer] = review
    return dict(sorted(found.items()))


def standing_frame(reviews: Iterable[Review]) -> pd.DataFrame:
    """One row a pair that anybody has decided on.

    Returns
    -------
    DataFrame
        plate_a, plate_b; decision: what its reviewers agree on, and "disputed" where they do not: nobody's word is
        then that of the pair; disputed: two of them differ. Whoever is unsure leaves the pair open, and neither
        disputes nor outvotes those who are sure; a pair is "unsure" where all are. said: who says what, see
        :func:`who_says_what`; reviewers: their names, separated by "; ", the latest first; when: of the latest
        decision; note: the notes that stand, each led by its writer's
        name where there are several, or where the pair is disputed.
    """
    rows = []
    for (plate_a, plate_b), own in latest(reviews).items():
        said = sorted(own.values(), key=lambda review: review.order, reverse=True)
        sure = [review for review in said if review.decision != UNSURE] or said
        differing = len({review.decision for review in sure}) > 1
        noted = [review for review in said if review.note]
        note = (
            noted[0].note
            if len(noted) == 1 and not differing
            else "\n".join(f"{review.reviewer}: {review.note}" for review in noted)
        )
        rows.append(
            (plate_a, plate_b, DISPUTED if differing else sure[0].decision, differing, who_says_what(said),
             "; ".join(review.reviewer for review in said), said[0].when, note)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=pd.Index(STANDING)).astype(STANDING)


def who_says_what(said: Sequence[Review]) -> str:
    """Decisions with their reviewers, in the order given: ``same plate (Ada, Eve); unrelated (Paul)``."""
    by_decision: dict[str, list[str]] = {}
    for review in said:
        by_decision.setdefault(review.decision, []).append(review.reviewer)
    return "; ".join(f"{decision} ({', '.join(names)})" for decision, names in by_decision.items())
