"""Dates in the notations of programs: EDTF (ISO 8601-2), which the library `edtf` reads, and MARC 21."""

from __future__ import annotations

import re

from imgsim.catalogue.dates.interval import APPROXIMATE, CERTAIN, UNCERTAIN, UNDATED, DateInterval

_CHARACTERS = re.compile(r"[\dXYTZ?~%./,:+\-\[\]{} ]+|[\dXYTZ?~%./:+\-]*/(?:open|unknown)?", re.IGNORECASE)
# What only EDTF writes so: elsewhere "1752-53" is two years, and "[1752]" supplied by the cataloguer.
_OWN = re.compile(r"[X~%{]|\.\.|^/|/$|/open|/unknown|^\[[^\[]*,|^\d{4}\?(?:-|/)", re.IGNORECASE)
_MARC = re.compile(r"[bdeikmnpqrst]([12][\dux|]{3})([\dux|# ]{4})?")
_SEPARATE = re.compile(r"\s*([,/]|\.\.)\s*")


def read_edtf(text: str) -> DateInterval | None:
    """Return what a date in EDTF says; None for all other texts.

    >>> [read_edtf(text).words for text in ("1752~", "175X", "1751/1760?", "../1752", "[1752..1755]")]
    ['c. 1752', '1750s', '1751–1760?', 'before 1753', '1752–1755']
    """
    if len(text) > 60 or not _CHARACTERS.fullmatch(text) or not _OWN.search(text):
        return None
    # Its grammar takes 40 ms to load, which an app without such dates need not wait for.
    from edtf import EDTFParseException, parse_edtf

    written = _SEPARATE.sub(r"\1", text.strip()).upper().replace("OPEN", "open").replace("UNKNOWN", "unknown")
    try:
        found = parse_edtf(written)
        # The library guesses ten years for an end that is unknown.
        first = None if re.match(r"/|unknown/", written) else _year(found.lower_strict())
        last = None if re.search(r"/$|/unknown$", written) else _year(found.upper_strict())
    except (EDTFParseException, ValueError, TypeError, AttributeError, OverflowError):
        # The library raises its own error for what is no EDTF, and Python's for what it read by halves.
        return None
    sure = UNCERTAIN if "?" in written or "%" in written else APPROXIMATE if "~" in written else CERTAIN
    if first is not None and last is not None and last < first:
        return None
    return DateInterval(first, last, sure)


def _year(end: object) -> int | None:
    return int(end[0]) if isinstance(end, tuple) or hasattr(end, "tm_year") else None  # type: ignore[index]


def read_marc(text: str) -> DateInterval | None:
    """The type of date and its two dates as MARC 21 has them in field 008: s1752, q17511760, m175u9999.

    None for all other texts.
    """
    if re.fullmatch(r"n[u|#]+", text):
        return UNDATED
    found = _MARC.fullmatch(text)
    if not found or (found[2] is None and not text.startswith("s")):
        return None
    first, last = (re.sub(r"[x|]", "u", part or "").strip(" #") for part in found.groups())
    if not re.fullmatch(r"\d+u*", first) or (last == "9999" and text[0] != "m"):
        return None
    ends = [int(first.replace("u", digit)) for digit in "09"]
    if text[0] in "qmikd" and re.fullmatch(r"\d+u*", last):
        ends[1] = max(ends[1], int(last.replace("u", "9"))) if last != "9999" else -1
    ends[1] = min(ends[1], 9998)
    return DateInterval(ends[0], ends[1] if ends[1] > 0 else None)
