"""Page and plate numbers as tables and file names write them: arabic, roman, leaves and labels."""

from __future__ import annotations

import re
from typing import NamedTuple

from imgsim.catalogue.values import whole

# What a number counts. Single letters are labels only before a digit.
_LABELS = {
    "page": "pages page pagina pagine pag pp pg p seiten seite s sivu siv sidan sida sid bladzijde blz pagg",
    "folio": "folios folio foliis folia folium foll fols fol foglio fogl fo ff f blatt blad bl leaf feuillet hoja",
    "plate": (
        "plates plate plts plt pls pl tabulae tabula tabb tab tafeln tafel taff taf tf planches planche planch "
        "tavole tavola tavv tav laminas lamina lam platen plaat plansch taulu"
    ),
    "figure": (
        "figures figure figura figur figs figg fig abbildungen abbildung abb illustrations illustration illustr illus "
        "ill woodcut cut kuva"
    ),
}  # fmt: skip
_KIND = {word: kind for kind, words in _LABELS.items() for word in words.split()}
_WORDS = "|".join(sorted((re.escape(word) for word in _KIND if len(word) > 1), key=len, reverse=True))
_LETTERS = "|".join(word for word in _KIND if len(word) == 1)
_ROMAN = r"(?=[ivxlc])c{0,3}(?:xc|xl|l?x{0,4})(?:ix|iv|v?i{0,4}j?)"
_SIDE = r"(?:[ ._]?(?:recto|verso|bis|ter)|[a-z]|[*'])?"
_ROMAN_SIDE = r"(?:[ ._]?(?:recto|verso|bis)|[rv*'])?"
_NUMBER = rf"(?:(?P<arabic>\d{{1,6}})(?P<after>{_SIDE})|(?P<roman>{_ROMAN})(?P<later>{_ROMAN_SIDE}))"
_LABEL = (
    rf"(?:(?P<label>{_WORDS})(?:[\W_]*(?:no|nr|num|n[°º])\b)?[\W_]*|(?P<letter>{_LETTERS})[.\s_]*(?=\d)"
    r"|(?:no|nr|n[°º]|[#№])[.\s]*)"
)
_BARE = re.compile(rf"[\W_]*(?<!-){_NUMBER}[\W_]*(?:[-–—/,&]\s*\W*[\divxlc]+[a-z]?\W*)?", re.IGNORECASE)
_LABELLED = re.compile(rf"[\W_]*{_LABEL}{_NUMBER}(?![^\W_]).*", re.IGNORECASE | re.DOTALL)
_TRAILING = re.compile(rf"\W*{_NUMBER}[.\s]*(?P<label>{_WORDS})\.?\W*", re.IGNORECASE)
# In a name a label stands by itself or after a separator, and its number ends at one.
_IN_NAME = re.compile(
    rf"(?<![^\W\d_])(?:(?P<label>{_WORDS})[\W_]*|(?P<letter>{_LETTERS})[.]?(?=\d)){_NUMBER}(?![^\W_])",
    re.IGNORECASE,
)
_FRONT = re.compile(
    r"\W*(?:frontisp\w*|titel(?:blatt|kupfer|bild|blad|sida)?|title[ -]?page|frontespizi\w*|portada|anteporta"
    r"|cover|vorsatz)\W*",
    re.IGNORECASE,
)
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


class Numeral(NamedTuple):
    """A page or plate number.

    ``counts`` is page, folio, plate, figure, front (a frontispiece, before all numbers) or '' where it does not say;
    ``letters`` is how a roman number is written, '' for an arabic one; ``side`` is r, v, a, b, bis ... or ''.
    """

    counts: str
    value: int
    letters: str
    side: str


def numeral(text: str) -> Numeral | None:
    """Read ``12``, ``12v``, ``[12]``, ``XII``, ``Plate 12.``, ``Tab. XII``, ``fol. 12v``, ``p. 3-4``, else None."""
    text = whole(text)
    if not text:
        return None
    if _FRONT.fullmatch(text):
        return Numeral("front", 0, "", "")
    for form in (_BARE, _LABELLED, _TRAILING):
        if found := form.fullmatch(text):
            return _read(found)
    return None


def in_name(stem: str) -> dict[str, Numeral]:
    """Return the labelled numbers of a file's name by what they count; of several of one kind the last."""
    found = {number.counts: number for number in map(_read, _IN_NAME.finditer(stem))}
    if not found and _FRONT.fullmatch(re.sub(r"[\d_]+", " ", stem)):
        return {"front": Numeral("front", 0, "", "")}
    return found


def page_number(text: str) -> int | None:
    """Return an arabic page number; None for a leaf's side, a roman number or a plate, which a page is not."""
    found = numeral(text)
    plain = (
        found is not None and not found.letters and not found.side and found.counts in ("", "page", "folio")
    )
    return found.value if found is not None and plain else None


def plate_number(text: str) -> int | None:
    """Return a plate's number, arabic or roman; None for one with a letter (``12a``), which two plates may share."""
    found = numeral(text)
    return found.value if found is not None and not found.side and found.counts != "front" else None


def _read(found: re.Match[str]) -> Numeral:
    groups = found.groupdict()
    label = (groups.get("label") or groups.get("letter") or "").lower()
    side = re.sub(r"[ ._]", "", (groups["after"] or groups["later"] or "").lower())
    side = {"recto": "r", "verso": "v"}.get(side, side)
    if groups["arabic"]:
        return Numeral(_KIND.get(label, ""), int(groups["arabic"]), "", side)
    letters = groups["roman"].lower()
    values = [_VALUES[letter] for letter in letters.replace("j", "i")]
    value = sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
    return Numeral(_KIND.get(label, ""), value, letters, side)
