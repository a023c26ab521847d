"""Colours for what is found and decided of plates, beside those by a column: their families, and whether judged."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.charts.colours import CATEGORIES, Colouring, colour_by_category, colour_in_order
from imgsim.collection import Collection

# No column of a table is called so.
FAMILY, REVIEWED = "*family", "*reviewed"
LABELS = {FAMILY: "Family", REVIEWED: "Reviewed or not"}
_NOT_YET = "#9C8F7C"


def colour_by_family(collection: Collection) -> Colouring:
    """Colour plates by the family they belong to, the largest first; a plate of none has no value.

    The keys are the families' ids. In a collection whose plates were never compared no plate has a family.
    """
    families = collection.families
    values = [""] * len(collection.catalogue)
    names = {}
    for family in () if families is None else families.ordered():
        title = collection.catalogue.short_title(family.earliest.row)
        names[family.id] = " · ".join(part for part in (family.span, title) if part)
        for member in family.members:
            values[member.row] = family.id
    return colour_by_category(values, named=lambda family_id: names[family_id], unknown="in no family")


def colour_by_reviewed(collection: Collection) -> Colouring:
    """Colour plates by whether somebody decided on a pair with them."""
    judged = {plate for pair in collection.decisions for plate in pair}
    values = [str(plate) in judged for plate in collection.catalogue.plate_ids]
    legend = ((True, CATEGORIES[0], "reviewed"), (False, _NOT_YET, "not reviewed"))
    return colour_in_order(values, [entry for entry in legend if entry[0] in values])


def family_ties(collection: Collection) -> npt.NDArray[np.int32]:
    """Return the rows of each plate of a family and of the plate that ties it to the others: int32 (m, 2)."""
    families = collection.families
    found = [
        (member.row, member.tied_to)
        for family in (() if families is None else families.ordered())
        for member in family.members
        if member.tied_to is not None
    ]
    return np.array(found, dtype=np.int32).reshape(-1, 2)
