"""Dates of which a part stands in brackets: what the cataloguer supplied counts before what was printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from imgsim.catalogue.dates.eras import hebrew, hijri
from imgsim.catalogue.dates.interval import UNCERTAIN, DateInterval, hull
from imgsim.catalogue.dates.plain import read_plain
from imgsim.catalogue.dates.statement import Said
from imgsim.catalogue.dates.tokens import without_days

_BRACKET = re.compile(r"\[([^\[\]]*)\]?|<([^<>]*)>")
_ERA_AND_COMMON = re.compile(r"(?<![\w.])(\d{3,4})\s*\(\s*(\d{4})(?:\s?[-/]\s?\d{1,4})?\s*\)")


def read_bracketed(text: str, read: Callable[[str], Said | None]) -> Said | None:
    """Read a folded statement with or without brackets; ``read`` reads a part of it. None where it cannot be read."""
    outside, inside = _taken_apart(text)
    if not inside:
        return read_plain(without_days(_rounded(text)))
    outside = outside.strip(" .,;:[]<>")
    if not outside:
        return _all_of([read(part) for part in inside])
    doubted = any(part.strip(" .!") == "?" for part in inside)
    inner = [read(part) for part in inside if re.search(r"[^\W_]", part)]
    outer = read(f"{outside}{'?' if doubted else ''}")
    counting = [
        said
        for said in inner
        if said is not None and said.date.dated and not said.other_era and not said.copyright
    ]
    if not counting:
        return _beside_words(text, outer, inner, doubted)
    date = hull(said.date for said in counting)
    if doubted:
        date = DateInterval(date.earliest, date.latest, UNCERTAIN)
    # "1752 [reprint 1801]" and "[1752] 1760" may be of either.
    either = any(said.unknown for said in counting) or re.match(r"[^\w\[<]*[\[<]", text)
    if either and outer is not None and outer.date.dated and not outer.other_era:
        date = hull((date, outer.date))
    return Said(date, frozenset().union(*(said.unknown for said in counting)))


def _beside_words(text: str, outer: Said | None, inner: Sequence[Said | None], doubted: bool) -> Said | None:
    """Read a statement with no date in its brackets: they may hold a part of it all the same, 17 [May] 1752."""
    whole = read_plain(without_days(re.sub(r"[\[\]<>]", " ", text)))
    apart = doubted or any(said is None or said.other_era for said in inner)
    for said in (outer, whole) if apart else (whole, outer):
        if said is not None and said.date.dated:
            return said
    return whole if whole is not None else outer


def _all_of(found: Sequence[Said | None]) -> Said | None:
    """Several brackets and nothing else: all that they date, in the common era if any is."""
    known = [said for said in found if said is not None]
    dated = [said for said in known if said.date.dated]
    counting = [said for said in dated if not said.other_era] or dated
    if len(known) == 1 or not counting:
        return known[0] if known else None
    return Said(hull(said.date for said in counting), frozenset().union(*(said.unknown for said in counting)))


def _taken_apart(text: str) -> tuple[str, list[str]]:
    """What stands outside and inside of brackets; a bracket that is a part of a span is none."""
    outside, inside, at = "", [], 0
    for found in _BRACKET.finditer(text):
        content = found[1] if found[1] is not None else found[2]
        before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
        spans = (
            re.search(r"\d\??[\])]?\s*[-/]$", before)
            or re.match(r"[-/]\s*(?:\[|<)?\s*(?:ca?\.?\s*)?\d", after)
            or re.match(r"\s*[-/]\s*\d", content)
            or (re.search(r"\d\s*[-/]\s*$", content) and re.match(r"\d", after))
        )
        outside += text[at : found.start()]
        if spans and re.search(r"\d", content):
            outside += f" {content} "
        else:
            inside.append(content)
            outside += " "
        at = found.end()
    return outside + text[at:], inside


def _rounded(text: str) -> str:
    """Without brackets of any kind; another era's year is left out beside the common one: 1165 (1752)."""
    pair = _ERA_AND_COMMON.search(text)
    if pair:
        eras = (era(int(pair[1])) for era in (hijri, hebrew))
        if any(era is not None and era.overlaps(int(pair[2]), int(pair[2])) for era in eras):
            text = text.replace(pair[1], " ", 1)
    return re.sub(r"[\[\]()<>{}]", lambda mark: " , " if mark[0] in "()" else " ", text)
