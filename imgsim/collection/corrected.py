"""The families of a collection as they count: after what people decided, and under their permanent ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imgsim.collection.decided import reviews_of
from imgsim.collection.family_ids import named_families
from imgsim.families import Decisions, Families, decisions_of
from imgsim.generation.generation import Generation
from imgsim.reviews.decision_record import Review
from imgsim.reviews.decision_words import TAKEN_BACK
from imgsim.reviews.pictures import counting
from imgsim.reviews.standing import standing_frame


def families_of(
    collection: Generation,
    reviews: Sequence[Review] | None = None,
    decided: Decisions | None = None,
    *,
    write: bool = True,
) -> Families | None:
    """The families of a collection; None where plates were never compared.

    Parameters
    ----------
    reviews : every record; None: those beside the collection. Raises CollectionError where they cannot be read.
    decided : what follows from these records, where it is known (see `Collection.constraints`).
    write : whether new families are given permanent ids. Not where decisions are missing that should count.
    """
    found, matches = collection.found_families, collection.matches
    if found is None or matches is None:
        return None
    given = reviews_of(collection).all() if reviews is None else list(reviews)
    if decided is None:
        standing = standing_frame(counting(given, collection.catalogue.pictures))
        decided = decisions_of(standing, collection.catalogue)
    corrected = found.corrected(matches, decided) if decided else found
    return named_families(collection.path, corrected, _cause(collection, given), write=write)


def _cause(collection: Generation, reviews: Sequence[Review]) -> Callable[[frozenset[str]], str]:
    """What made families of some plates as they are, after "by": the last decision on two of them since the run, else
    on one of them, else the run."""
    made = str(collection.manifest["created"])
    since = [review for review in reviews if review.when[:19] >= made[:19]]
    since.sort(key=lambda review: review.order, reverse=True)

    def cause(plates: frozenset[str]) -> str:
        for least in (2, 1):
            for review in since:
                if len(plates.intersection(review.pair)) >= least:
                    back = review.decision == TAKEN_BACK
                    what = "who took a decision back" if back else f"whose decision was “{review.decision}”"
                    return f"{review.reviewer}, {what} on {review.plate_a} and {review.plate_b}"
        return f"the run of {made[:10]} (generation {collection.generation})"

    return cause
