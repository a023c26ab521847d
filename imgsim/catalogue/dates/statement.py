"""A statement that is being read: its tokens, and the dates that were found in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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
from imgsim.catalogue.dates.date_words import (
    AFTER,
    BEFORE,
    CIRCA,
    COMMON,
    COUNTED_BEFORE,
    COUNTED_BEHIND,
    EARLIER,
    FORMATS,
    FROM,
    HEBREW,
    HIJRI,
    LATER,
    LINKS,
    MAYBE,
    MONTHS,
    NEUTRAL,
    NOT,
    ONWARDS,
    OR,
    POSTPOSED,
    REPUBLIC,
    REPUBLICAN_MONTHS,
    TURN,
    UNTIL,
)
from imgsim.catalogue.dates.interval import DateInterval
from imgsim.catalogue.dates.roman import roman
from imgsim.catalogue.dates.tokens import Token

# c1752 may be meant as circa, too.
COPYRIGHT = frozenset(("copyright", "circacopyright", "©"))
KNOWN = (
    MONTHS | REPUBLICAN_MONTHS.keys() | REPUBLIC | CENTURY | CENTURY_NAMES.keys() | ORDINAL.keys()
    | LAST | PARTS.keys() | EARLY | MIDDLE | LATE | BEHIND | HALVES.keys() | CIRCA | MAYBE | NOT | BEFORE
    | AFTER | FROM | UNTIL | OR | LATER | EARLIER | LINKS | COPYRIGHT | TURN | HIJRI | HEBREW | COMMON
    | FORMATS | NEUTRAL | COUNTED_BEFORE | COUNTED_BEHIND | ONWARDS | POSTPOSED.keys()
)  # fmt: skip
# Single letters that may stand before a year: anno, circa, e, i, o, y, noin, u(nd), d(en).
LETTERS = frozenset("aceioynudlv")


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
class Atom:
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
class Statement:
    pieces: Sequence[Token]
    atoms: list[Atom] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def text(self, at: int) -> str:
        return self.pieces[at].text if 0 <= at < len(self.pieces) else ""

    def glued(self, at: int) -> bool:
        """Whether a token follows the one before it without a space."""
        return 0 < at < len(self.pieces) and self.pieces[at].start == self.pieces[at - 1].end

    def take(self, atom: Atom) -> None:
        self.atoms.append(atom)
        self.taken.update(range(atom.start, atom.stop))

    def beside(self, at: int, step: int) -> int:
        """The place of the next token that is no full stop or degree sign."""
        at += step
        while self.text(at) in (".", "°"):
            at += step
        return at


def small_number(said: Statement, at: int) -> int:
    if not 0 <= at < len(said.pieces):
        return 0
    piece = said.pieces[at]
    if piece.kind in ("number", "ordinal"):
        return piece.number if len(str(piece.number)) <= 2 else 0
    return roman(piece.text.rstrip("e")) or 0 if piece.kind == "word" else 0


def is_day(piece: Token) -> bool:
    return piece.kind in ("number", "ordinal") and 1 <= piece.number <= 31
