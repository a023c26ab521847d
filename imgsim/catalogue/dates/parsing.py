"""Reading date statements as cataloguers write them, in nine languages (see :mod:`~imgsim.catalogue.dates.date_words`).

A statement is folded, corrections and brackets are resolved (what the cataloguer put right counts), and the rest is cut
into tokens. Years, spans, decades and centuries give intervals; before, after, between and their like bound them. Where
two readings are possible the interval covers both; what is no date by any reading is None, never a guess.
"""

from __future__ import annotations

import re
from functools import lru_cache

from imgsim.catalogue.dates.brackets import read_bracketed
from imgsim.catalogue.dates.date_words import (
    BEFORE_CHRIST,
    CORRECTION_PHRASES,
    CORRECTIONS,
    EMPTY,
    UNDATED_WORDS,
    WEAK_CORRECTIONS,
)
from imgsim.catalogue.dates.encoded import read_edtf, read_marc
from imgsim.catalogue.dates.interval import CERTAIN, UNCERTAIN, UNDATED, DateInterval
from imgsim.catalogue.dates.roman import arabic_years, plain_apostrophus
from imgsim.catalogue.dates.statement import Said
from imgsim.catalogue.dates.tokens import LATEST, folded

_LONGEST = 300
_INITIALS = re.compile(
    r"(?<![\w.])([a-z])\.\s?([a-z])(?![\w])(?:\.\s?([a-z])(?![\w]))?(?:\.\s?([a-z])(?![\w]))?\.?"
)
_CHRIST = re.compile(
    r"\b(?:n|ap|apr|d)\.?\s?(?:chr|j\.?-?\s?c|kr)\b\.?|\bpost christum\b|\bjkr\b|\be\.?\s?kr\b"
)
_BEFORE_CHRIST = re.compile(r"\bv\.?\s?chr\b|\bav\.?\s?j\.?-?\s?c\b|\bf\.?\s?kr\b|\bekr\b")
_DIGITS = re.compile(
    r"(?<![\w\]])(?:(?:\d|\[[\dux_?-]{1,4}\]|\([\dux_?-]{1,4}\)|<[\dux_?-]{1,4}>){2,}|\[\d{2,3}\][-ux_]{1,2})(?!\w)"
)
_HALF_READ = re.compile(r"\d+[-ux_?]*")
_EITHER = re.compile(r"(?<![\w\]])(\d{2,3})[\[(](\d{1,2})\s?(?:-|/|[a-z]{1,5})\s?(\d{1,2})(\??)[\])](?!\w)")
_THAN = (re.compile(r"^\s*[<≤]\s*(?=\d[^>]*$)"), re.compile(r"^\s*[>≥]\s*(?=\d)"))
_SECOND_YEAR = re.compile(r"(?<!\d)(\d{4})\s?[\[(](\d{1,2})[\])]")
_HYPHENATED = re.compile(r"\b(peut|dix)-(?=[a-z])")
_UNDATED_INITIALS = re.compile(r"(?<!\w)(?:s\.? ?[adf]|n\.? ?[dy]|[oz]\.? ?[jd]|u\.? ?[ad])(?!\w)")
_WORDS = re.compile(r"\w+")
# The year that a correction replaces: both of 1710/11, only the end of 1640-1641.
_YEARLIKE = re.compile(r"(?:\d{4}\s?/\s?\d{1,4}|(?<=-)\s?\d{1,4}|(?<![\w.])\d{4}|(?<![\w.])\d{3}[-x])\??\s*$")
_LAST_YEAR = re.compile(r"(?<![\w.])(\d{4})\??\s*$")
_STRONG = tuple(CORRECTIONS - WEAK_CORRECTIONS)


def _either(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_SIC = r"(?:(?:sic|!)\s*[,:;.!]*\s*)?"
# Words that may mean something else are corrections only where a bracket or a comma opens them.
_CORRECTED = re.compile(
    rf"(?P<open>[\[(]\s*)?{_SIC}(?:(?<!\w)(?:{_either((*_STRONG, *CORRECTION_PHRASES))})(?!\w)[.:,]*|=)\s*"
)
_CORRECTED_IN = re.compile(
    rf"(?P<open>[\[(]\s*|[,;]\s*|\bsic\s*){_SIC}(?:{_either(tuple(CORRECTIONS))})(?!\w)[.:,]*\s*"
)


def parse_date(text: str) -> DateInterval | None:
    """Return the years that a statement can mean.

    Parameters
    ----------
    text : str
        A date as a catalogue writes it, in English, German, French, Italian, Spanish, Dutch, Latin, Finnish or Swedish,
        or in EDTF, MARC or ISO.

    Returns
    -------
    DateInterval or None
        Undated where the statement is empty or says so ("s.a.", "n.d."); None where it could not be read. A statement
        with words that are not understood is called uncertain.

    >>> [parse_date(text).words for text in ("1641 [i.e. 1642]", "ca. 1752", "1. Hälfte 18. Jh.", "an VII", "s.a.")]
    ['1642', 'c. 1752', '1700–1749', '1798–1799', 'undated']
    >>> parse_date("QK98 .B5") is None
    True
    """
    return _parsed(text.strip())


@lru_cache(maxsize=1 << 16)
def _parsed(text: str) -> DateInterval | None:
    if len(text) > _LONGEST:
        return None
    plain = folded(plain_apostrophus(text))
    if plain.strip(" .[]()") in EMPTY or not plain.strip(" .[]()-,;:!"):
        return UNDATED
    known = read_edtf(plain) or read_marc(plain)
    if known is not None:
        return known
    said = _read(arabic_years(_HYPHENATED.sub(r"\1", plain), LATEST), 0)
    if said is None:
        return None
    if not said.date.dated:
        return UNDATED if said.undated else None
    small = {folded(word) for word in re.findall(r"[^\W\d_]+", text) if word[:1].islower()}
    if said.date.sure == CERTAIN and small & said.unknown:
        return DateInterval(said.date.earliest, said.date.latest, UNCERTAIN)
    return said.date


def _read(text: str, depth: int) -> Said | None:
    """Read a folded statement; None where it cannot be."""
    if depth > 4:
        return None
    undated = _says_undated(text)
    text = _BEFORE_CHRIST.sub(" bc ", _INITIALS.sub(_joined, _CHRIST.sub(" ", text)))
    if re.search(rf"(?<!\w)(?:{'|'.join(sorted(BEFORE_CHRIST))})(?!\w)", text):
        return None
    text = _EITHER.sub(_both_ends, _THAN[1].sub(" after ", _THAN[0].sub(" before ", text)))
    text = _SECOND_YEAR.sub(r"\1/\2", _DIGITS.sub(_whole_number, text))
    found = _CORRECTED.search(text) or _CORRECTED_IN.search(text)
    said = _corrected(text, found, depth) if found else None
    if said is None:
        said = read_bracketed(text, lambda part: _read(part, depth + 1))
    if said is not None and undated:
        said.undated = True
    return said


def _joined(found: re.Match[str]) -> str:
    """i. e. as ie, s.l.n.d. as slnd: initials that stand together are one abbreviation."""
    letters = "".join(filter(None, found.groups()))
    # "d. m." are Roman numerals, too, but those of years are numbers by now.
    return f"{letters} "


def _whole_number(found: re.Match[str]) -> str:
    """163[3?] as 1633?, 17[52] as 1752, 175[-?] as 175-?."""
    whole = re.sub(r"[\[\]()<>]", "", found[0])
    if whole == found[0] or not _HALF_READ.fullmatch(whole):
        return found[0]
    if len(whole.rstrip("?")) == 4 or (len(whole) == 4 and whole.count("?") <= 2):
        return whole
    return found[0]


def _both_ends(found: re.Match[str]) -> str:
    """175[2-5] and 17[52 or 55] as 1752-1755."""
    ends = [found[1] + found[2], found[1] + found[3]]
    return "-".join(ends) + found[4] if all(len(end) == 4 for end in ends) else found[0]


def _says_undated(text: str) -> bool:
    plain = f" {' '.join(_WORDS.findall(text))} "
    return (
        bool(_UNDATED_INITIALS.search(text))
        or any(f" {word} " in plain for word in UNDATED_WORDS)
        or not re.search(r"[^\W_]", text)
    )


# ---- corrections


def _corrected(text: str, found: re.Match[str], depth: int) -> Said | None:
    """Read a statement with what puts it right in the place of what was wrong; None if nothing is put right."""
    rest, after = text[found.end() :], ""
    opened = (found.group("open") or "").strip()
    before = text[: found.start()]
    if opened in ("[", "(") or before.count("[") > before.count("]"):
        closing = re.search(r"[\])]", rest)
        if closing:
            rest, after = rest[: closing.start()], rest[closing.end() :]
    if not re.search(r"\d", rest):
        return None
    if re.fullmatch(r"\s*\d{1,3}\??\s*", rest) and (year := _LAST_YEAR.search(before.rstrip(" [(,"))):
        digits = rest.strip().rstrip("?")
        rest = year[1][: 4 - len(digits)] + rest.strip()
    right = _read(rest, depth + 1)
    if right is None or right.other_era or not right.date.dated:
        wrong = _read(before.rstrip(" [(") + " " + after, depth + 1)
        return wrong if right is not None and right.other_era and wrong is not None else None
    kept = _YEARLIKE.sub("", before.rstrip(" [(,!"))
    if kept == before.rstrip(" [(,!") or not re.search(r"\d\s*[-/]\s*$", kept):
        kept = ""
    goes_on = after if re.match(r"\s*[-/]", after) else ""
    whole = _read(f"{kept}{rest}{goes_on}", depth + 1)
    return whole if whole is not None and whole.date.dated else right
