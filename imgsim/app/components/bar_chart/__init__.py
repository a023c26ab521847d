"""Bars that count something: a click, or Enter, on one or on its darker part picks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from imgsim.app.components.mounting import mount
from imgsim.app.components.thumbnail_grid import picked
from imgsim.charts.overview_bars import PART, WHOLE, Bar
from imgsim.errors import ImgsimError


@dataclass(frozen=True)
class BarEvent:
    """What the user picked since the last run: the bar's place, and WHOLE or PART of it; else None."""

    place: int | None = None
    piece: str | None = None


def bar_chart(
    *,
    key: str,
    bars: Sequence[Bar],
    label: str,
    upright: bool = False,
    axis: str = "",
    on_click: Callable[[], None] | None = None,
) -> BarEvent:
    """Show bars and return what was picked.

    Parameters
    ----------
    key : the chart's own key.
    bars : in order; from left to right if `upright`, else from top to bottom.
    label : what they show, read aloud for the chart.
    axis : under the bars of an upright chart, what their names are.

    Raises
    ------
    ImgsimError
        If a bar's part is more than its whole, or a number is negative.
    """
    for bar in bars:
        if not 0 <= (bar.part or 0) <= bar.whole:
            told = f"the bar {bar.name!r} shows {bar.part} of {bar.whole}"
            raise ImgsimError(f"{told}, and a part is no more than its whole")
    data = {"bars": [asdict(bar) for bar in bars], "label": str(label), "upright": bool(upright), "axis": str(axis)}
    result = mount("bar_chart", key=key, data=data, events={"clicked": on_click})
    place, _, piece = (picked(result) or "").partition(":") if result is not None else ("", "", "")
    # Only bars that are on the page: the browser is asked, not believed.
    if not (place.isascii() and place.isdecimal()) or int(place) >= len(bars) or piece not in (WHOLE, PART):
        return BarEvent()
    return BarEvent(int(place), piece)
