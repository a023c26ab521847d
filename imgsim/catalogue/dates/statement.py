"""Reading a statement without brackets: its years, spans, decades and centuries, and the words that bound them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from imgsim.catalogue.dates.centuries import ages
from imgsim.catalogue.dates.eras import LAST_REPUBLICAN, hebrew, hijri, republican
from imgsim.catalogue.dates.interval import (
    APPROXIMATE,
    CERTAIN,
    SURENESS,
    UNCERTAIN,
    UNDATED,
    DateInterval,
    hull,
)
from imgsim.catalogue.dates.numerals import roman
from imgsim.catalogue.dates.tokens import LATEST, Token, tokens
from imgsim.catalogue.dates.words import (
    AFTER,
    BEFORE,
    BEHIND,
    CENTURY,
    CENTURY_NAMES,
    CIRCA,
    COMMON,
    COUNTED_BEFORE,
    COUNTED_BEHIND,
    EARLIER,
    EARLY,
    FORMATS,
    FROM,
    HALVES,
    HEBREW,
    HIJRI,
    LAST,
    LATE,
    LATER,
    MAYBE,
    MIDDLE,
    MONTH_STEMS,
    MONTHS,
    NEUTRAL,
    NOT,
    ONWARDS,
    OR,
    ORDINAL,
    PARTS,
    POSTPOSED,
    QUEM,
    REPUBLIC,
    REPUBLICAN_MONTHS,
    TURN,
    UNTIL,
    WEAK_CIRCA,
)

_GLUED = re.compile(r"(?<!\w)([a-z]{1,7}\.?)(?=\d{4}(?!\w))")
# What may stand between "before" and its year.
LINKS = frozenset(
    "the year years in a an ad del der den dem das de du d la le les l el il lo al dell dall dello anno annum annee ano jahr "
    "jahre jahren het jaar vuotta vuoden vuosi vuosien vuonna aret ar an than als kuin que che dan quem mid zum zur . ' am on at "
    "to about end early mid ~ [ ]".split()
)
# c1752 may be meant as circa, too.
_COPYRIGHT = frozenset(("copyright", "circacopyright", "©"))
_KNOWN = (
    MONTHS | REPUBLICAN_MONTHS.keys() | REPUBLIC | CENTURY | CENTURY_NAMES.keys() | ORDINAL.keys() | LAST | PARTS.keys()
    | EARLY | MIDDLE | LATE | BEHIND | HALVES.keys() | CIRCA | MAYBE | NOT | BEFORE | AFTER | FROM | UNTIL | OR | LATER
    | EARLIER | LINKS | _COPYRIGHT | TURN | HIJRI | HEBREW | COMMON | FORMATS | NEUTRAL | COUNTED_BEFORE | COUNTED_BEHIND | ONWARDS | POSTPOSED.keys()
)  # fmt: skip
# Single letters that may stand before a year: anno, circa, e, i, o, y, noin, u(nd), d(en).
_LETTERS = frozenset("aceioynudlv")
# What may stand between the first and the last year of a span.
_JOINTS = OR | frozenset("- / , & + bis to till tot a al".split())
_CLAUSES = frozenset(",;:")
# What leads from the first year of a span to its last one.
_LEADING = frozenset("a al all ad au to till until bis tot hasta - / the year den das e und en bei".split())


@dataclass
class Said:
    """What a statement says.

    Attributes
    ----------
    date : its interval, undated without any.
    unknown : words that are not understood.
    other_era : the date is converted from another era.
    copyright : it is that of the copyright only.
    undated : the statement says that it has no date.
    """

    date: DateInterval
    unknown: frozenset[str] = frozenset()
    other_era: bool = False
    copyright: bool = False
    undated: bool = False


@dataclass
class _Atom:
    """Years that the tokens from start to stop name; a bound of the date where ``relation`` says so."""

    date: DateInterval
    start: int
    stop: int
    other_era: bool = False
    copyright: bool = False
    relation: str = ""
    span: bool = False
    negated: bool = False
    inclusive: bool = False


@dataclass
class _Statement:
    pieces: Sequence[Token]
    atoms: list[_Atom] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def text(self, at: int) -> str:
        return self.pieces[at].text if 0 <= at < len(self.pieces) else ""

    def glued(self, at: int) -> bool:
        """Whether a token follows the one before it without a space."""
        return 0 < at < len(self.pieces) and self.pieces[at].start == self.pieces[at - 1].end

    def take(self, atom: _Atom) -> None:
        self.atoms.append(atom)
        self.taken.update(range(atom.start, atom.stop))

    def beside(self, at: int, step: int) -> int:
        """The place of the next token that is no full stop or degree sign."""
        at += step
        while self.text(at) in (".", "°"):
            at += step
        return at


def read_plain(text: str) -> Said | None:
    """Read a folded statement without brackets; None where it is a shelfmark or contradicts itself."""
    text = _GLUED.sub(_apart, text)
    for phrase, word in QUEM.items():
        text = text.replace(phrase, word)
    said = _Statement(tokens(text))
    for age in ages(said.pieces):
        said.take(_Atom(DateInterval(age.first, age.last, age.sure), age.start, age.stop))
    if any(_is_junk(said, at) for at in range(len(said.pieces))):
        return None
    _other_eras(said)
    _take_counts(said)
    if not _years(said):
        return None
    _bounds(said)
    return _put_together(said)


def _apart(found: re.Match[str]) -> str:
    """c1752 and p1752 are copyrights, ca1752 and um1752 words and a year."""
    word = found[1].rstrip(".")
    if found[1] in ("c", "p", "cop"):
        return " circacopyright " if word == "c" else " copyright "
    return f"{word} " if word in _KNOWN or word in _LETTERS else found[0]


def _is_junk(said: _Statement, at: int) -> bool:
    """Letters and digits in one word are a shelfmark or a dimension."""
    piece = said.pieces[at]
    return piece.kind == "junk" and at not in said.taken and piece.text not in FORMATS | MONTHS


# ---- other eras


def _other_eras(said: _Statement) -> None:
    liberty = any(piece.text in ("liberte", "liberta") for piece in said.pieces)
    months = [REPUBLICAN_MONTHS[piece.text] for piece in said.pieces if piece.text in REPUBLICAN_MONTHS]
    republic = bool(months) or any(piece.text in REPUBLIC for piece in said.pieces)
    for at, piece in enumerate(said.pieces):
        if piece.text in ("an", "annee") or (
            republic and (piece.text in ("anno", "ano", "anni") or piece.text in REPUBLICAN_MONTHS)
        ):
            _republican(said, at, months[0] if len(months) == 1 else None, liberty)
        elif piece.text in HIJRI or (piece.text == "h" and _near_number(said, at)):
            _counted_from(said, at, "hijri")
        elif piece.text in ("am", "hebrew", "mundi"):
            _counted_from(said, at, "hebrew")


def _republican(said: _Statement, at: int, month: int | None, liberty: bool) -> None:
    start, dates = at, []
    after = at + 1
    while True:
        value = _small(said, after)
        if not 1 <= value <= LAST_REPUBLICAN or after in said.taken:
            break
        # The years of liberty were counted from 1789.
        dates.append(DateInterval(1788 + value, 1788 + value) if liberty else republican(value, month))
        after += 1
        if said.text(after) not in ("-", "/", "et", "and"):
            break
        after += 2 if said.text(after + 1) in ("an", "l") else 1
    known = [date for date in dates if date is not None]
    if known:
        said.take(_Atom(hull(known), start, after, other_era=True))


def _small(said: _Statement, at: int) -> int:
    if not 0 <= at < len(said.pieces):
        return 0
    piece = said.pieces[at]
    if piece.kind in ("number", "ordinal"):
        return piece.number if len(str(piece.number)) <= 2 else 0
    return roman(piece.text.rstrip("e")) or 0 if piece.kind == "word" else 0


def _near_number(said: _Statement, at: int) -> bool:
    before = said.beside(at, -1)
    return said.pieces[before].kind == "number" and len(said.text(before)) in (3, 4) if before >= 0 else False


def _counted_from(said: _Statement, at: int, era: str) -> None:
    """Take the year beside the name of an era, before it or behind it, with the end of a span."""
    convert = hijri if era == "hijri" else hebrew
    for step in (1, -1):
        place = said.beside(at, step)
        while said.text(place) in ("sanat", "year", "anno", "an", "no"):
            place = said.beside(place, step)
        if not 0 <= place < len(said.pieces) or said.pieces[place].kind != "number" or place in said.taken:
            continue
        first = last = place
        if step == -1 and said.text(place - 1) in ("-", "/") and place >= 2 and said.pieces[place - 2].kind == "number":
            first = place - 2
        elif step == 1 and said.text(place + 1) in ("-", "/") and said.text(place + 2).isdecimal():
            end = _expanded(said.text(place), said.text(place + 2))
            begun = convert(int(said.text(place)))
            # AH 1165/1752 is one year in both eras.
            if end is not None and not (begun is not None and begun.overlaps(end - 1, end + 1)):
                last = place + 2
        begin = int(said.text(first))
        end = int(said.text(last)) if first == last else _expanded(said.text(first), said.text(last))
        dates = [convert(year) for year in (begin, end) if year is not None]
        if all(dates):
            said.take(_Atom(hull(d for d in dates if d), min(at, first), max(at, last) + 1, other_era=True))
            return


# ---- numbers that are none of dates


def _take_counts(said: _Statement) -> None:
    """Take what is numbered or measured: p. 1752, no. 12, 1752 cm, £1752, 1752 x 1200, 1752.50."""
    for at, piece in enumerate(said.pieces):
        if piece.kind not in ("number", "decade", "century") or at in said.taken:
            continue
        before, after = said.beside(at, -1), said.beside(at, 1)
        prior, following = said.text(before), said.text(after)
        counted = prior in COUNTED_BEFORE or (
            len(prior) == 1 and prior.isalpha() and prior not in _LETTERS and piece.is_year
        )
        measured = following in COUNTED_BEHIND and not said.text(said.beside(after, 1)).isdecimal()
        if following in ("x", "×") or prior in ("x", "×") or said.text(at - 1) in ("#", "£", "$", "€", "@"):
            measured = True
        if measured and following in CENTURY and _small(said, at):
            measured = False
        if counted or (measured and piece.kind == "number") or (piece.is_year and _is_glued(said, at)):
            said.taken.add(at)
            place = at
            while said.text(place + 1) in ("-", "/") and said.text(place + 2).isdecimal():
                said.taken.update((place + 1, place + 2))
                place += 2


def _is_glued(said: _Statement, at: int) -> bool:
    """Whether a year is a part of a longer number, 1752.5 and 12.345.1752, or of a mark: 1752.a.5, MS-1752."""
    mark, after = said.text(at + 1), said.text(at + 2)
    if said.glued(at + 1) and said.glued(at + 2) and mark in (".", ",", ":", "-", "/"):
        if after.isdecimal() and mark in (".", ",", ":"):
            if mark == ":" or not (mark == "," and _expanded(said.text(at), after) is not None):
                return True
        elif mark in (".", "-", "/") and after.isalpha() and len(after) <= (2 if mark == "." else 1):
            return True
    mark, before = said.text(at - 1), said.text(at - 2)
    if said.glued(at) and said.glued(at - 1) and at >= 2:
        if mark == "." and before.isdecimal() and len(before) != 4:
            return True
        if mark in ("-", "/", ".", "_") and before.isalpha():
            if mark != "." and len(before) == 1:
                return True
            return before not in _KNOWN and (mark != "." or len(before) <= 2) and roman(before) is None
    return said.glued(at) and mark == "_"


# ---- years


def _years(said: _Statement) -> bool:
    """Take the years and their spans; False where one contradicts itself (1752-50)."""
    pieces, at = said.pieces, 0
    while at < len(pieces):
        piece = pieces[at]
        if at in said.taken or not piece.is_year:
            at += 1
            continue
        years, place, sure, goes_on = [piece.number], at + 1, CERTAIN, False
        while True:
            queried = place + 1 if said.text(place) == "?" and said.text(place + 1) in ("-", "/") else place
            joint, end = said.text(queried), queried + 1
            if joint not in _JOINTS or end >= len(pieces) or pieces[end].kind != "number" or end in said.taken:
                break
            if _belongs_behind(said, end) and joint not in ("-", "/"):
                break
            if joint == "," and not (said.glued(queried) and said.glued(end)) and not pieces[end].is_year:
                break
            if queried > place:
                sure = UNCERTAIN
            digits = pieces[end].text
            if digits == "9999":
                goes_on = True
                place = end + 1
                break
            last = int(digits) if pieces[end].is_year else _expanded(str(years[-1]), digits)
            if last is None:
                # ISO months, and the seasons of EDTF
                if joint in ("-", "/") and len(digits) == 2 and (1 <= int(digits) <= 12 or 21 <= int(digits) <= 24):
                    place = end + 1
                    continue
                if joint not in ("-", "/"):
                    break
                return False
            if last < years[-1] and joint in ("-", "/"):
                sure = UNCERTAIN
            years.append(last)
            place = end + 1
        date = DateInterval(min(years), max(years), sure)
        atom = _Atom(date, at, place, span=len(years) > 1)
        if goes_on:
            atom.relation = "from"
        before = said.beside(at, -1)
        atom.copyright = said.text(before) in _COPYRIGHT
        if said.text(before) == "circacopyright" and sure == CERTAIN:
            atom.date = DateInterval(date.earliest, date.latest, APPROXIMATE)
        said.take(atom)
        _open_ends(said, atom)
        at = place
    return True


def _belongs_behind(said: _Statement, at: int) -> bool:
    """Whether the number at a place belongs to what comes behind it: "1752 and 3 maps", "1752 or 3 May 1753"."""
    following = said.text(said.beside(at, 1))
    return not said.pieces[at].is_year and (following.isalpha() and following not in OR and following not in CIRCA)


def _expanded(first: str, digits: str) -> int | None:
    """The end of a span: 1752-3, 1752-53, 1699-700, 1699/0; None where the digits lead back."""
    if len(digits) > len(first) or len(digits) == 0:
        return None
    begin = int(first)
    end = int(first[: len(first) - len(digits)] + digits)
    if end <= begin and first.endswith("9" * len(digits)):
        end += 10 ** len(digits)
        if end != begin + 1:
            return None
    return end if begin < end <= LATEST else None


def _open_ends(said: _Statement, atom: _Atom) -> None:
    """1752- goes on, and -1752 ends then; not so where the dash only parts it from words."""
    rest = [piece.text for piece in said.pieces[atom.stop :]]
    if rest[:1] == ["-"] and all(text in ("?", ".", ",") for text in rest[1:]):
        atom.relation = "from"
        said.taken.add(atom.stop)
    before = [piece.text for piece in said.pieces[: atom.start]]
    if before[-1:] == ["-"] and all(text in ("?", ".") for text in before[:-1]):
        atom.relation = "until"
        said.taken.add(atom.start - 1)


# ---- what bounds them


_RELATIONS = (("before", BEFORE), ("after", AFTER), ("from", FROM), ("until", UNTIL))


def _bounds(said: _Statement) -> None:
    """Give every date the word that bounds it, where only links stand between."""
    starts = {atom.start: atom for atom in said.atoms}
    relation, negated, inclusive = "", False, False
    latest: _Atom | None = None
    for at, piece in enumerate(said.pieces):
        word = piece.text
        if at in starts:
            goes_on = latest is not None and latest.relation in ("from", "after") and not latest.negated
            if goes_on and latest is not None and {p.text for p in said.pieces[latest.stop : at]} <= _LEADING:
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
            if not (found == "until" and latest is not None and said.beside(at, -1) >= latest.stop - 1 and not latest.relation):
                relation = found
        elif word not in LINKS and word not in CIRCA and word not in MONTHS and word not in MAYBE and not _is_day(piece):
            relation, negated, inclusive = "", False, False


def _no_year(said: _Statement, at: int) -> bool:
    return not any(piece.is_year for piece in said.pieces[at : at + 2])


def _is_day(piece: Token) -> bool:
    return piece.kind in ("number", "ordinal") and 1 <= piece.number <= 31


def _put_together(said: _Statement) -> Said:
    """One interval of all that the statement names: what is in the common era and the imprint's goes before the rest."""
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
        and piece.text not in _KNOWN
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


def _sureness(said: _Statement, atoms: Sequence[_Atom]) -> str:
    starts, stops = {atom.start for atom in atoms}, {atom.stop - 1 for atom in atoms}
    found = CERTAIN
    for at, piece in enumerate(said.pieces):
        if piece.text == "?" or (at in said.taken and piece.kind in ("decade", "century", "age") and "?" in piece.text):
            return UNCERTAIN
        if at in said.taken:
            continue
        if piece.text in MAYBE or (piece.kind == "number" and len(piece.text) > 2):
            return UNCERTAIN
        if piece.text in ("~", "≈", "±") or (piece.text in CIRCA and piece.text not in WEAK_CIRCA):
            found = APPROXIMATE
        elif piece.text in WEAK_CIRCA and (_leads(said, at, starts) or said.beside(at, -1) in stops):
            found = APPROXIMATE
    return found


def _leads(said: _Statement, at: int, starts: set[int]) -> bool:
    """Whether only links stand between a word and a date."""
    at += 1
    while at < len(said.pieces) and at not in starts:
        piece = said.pieces[at]
        links = piece.text in LINKS or piece.text in OR or piece.text in BEFORE or piece.text in AFTER
        if not links and piece.text not in MONTHS and not _is_day(piece) and piece.text not in PARTS:
            return False
        at += 1
    return at < len(said.pieces)
