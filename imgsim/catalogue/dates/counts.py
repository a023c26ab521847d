"""Numbers that are none of dates: pages, volumes, dimensions, sums, and parts of longer ones."""

from __future__ import annotations

from imgsim.catalogue.dates.century_words import CENTURY
from imgsim.catalogue.dates.date_words import COUNTED_BEFORE, COUNTED_BEHIND
from imgsim.catalogue.dates.roman import roman
from imgsim.catalogue.dates.statement import KNOWN, LETTERS, Statement, small_number
from imgsim.catalogue.dates.years import expanded


def take_counts(said: Statement) -> None:
    """Take what is numbered or measured: p. 1752, no. 12, 1752 cm, £1752, 1752 x 1200, 1752.50."""
    for at, piece in enumerate(said.pieces):
        if piece.kind not in ("number", "decade", "century") or at in said.taken:
            continue
        before, after = said.beside(at, -1), said.beside(at, 1)
        prior, following = said.text(before), said.text(after)
        counted = prior in COUNTED_BEFORE or (
            len(prior) == 1 and prior.isalpha() and prior not in LETTERS and piece.is_year
        )
        measured = following in COUNTED_BEHIND and not said.text(said.beside(after, 1)).isdecimal()
        if following in ("x", "×") or prior in ("x", "×") or said.text(at - 1) in ("#", "£", "$", "€", "@"):
            measured = True
        if measured and following in CENTURY and small_number(said, at):
            measured = False
        if counted or (measured and piece.kind == "number") or (piece.is_year and _is_glued(said, at)):
            said.taken.add(at)
            place = at
            while said.text(place + 1) in ("-", "/") and said.text(place + 2).isdecimal():
                said.taken.update((place + 1, place + 2))
                place += 2


def _is_glued(said: Statement, at: int) -> bool:
    """Whether a year is a part of a longer number, 1752.5 and 12.345.1752, or of a mark: 1752.a.5, MS-1752."""
    mark, after = said.text(at + 1), said.text(at + 2)
    if said.glued(at + 1) and said.glued(at + 2) and mark in (".", ",", ":", "-", "/"):
        if after.isdecimal() and mark in (".", ",", ":"):
            if mark == ":" or not (mark == "," and expanded(said.text(at), after) is not None):
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
            return before not in KNOWN and (mark != "." or len(before) <= 2) and roman(before) is None
    return said.glued(at) and mark == "_"
