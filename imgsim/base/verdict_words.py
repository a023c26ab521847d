"""What is said of two plates whose lines were compared: the words in tables and files, and their short codes.

The words are English wherever they are kept and compared; pages say them with `tr`.
"""

from __future__ import annotations

from imgsim.base.translation import marked, tr

SAME, MIRRORED, NEGATIVE = marked("same image"), marked("mirrored"), marked("negative")
DETAIL, LOOK_ALIKE = marked("shared detail"), marked("look-alike")
VERDICTS = (SAME, MIRRORED, NEGATIVE, DETAIL, LOOK_ALIKE)
# What another verifier says of two whose lines do not agree: it never makes them the same plate.
COPY = marked("copy by another hand")
# A copy that was drawn straight from a print, and printed the other way round.
REVERSED = marked("reversed")
# What stands for a pair that was never compared.
NOT_CHECKED = marked("not checked")

# The same in addresses, style sheets and scripts.
CODE_OF = {
    SAME: "same", MIRRORED: "mirrored", NEGATIVE: "negative", DETAIL: "detail", COPY: "copy", LOOK_ALIKE: "alike",
}  # fmt: skip
UNCHECKED = "unchecked"
CODES = (*CODE_OF.values(), UNCHECKED)
VERIFIED = tuple(CODE_OF[verdict] for verdict in (SAME, MIRRORED, NEGATIVE, DETAIL))

# What they mean, wherever it is explained.
MEANINGS = {
    SAME: marked("the lines of most of both plates agree"),
    MIRRORED: marked(
        "they agree once one plate is turned left to right, as a copy engraved straight from a print is"
    ),
    NEGATIVE: marked(
        "they agree once one plate is inverted: it is light where the other is dark, as a photograph may be"
    ),
    DETAIL: marked("a part agrees, the rest does not"),
    COPY: marked(
        "the lines do not agree, but the same things lie in the same places: one was drawn after the other, or both "
        "after a third"
    ),
    LOOK_ALIKE: marked("the lines do not agree, however alike the two look"),
    NOT_CHECKED: marked("not compared line by line, as a rule because the two are too far apart"),
}

PROBABLY_SAME_PLATE = marked("probably the same plate")
PROBABLY_RE_ENGRAVED = marked("probably re-engraved")
PRINTINGS = ("", PROBABLY_SAME_PLATE, PROBABLY_RE_ENGRAVED)


def turned(verdict: str, mirrored: bool, negative: bool, words: tuple[str, str] | None = None) -> str:
    """What is to be added to a verdict on two of which one is turned left to right, and one is the other's negative:
    words for each that the verdict does not say itself, else those of the reader's language."""
    words = words or (f", {tr(REVERSED if verdict == COPY else MIRRORED)}", f", {tr(NEGATIVE)}")
    said = ((mirrored and verdict != MIRRORED), (negative and verdict != NEGATIVE))
    return "".join(word for word, wanted in zip(words, said, strict=True) if wanted)


def written(verdict: str, mirrored: bool, negative: bool) -> str:
    """A verdict with what it does not say itself, as files have it, in English."""
    words = (f", {REVERSED if verdict == COPY else MIRRORED}", f", {NEGATIVE}")
    return verdict + turned(verdict, mirrored, negative, words)
