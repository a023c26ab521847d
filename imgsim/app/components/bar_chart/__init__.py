"""Bars that count something: a click, or Enter, on a piece of one picks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from imgsim.app.components.mounting import mount
from imgsim.app.components.thumbnail_grid import picked
from imgsim.base.translation import tr
from imgsim.charts.bars import Bar
from imgsim.errors import ImgsimError


@dataclass(frozen=True)
class BarEvent:
    """What the user picked since the last run: the bar's place, and the kind of its piece; else None."""

    place: int | None = None
    kind: str | None = None


def bar_chart(
    *,
    key: str,
    bars: Sequence[Bar],
    colours: Mapping[str, str],
    label: str,
    upright: bool = False,
    axis: str = "",
    legend: bool = False,
    still: bool = False,
    on_click: Callable[[], None] | None = None,
) -> BarEvent:
    """Show bars and return what was picked.

    Parameters
    ----------
    key : the chart's own key.
    bars : in order; from left to right if `upright`, else from top to bottom.
    colours : kind of piece -> "#rrggbb", in the legend's order.
    label : what they show, read aloud for the chart.
    axis : under the bars of an upright chart, what their names are.
    legend : whether the kinds that are there are named above the bars.
    still : whether nothing happens at a click; what a piece counts can be read all the same.

    Raises
    ------
    ImgsimError
        If a piece has no colour or a negative count.
    """
    for piece in (piece for bar in bars for piece in bar.pieces):
        if piece.kind not in colours or piece.count < 0:
            known = ", ".join(colours)
            raise ImgsimError(f"a piece of a bar counts 0 or more of a kind among {known}, and not {piece!r}")
    there = {piece.kind for bar in bars for piece in bar.pieces if piece.count}
    data = {
        "bars": [asdict(bar) for bar in bars],
        "colours": dict(colours),
        "label": str(label),
        "upright": bool(upright),
        "axis": str(axis),
        "legend": [[kind, tr(kind)] for kind in colours if legend and kind in there],
        "still": bool(still),
    }
    result = mount("bar_chart", key=key, data=data, events={"clicked": on_click})
    place, _, kind = (picked(result) or "").partition(":") if result is not None else ("", "", "")
    # Only pieces that are on the page: the browser is asked, not believed.
    if not (place.isascii() and place.isdecimal()) or int(place) >= len(bars) or still:
        return BarEvent()
    if not any(piece.kind == kind and piece.count for piece in bars[int(place)].pieces):
        return BarEvent()
    return BarEvent(int(place), kind)
