"""Centuries, decades and their parts: 18th century, sec. XVIII, 1. Hälfte des 18. Jahrhunderts, 1700-luvun alku."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from imgsim.catalogue.dates.century_words import (
    BEHIND,
    CENTURY,
    CENTURY_NAMES,
    EARLY,
    HALVES,
    LAST,
    LATE,
    MIDDLE,
    ORDINAL,
    PARTS,
)
from imgsim.catalogue.dates.date_words import CENTURY_JOINTS, DECADES, TURN
from imgsim.catalogue.dates.interval import APPROXIMATE, CERTAIN
from imgsim.catalogue.dates.roman import roman
from imgsim.catalogue.dates.tokens import Token

_ROMAN_ORDINAL = re.compile(r"([ivx]+)(?:e|es|eme|emes|o|th|de|st|er)?")
_CENTURY_LETTER = re.compile(r"c(\d{2})(?:th)?")
_LATEST_CENTURY = 21


@dataclass(frozen=True)
class Age:
    """Years that belong together, and how surely that is meant; ``ends`` of the tokens that say so: [start, stop)."""

    first: int
    last: int
    start: int
    stop: int
    sure: str = CERTAIN

    def part(self, which: int, of: int, sure: str = CERTAIN) -> Age:
        """One of its equal parts, 1-based; a year that two parts share belongs to both."""
        length = self.last - self.first + 1
        begin = self.first + (which - 1) * length // of
        end = self.first + -(-which * length // of) - 1
        return replace(self, first=begin, last=end, sure=sure if sure != CERTAIN else self.sure)


def ages(pieces: Sequence[Token]) -> list[Age]:
    """Find the centuries and decades of a statement, each with the part of it that is meant."""
    found = sorted([*_masked(pieces), *_named(pieces), *_counted(pieces)], key=lambda age: age.start)
    distinct: list[Age] = []
    for age in found:
        if not distinct or age.start >= distinct[-1].stop:
            distinct.append(age)
    return _in_parts(pieces, distinct)


def _masked(pieces: Sequence[Token]) -> list[Age]:
    """17--, 175-, 1---, 1750s, 1750er, 1750-luku, 1750-talet; 1700s and 1700-luku are centuries."""
    found: list[Age] = []
    for at, piece in enumerate(pieces):
        first = piece.number
        if piece.kind in ("century", "age", "decade"):
            length = {"century": 100, "age": 1000, "decade": 10}[piece.kind]
            if piece.kind == "age" or 1000 <= first * length <= 2099:
                found.append(Age(first * length, first * length + length - 1, at, at + 1))
        elif piece.kind == "tens":
            digits = re.match(r"\d+", piece.text)
            assert digits is not None
            if len(digits[0]) == 2:
                # 1750s-60s, 1750-60-talet, 1750/60er Jahre
                if at > 1 and pieces[at - 2].is_year and pieces[at - 2].number % 10 == 0:
                    begun = pieces[at - 2].number
                    found.append(Age(begun, begun + 9, at - 2, at - 1))
                if found:
                    first += found[-1].first // 100 * 100
            if first % 10 == 0 and 1000 <= first <= 2099:
                found.append(Age(first, first + (99 if first % 100 == 0 else 9), at, at + 1))
    return found


def _named(pieces: Sequence[Token]) -> list[Age]:
    """Settecento; C18; anni 1750, década de 1750."""
    found = []
    for at, piece in enumerate(pieces):
        if piece.text in CENTURY_NAMES:
            found.append(_century(CENTURY_NAMES[piece.text], at, at + 1))
        elif (letter := _CENTURY_LETTER.fullmatch(piece.text)) and 10 <= int(letter[1]) <= _LATEST_CENTURY:
            found.append(_century(int(letter[1]), at, at + 1))
        elif piece.text in DECADES:
            after = at + 1
            while after < len(pieces) and pieces[after].text in (
                "de",
                "del",
                "van",
                "of",
                "the",
                "los",
                "gli",
            ):
                after += 1
            # "in the year 1750" is a year; and "the years 1750" are ten only of a full decade
            if after < len(pieces) and pieces[after].is_year and pieces[after].number % 10 == 0:
                if _spans_years(pieces, after) and pieces[after + 2].number % 10:
                    continue
                first = pieces[after].number
                found.append(Age(first, first + 9, at, after + 1))
    return found


def _spans_years(pieces: Sequence[Token], at: int) -> bool:
    return at + 2 < len(pieces) and pieces[at + 1].text in ("-", "/") and pieces[at + 2].kind == "number"


def _counted(pieces: Sequence[Token]) -> list[Age]:
    """18th century, 17.-18. Jahrhundert, XVIIe-XVIIIe siècle, sec. XVII-XVIII, siglo dieciocho."""
    found: list[Age] = []
    taken: set[int] = set()
    for at, piece in enumerate(pieces):
        if piece.text not in CENTURY or at in taken:
            continue
        for step in (-1, 1):
            run = _run(pieces, at, step, taken)
            if run:
                for place in run:
                    taken.add(place)
                    found.append(_century(_ordinal(pieces[place]), place, place + 1))
                # The word itself belongs to the nearest.
                near = min(run, key=lambda place: abs(place - at))
                for index, age in enumerate(found):
                    if age.start == near:
                        found[index] = replace(age, start=min(near, at), stop=max(near, at) + 1)
                taken.add(at)
                break
    return found


def _counts(piece: Token, word: str, step: int) -> int:
    """Which century a piece counts beside a word for it; 0 for none.

    "c." and "s." stand for much else (copies, Seite, a mark's letter): they want an ordinal or a Roman numeral.
    """
    value = _ordinal(piece)
    if word in ("c", "s", "cent") and (piece.kind == "number" or value < 10 or (word == "c" and step > 0)):
        return 0
    return 0 if piece.kind == "number" and step > 0 and value < 10 else value


def _run(pieces: Sequence[Token], at: int, step: int, taken: set[int]) -> list[int]:
    """Places of the ordinals beside the word at a place: the nearest, and those that a joint ties to it."""
    run: list[int] = []
    place, joints = at + step, 0
    while 0 <= place < len(pieces) and place not in taken:
        piece = pieces[place]
        if _counts(piece, pieces[at].text, step) and not (run and joints == 0):
            run.append(place)
            joints = 0
        elif (
            piece.text == "."
            or (not run and piece.text == "-" and place == at + step)
            or (run and piece.text in CENTURY_JOINTS)
            or _is_part(piece)
        ) and joints < 4:
            joints += piece.text != "."
            if not run and piece.text not in (".", "-"):
                break
        else:
            break
        place += step
    # A number of the part (1. Hälfte) is none of a century.
    return [place for place in run if not _counts_part(pieces, place)]


def _is_part(piece: Token) -> bool:
    return piece.text in EARLY or piece.text in MIDDLE or piece.text in LATE


def _counts_part(pieces: Sequence[Token], at: int) -> bool:
    after = at + 1
    while after < len(pieces) and pieces[after].text == ".":
        after += 1
    return after < len(pieces) and pieces[after].text in PARTS


def _ordinal(piece: Token) -> int:
    """Which century a piece counts; 0 for none."""
    if piece.kind in ("ordinal", "number") and len(piece.text.rstrip("abcdefghijklmnopqrstuvwxyz:°")) <= 2:
        value = piece.number
    elif piece.kind == "word" and ORDINAL.get(piece.text, 0) > 4:
        value = ORDINAL[piece.text]
    elif piece.kind == "word" and (numeral := _ROMAN_ORDINAL.fullmatch(piece.text)):
        value = roman(numeral[1]) or 0
    else:
        return 0
    return value if 2 <= value <= _LATEST_CENTURY else 0


def _century(number: int, start: int, stop: int) -> Age:
    return Age((number - 1) * 100, (number - 1) * 100 + 99, start, stop)


def _in_parts(pieces: Sequence[Token], found: list[Age]) -> list[Age]:
    """Narrow each age to the part that is said of it, before it or behind it."""
    if not found:
        return found
    inside = {place for age in found for place in range(age.start, age.stop)}
    for at, piece in enumerate(pieces):
        if at in inside:
            continue
        if piece.text in TURN:
            # of the century: its beginning or its end
            found = [
                replace(
                    age, first=age.first - 10, last=age.last + 10, sure=APPROXIMATE, start=min(at, age.start)
                )
                if index == next((i for i, each in enumerate(found) if each.start > at), 0)
                else age
                for index, age in enumerate(found)
            ]
            continue
        which, of, sure, start = _part(pieces, at, inside)
        if not of:
            continue
        behind = [index for index, age in enumerate(found) if age.start > at]
        before = [index for index, age in enumerate(found) if age.stop <= at]
        genitive = bool(before) and re.search(
            r"(?:talets|lets|dets)$", pieces[found[before[-1]].stop - 1].text
        )
        if before and (piece.text in BEHIND or genitive or not behind):
            index = before[-1]
        elif behind:
            index = behind[0]
        else:
            continue
        age = found[index].part(which, of, sure)
        found[index] = replace(age, start=min(age.start, start), stop=max(age.stop, at + 1))
    return found


def _part(pieces: Sequence[Token], at: int, inside: set[int]) -> tuple[int, int, str, int]:
    """Which part of how many the word at a place names, how surely, and where that begins; (0, 0, "", at) for none."""
    word, nothing = pieces[at].text, (0, 0, "", at)
    if word == "/" and 0 < at < len(pieces) - 1 and at - 1 not in inside:
        one, two = pieces[at - 1], pieces[at + 1]
        if one.kind == two.kind == "number" and two.text in ("2", "3", "4") and 1 <= one.number <= two.number:
            return one.number, two.number, CERTAIN, at - 1
        return nothing
    if word in PARTS:
        before = at - 1
        while before >= 0 and pieces[before].text in (".", "-"):
            before -= 1
        if before >= 0 and before not in inside:
            piece = pieces[before]
            if piece.text in LAST:
                return PARTS[word], PARTS[word], CERTAIN, before
            which = ORDINAL.get(piece.text, 0) or (
                piece.number
                if piece.kind in ("number", "ordinal") and len(piece.text) < 5
                else roman(piece.text) or 0
            )
            if 1 <= which <= PARTS[word]:
                return which, PARTS[word], CERTAIN, before
        # Italian "metà del secolo" is its middle, and "a half" is either.
        return (2, 3, APPROXIMATE, at) if word in ("meta",) else nothing
    if word in HALVES:
        return HALVES[word], 2, CERTAIN, at
    for words, which in ((EARLY, 1), (MIDDLE, 2), (LATE, 3)):
        if word in words and word not in ("in", "ex", "med"):
            return which, 3, APPROXIMATE, at
        # in., med., ex. stand behind a century
        if word in words and at - 1 in inside and _closes(pieces, at):
            return which, 3, APPROXIMATE, at
    return nothing


def _closes(pieces: Sequence[Token], at: int) -> bool:
    return at + 1 >= len(pieces) or pieces[at + 1].kind == "mark"
