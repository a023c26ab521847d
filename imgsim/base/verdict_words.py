"""What is said of two plates whose lines were compared: the words in tables and files, and their short codes."""

from __future__ import annotations

SAME, MIRRORED, DETAIL, LOOK_ALIKE = "same image", "mirrored", "shared detail", "look-alike"
VERDICTS = (SAME, MIRRORED, DETAIL, LOOK_ALIKE)
# What stands for a pair that was never compared.
NOT_CHECKED = "not checked"

# The same in addresses, style sheets and scripts.
CODE_OF = {SAME: "same", MIRRORED: "mirrored", DETAIL: "detail", LOOK_ALIKE: "alike"}
UNCHECKED = "unchecked"
CODES = (*CODE_OF.values(), UNCHECKED)

# What the verdicts mean.
MEANINGS = {
    SAME: "most of both plates agrees",
    MIRRORED: "most of both agrees once one is turned left to right, as a copy engraved straight from a print is",
    DETAIL: "a compact region agrees, not the whole",
    LOOK_ALIKE: "the lines do not agree, however alike the two look",
}

PROBABLY_SAME_PLATE, PROBABLY_RE_ENGRAVED = "probably the same plate", "probably re-engraved"
PRINTINGS = ("", PROBABLY_SAME_PLATE, PROBABLY_RE_ENGRAVED)


def turned(verdict: str, mirrored: bool, words: str = "mirrored") -> str:
    """What is to be added of a pair of which one is turned left to right; "" where the verdict says so itself."""
    return words if mirrored and verdict != MIRRORED else ""
