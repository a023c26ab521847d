"""Years and spans of years: 1752, 1752-3, 1710/11, 1747,8, 1752-."""

from __future__ import annotations

from imgsim.catalogue.dates.date_words import CIRCA, JOINTS, OR
from imgsim.catalogue.dates.interval import APPROXIMATE, CERTAIN, UNCERTAIN, DateInterval
from imgsim.catalogue.dates.statement import COPYRIGHT, Atom, Statement
from imgsim.catalogue.dates.tokens import LATEST


def take_years(said: Statement) -> bool:
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
            if joint not in JOINTS or end >= len(pieces) or pieces[end].kind != "number" or end in said.taken:
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
            last = int(digits) if pieces[end].is_year else expanded(str(years[-1]), digits)
            if last is None:
                # ISO months, and the seasons of EDTF
                if (
                    joint in ("-", "/")
                    and len(digits) == 2
                    and (1 <= int(digits) <= 12 or 21 <= int(digits) <= 24)
                ):
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
        atom = Atom(date, at, place, span=len(years) > 1)
        if goes_on:
            atom.relation = "from"
        before = said.beside(at, -1)
        atom.copyright = said.text(before) in COPYRIGHT
        if said.text(before) == "circacopyright" and sure == CERTAIN:
            atom.date = DateInterval(date.earliest, date.latest, APPROXIMATE)
        said.take(atom)
        _open_ends(said, atom)
        at = place
    return True


def _belongs_behind(said: Statement, at: int) -> bool:
    """Whether the number at a place belongs to what comes behind it: "1752 and 3 maps", "1752 or 3 May 1753"."""
    following = said.text(said.beside(at, 1))
    return not said.pieces[at].is_year and (
        following.isalpha() and following not in OR and following not in CIRCA
    )


def expanded(first: str, digits: str) -> int | None:
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


def _open_ends(said: Statement, atom: Atom) -> None:
    """1752- goes on, and -1752 ends then; not so where the dash only parts it from words."""
    rest = [piece.text for piece in said.pieces[atom.stop :]]
    if rest[:1] == ["-"] and all(text in ("?", ".", ",") for text in rest[1:]):
        atom.relation = "from"
        said.taken.add(atom.stop)
    before = [piece.text for piece in said.pieces[: atom.start]]
    if before[-1:] == ["-"] and all(text in ("?", ".") for text in before[:-1]):
        atom.relation = "until"
        said.taken.add(atom.start - 1)
