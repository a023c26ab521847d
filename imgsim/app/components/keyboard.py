"""The keys of every page, said once: Help lists them, and the components show and speak them from here.

What a key does is done in the components' scripts, or by a button's shortcut; tests press every key named here. No
Streamlit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from imgsim.base.translation import marked, tr
from imgsim.catalogue.book_pages import ILLUSTRATION, INITIAL, KINDS, ORNAMENT
from imgsim.reviews.decision_words import DECISIONS


class Key(NamedTuple):
    """One or more keys that do one thing: as they are printed on the keyboard (a dash is "to"), and what they do.

    Both are English, to be said with `tr`.
    """

    caps: tuple[str, ...]
    does: str


PREVIOUS_PLATE, NEXT_PLATE = "P", "N"
UNDO, SKIP, OPEN = "Z", "X", "O"
FLICKER, OUTLINES = "F", "L"
ARROWS, SPACE, SHIFT, CTRL = marked("arrows"), marked("Space"), marked("Shift"), marked("Ctrl")
HOME, END, ENTER, ESC = marked("Home"), marked("End"), marked("Enter"), marked("Esc")
DELETE, TAB = marked("Delete"), marked("Tab")

_KINDS = {
    ILLUSTRATION: marked("it is an illustration"), ORNAMENT: marked("it is an ornament"),
    INITIAL: marked("it is an initial"),
}  # fmt: skip
_ZOOM = Key(("+", "−", "0"), marked("zoom in, out, show all"))

GRID = (
    Key((ARROWS,), marked("from plate to plate")),
    Key((HOME, END), marked("first, last")),
    Key((ENTER,), marked("open the plate")),
)
STRIPS = (
    Key(("←", "→"), marked("along a strip")),
    Key((HOME, END), marked("earliest, latest")),
    Key((ENTER,), marked("open the plate, or Compare")),
)
MAP = (
    Key((ARROWS,), marked("to the nearest plate that way")),
    Key((ENTER,), marked("see its neighbours")),
    Key((SPACE,), marked("select it, or not")),
    Key((SHIFT, ARROWS), marked("move the map")),
    _ZOOM,
    Key((HOME,), marked("back to all plates")),
    Key((ESC,), marked("clear the selection")),
)
VIEWER = (
    Key((ARROWS,), marked("move the plate")),
    _ZOOM,
    Key(("R",), marked("turn it by a quarter")),
    Key(("F",), marked("flip it, left for right")),
    Key(("I",), marked("black for white")),
)
BOX = (
    Key(("B",), marked("a box on the plate")),
    Key((ARROWS,), marked("move the box")),
    Key((SHIFT, ARROWS), marked("make it larger or smaller")),
    Key((ENTER,), marked("search for what is in it")),
    Key((ESC,), marked("leave it, clear it")),
)
# A page's boxes; Tab goes from one to the next.
PAGE_BOXES = (
    Key(("B",), marked("draw a box in the middle")),
    Key((ARROWS,), marked("move the chosen box, or the page")),
    Key((SHIFT, ARROWS), marked("make the box larger or smaller")),
    *(Key((str(number),), _KINDS[kind]) for number, kind in enumerate(KINDS, start=1)),
    Key(("S",), marked("split it: a line, turned by S, moved by arrows, cut by Enter")),
    Key((SPACE,), marked("choose several boxes")),
    Key(("J",), marked("join the chosen ones")),
    Key((DELETE,), marked("remove")),
    Key((CTRL, "Z"), marked("undo")),
    Key((CTRL, SHIFT, "Z"), marked("redo")),
    Key((ENTER,), marked("save")),
    _ZOOM,
    Key((ESC,), marked("choose nothing")),
)
PAGES = (Key((PREVIOUS_PLATE, NEXT_PLATE), marked("previous and next page")),)
PLATE = (Key((PREVIOUS_PLATE, NEXT_PLATE), marked("previous and next plate of the book")),)
COMPARE = (
    Key((SPACE,), marked("swap")),
    Key(("1", "–", "6"), marked("mode")),
    Key(("←", "→"), marked("neighbours")),
    Key(("+", "−", "0"), marked("zoom")),
    Key((SHIFT, ARROWS), marked("move")),
    Key((ESC,), marked("let go of the plates, then back to Plate")),
)
# The same on every page; digits are ways of looking.
DECISION_KEYS = tuple(Key((letter,), decision) for letter, decision in zip("SEMDUQ", DECISIONS, strict=True))
DECIDE = (*DECISION_KEYS, Key((UNDO,), marked("take back your last decision")))
_LOOK = (Key((FLICKER,), marked("lay B on A, and take it off")), Key((OUTLINES,), marked("outlines, or none")))
DESK = (*_LOOK, *DECIDE, Key((SKIP,), marked("leave the pair for later")), Key((OPEN,), marked("open it in Compare")))
EVERYWHERE = (
    Key((TAB,), marked("to the next part of the page; Shift with Tab goes back")),
    Key((ENTER,), marked("press what has the frame round it")),
)

# As Help lists them: where they hold, and the keys.
LISTED: tuple[tuple[str, tuple[Key, ...]], ...] = (
    (marked("Everywhere"), EVERYWHERE),
    (marked("Every wall of plates: Browse, Plate, Search"), GRID),
    (marked("Map, once the map has the focus"), MAP),
    (marked("Plate, anywhere on the page"), PLATE),
    (marked("Plate, Search and Light table, once a large plate has the focus"), VIEWER),
    (marked("There, to search for a detail"), BOX),
    (marked("Compare, anywhere on the page"), COMPARE),
    (marked("Pages, anywhere on a page"), PAGES),
    (marked("There, once the large page or one of its boxes has the focus"), PAGE_BOXES),
    (marked("Re-use, once a strip has the focus"), STRIPS),
    (marked("Review, anywhere on the page"), DESK),
    (marked("Your decision on Compare, and on Plate and in a family once Decide was pressed"), DECIDE),
)


def spoken(keys: Sequence[Key]) -> str:
    """Keys as one sentence, to be read aloud: `Space: swap. Shift and arrows: move.`"""
    return " ".join(tr("{keys}: {action}.", keys=_together(key.caps), action=tr(key.does)) for key in keys)


def sent(keys: Sequence[Key]) -> list[list[object]]:
    """Keys as a component takes them."""
    return [[[_cap(cap) for cap in key.caps], tr(key.does)] for key in keys]


def _cap(cap: str) -> str:
    return tr(cap) if len(cap) > 1 else cap


def _together(caps: tuple[str, ...]) -> str:
    if "–" in caps:
        return tr("{first} to {last}", first=caps[0], last=caps[-1])
    return f" {tr('and')} ".join(map(_cap, caps))
