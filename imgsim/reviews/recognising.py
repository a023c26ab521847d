"""Decisions that were made where plates have other ids: a decision is of two pictures, and by them it finds its plates.

Two copies of a collection that were made from the same files agree on ids. Where one names its plates otherwise, what
comes from it speaks of the plates here that show the very same scans.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from imgsim.reviews.decision_record import Review, made


class Recogniser:
    """Finds the plates of decisions that come from elsewhere.

    Parameters
    ----------
    here : plate id -> SHA-256 of its image file.
    known : the records that are here already: one that comes back is left as it is.
    """

    def __init__(self, here: Mapping[str, str], known: Iterable[Review]) -> None:
        self._here = here
        self._pairs = {review.uuid: review.pair for review in known}
        self._showing: dict[str, list[str]] = defaultdict(list)
        for plate, picture in here.items():
            self._showing[picture].append(plate)
        self.renamed: dict[str, str] = {}

    def recognised(self, review: Review) -> Review:
        """The review with the ids of here. Several plates that show one scan are never chosen among."""
        plate_a = self._plate(review.plate_a, review.picture_a)
        plate_b = self._plate(review.plate_b, review.picture_b)
        if (plate_a, plate_b) == review.pair or plate_a == plate_b or self._pairs.get(review.uuid) == review.pair:
            return review
        self.renamed |= {
            theirs: ours for theirs, ours in zip(review.pair, (plate_a, plate_b), strict=True) if theirs != ours
        }
        return made(
            plate_a, plate_b, review.decision, reviewer=review.reviewer, note=review.note, when=review.when,
            evidence=review.evidence, uuid_=review.uuid, undoes=review.undoes,
            pictures=(review.picture_a, review.picture_b), confirms=review.confirms,
        )  # fmt: skip

    def _plate(self, plate: str, picture: str) -> str:
        if not picture or self._here.get(plate) == picture:
            return plate
        showing = self._showing.get(picture, [])
        return showing[0] if len(showing) == 1 else plate
