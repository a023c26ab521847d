"""Date statements made from templates in nine languages, each with the years that are right by how it was made.

date_templates.csv holds the templates: their language, what they mean, how sure that is, of which years they make
sense, and the text with places for numbers. Nothing here knows how dates are read.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

Ends = tuple[int | None, int | None]
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_KINDS = {"M": 0, "D": 1, "C": 1, "L": 2, "X": 2, "V": 3, "I": 3}


@dataclass(frozen=True)
class Template:
    """A statement with places for numbers; see the columns of date_templates.csv."""

    language: str
    means: str
    sure: str
    years: str
    text: str


def _part(first: int, last: int) -> Callable[[int], Ends]:
    return lambda year: (year // 100 * 100 + first, year // 100 * 100 + last)


_MEANS: dict[str, Callable[[int], Ends]] = {
    "year": lambda year: (year, year),
    "next year": lambda year: (year + 1, year + 1),
    "two years": lambda year: (year, year + 1),
    "nine years": lambda year: (year, year + 8),
    "decade": lambda year: (year // 10 * 10, year // 10 * 10 + 9),
    "century": _part(0, 99),
    "two centuries": _part(-100, 99),
    "before": lambda year: (None, year - 1),
    "until": lambda year: (None, year),
    "after": lambda year: (year + 1, None),
    "from": lambda year: (year, None),
    "first half": _part(0, 49),
    "second half": _part(50, 99),
    "third quarter": _part(50, 74),
    "early": _part(0, 33),
    "middle": _part(33, 66),
    "late": _part(66, 99),
}
_FITS: dict[str, Callable[[int], bool]] = {
    "": lambda year: True,
    "republic": lambda year: 1792 <= year <= 1804,
    "from 1600": lambda year: year >= 1600,
    "1600s": lambda year: 1600 <= year <= 1699,
    "1700s": lambda year: 1700 <= year <= 1799,
    # 1700s and 1700-luku are centuries
    "no turn": lambda year: year % 100 >= 10,
    # neither the end of a decade nor to be taken for a month or a season: 1710-11
    "no month": lambda year: year % 100 > 12 and year % 10 < 9 and year % 100 not in range(20, 25),
    "long span": lambda year: 16 < year % 100 < 90,
}

with (Path(__file__).parent / "date_templates.csv").open(encoding="utf-8", newline="") as _file:
    TEMPLATES = [Template(**row) for row in csv.DictReader(_file)]


def roman(number: int) -> str:
    """A Roman numeral with its subtractions."""
    written = ""
    for value, letters in _ROMAN:
        while number >= value:
            written, number = written + letters, number - value
    return written


def additive(number: int) -> str:
    """As printers set it: MDCCXXXXVIIII."""
    written = roman(number)
    for short, long in zip(
        ("CM", "CD", "XC", "XL", "IX", "IV"), ("DCCCC", "CCCC", "LXXXX", "XXXX", "VIIII", "IIII"), strict=True
    ):
        written = written.replace(short, long)
    return written


def filled(text: str, year: int) -> str:
    """The statement of one year."""
    century, written = year // 100 + 1, roman(year)
    ordinal = {1: "st", 2: "nd", 3: "rd"}.get(century % 10 if century not in (11, 12, 13) else 0, "th")
    return text.format(
        y=year, next=year + 1, s=(year + 1) % 10, ss=f"{(year + 1) % 100:02}", later=year + 8,
        later2=f"{(year + 8) % 100:02}", before=year - 1, tens=year // 10, zero=year // 10 * 10, hundreds=year // 100,
        first3=year // 10, last=year % 10, last2=f"{year % 100:02}", hundred=year // 100 * 100, c=century,
        cth=f"{century}{ordinal}", cbefore=century - 1, rc=roman(century), rcbefore=roman(century - 1), r=written,
        rl=written.lower(), ra=additive(year), rd=". ".join(_grouped(written)) + ".", rx=".".join(written),
        turned="CIↃ" + additive(year - 1000).replace("D", "IↃ"), rep=roman(max(0, year - 1791)), repn=year - 1791,
    )  # fmt: skip


def _grouped(written: str) -> list[str]:
    groups: list[str] = []
    for letter in written:
        if groups and _KINDS[groups[-1][0]] == _KINDS[letter]:
            groups[-1] += letter
        else:
            groups.append(letter)
    return groups


def statements(
    years: range, templates: Iterable[Template] = TEMPLATES
) -> Iterator[tuple[Template, str, Ends]]:
    """Every template with every year that it fits: the template, the statement, its first and last year."""
    for template in templates:
        for year in years:
            if _FITS[template.years](year):
                yield template, filled(template.text, year), _MEANS[template.means](year)


# Written for no date, in all nine languages.
UNDATED = (
    "s.a.", "s. a.", "[s.a.]", "S.a.", "s.l., s.a.", "n.d.", "[n.d.]", "n. d.", "no date", "undated", "o.J.",
    "o. J.", "[o.J.]", "ohne Jahr", "s.d.", "s. d.", "sans date", "[S.l. : s.n., s.d.]", "senza data",
    "s.n.t. s.d.", "sin fecha", "s.f.", "z.j.", "z. j.", "zonder jaar", "u.å.", "u. å.", "utan år",
    "sine anno", "s.l. et a., s.a.", "n.p., n.d.", "ei vuotta", "[o.O., o.J.]", "unknown", "nan", "", "?",
    "-", "N.D.", "date unknown",
)  # fmt: skip
# What no year must be made of.
NO_DATES = (
    "17520", "175", "p. 1752", "pp. 1752-1760", "S. 1752", "Seite 1752", "1752 p.", "1752 pp.", "Bl. 1752",
    "fol. 1752", "1752 x 1200 mm", "12 x 1752 cm", "1752 mm", "1752 × 900", "1752x1200", "QK98 .B5",
    "QK98.B5 1752", "1752.a.5", "MS 1752", "Ms. 1752", "No. 1752", "Nr. 1752", "nº 1752", "inv. 1752",
    "1752.5", "1,752", "1.752", "£1752", "T1752", "ESTC T175212", "12.345.1752", "GB-1752", "Herbal", "3257",
    "0", "9999", "Mill", "MIX", "MM", "sheet of paper", "vol. 1752", "#1752", "Inv.-Nr. 1752", "tab. 1752",
    "1752 BC", "1752 v. Chr.", "lot 1752", "1e3", "1752-50", "0.1752", "Bd. 1752", "1752.50",
)  # fmt: skip
