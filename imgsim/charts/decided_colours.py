"""Colours for what is found and decided of plates, beside those by a column: families, verdicts, and whether judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from imgsim.base.translation import marked
from imgsim.base.verdict_words import COPY, DETAIL, MIRRORED, NEGATIVE, SAME
from imgsim.charts.colours import CATEGORIES, Colouring, colour_by_category, colour_in_order, colour_plates
from imgsim.collection import Collection
from imgsim.collection.family_notes import FamilyNote
from imgsim.collection.proven import NOTHING, STRENGTHS, proven
from imgsim.reviews.decision_words import SAME_PLATE

# No column of a table is called so.
FAMILY, VERDICT, REVIEWED = "*family", "*verdict", "*reviewed"
LABELS = {FAMILY: marked("Family"), VERDICT: marked("What is proven"), REVIEWED: marked("Reviewed or not")}
_NOT_YET = "#9C8F7C"
_BLUE, _ORANGE, _GREEN, _SKY, _PINK, _, _WINE, _ = CATEGORIES
_PROVEN = {
    SAME_PLATE: _SKY, SAME: _BLUE, MIRRORED: _WINE, NEGATIVE: _PINK, DETAIL: _ORANGE, COPY: _GREEN, NOTHING: _NOT_YET,
}  # fmt: skip


def offered(collection: Collection) -> dict[str, str]:
    """Of :data:`LABELS` those that say something here: what the lines say only where they were compared."""
    families = collection.families
    missing = {FAMILY} if families is None or not len(families) else set()
    missing |= {VERDICT} if collection.matches is None else set()
    return {name: label for name, label in LABELS.items() if name not in missing}


def coloured(collection: Collection, column: str) -> Colouring:
    """Colour plates by one of :data:`LABELS`, or by a column of the catalogue."""
    return _BY[column](collection) if column in _BY else colour_plates(collection.catalogue, column)


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
    return colour_by_category(values, named=lambda family_id: names[family_id], unknown=marked("in no family"))


def titled(colours: Colouring, said: Mapping[str, FamilyNote]) -> Colouring:
    """The colours by family, where each goes by the title that people gave it, if they did."""
    titles = [said[key].title if key in said else "" for key in colours.keys]
    return replace(colours, names=tuple(title or name for title, name in zip(titles, colours.names, strict=True)))


def colour_by_verdict(collection: Collection) -> Colouring:
    """Colour plates by the strongest thing that is proven of them."""
    values = proven(collection)
    return _ordered(values, [(said, _PROVEN[said], said) for said in (*STRENGTHS, NOTHING)])


def colour_by_reviewed(collection: Collection) -> Colouring:
    """Colour plates by whether somebody decided on a pair with them."""
    judged = {plate for pair in collection.decisions for plate in pair}
    values = [str(plate) in judged for plate in collection.catalogue.plate_ids]
    return _ordered(values, [(True, CATEGORIES[0], marked("reviewed")), (False, _NOT_YET, marked("not reviewed"))])


def _ordered(values: list, legend: list) -> Colouring:
    """By an order in which what no plate has is left out."""
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


_BY: dict[str, Callable[[Collection], Colouring]] = {
    FAMILY: colour_by_family,
    VERDICT: colour_by_verdict,
    REVIEWED: colour_by_reviewed,
}
