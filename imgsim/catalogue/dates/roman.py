"""Roman numerals as printers set them: MDCCLII, M. DCC. LII., MDCCXXXXVIIII, MDCCXIIX, CIↃ IↃ CC LII."""

from __future__ import annotations

import re

from imgsim.catalogue.dates.date_words import MONTHS

DATING = MONTHS | frozenset(["anno", "annum", "year", "jahr", "ano", "annee", "an"])
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_FORM = re.compile(r"(?P<m>m{0,2})(cm|cd|d?c{0,4})(xc|xxc|xl|l?x{0,4})(ix|iix|iv|v?i{0,4})")
_RUN = re.compile(r"\bm(?:[mdclxvij]|[.\s]+(?=[mdclxvij]))*\b")
_TURNED = "ↃↄɔƆ"
# The printers' 1000 and 500 in brackets or turned Cs; typewriters make ) or a plain C of the turned one.
_THOUSAND = re.compile(rf"ↀ|[Cc][Ii1|][{_TURNED}]|\(\s?[Ii|]\s?\)|\b[Cc][Ii1|]\)")
_FIVE_HUNDRED = re.compile(rf"[Ii1|][{_TURNED}]")
_BRACKET_500 = re.compile(r"(?<![\w(])[Ii|]\)")
_PLAIN_CS = re.compile(r"\bC\.?I\.?C\b\.?[\s.]*I\.?C\b")
# "M.D." is a doctor as a rule.
_FIFTEEN_HUNDRED = re.compile(r"m[.\s]*d")
_SHORT_END = re.compile(r"(?<!\w)(\d{4})\s?-\s?([clxvij]+)(?!\w)")
# No title page of a printed book is older; it keeps "mix" (1009) and "mill" apart from years.
_OLDEST = 1400


def roman(numeral: str) -> int | None:
    """Return the value of a numeral in small letters without spaces; None for what is no numeral.

    >>> [roman(text) for text in ("xviii", "mdccxxxxviiii", "mdccxiix", "mdclxxc", "iiii", "ill", "")]
    [18, 1749, 1718, 1680, 4, None, None]
    """
    plain = numeral.replace("j", "i")
    if not plain or not _FORM.fullmatch(plain):
        return None
    total = greatest = 0
    for letter in reversed(plain):
        value = _VALUES[letter]
        total += value if value >= greatest else -value
        greatest = max(value, greatest)
    return total


def plain_apostrophus(text: str) -> str:
    """Write the printers' CIↃ and IↃ as M and D.

    >>> plain_apostrophus("CIↃ IↃ CC LII"), plain_apostrophus("(I) I) CC LII")
    ('M D CC LII', 'M D CC LII')
    """
    text = _PLAIN_CS.sub("M D", text)
    plain = _THOUSAND.sub("M", text)
    if plain != text:
        plain = _BRACKET_500.sub("D", plain)
    return _FIVE_HUNDRED.sub("D", plain)


def arabic_years(text: str, latest: int) -> str:
    """Write every year in Roman numerals of a text in small letters as a number.

    >>> arabic_years("anno m.d.c.c.l.ii. die mill mmm", 2100)
    'anno 1752. die mill mmm'
    """

    def number(found: re.Match[str]) -> str:
        if _FIFTEEN_HUNDRED.fullmatch(run := found[0]):
            before = re.findall(r"\w+", text[: found.start()])[-1:]
            alone = not before and not re.search(r"\w", text[found.end() :])
            return "1500" if alone or (before and before[0] in DATING) else run
        # What follows may be a numeral only by chance: "mdcclii. c. tab." loses its last part until it is a year.
        run = found[0]
        while run:
            letters = re.sub(r"[.\s]", "", run)
            value = roman(letters)
            if value is not None and len(letters) > 2 and _OLDEST <= value <= latest:
                return str(value) + found[0][len(run) :]
            shorter = re.search(r"[.\s]+[mdclxvij]+$", run)
            run = run[: shorter.start()] if shorter else ""
        return found[0]

    return _SHORT_END.sub(_short_end, _RUN.sub(number, text))


def _short_end(found: re.Match[str]) -> str:
    value = roman(found[2])
    return found[0] if value is None or value > 99 else f"{found[1]}-{value}"
