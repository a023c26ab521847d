"""Reviews: what people decided about pairs of plates, kept beside a collection and never touched by its preparation.

    from imgsim.reviews import Reviews

    reviews = Reviews.of(collection.path)
    reviews.record("p001", "p017", "mirrored copy", reviewer="A. Reader", note="the stem bends the other way")
    reviews.undo("A. Reader")
    reviews.standing()                         # one row a pair: what is decided now, and whether it is disputed
    reviews.to_csv(catalogue, collection="herbals", date="2026-11-22")
    reviews.merge_csv(content, catalogue)      # what others decided, with a report of conflicts

:mod:`~imgsim.reviews.decision_words` has the six decisions, :mod:`~imgsim.reviews.review_store` the file,
:mod:`~imgsim.reviews.standing` what is decided now, :mod:`~imgsim.reviews.exchange` the CSV,
:mod:`~imgsim.collection.review_queue` what to look at next, and :mod:`~imgsim.collection.score_worth` what a score is
worth here. How decisions correct the families stands in :mod:`imgsim.families.constraints`.
"""

from imgsim.reviews.decision_record import EVIDENCE, Review
from imgsim.reviews.decision_words import (
    CONFIRMED,
    DECISIONS,
    DISPUTED,
    MIRRORED_COPY,
    RE_ENGRAVED,
    SAME_PLATE,
    SHARED_MOTIF,
    TAKEN_BACK,
    UNRELATED,
    UNSURE,
    WHOLE,
)
from imgsim.reviews.exchange import Conflict, MergeReport, reviews_csv
from imgsim.reviews.review_store import FILE, Reviews
from imgsim.reviews.standing import standing_frame

__all__ = [
    "CONFIRMED", "Conflict", "DECISIONS", "DISPUTED", "EVIDENCE", "FILE", "MIRRORED_COPY", "MergeReport",
    "RE_ENGRAVED", "Review", "Reviews", "SAME_PLATE", "SHARED_MOTIF", "TAKEN_BACK", "UNRELATED", "UNSURE", "WHOLE",
    "reviews_csv", "standing_frame",
]  # fmt: skip
