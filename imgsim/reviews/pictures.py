"""Does a decision still speak of the pictures that its plate ids name now?

A decision holds for two pictures, not for two names. Where a plate is gone, or its id shows another image file than the
one decided about, the decision counts for nothing until somebody looks again and confirms it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imgsim.reviews.decision_record import Review
from imgsim.reviews.decision_words import TAKEN_BACK
from imgsim.reviews.standing import taken_back

GONE = "gone"
REPLACED = "another scan"
NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Unconfirmed:
    """A decision that counts for nothing now, and why.

    Attributes
    ----------
    review : the decision.
    state_a, state_b : of each plate: "" (it shows the picture decided about), "gone" (no plate has the id),
        "another scan" (the id names another image file), "not known" (the decision does not say which it was about).
    """

    review: Review
    state_a: str
    state_b: str

    @property
    def gone(self) -> bool:
        """Whether a plate that it names is not here."""
        return GONE in (self.state_a, self.state_b)


def state_of(plate_id: str, picture: str, pictures: Mapping[str, str]) -> str:
    """How a plate stands to the picture decided about: see :class:`Unconfirmed`. ``pictures``: plate id -> SHA-256."""
    here = pictures.get(plate_id)
    if here is None:
        return GONE
    if not picture:
        return NOT_KNOWN
    return "" if here == picture else REPLACED


def counting(reviews: Iterable[Review], pictures: Mapping[str, str]) -> list[Review]:
    """The records that count for the plates that are here: all but decisions about other pictures, in the order given.

    Parameters
    ----------
    pictures : plate id -> SHA-256 of its image file.
    """
    return [
        review
        for review in reviews
        if review.decision == TAKEN_BACK
        or not (
            state_of(review.plate_a, review.picture_a, pictures)
            or state_of(review.plate_b, review.picture_b, pictures)
        )
    ]


def unconfirmed(reviews: Iterable[Review], pictures: Mapping[str, str]) -> list[Unconfirmed]:
    """The decisions that count for nothing because of their plates, the latest first.

    Of each reviewer's decisions on one pair of pictures only the latest is listed, and none that was taken back or that
    somebody has confirmed since.
    """
    given = list(reviews)
    gone = taken_back(given)
    settled = {review.confirms for review in given if review.confirms and review.uuid not in gone}
    last: dict[tuple[str, ...], Review] = {}
    for review in given:
        if review.decision == TAKEN_BACK or review.uuid in gone:
            continue
        key = (*review.pair, review.picture_a, review.picture_b, review.reviewer)
        if key not in last or last[key].order < review.order:
            last[key] = review
    found = [
        Unconfirmed(
            review,
            state_of(review.plate_a, review.picture_a, pictures),
            state_of(review.plate_b, review.picture_b, pictures),
        )
        for review in last.values()
        if review.uuid not in settled
    ]
    return sorted(
        (one for one in found if one.state_a or one.state_b), key=lambda one: one.review.order, reverse=True
    )
