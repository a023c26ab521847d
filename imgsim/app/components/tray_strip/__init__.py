"""The plates of a tray in a row, small: a click opens one, its cross takes it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from imgsim.app.components.mounting import mount, own_url
from imgsim.app.components.thumbnail_grid import picked


@dataclass(frozen=True)
class StripEvent:
    """The id of the plate that was clicked since the last run."""

    clicked: str | None = None


def tray_strip(
    *,
    key: str,
    items: Sequence[Mapping[str, str]],
    told: str,
    on_remove: Callable[[], None] | None = None,
) -> StripEvent:
    """Show the plates of a tray.

    Parameters
    ----------
    key : the strip's own key.
    items : of each plate ``id``, ``src`` (address of its thumbnail in this app; "" for a plate that is not here) and
        ``title``.
    told : how many there are, in words.
    on_remove : called without arguments before the page reruns; see `removed`.

    Raises
    ------
    ImgsimError
        If an address is not of this app.
    """
    for one in items:
        if one["src"]:
            own_url(one["src"], f"the image of {one['id']!r}")
    shown = [{name: str(one[name]) for name in ("id", "src", "title")} for one in items]
    result = mount(
        "tray_strip", key=key, data={"items": shown, "told": told}, events={"clicked": None, "remove": on_remove}
    )
    return StripEvent() if result is None else StripEvent(picked(result))


def removed(state: object) -> str | None:
    """The id of the plate that is to be taken out, of a strip's state (``st.session_state[key]``)."""
    return picked(state, "remove")
