"""Single values of a catalogue: ids, numbers and words, as libraries and spreadsheets really write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

ECCO_ID_LENGTH = 10

_ECCO = re.compile(r"^([0-9A-Z]{10})(\d{4})0_(\d+)$")
_WHOLE_FLOAT = re.compile(r"^(-?\d+)\.0+$")
_LIGATURES = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})
_BREAKS = re.compile(r"[\W_]+")
_LINE_BREAKS = re.compile(r"(?:[^\w\n]|_)+")  # the same within lines


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


def fold(text: str) -> str:
    """Return a name so that case and Unicode form make no difference."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def searchable(text: str) -> str:
    """Return text as words to search in: no case, no diacritics, no punctuation, single spaces."""
    return _BREAKS.sub(" ", _plain(text)).strip()


def all_searchable(texts: Sequence[str]) -> list[str]:
    """Return the same of each text, several times as fast where they are many and short: as the lines of one."""
    lines = _plain("\n".join(text.replace("\n", " ") for text in texts))
    return [line.strip() for line in _LINE_BREAKS.sub(" ", lines).split("\n")] if texts else []


def _plain(text: str) -> str:
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(_LIGATURES)
    return plain


def natural(text: str) -> list[tuple[int, str]]:
    """Return a sort key under which plate 9 comes before plate 10."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", fold(text)) if part
    ]
