"""The words that bound a date: before, after, not before, until, or later, and their like."""

from __future__ import annotations

from imgsim.catalogue.dates.date_words import (
    AFTER,
    BEFORE,
    CIRCA,
    EARLIER,
    FROM,
    LATER,
    LEADING,
    LINKS,
    MAYBE,
    MONTHS,
    NOT,
    ONWARDS,
    OR,
    POSTPOSED,
    UNTIL,
)
from imgsim.catalogue.dates.statement import Atom, Statement, is_day

_RELATIONS = (("before", BEFORE), ("after", AFTER), ("from", FROM), ("until", UNTIL))


def give_bounds(said: Statement) -> None:
    """Give every date the word that bounds it, where only links stand between."""
    starts = {atom.start: atom for atom in said.atoms}
    relation, negated, inclusive = "", False, False
    latest: Atom | None = None
    for at, piece in enumerate(said.pieces):
        word = piece.text
        if at in starts:
            goes_on = latest is not None and latest.relation in ("from", "after") and not latest.negated
            if goes_on and latest is not None and {p.text for p in said.pieces[latest.stop : at]} <= LEADING:
                relation = relation or "until"
            latest = starts[at]
            if relation and not latest.relation:
                latest.relation, latest.negated, latest.inclusive = relation, negated, inclusive
            relation, negated, inclusive = "", False, False
        if at in said.taken:
            continue
        following = said.text(said.beside(at, 1))
        if word in POSTPOSED and latest is not None:
            latest.relation = POSTPOSED[word]
        elif word in ONWARDS and latest is not None:
            latest.relation = "from"
        elif word in OR and latest is not None and not relation and _no_year(said, said.beside(at, 1) + 1):
            if following in LATER or following in ONWARDS:
                latest.relation = "from"
                said.taken.add(said.beside(at, 1))
            elif following in EARLIER:
                latest.relation = "until"
                said.taken.add(said.beside(at, 1))
        elif word in NOT and (following not in CIRCA or following in BEFORE or following in AFTER):
            negated = True
        elif word in OR:
            inclusive = inclusive or bool(relation) or bool(following in BEFORE or following in AFTER)
        elif found := next((name for name, words in _RELATIONS if word in words), ""):
            if not (
                found == "until"
                and latest is not None
                and said.beside(at, -1) >= latest.stop - 1
                and not latest.relation
            ):
                relation = found
        elif (
            word not in LINKS
            and word not in CIRCA
            and word not in MONTHS
            and word not in MAYBE
            and not is_day(piece)
        ):
            relation, negated, inclusive = "", False, False


def _no_year(said: Statement, at: int) -> bool:
    return not any(piece.is_year for piece in said.pieces[at : at + 2])
