"""Years of other eras in a statement: an VII, AH 1165, A.M. 5512."""

from __future__ import annotations

from imgsim.catalogue.dates.date_words import HIJRI, REPUBLIC, REPUBLICAN_MONTHS
from imgsim.catalogue.dates.eras import LAST_REPUBLICAN, hebrew, hijri, republican
from imgsim.catalogue.dates.interval import DateInterval, hull
from imgsim.catalogue.dates.statement import Atom, Statement, small_number
from imgsim.catalogue.dates.years import expanded


def take_other_eras(said: Statement) -> None:
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


def _republican(said: Statement, at: int, month: int | None, liberty: bool) -> None:
    start, dates = at, []
    after = at + 1
    while True:
        value = small_number(said, after)
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
        said.take(Atom(hull(known), start, after, other_era=True))


def _near_number(said: Statement, at: int) -> bool:
    before = said.beside(at, -1)
    return said.pieces[before].kind == "number" and len(said.text(before)) in (3, 4) if before >= 0 else False


def _counted_from(said: Statement, at: int, era: str) -> None:
    """Take the year beside the name of an era, before it or behind it, with the end of a span."""
    convert = hijri if era == "hijri" else hebrew
    for step in (1, -1):
        place = said.beside(at, step)
        while said.text(place) in ("sanat", "year", "anno", "an", "no"):
            place = said.beside(place, step)
        if not 0 <= place < len(said.pieces) or said.pieces[place].kind != "number" or place in said.taken:
            continue
        first = last = place
        if (
            step == -1
            and said.text(place - 1) in ("-", "/")
            and place >= 2
            and said.pieces[place - 2].kind == "number"
        ):
            first = place - 2
        elif step == 1 and said.text(place + 1) in ("-", "/") and said.text(place + 2).isdecimal():
            end = expanded(said.text(place), said.text(place + 2))
            begun = convert(int(said.text(place)))
            # AH 1165/1752 is one year in both eras.
            if end is not None and not (begun is not None and begun.overlaps(end - 1, end + 1)):
                last = place + 2
        begin = int(said.text(first))
        end = int(said.text(last)) if first == last else expanded(said.text(first), said.text(last))
        dates = [convert(year) for year in (begin, end) if year is not None]
        if all(dates):
            said.take(Atom(hull(d for d in dates if d), min(at, first), max(at, last) + 1, other_era=True))
            return
