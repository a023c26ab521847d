"""Plates of which each has a date that is written in another way."""

from __future__ import annotations

from imgsim.catalogue import (
    Catalogue,
)
from imgsim.catalogue.dating import read_dates
from imgsim.families import Families, find_families
from tests.kin import catalogue_of, clique, matches_of

# A statement, and the years in which it may have been printed, for books of the 1750s and 1760s.
STATEMENTS: dict[str, tuple[int | None, int | None]] = {
    "1752": (1752, 1752),
    "[1751-1760]": (1751, 1760),
    "1750s": (1750, 1759),
    "c. 1755": (1755, 1755),
    "vor 1752": (None, 1751),
    "nach 1760": (1761, None),
    "1641 [i.e. 1762]": (1762, 1762),
    "18. Jh.": (1700, 1799),
    "s.a.": (None, None),
    "": (None, None),
    "Frühling": (None, None),
    "1758?": (1758, 1758),
}


def dated(statements: list[str] | dict[str, str], **columns: list[str]) -> Catalogue:
    """Plates p00, p01 ... (or of the names given), each of a book of its own, dated by one of the statements."""
    given = (
        statements if isinstance(statements, dict) else {f"p{at:02}": s for at, s in enumerate(statements)}
    )
    names = sorted(given)
    made = catalogue_of({name: (f"book {name}", None) for name in names}, **columns)
    found = read_dates(len(names), [[given[name] for name in names]])
    kinds = ("year", "decade", "date_text", "date_from", "date_to", "date_sure")
    return Catalogue(made.frame.assign(**{kind: found.column(kind) for kind in kinds}))


def families_of(catalogue: Catalogue) -> Families:
    """All its plates as one family."""
    matches = matches_of(catalogue, clique(catalogue.plate_ids))
    return Families(find_families(catalogue.frame, matches), catalogue)
