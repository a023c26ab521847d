"""What is said of a plate and its book in a caption or a reference, no longer than fits."""

from __future__ import annotations

import re
from collections.abc import Mapping

from imgsim.catalogue import dating
from imgsim.catalogue.order import stem
from imgsim.catalogue.values import ecco_parts


def illustration(plate: Mapping[str, str | int | None]) -> str:
    """ECCO's names count the illustrations of a page from 0; a table gives the plate's own number."""
    counted = ecco_parts(stem(str(plate["file"]))) is not None
    return f"illustration {int(plate['number'] or 0) + 1}" if counted else f"plate {plate['number']}"


def cited(record: Mapping[str, str | int | None]) -> str:
    """Author, title, place and date of a plate's book, as far as they are known."""
    author = str(record["author"]).strip().rstrip(".")
    title = shorten(" ".join(str(record["title"]).split()), 160).rstrip(".")
    printed = ": ".join(str(v) for v in (record["place"], dating.shown_date(record)) if v)
    return ", ".join(part for part in (author, title, printed) if part)


# Words that promise more: none of them ends a title that is cut.
_JOINING = {
    "a", "an", "and", "as", "being", "by", "containing", "for", "from", "in", "of", "on", "or", "the", "to", "with",
    "de", "des", "du", "en", "et", "l'", "la", "le", "les", "ou", "par", "un", "une",
    "am", "das", "dem", "den", "der", "die", "ein", "eine", "im", "mit", "oder", "und", "von", "zu",
    "ac", "aut", "cum", "ex", "seu", "sive", "vel",
}  # fmt: skip


def cut(title: str, length: int) -> str:
    """As :func:`shorten`, with an ellipsis wherever anything is left out, and no word or sign before it that joins."""
    short = shorten(title, length)
    if short == title:
        return title
    words = short.rstrip("…").split(" ")
    while len(words) > 1 and words[-1].strip(",;:.-").casefold() in _JOINING:
        words.pop()
    return " ".join(words).rstrip(" ,;:.-") + "…"


def shorten(title: str, length: int) -> str:
    """Cut a title at the end of its first sentence or clause if that fits, else at a word, with an ellipsis."""
    if len(title) <= length:
        return title
    ends = [found.start() for found in re.finditer(r"[.;:](?=\s)", title[: length + 1])]
    # The longest run of whole clauses that fits, unless it is too little to know the book by.
    if ends and ends[-1] >= min(15, length // 2):
        return title[: ends[-1]]
    cut = title[: length - 1]
    if not title[length - 1].isspace() and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:.-") + "…"
