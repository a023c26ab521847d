"""One family as a page of its own, to be kept, sent or printed as an appendix.

The page needs neither imgsim nor a network: thumbnails lie inside, there is no script, and its own rules
(Content-Security-Policy) forbid the browser to fetch anything, whatever the metadata say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.dossier.citation import collection_citation, family_citation
from imgsim.dossier.page import page
from imgsim.errors import ImgsimError

if TYPE_CHECKING:
    from imgsim.collection import Collection
    from imgsim.families import Families

__all__ = ["collection_citation", "dossier_html", "family_citation"]


def dossier_html(
    collection: Collection,
    family_id: str,
    families: Families | None = None,
    rejected: frozenset[tuple[int, int]] = frozenset(),
) -> bytes:
    """Return the dossier of a family as HTML, UTF-8.

    Parameters
    ----------
    families : after what people decided, if the caller has them.
    rejected : pairs of rows (a < b) that people called unrelated, which are not listed as related.

    Raises
    ------
    ImgsimError
        The plates were never compared, or there is no such family.
    """
    from imgsim.collection.corrected import families_of

    families = families_of(collection) if families is None else families
    matches = collection.matches
    if families is None or matches is None:
        raise ImgsimError(
            f"The plates of {collection.name} were never compared by their lines, so there are no families. "
            f"Run: python precompute.py --name {collection.name}"
        )
    return page(collection, families, matches, families.family(family_id), rejected).encode(
        "utf-8", "replace"
    )
