"""One family as a page of its own, to be kept, sent or printed as an appendix.

The page needs neither imgsim nor a network: thumbnails lie inside, there is no script, and its own rules
(Content-Security-Policy) forbid the browser to fetch anything, whatever the metadata say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from imgsim.errors import ImgsimError, PrepareAgain
from imgsim.export.dossier.document import page

if TYPE_CHECKING:
    from imgsim.collection import Collection
    from imgsim.collection.family_notes import FamilyNote
    from imgsim.collection.observations import Observation
    from imgsim.families import Families
    from imgsim.reviews import Review

__all__ = ["dossier_html"]


def dossier_html(
    collection: Collection,
    family_id: str,
    families: Families | None = None,
    reviews: Sequence[Review] | None = None,
    notes: Mapping[str, FamilyNote] | None = None,
    observations: Sequence[Observation] | None = None,
) -> bytes:
    """Return the dossier of a family as HTML, UTF-8.

    Parameters
    ----------
    families : after what people decided, if the caller has them.
    reviews : every record of what people decided; None: those beside the collection.
    notes : what people call each family, and write of it; None: those beside the collection.
    observations : every one of the collection; None: those beside it.

    Raises
    ------
    ImgsimError
        The plates were never compared, or there is no such family.
    """
    from imgsim.collection.corrected import families_of
    from imgsim.collection.decided import reviews_of
    from imgsim.collection.family_notes import NOTHING
    from imgsim.collection.observations import Observations
    from imgsim.collection.passed_words import family_words

    given = reviews_of(collection).all() if reviews is None else reviews
    families = families_of(collection, given) if families is None else families
    matches = collection.matches
    if families is None or matches is None:
        raise ImgsimError(
            f"The plates of {collection.name} were never compared by their lines, so there are no families.",
            PrepareAgain(str(collection.path)),
        )
    family = families.family(family_id)
    said = (family_words(collection.path).standing if notes is None else notes).get(family.id, NOTHING)
    seen = Observations(collection.path).standing() if observations is None else observations
    return page(collection, families, matches, family, given, said, seen).encode("utf-8", "replace")
