"""A date statement cut into numbers, Roman numerals, words and marks, with what was written together."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

EARLIEST, LATEST = 1000, 2100

_LIGATURES = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ſ": "s", "©": "©", "℗": "©"})
_DASHES = re.compile(r"[‐‑‒–—―−⸺⸻]")
_QUOTES = re.compile(r"[’‘`´ʼ]")
_ELISIONS = re.compile(r"\b(l|d|dell|dall|all|nell|jusqu|qu|fin|sull)'(?=\w)")
_POINTED_ORDINAL = re.compile(r"(?<=\d)\.(?=[ao]\b)")
_WHOLE = re.compile(r"(?<![\w.,])(\d{4})\.0+(?![\w.])")

_TIME = r"(?:[t ]\s?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:z|utc|gmt|[+-]\d{2}:?\d{2})?)?"
_YEAR_MONTH_DAY = re.compile(
    rf"(?<![\w./-])(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})(?!\d)(?!\2\d){_TIME}(?!\w)"
)
_DAY_MONTH_YEAR = re.compile(
    r"(?<![\w/-])(?<!\d\.)(\d{1,2})\s?([-/.])\s?(\d{1,2}|[ivx]+)\s?\2\s?(\d{4})(?![\d])(?!\2\d)"
)
_MONTH_YEAR = re.compile(r"(?<![\w./-])(?<!\d[-/.] )(\d{1,2}|[ivx]{1,4})([-/.])(\d{4})(?!\d)(?!\2\d)")
# 3.4.1752-5.6.1753 and 3.4.-5.6.1752
_TO_DAY = re.compile(r"(\d{4})\s?-\s?(?=\d{1,2}([./])\s?\d{1,2}\2\s?\d{4})")
_FROM_DAY = re.compile(r"(?<![\w.])\d{1,2}\.(?:\s?\d{1,2}\.)?\s?[-/]\s?(?=\d{1,2}\.\s?\d{1,2}\.\s?\d{4})")
_COMPACT = re.compile(r"(1\d{3}|20\d{2})(\d{2})(\d{2})")

_TOKEN = re.compile(
    r"""
      (?P<century>(?<![\w.])\d{2}(?:--|__|\?\?|\.\.|xx|uu|\*\*|\|\||-(?=\s?\??\s?$))(?!\w))
    | (?P<age>(?<![\w.])[12](?:---|uuu|xxx|\?\?\?)(?!\w))
    | (?P<decade>(?<![\w.,])\d{3}(?:[-_?ux*|](?!\w)|\.(?=\?)))
    | (?P<tens>(?<!\w)\d{2,4}(?:'?s|er[sn]?|-?\s?lu[kv]u\w*|[-:]?\s?tal(?:et|ets|s|let|en)?|-aren)(?![\w]))
    | (?P<ordinal>(?<![\w.,])\d{1,2}(?:st|nd|rd|th|e|eme|ere|er|re|de|ste|:e|:de|:a|o|a|°|esimo|mo|ieme|nde|ta)(?!\w))
    | (?P<number>(?<![^\W_])\d+(?![^\W_]))
    | (?P<junk>\w*\d\w*°?)
    | (?P<word>[^\W\d_]+|\#|£|\$|€|×)
    | (?P<mark>\S)
    """,
    re.VERBOSE,
)


@dataclass
class Token:
    """A piece of a statement.

    Attributes
    ----------
    kind : "century", "age", "decade", "tens", "ordinal", "number", "junk", "word" or "mark".
    text : as it stands in the folded statement.
    start, end : where.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def number(self) -> int:
        """The digits that it begins with, as a number; -1 without any."""
        found = re.match(r"\d+", self.text)
        return int(found[0]) if found else -1

    @property
    def is_year(self) -> bool:
        """Whether it is a number of four digits that can be a year."""
        return self.kind == "number" and len(self.text) == 4 and EARLIEST <= int(self.text) <= LATEST


def folded(text: str) -> str:
    """Return a statement in small letters, without diacritics, with one kind of dash, quotation mark and space."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(_LIGATURES)
    plain = _QUOTES.sub("'", _DASHES.sub("-", plain))
    plain = _POINTED_ORDINAL.sub("", _ELISIONS.sub(r"\1 ", plain))
    return _WHOLE.sub(r"\1", " ".join(plain.split()))


def without_days(text: str) -> str:
    """Return a folded statement with numeric dates (1752-05-03T00:00:00Z, 3.4.1752, V/1752) cut down to their years."""
    if found := _COMPACT.fullmatch(text.strip()):
        return found[1] if _is_day(int(found[2]), int(found[3])) else text
    text = _FROM_DAY.sub("", _TO_DAY.sub(r"\1 - ", text))
    text = _YEAR_MONTH_DAY.sub(_year_first, text)
    text = _DAY_MONTH_YEAR.sub(_year_last, text)
    return _MONTH_YEAR.sub(_year_of_month, text)


def tokens(text: str) -> list[Token]:
    """Cut a folded statement."""
    return [Token(str(f.lastgroup), f[0], f.start(), f.end()) for f in _TOKEN.finditer(text)]


def _is_day(one: int, two: int) -> bool:
    """Whether two numbers are a day and a month, in either order; 00 is not known."""
    return min(one, two) <= 12 and max(one, two) <= 31


def _year_first(found: re.Match[str]) -> str:
    year, one, two = found[1], int(found[3]), int(found[4])
    rising = int(year[-1]) < one < two < 10
    if not _is_day(one, two) or (len(found[3]) == len(found[4]) == 1 and rising):
        # "1747-8-9" may as well be three years: these cover both readings.
        return found[0]
    return year


def _year_last(found: re.Match[str]) -> str:
    day, month = int(found[1]), found[3]
    if not month.isdecimal():
        return found[4] if month in _ROMAN_MONTHS and 1 <= day <= 31 else found[0]
    return found[4] if _is_day(day, int(month)) else found[0]


def _year_of_month(found: re.Match[str]) -> str:
    month = found[1]
    known = 1 <= int(month) <= 12 if month.isdecimal() else month in _ROMAN_MONTHS
    return found[3] if known else found[0]


_ROMAN_MONTHS = frozenset(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"])
