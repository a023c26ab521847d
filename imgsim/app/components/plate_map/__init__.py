"""The map: every plate a point; the query black, its neighbours red, those that are verified tied to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from imgsim.app.components import keyboard
from imgsim.app.components.mounting import mount, own_url, positive, row_number
from imgsim.app.components.plate_map.array_encoding import decode_mask, encode_mask
from imgsim.base.translation import tr
from imgsim.charts.colours import MISSING, NO_TONE
from imgsim.errors import ImgsimError

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class MapEvent:
    """What the user did on the map since the last run; each is None in every other run.

    clicked: the row of the point that was clicked. selected: int64 rows (ascending) inside the box or lasso
    just drawn, empty when the selection was just cleared.
    """

    clicked: int | None = None
    selected: np.ndarray | None = None


def plate_map(
    *,
    key: str,
    points_url: str,
    count: int,
    query: int | None = None,
    neighbours: Sequence[int] = (),
    verified: Sequence[int] | None = None,
    visible: np.ndarray | None = None,
    selected: np.ndarray | None = None,
    labels_url: str | None = None,
    thumbnail_url: str | None = None,
    found_url: str | None = None,
    pictures_url: str | None = None,
    pictured: bool = True,
    regions_url: str | None = None,
    labelled: bool = True,
    sought: str = "",
    tones_url: str | None = None,
    ties_url: str | None = None,
    palette: Sequence[str] = (),
    names: Sequence[str] = (),
    counts: Sequence[int] | None = None,
    legend: str = "",
    missing: int = 0,
    unknown: str = "",
    chosen: Sequence[int] = (),
    but: bool = False,
    height: int = 620,
    label: str = "",
    on_click: Callable[[], None] | None = None,
    on_select: Callable[[], None] | None = None,
    on_seek: Callable[[], None] | None = None,
    on_legend: Callable[[], None] | None = None,
    on_pictured: Callable[[], None] | None = None,
    on_labelled: Callable[[], None] | None = None,
) -> MapEvent:
    """Draw the map and return what was done on it.

    Zoom, pan and selection live in the browser and outlast every rerun; only another `points_url` resets
    them. A rerun sends the query, its neighbours and the mask, a few kB.

    Parameters
    ----------
    key : the map's own key.
    points_url : address of the file that `encode_points` makes; may be cached for ever, so change the
        address when the points change.
    count : number of points in that file.
    query : row of the query, drawn black, or None.
    neighbours : rows of its neighbours, drawn red, best first.
    verified : which of the neighbours are verified: filled, and tied to the query by a line, while the others are
        rings. None where nothing was verified: all are filled.
    visible : boolean (count,), which points are shown; None shows all. Query and neighbours always show.
    selected : boolean (count,), the selection, as `on_select` was told or as an address says; None leaves the browser's
        own as it is.
    labels_url : address of the file that `encode_labels` makes, fetched after the first picture; None: no
        tooltip.
    thumbnail_url : address of a thumbnail with one of ``{thumbnail}``, ``{id}``, ``{row}`` in it.
    found_url : address that answers with the mask (`encode_mask`) of the plates that a search finds, with what is
        looked for put behind it; None: no search on the map.
    pictures_url : address that answers with a sheet (`encode_pictures`) of the plates whose rows, tied by ``-``, are
        put behind it; None: points only. `pictured`: whether they are drawn, from a certain zoom on.
    regions_url : address of what the regions of the map are called (`RegionLabel`s as JSON); None: they have no names.
        `labelled`: whether it is shown.
    sought : what is looked for, as the page's address says.
    tones_url : address of the file that `encode_tones` makes; None draws all points in one colour.
    ties_url : address of the file that `encode_ties` makes, of lines between points, each in its points' colour; None:
        no lines.
    palette, names, counts, missing, unknown : as in `Colouring`, but in the reader's language; `legend` is the
        legend's heading.
    chosen : the legend's entries that are chosen, by their place in the palette, 255 for what has no value; `but`
        says that all but these are shown. Which points are shown is in `visible`; this is what the legend says of it.
    height : of the picture in CSS pixels; toolbar and legend come on top.
    label : read aloud for the map; "" is "Map of the plates".
    on_click, on_select, on_seek, on_legend, on_pictured, on_labelled : called without arguments before the page reruns;
        the value then lies in ``st.session_state[key]``: read it with `clicked_row`, `selected_rows`, `sought_text`,
        `pressed_entry`, `switched`.

    Raises
    ------
    ImgsimError
        If a row, a mask, a colour or an address is not what it should be.
    """
    count = positive(count, "the number of points", most=5_000_000)
    if counts is not None and len(counts) != len(palette):
        raise ImgsimError(f"{len(counts)} counts for {len(palette)} colours: give one each")
    if len(names) != len(palette):
        raise ImgsimError(f"{len(names)} names for {len(palette)} colours: give one each")
    for colour in palette:
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            raise ImgsimError(f"a palette colour is written #rrggbb, not {colour!r}")
    data = {
        "points": own_url(points_url, "points_url"),
        "count": count,
        "query": None if query is None else row_number(query, count, "the query"),
        "neighbours": [row_number(row, count, "a neighbour") for row in neighbours],
        "verified": None
        if verified is None
        else [row_number(row, count, "a verified neighbour") for row in verified],
        "visible": _mask(visible, count, "visible"),
        "selected": "" if selected is not None and not np.any(selected) else _mask(selected, count, "selected"),
        "labels": labels_url and own_url(labels_url, "labels_url"),
        "thumbnail": thumbnail_url and own_url(thumbnail_url, "thumbnail_url"),
        "found": found_url and own_url(found_url, "found_url"),
        "pictures": pictures_url and own_url(pictures_url, "pictures_url"),
        "pictured": bool(pictured),
        "regions": regions_url and own_url(regions_url, "regions_url"),
        "labelled": bool(labelled),
        "sought": str(sought),
        "tones": tones_url and own_url(tones_url, "tones_url"),
        "ties": ties_url and own_url(ties_url, "ties_url"),
        "palette": list(palette),
        "names": [str(name) for name in names],
        "counts": None if counts is None else [int(number) for number in counts],
        "legend": str(legend),
        "missing": int(missing),
        "unknown": unknown or tr("not known"),
        "none": MISSING,
        "chosen": [int(tone) for tone in chosen],
        "but": bool(but),
        "height": positive(height, "height"),
        "label": f"{label or tr('Map of the plates')}. {keyboard.spoken(keyboard.MAP)}",
        "keys": keyboard.sent(keyboard.MAP),
    }
    events = {
        "clicked": on_click, "selected": on_select, "sought": on_seek, "legend": on_legend, "pictured": on_pictured,
        "labelled": on_labelled,
        "changed": None,  # colours that the server no longer has: the page is drawn anew, with others
    }  # fmt: skip
    result = mount("plate_map", key=key, data=data, events=events)
    if result is None:
        return MapEvent()
    return MapEvent(clicked_row(result, count), selected_rows(result, count))


def clicked_row(state: object, count: int) -> int | None:
    """Return the clicked row in a map's state (``st.session_state[key]``), or None; foreign values are None."""
    row = _value(state, "clicked")
    return row if isinstance(row, int) and not isinstance(row, bool) and 0 <= row < count else None


def selected_rows(state: object, count: int) -> np.ndarray | None:
    """Return the int64 rows just selected in a map's state, or None; foreign values are None."""
    text = _value(state, "selected")
    if not isinstance(text, str):
        return None
    try:
        return np.flatnonzero(decode_mask(text, count)).astype(np.int64) if text else np.empty(0, np.int64)
    except ImgsimError:  # made for another collection just before the switch, or by hand
        return None


def sought_text(state: object) -> str | None:
    """Return what was just looked for in a map's state, '' when the search was cleared, or None."""
    text = _value(state, "sought")
    return text if isinstance(text, str) else None


def pressed_entry(state: object) -> tuple[int, bool] | None:
    """Return the legend's entry just pressed, and whether all but it is wanted; -1 shows all; None: nothing pressed."""
    value = _value(state, "legend")
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    tone, but = value
    known = isinstance(tone, int) and not isinstance(tone, bool) and -1 <= tone <= NO_TONE and isinstance(but, bool)
    return (tone, but) if known else None


def switched(state: object, name: str) -> bool | None:
    """Return whether "pictured" or "labelled" was just switched on, or off, in a map's state; None: neither."""
    value = _value(state, name)
    return value if isinstance(value, bool) else None


def _value(state: object, name: str) -> object:
    return state.get(name) if hasattr(state, "get") else None


def _mask(mask: np.ndarray | None, count: int, what: str) -> str | None:
    if mask is None:
        return None
    if len(mask) != count:
        raise ImgsimError(f"the mask {what!r} has {len(mask):,} rows but the map has {count:,} points")
    return encode_mask(mask)
