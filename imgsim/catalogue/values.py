"""Single values of a catalogue: years, ids and words, as libraries and spreadsheets really write them."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

ECCO_ID_LENGTH = 10
EARLIEST, LATEST = 1000, 2100

_ECCO = re.compile(r"^([0-9A-Z]{10})(\d{4})0_(\d+)$")
_WHOLE_FLOAT = re.compile(r"^(-?\d+)\.0+$")
# Not inside a longer number, and not before a decimal point of one: "17520" and "1752.5" are no years.
_YEAR = re.compile(r"(?<!\d)(?<!\d[.,])(1\d{3}|20\d{2})(?!\d|[.,]\d*[1-9])")
_ROMAN = re.compile(r"\bM[MDCLXVIJ.\s]*[MDCLXVIJ]\b", re.IGNORECASE)
_ROMAN_FORM = re.compile(r"M{1,2}(CM|CD|D?C{0,4})(XC|XL|L?X{0,4})(IX|IV|V?I{0,4})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_LIGATURES = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})
_BREAKS = re.compile(r"[\W_]+")


class EccoParts(NamedTuple):
    """What the name of an ECCO illustration says."""

    book: str
    page: int
    number: int


def ecco_parts(plate_id: str) -> EccoParts | None:
    """Take ``105280020101620_0`` apart: book (10 characters), page 162, number 0; None for other names."""
    found = _ECCO.match(plate_id.rsplit("/", 1)[-1])
    return EccoParts(found[1], int(found[2]), int(found[3])) if found else None


def whole(text: str) -> str:
    """Undo what pandas does to whole numbers in a column with gaps: ``1752.0`` is 1752."""
    text = text.strip()
    found = _WHOLE_FLOAT.match(text)
    return found[1] if found else text


def parse_year(text: str) -> int | None:
    """Return the first year that a date statement names, None if it names none.

    Understands ``1752``, ``1752.0``, ``[1752?]``, ``1752-1760``, ``c. 1752``, ``MDCCLII``, ``M.DCC.LII.``.
    """
    text = whole(text)
    if found := _YEAR.search(text):
        return int(found[1])
    for found in _ROMAN.finditer(text):
        numeral = re.sub(r"[.\s]", "", found[0]).upper().replace("J", "I")
        # "Mill" and "MM" are made of numerals too.
        if len(numeral) > 2 and _ROMAN_FORM.fullmatch(numeral):
            year = _roman(numeral)
            if EARLIEST <= year <= LATEST:
                return year
    return None


def _roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def parse_decade(text: str) -> int | None:
    """Return the decade, e.g. 1750 for ``1750``, ``1750.0``, ``1750s`` or ``1752``."""
    year = parse_year(re.sub(r"(?<=\d)s\b", "", text))
    return None if year is None else year // 10 * 10


def fold(text: str) -> str:
    """Return a name so that case and Unicode form make no difference."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def searchable(text: str) -> str:
    """Return text as words to search in: no case, no diacritics, no punctuation, single spaces."""
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(_LIGATURES)
    return _BREAKS.sub(" ", plain).strip()


def natural(text: str) -> list[tuple[int, str]]:
    """Return a sort key under which plate 9 comes before plate 10."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", fold(text)) if part
    ]
