"""A family on a line of time: its plates where their years stand, a lane a place; one is opened by a click."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from imgsim.app.components.family_strips import plate_of_strip
from imgsim.app.components.mounting import mount
from imgsim.app.components.thumbnail_grid import picked
from imgsim.base.translation import tr
from imgsim.errors import ImgsimError


def time_line(
    *,
    key: str,
    lanes: Sequence[Mapping[str, Any]],
    undated: Sequence[Mapping[str, Any]] = (),
    label: str = "",
    on_click: Callable[[], None] | None = None,
) -> str | None:
    """Show plates on a line of time and return the id of the one that was clicked.

    Parameters
    ----------
    key : the component's own key.
    lanes : one mapping a lane: name (str, "" for none) and members, each as in `family_strips`, with years: (first,
        last), whole numbers, between which it was printed. Its left edge stands at the first.
    undated : plates without a year, which stand apart.
    label : read aloud for the list; "" is "Plates by year and place".

    Raises
    ------
    ImgsimError
        If an id comes twice, an address is not of this app, or a plate was printed last before it was first.
    """
    shown: list[dict[str, Any]] = [
        {"name": str(lane["name"]), "members": [_dated(member) for member in lane["members"]]} for lane in lanes
    ]
    apart = [plate_of_strip(member) for member in undated]
    ids = [member["id"] for group in (*(lane["members"] for lane in shown), apart) for member in group]
    if len(set(ids)) != len(ids):
        raise ImgsimError("a plate is on the line of time twice: give each an id of its own")
    data = {"lanes": shown, "undated": apart, "label": label or tr("Plates by year and place")}
    result = mount("time_line", key=key, data=data, events={"clicked": on_click})
    clicked = picked(result) if result is not None else None
    return clicked if clicked in ids else None  # the browser is asked, not believed


def _dated(member: Mapping[str, Any]) -> dict[str, Any]:
    first, last = (int(year) for year in member["years"])
    if first > last:
        raise ImgsimError(f"the plate {member['id']!r} cannot be of {first} at the earliest and {last} at the latest")
    return {**plate_of_strip(member), "first_year": first, "last_year": last}
