"""The families of a collection as they count: after what people decided, and under their permanent ids."""

from __future__ import annotations

from collections.abc import Sequence

from imgsim.collection.decided import reviews_of
from imgsim.collection.family_ids import named_families
from imgsim.collection.reading import Collection
from imgsim.families import Families, decisions_of
from imgsim.reviews.pictures import counting
from imgsim.reviews.record import Review
from imgsim.reviews.standing import standing_frame
from imgsim.reviews.words import TAKEN_BACK


def families_of(
    collection: Collection, reviews: Sequence[Review] | None = None, *, write: bool = True
) -> Families | None:
    """The families of a collection; None where plates were never compared.

    Parameters
    ----------
    reviews : every record; None: those beside the collection. Raises CollectionError where they cannot be read.
    write : whether new families are given permanent ids. Not where decisions are missing that should count.
    """
    found, matches = collection.families, collection.matches
    if found is None or matches is None:
        return None
    given = reviews_of(collection).all() if reviews is None else list(reviews)
    standing = standing_frame(counting(given, collection.catalogue.pictures))
    decided = decisions_of(standing, collection.catalogue)
    corrected = found.corrected(matches, decided) if decided else found
    return named_families(collection.path, corrected, _cause(collection, given), write=write)


def _cause(collection: Collection, reviews: Sequence[Review]) -> str:
    """What made the families as they are, after "by": the run, or the last decision since."""
    made = str(collection.manifest["created"])
    last = max(reviews, key=lambda review: review.order, default=None)
    if last is None or last.when[:19] < made[:19]:
        return f"the run of {made[:10]} (generation {collection.generation})"
    what = "who took a decision back" if last.decision == TAKEN_BACK else f"whose decision was “{last.decision}”"
    return f"{last.reviewer}, {what} on {last.plate_a} and {last.plate_b}"
