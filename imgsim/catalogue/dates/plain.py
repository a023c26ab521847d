"""Reading a statement without brackets: its years, spans, decades and centuries, and the words that bound them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from imgsim.catalogue.dates.bounds import give_bounds
from imgsim.catalogue.dates.centuries import ages
from imgsim.catalogue.dates.century_words import PARTS
from imgsim.catalogue.dates.counts import take_counts
from imgsim.catalogue.dates.date_words import (
    AFTER,
    BEFORE,
    CIRCA,
    FORMATS,
    LINKS,
    MAYBE,
    MONTH_STEMS,
    MONTHS,
    OR,
    QUEM,
    WEAK_CIRCA,
)
from imgsim.catalogue.dates.era_years import take_other_eras
from imgsim.catalogue.dates.interval import (
    APPROXIMATE,
    CERTAIN,
    SURENESS,
    UNCERTAIN,
    UNDATED,
    DateInterval,
    hull,
)
from imgsim.catalogue.dates.roman import roman
from imgsim.catalogue.dates.statement import KNOWN, LETTERS, Atom, Said, Statement, is_day
from imgsim.catalogue.dates.tokens import tokens
from imgsim.catalogue.dates.years import take_years

_GLUED = re.compile(r"(?<!\w)([a-z]{1,7}\.?)(?=\d{4}(?!\w))")
_AVANT = re.compile(r"(?<!\w)av\.\s?(?=\d)")  # without its point it is Swedish: of
_CLAUSES = frozenset(",;:")


def read_plain(text: str) -> Said | None:
    """Read a folded statement without brackets; None where it is a shelfmark or contradicts itself."""
    text = _AVANT.sub("avant ", _GLUED.sub(_apart, text))
    for phrase, word in QUEM.items():
        text = text.replace(phrase, word)
    said = Statement(tokens(text))
    for age in ages(said.pieces):
        said.take(Atom(DateInterval(age.first, age.last, age.sure), age.start, age.stop))
    if any(_is_junk(said, at) for at in range(len(said.pieces))):
        return None
    take_other_eras(said)
    take_counts(said)
    if not take_years(said):
        return None
    give_bounds(said)
    return _put_together(said)


def _apart(found: re.Match[str]) -> str:
    """c1752 and p1752 are copyrights, ca1752 and um1752 words and a year."""
    word = found[1].rstrip(".")
    if found[1] in ("c", "p", "cop"):
        return " circacopyright " if word == "c" else " copyright "
    return f"{word} " if word in KNOWN or word in LETTERS else found[0]


def _is_junk(said: Statement, at: int) -> bool:
    """Letters and digits in one word are a shelfmark or a dimension."""
    piece = said.pieces[at]
    return piece.kind == "junk" and at not in said.taken and piece.text not in FORMATS | MONTHS


def _put_together(said: Statement) -> Said:
    """One interval of all that the statement names: the common era and the imprint's year go first."""
    clauses, clause = [], 0
    for piece in said.pieces:
        clause += piece.text in _CLAUSES
        clauses.append(clause)
    # A name or a sentence that a comma parts from the date says nothing of it.
    dated = {clauses[at] for at in said.taken}
    unknown = frozenset(
        piece.text
        for at, piece in enumerate(said.pieces)
        if at not in said.taken
        and piece.kind == "word"
        and clauses[at] in dated
        and piece.text not in KNOWN
        and not piece.text.startswith(MONTH_STEMS)
        and len(piece.text) > 1
        and roman(piece.text) is None
    )
    atoms = said.atoms
    for skipped in ("other_era", "copyright"):
        atoms = [atom for atom in atoms if not getattr(atom, skipped)] or atoms
    if not atoms:
        return Said(UNDATED, unknown)
    lower, upper, plain = [], [], []
    for atom in atoms:
        first, last = atom.date.earliest, atom.date.latest
        assert first is not None and last is not None
        if not atom.relation or (atom.relation == "from" and atom.span):
            plain.append(atom.date)
        elif atom.relation == "from" or (atom.relation == "before" and atom.negated):
            lower.append(first)
        elif atom.relation == "until" or (atom.relation == "after" and atom.negated):
            upper.append(last)
        elif atom.relation == "after":
            lower.append(first if atom.inclusive else last + 1)
        else:
            upper.append(last if atom.inclusive else first - 1)
    known = hull(plain)
    firsts = [*lower, *([known.earliest] if known.earliest is not None else [])]
    lasts = [*upper, *([known.latest] if known.latest is not None else [])]
    first = min(firsts) if firsts else None
    last = max(lasts) if upper else None if lower else max(lasts)
    sure = max((_sureness(said, atoms), *(atom.date.sure for atom in atoms)), key=SURENESS.index)
    if first is not None and last is not None and last < first:
        first, last, sure = last, first, UNCERTAIN
    return Said(
        DateInterval(first, last, sure),
        unknown,
        all(atom.other_era for atom in atoms),
        all(atom.copyright for atom in atoms),
    )


def _sureness(said: Statement, atoms: Sequence[Atom]) -> str:
    starts, stops = {atom.start for atom in atoms}, {atom.stop - 1 for atom in atoms}
    found = CERTAIN
    for at, piece in enumerate(said.pieces):
        if piece.text == "?" or (
            at in said.taken and piece.kind in ("decade", "century", "age") and "?" in piece.text
        ):
            return UNCERTAIN
        if at in said.taken:
            continue
        if piece.text in MAYBE or (piece.kind == "number" and len(piece.text) > 2):
            return UNCERTAIN
        if (
            piece.text in ("~", "≈", "±")
            or (piece.text in CIRCA and piece.text not in WEAK_CIRCA)
            or (piece.text in WEAK_CIRCA and (_leads(said, at, starts) or said.beside(at, -1) in stops))
        ):
            found = APPROXIMATE
    return found


def _leads(said: Statement, at: int, starts: set[int]) -> bool:
    """Whether only links stand between a word and a date."""
    at += 1
    while at < len(said.pieces) and at not in starts:
        piece = said.pieces[at]
        links = piece.text in LINKS or piece.text in OR or piece.text in BEFORE or piece.text in AFTER
        if not links and piece.text not in MONTHS and not is_day(piece) and piece.text not in PARTS:
            return False
        at += 1
    return at < len(said.pieces)
