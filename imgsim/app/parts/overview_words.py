"""Sentences of the page Overview: how many plates were used again, and how soon an image comes again."""

from __future__ import annotations

from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.collection.overview_counts import Overview


def reused(collection: Collection, overview: Overview) -> str:
    """How many plates are also elsewhere, and their share."""
    known = {"n": overview.reused, "share": 100 * overview.reused / max(overview.plates, 1)}
    if collection.catalogue.books_known:
        return tr(":primary[**{n:,}**] also in another book, {share:.0f} %", **known)
    return tr(":primary[**{n:,}**] also in another plate, {share:.0f} %", **known)


def coming_again(delay: float, lifetime: float) -> str:
    """How soon half of the copies came, and how long half of the images lasted, in years."""
    return f"{_came(delay)} {_took(lifetime)}"


def _came(delay: float) -> str:
    if not delay:
        return tr("Half of the copies came **in the year of** the appearance before;")
    return trn(
        "Half of the copies came **within {years:g} year of** the appearance before;",
        "Half of the copies came **within {years:g} years of** the appearance before;",
        _for_plural(delay),
        years=delay,
    )


def _took(lifetime: float) -> str:
    return trn(
        "from its earliest to its latest book here half of the images took **{years:g} year** at most.",
        "from its earliest to its latest book here half of the images took **{years:g} years** at most.",
        _for_plural(lifetime),
        years=lifetime,
    )


def _for_plural(years: float) -> int:
    """A whole number that takes the same form: parts of a year stand in the plural."""
    return int(years) if years == int(years) else 2
