"""A grid of plates: each whole, at one height, with its caption; a click or Enter picks it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imgsim.app.components.drawing import drawable, drawable_boxes
from imgsim.app.components.mounting import mount, own_url, positive
from imgsim.base.translation import tr, trn
from imgsim.base.verdict_words import CODES
from imgsim.errors import ImgsimError

_TEXTS = {"id", "src", "alt", "title", "badge", "badge_title", "action", "judge", "review", "review_title"}
_FIELDS = _TEXTS | {"lines", "marks", "rank", "more", "mark", "outline", "boxes", "verdict", "heading"}
MARKS = ("", "query", "selected")
KNOWN = ("reused", "reviewed")  # what is known of a plate by itself
TIMES = ("earlier", "later", "both", "other")  # of the other books that have the same image


@dataclass(frozen=True)
class GridEvent:
    """What the user did since the last run: the id of the card clicked, or of its "+N", action or judge pressed; and
    whether boxes of the tray were ticked."""

    clicked: str | None = None
    expand: str | None = None
    action: str | None = None
    judge: str | None = None
    gathered: bool = False


def thumbnail_grid(
    *,
    key: str,
    items: Sequence[Mapping[str, Any]],
    height: int = 180,
    min_width: int = 150,
    fit: bool = False,
    selected: str | None = None,
    label: str = "",
    counted: str | None = None,
    tray: Collection[str] | None = None,
    trail: str = "",
    placed: str = "",
    on_click: Callable[[], None] | None = None,
    on_expand: Callable[[], None] | None = None,
    on_action: Callable[[], None] | None = None,
    on_judge: Callable[[], None] | None = None,
    on_gather: Callable[[], None] | None = None,
) -> GridEvent:
    """Show plates as cards and return which was picked.

    Parameters
    ----------
    key : the grid's own key.
    items : one mapping a card, in order::

            id      str, unique in the grid; comes back in the event
            src     str, address of the thumbnail in this app; "" shows "no image"
            alt     str, read aloud for the image
            title   str, cut after two lines, whole on hover
            lines   list of str, small lines under the title (optional)
            badge   str, on the image's corner, such as "0.953" (optional); badge_title explains it
            rank    int, on the image's other corner (optional)
            more    int > 0, a button "+N" for plates folded under this card (optional)
            mark    "query" or "selected" (optional)
            outline an `outline`: a region drawn on the plate (optional)
            boxes   {"width", "height", "boxes": [[x0, y0, x1, y1, kind], ...]}: boxes drawn on it (optional)
            verdict {"kind": one of CODES or TIMES, "text": its words, "title": a sentence} (optional)
            review  str, what people decided, such as "same plate"; review_title says who and when (optional)
            marks   list of {"kind": one of KNOWN, "text": a word or two, "title": a sentence} (optional)
            action  str, a button under the card, such as "Compare" (optional)
            judge   str, another one beside it, such as "Decide" (optional)
            heading {"text": words, "means": more words, "line": bool}: stands over the card, across the grid; with a
                    line drawn through, or not (optional)

    height : of every image in CSS pixels; the plate is shown whole in it.
    min_width : of a card in CSS pixels; as many columns as fit.
    fit : whether few cards are made as wide as the room there is.
    selected : id of the card marked as selected, or None.
    label : read aloud for the list; "" is "Plates".
    counted : how many of what it shows, read aloud where they change; None: so many plates.
    tray : the ids that are in the reader's tray; each card then has a box to tick that puts it in or takes it out.
        None: there are no such boxes.
    trail : the collection whose plates are marked that this browser opened before (see `plate_viewer`); "": none are.
    placed : the name of a page that, with the same plates, stands where it stood when the reader comes back to it; ""
        for a grid beside others.
    on_gather : called without arguments when boxes were ticked; see `gathered`.
    on_click, on_expand, on_action, on_judge : called without arguments before the page reruns; see `picked`.

    Raises
    ------
    ImgsimError
        If an id is missing or given twice, a field is unknown, or an address is not of this app.
    """
    cards = [_card(item, selected) for item in items]
    ids = [card["id"] for card in cards]
    if len(set(ids)) != len(ids):
        twice = next(id_ for id_ in ids if ids.count(id_) > 1)
        raise ImgsimError(f"the plate {twice!r} is in the grid twice: give each card an id of its own")
    data = {
        "items": cards,
        "height": positive(height, "height"),
        "min_width": positive(min_width, "min_width"),
        "fit": bool(fit),
        "label": label or tr("Plates"),
        "counted": trn("{n:,} plate", "{n:,} plates", len(cards)) if counted is None else counted,
        "trail": str(trail),
        "placed": str(placed),
        "tray": None if tray is None else [id_ for id_ in ids if id_ in tray],
    }
    events = {"clicked": on_click, "expand": on_expand, "action": on_action, "judge": on_judge}
    result = mount("thumbnail_grid", key=key, data=data, events={**events, "gather": on_gather})
    if result is None:
        return GridEvent()
    # Only ids that are on the page: the browser is asked, not believed.
    found = {event: picked(result, event) for event in events}
    told = {event: value if value in ids else None for event, value in found.items()}
    return GridEvent(**told, gathered=gathered(result) is not None)


def picked(state: object, event: str = "clicked") -> str | None:
    """Return the id in a grid's state (``st.session_state[key]``) for "clicked", "expand", "action" or "judge".

    In a callback the grid is not drawn yet, so look the id up in the catalogue before you use it.
    """
    value = state.get(event) if hasattr(state, "get") else None
    return value if isinstance(value, str) else None


def gathered(state: object) -> tuple[tuple[str, ...], bool] | None:
    """The ids whose boxes were ticked in a grid's state, and whether they go into the tray; None where none were."""
    value = state.get("gather") if hasattr(state, "get") else None
    if not isinstance(value, Mapping) or not isinstance(value.get("into"), bool):
        return None
    ids = value.get("ids")
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) and one for one in ids):
        return None
    return tuple(ids), value["into"]


def _card(item: Mapping[str, Any], selected: str | None) -> dict[str, Any]:
    unknown = set(item) - _FIELDS
    if unknown:
        raise ImgsimError(f"a card has no field {sorted(unknown)[0]!r}: it has {', '.join(sorted(_FIELDS))}")
    card: dict[str, Any] = {name: str(item[name]) for name in _TEXTS if item.get(name) is not None}
    if not card.get("id"):
        raise ImgsimError("a card without an id cannot be clicked: give each its plate_id")
    if card.get("src"):
        own_url(card["src"], f"the image of {card['id']!r}")
    lines = item.get("lines") or ()
    if isinstance(lines, str):
        raise ImgsimError(f"the lines of {card['id']!r} are a list of strings, not one string: {lines!r}")
    card["lines"] = [str(line) for line in lines]
    for name in ("more", "rank"):
        if item.get(name):
            card[name] = positive(int(item[name]), f"{name} of {card['id']!r}", most=10_000_000)
    mark = item.get("mark") or ("selected" if selected is not None and card["id"] == selected else "")
    if mark not in MARKS:
        raise ImgsimError(f"a card's mark is one of {MARKS}, not {mark!r}")
    card["mark"] = mark
    if item.get("outline") is not None:
        card["outline"] = drawable(item["outline"], f"the outline of {card['id']!r}")
    if item.get("boxes") is not None:
        card["boxes"] = drawable_boxes(item["boxes"], f"what is drawn on {card['id']!r}")
    if item.get("marks"):
        card["marks"] = [_known(mark, card["id"]) for mark in item["marks"]]
    if item.get("verdict") is not None:
        card["verdict"] = _verdict(item["verdict"], card["id"])
    if item.get("heading") is not None:
        card["heading"] = _heading(item["heading"], card["id"])
    return card


def _known(mark: Mapping[str, Any], id_: str) -> dict[str, str]:
    if not isinstance(mark, Mapping) or set(mark) != {"kind", "text", "title"} or mark["kind"] not in KNOWN:
        raise ImgsimError(f"a mark of {id_!r} has a kind among {KNOWN}, a text and a title, not {mark!r}")
    return {name: str(value) for name, value in mark.items()}


def _heading(heading: Mapping[str, Any], id_: str) -> dict[str, str | bool]:
    if not isinstance(heading, Mapping) or set(heading) != {"text", "means", "line"} or not heading["text"]:
        raise ImgsimError(
            f"the heading over {id_!r} has a text, what it means, and a line or none: {heading!r}"
        )
    return {"text": str(heading["text"]), "means": str(heading["means"]), "line": bool(heading["line"])}


def _verdict(verdict: Mapping[str, Any], id_: str) -> dict[str, str]:
    if not isinstance(verdict, Mapping) or set(verdict) != {"kind", "text", "title"}:
        raise ImgsimError(f"the verdict of {id_!r} has a kind, a text and a title, not {verdict!r}")
    if verdict["kind"] not in (*CODES, *TIMES) or not verdict["text"]:
        raise ImgsimError(
            f"the verdict of {id_!r} is of a kind among {CODES + TIMES}, in words, not {dict(verdict)!r}"
        )
    return {name: str(value) for name, value in verdict.items()}
