"""Pairs of plates side by side, with the regions that agree, and what ties them; a click compares or opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imgsim.app.components.drawing import drawable, word
from imgsim.app.components.mounting import mount, own_url, positive
from imgsim.app.components.thumbnail_grid import picked
from imgsim.base.translation import tr
from imgsim.errors import ImgsimError


@dataclass(frozen=True)
class PairEvent:
    """What the user did since the last run: the plate clicked, the pair to compare or to judge; else None."""

    clicked: str | None = None
    compare: str | None = None
    judge: str | None = None


def pair_list(
    *,
    key: str,
    items: Sequence[Mapping[str, Any]],
    height: int = 170,
    label: str = "",
    on_click: Callable[[], None] | None = None,
    on_compare: Callable[[], None] | None = None,
    on_judge: Callable[[], None] | None = None,
) -> PairEvent:
    """Show pairs and return what was picked.

    Parameters
    ----------
    key : the component's own key.
    items : one mapping a pair: id (str, unique), left and right (dicts of id, src, alt, caption and, optionally,
        outline), words (dicts of text, kind, title), lines (list of str) and, optionally, judge (a button's words).
    height : of every image in CSS pixels; the plate is shown whole in it.
    label : read aloud for the list; "" is "Pairs".

    Raises
    ------
    ImgsimError
        If an id comes twice or an address is not of this app.
    """
    shown = [_pair(item) for item in items]
    ids = [item["id"] for item in shown]
    if len(set(ids)) != len(ids):
        raise ImgsimError("a pair is in the list twice: give each an id of its own")
    plates = {item[side]["id"] for item in shown for side in ("left", "right")}
    data = {"items": shown, "height": positive(height, "height"), "label": label or tr("Pairs")}
    events = {"clicked": on_click, "compare": on_compare, "judge": on_judge}
    result = mount("pair_list", key=key, data=data, events=events)
    if result is None:
        return PairEvent()
    clicked, compare, judge = (picked(result, event) for event in events)
    return PairEvent(
        clicked if clicked in plates else None,
        compare if compare in ids else None,
        judge if judge in ids else None,
    )


def _pair(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(item["id"]),
        "left": _plate(item["left"]),
        "right": _plate(item["right"]),
        "words": [word(given) for given in item.get("words", ())],
        "lines": [str(line) for line in item.get("lines", ())],
        "judge": str(item.get("judge", "")),
    }


def _plate(plate: Mapping[str, Any]) -> dict[str, Any]:
    plate_id = str(plate["id"])
    made: dict[str, Any] = {
        "id": plate_id,
        "src": own_url(plate["src"], f"the image of {plate_id!r}") if plate.get("src") else "",
        "alt": str(plate["alt"]),
        "caption": str(plate.get("caption", "")),
    }
    if plate.get("outline") is not None:
        made["outline"] = drawable(plate["outline"], f"the outline of {plate_id!r}")
    return made
