"""Plates in groups that have something in common: a decade, a place, a format, a category."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.translation import marked, tr, trn
from imgsim.catalogue import UNKNOWN, Catalogue
from imgsim.catalogue.column_words import plain_name

# What a collection is broken down by, if its metadata says it: these first, then whatever else tells plates apart.
COLUMNS = {"place": marked("Place"), "format": marked("Format"), "category": marked("Category")}
# What they are called in the midst of a sentence.
NAMED = {"place": marked("place"), "format": marked("format"), "category": marked("category")}
_FURTHER = ("language", "country", "author")
_MOST_BREAKDOWNS = 4
SHOWN = 10  # values of a breakdown; the rest are counted together
_MOST_KINDS = 40


@dataclass(frozen=True)
class Group:
    """Plates that have something in common.

    Attributes
    ----------
    label : what they have in common; "" for the rest and for what is not known.
    values : the values in the column that choose them, several for the rest.
    plates, reused : how many there are, and how many of them were used again in another book.
    """

    label: str
    values: tuple[str, ...]
    plates: int
    reused: int

    @property
    def share(self) -> float:
        """Which share was used again, 0 to 1; 0 for an empty group."""
        return self.reused / self.plates if self.plates else 0.0


@dataclass(frozen=True)
class Breakdown:
    """All plates by one column. Each plate is in exactly one of `groups`, `rest` and `unknown`; but one whose date
    spans several decades is in each of these.

    Attributes
    ----------
    column, label : the column and what to call it.
    groups : most plates first; decades in order, those without a plate included.
    rest : what comes after the first ones; None if there is nothing.
    unknown : plates without a value; None if every plate has one.
    """

    column: str
    label: str
    groups: tuple[Group, ...]
    rest: Group | None
    unknown: Group | None

    @property
    def every(self) -> tuple[Group, ...]:
        """All groups, the rest and the unknown last."""
        return (*self.groups, *(group for group in (self.rest, self.unknown) if group is not None))

    def name(self, group: Group) -> str:
        """What to call a group on the screen."""
        if group is self.unknown:
            return tr("undated") if self.column == "decade" else tr("not known")
        if group is self.rest:
            return trn("{n:,} others", "{n:,} others", len(group.values))
        return group.label

    def written(self, group: Group) -> str:
        """What to call a group in a file."""
        if group is self.unknown:
            return "undated" if self.column == "decade" else "not known"
        return f"{len(group.values):,} others" if group is self.rest else group.label


def by_decade(catalogue: Catalogue, reused: npt.NDArray[np.bool_]) -> Breakdown:
    """Plates by decade, from the first to the last without a gap. `reused` is bool (n,).

    A plate that may be of several decades is counted in each, as the filter of decades finds it in each.
    """
    dates = catalogue.dates
    groups = (
        Group(str(decade), (str(decade),), int(rows.sum()), int((rows & reused).sum()))
        for decade, rows in dates.decades().items()
    )
    undated = ~dates.dated
    unknown = Group("", (UNKNOWN,), int(undated.sum()), int((undated & reused).sum()))
    return Breakdown("decade", marked("Decade"), tuple(groups), None, unknown if unknown.plates else None)


def columns_to_group_by(catalogue: Catalogue) -> dict[str, str]:
    """Column -> label: place, format and category, and what else the metadata says, at most four in all."""
    offered = {
        facet.column: facet.label
        for facet in catalogue.facets()
        if facet.kind == "choice" and facet.column not in ("book", "folder")
    }
    # A column of the metadata's own with a value for nearly every book is a note, not a kind.
    most = min(_MOST_KINDS, max(2, 2 * len(set(catalogue.frame["book"]) - {""}) // 3))
    own = [
        column
        for column in offered
        if column not in (*COLUMNS, *_FURTHER)
        and plain_name(column).split("_")[-1] != "id"
        and len(set(catalogue.frame[column]) - {""}) <= most
    ]
    order = [column for column in (*COLUMNS, *own, *_FURTHER) if column in offered]
    return {column: offered[column] for column in order[:_MOST_BREAKDOWNS]}


def break_down(
    catalogue: Catalogue, reused: npt.NDArray[np.bool_], column: str, label: str, most: int = SHOWN
) -> Breakdown:
    """Plates by the values of one column, the `most` frequent ones apart. `reused` is bool (n,)."""
    cells = catalogue.frame[column]
    codes, values = pd.factorize(cells.mask(cells == ""))
    size = len(values)
    # The last place counts what has no value: its code is -1.
    plates = np.bincount(np.where(codes < 0, size, codes), minlength=size + 1)
    again = np.bincount(np.where(codes < 0, size, codes)[reused], minlength=size + 1)
    groups = [
        Group(str(value), (str(value),), int(plates[at]), int(again[at])) for at, value in enumerate(values)
    ]
    groups.sort(key=lambda group: (-group.plates, group.label))
    # One value more is shown rather than called "1 others".
    shown = groups if len(groups) <= most + 1 else groups[:most]
    rest = _together(groups[len(shown) :])
    unknown = Group("", (UNKNOWN,), int(plates[size]), int(again[size])) if plates[size] else None
    return Breakdown(column, label, tuple(shown), rest, unknown)


def _together(groups: Iterable[Group]) -> Group | None:
    found = list(groups)
    if not found:
        return None
    values = tuple(value for group in found for value in group.values)
    return Group("", values, sum(g.plates for g in found), sum(g.reused for g in found))
