"""The keys of every page, said once: Help lists them, and the components show and speak them from here.

What a key does is done in the components' scripts, or by a button's shortcut; tests press every key named here. No
Streamlit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from imgsim.catalogue.book_pages import KINDS
from imgsim.reviews.decision_words import DECISIONS


class Key(NamedTuple):
    """One or more keys that do one thing: as they are printed on the keyboard (a dash is "to"), and what they do."""

    caps: tuple[str, ...]
    does: str


PREVIOUS_PLATE, NEXT_PLATE = "P", "N"
UNDO, SKIP, OPEN = "Z", "X", "O"
FLICKER, OUTLINES = "F", "L"

_ZOOM = Key(("+", "−", "0"), "zoom in, out, show all")

GRID = (
    Key(("arrows",), "from plate to plate"),
    Key(("Home", "End"), "first, last"),
    Key(("Enter",), "open the plate"),
)
STRIPS = (
    Key(("←", "→"), "along a strip"),
    Key(("Home", "End"), "earliest, latest"),
    Key(("Enter",), "open the plate, or Compare"),
)
MAP = (
    Key(("arrows",), "to the nearest plate that way"),
    Key(("Enter",), "query it"),
    Key(("Space",), "select it, or not"),
    Key(("Shift", "arrows"), "move the map"),
    _ZOOM,
    Key(("Home",), "back to all plates"),
    Key(("Esc",), "clear the selection"),
)
VIEWER = (
    Key(("arrows",), "move the plate"),
    _ZOOM,
    Key(("R",), "turn it by a quarter"),
    Key(("F",), "flip it, left for right"),
    Key(("I",), "black for white"),
)
BOX = (
    Key(("B",), "a box on the plate"),
    Key(("arrows",), "move the box"),
    Key(("Shift", "arrows"), "make it larger or smaller"),
    Key(("Enter",), "search for what is in it"),
    Key(("Esc",), "leave it, clear it"),
)
# A page's boxes; Tab goes from one to the next.
PAGE_BOXES = (
    Key(("B",), "draw a box in the middle"),
    Key(("arrows",), "move the chosen box, or the page"),
    Key(("Shift", "arrows"), "make the box larger or smaller"),
    *(Key((str(number),), f"it is an {kind}") for number, kind in enumerate(KINDS, start=1)),
    Key(("S",), "split it: a line, turned by S, moved by arrows, cut by Enter"),
    Key(("Space",), "choose several boxes"),
    Key(("J",), "join the chosen ones"),
    Key(("Delete",), "remove"),
    Key(("Ctrl", "Z"), "undo"),
    Key(("Ctrl", "Shift", "Z"), "redo"),
    Key(("Enter",), "save"),
    _ZOOM,
    Key(("Esc",), "choose nothing"),
)
PAGES = (Key((PREVIOUS_PLATE, NEXT_PLATE), "previous and next page"),)
PLATE = (Key((PREVIOUS_PLATE, NEXT_PLATE), "previous and next plate of the book"),)
COMPARE = (
    Key(("Space",), "swap"),
    Key(("1", "–", "6"), "mode"),
    Key(("←", "→"), "neighbours"),
    Key(("+", "−", "0"), "zoom"),
    Key(("Shift", "arrows"), "move"),
    Key(("Esc",), "let go of the plates, then back to Plate"),
)
# The same on every page; digits are ways of looking.
DECISION_KEYS = tuple(Key((letter,), decision) for letter, decision in zip("SEMDUQ", DECISIONS, strict=True))
DECIDE = (*DECISION_KEYS, Key((UNDO,), "take back your last decision"))
_LOOK = (Key((FLICKER,), "lay B on A, and take it off"), Key((OUTLINES,), "outlines, or none"))
DESK = (*_LOOK, *DECIDE, Key((SKIP,), "leave the pair for later"), Key((OPEN,), "open it in Compare"))
EVERYWHERE = (
    Key(("Tab",), "to the next part of the page; Shift with Tab goes back"),
    Key(("Enter",), "press what has the frame round it"),
)

# As Help lists them: where they hold, and the keys.
LISTED: tuple[tuple[str, tuple[Key, ...]], ...] = (
    ("Everywhere", EVERYWHERE),
    ("Every wall of plates: Browse, Plate, Search", GRID),
    ("Map, once the map has the focus", MAP),
    ("Plate, anywhere on the page", PLATE),
    ("Plate, Search and Light table, once a large plate has the focus", VIEWER),
    ("There, to search for a detail", BOX),
    ("Compare, anywhere on the page", COMPARE),
    ("Pages, anywhere on a page", PAGES),
    ("There, once the large page or one of its boxes has the focus", PAGE_BOXES),
    ("Re-use, once a strip has the focus", STRIPS),
    ("Review, anywhere on the page", DESK),
    ("Your decision on Compare, and on Plate and in a family once Decide was pressed", DECIDE),
)


def spoken(keys: Sequence[Key]) -> str:
    """Keys as one sentence, to be read aloud: `Space: swap. Shift and arrows: move.`"""
    return " ".join(f"{_together(key.caps)}: {key.does}." for key in keys)


def sent(keys: Sequence[Key]) -> list[list[object]]:
    """Keys as a component takes them."""
    return [[list(key.caps), key.does] for key in keys]


def _together(caps: tuple[str, ...]) -> str:
    return " and ".join(cap for cap in caps if cap != "–") if "–" not in caps else " to ".join(caps[::2])
