"""Families of plates, each a strip in order of date; plates are opened or compared, families opened, by a click."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imgsim.app.components.drawing import drawable, word
from imgsim.app.components.mounting import mount, own_url, positive
from imgsim.app.components.thumbnail_grid import gathered, picked
from imgsim.base.translation import tr
from imgsim.errors import ImgsimError


@dataclass(frozen=True)
class StripEvent:
    """What the user did since the last run: the plate clicked, to compare, to judge, to be left out or not; the family
    to open; and whether boxes of the tray were ticked."""

    clicked: str | None = None
    compare: str | None = None
    open: str | None = None
    judge: str | None = None
    excepted: str | None = None
    gathered: bool = False


def family_strips(
    *,
    key: str,
    families: Sequence[Mapping[str, Any]],
    height: int = 150,
    heads: bool = True,
    label: str = "",
    tray: Collection[str] | None = None,
    excepted: Collection[str] | None = None,
    on_click: Callable[[], None] | None = None,
    on_compare: Callable[[], None] | None = None,
    on_open: Callable[[], None] | None = None,
    on_judge: Callable[[], None] | None = None,
    on_except: Callable[[], None] | None = None,
    on_gather: Callable[[], None] | None = None,
) -> StripEvent:
    """Show families and return what was picked.

    Parameters
    ----------
    key : the component's own key.
    families : one mapping a family, in order::

            id       str, unique; comes back when the family is opened
            title    str, the heading
            facts    str, a line beside the heading
            words    list of word: dicts of text, kind (one of drawing.KINDS) and title
            members  list of dicts, in order of date, the undated last:
                     id, alt, src, year (str, "" without one), lines (list of str), words (as above),
                     first, undated, compare, judge, except (bool), outline and mark as in the grid (optional)
            after    list of dicts (optional): what stands below by a dashed line, each a heading and members

    height : of every image in CSS pixels; the plate is shown whole in it.
    heads : whether each strip has its heading.
    label : read aloud for the list; "" is "Families".
    excepted : ids of plates that are left out of what is asked of all; others with `except` can be. None: nothing is.
    on_except : called without arguments before the page reruns when such a box was clicked.
    tray, on_gather : as in `thumbnail_grid`.

    Raises
    ------
    ImgsimError
        If an id comes twice or an address is not of this app.
    """
    shown = [_family(family) for family in families]
    ids = [family["id"] for family in shown]
    if len(set(ids)) != len(ids):
        raise ImgsimError("a family is on the page twice: give each an id of its own")
    below = [group for family in shown for group in family["after"]]
    plates = {member["id"] for group in [*shown, *below] for member in group["members"]}
    data = {
        "families": shown,
        "height": positive(height, "height"),
        "heads": bool(heads),
        "label": label or tr("Families"),
        "tray": None if tray is None else sorted(plates.intersection(tray)),
        "excepted": None if excepted is None else sorted(plates.intersection(excepted)),
    }
    events = {"clicked": on_click, "compare": on_compare, "open": on_open, "judge": on_judge, "excepted": on_except}
    result = mount("family_strips", key=key, data=data, events={**events, "gather": on_gather})
    if result is None:
        return StripEvent()
    # Only ids that are on the page: the browser is asked, not believed.
    clicked, compare, opened, judge, excepts = (picked(result, event) for event in events)
    return StripEvent(
        clicked if clicked in plates else None,
        compare if compare in plates else None,
        opened if opened in ids else None,
        judge if judge in plates else None,
        excepts if excepts in plates else None,
        gathered(result) is not None,
    )


def _family(family: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(family["id"]),
        "title": str(family.get("title", "")),
        "facts": str(family.get("facts", "")),
        "words": [word(given) for given in family.get("words", ())],
        "members": [plate_of_strip(member) for member in family["members"]],
        "after": [
            {"heading": str(group["heading"]), "members": [plate_of_strip(member) for member in group["members"]]}
            for group in family.get("after", ())
        ],
    }


def plate_of_strip(member: Mapping[str, Any]) -> dict[str, Any]:
    """A plate of a strip as the browser gets it, checked; ImgsimError where its address is not of this app."""
    plate_id = str(member["id"])
    made: dict[str, Any] = {
        "id": plate_id,
        "alt": str(member["alt"]),
        "src": own_url(member["src"], f"the image of {plate_id!r}") if member.get("src") else "",
        "year": str(member.get("year", "")),
        "lines": [str(line) for line in member.get("lines", ())],
        "words": [word(given) for given in member.get("words", ())],
        "mark": "query" if member.get("mark") else "",
        **{name: bool(member.get(name)) for name in ("first", "undated", "compare", "judge", "except")},
    }
    if member.get("outline") is not None:
        made["outline"] = drawable(member["outline"], f"the outline of {plate_id!r}")
    return made
