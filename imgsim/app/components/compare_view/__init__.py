"""Two plates laid on each other: flicker, opacity, red and cyan, swipe, side by side, difference."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from imgsim.app.components import keyboard
from imgsim.app.components.mounting import mount, own_url, positive
from imgsim.errors import ImgsimError

MODES = ("flicker", "opacity", "overlay", "swipe", "side", "difference")
WISHES = ("next", "previous", "back", "observe", "forget")
MOST_POINTS = 60


@dataclass(frozen=True)
class ComparedPlate:
    """One of the two: its id, the address of its picture in this app, its caption, its original's size in pixels."""

    id: str
    src: str
    caption: str
    width: int
    height: int


@dataclass(frozen=True)
class CompareEvent:
    """What the user wished since the last run: one of `WISHES` or None; the mode that was shown then; and for "observe"
    what is seen at the point of which number."""

    wish: str | None = None
    mode: str | None = None
    number: int = 0
    text: str = ""


def compare_view(
    *,
    key: str,
    a: ComparedPlate,
    b: ComparedPlate,
    transform: np.ndarray | None,
    bend: np.ndarray | None = None,
    points: Mapping[int, tuple[float, float, float, float]] | None = None,
    observed: Mapping[str, Any] | None = None,
    negative: bool = False,
    mode: str = "",
    finding: str = "",
    preload: Sequence[str] = (),
    on_wish: Callable[[], None] | None = None,
) -> CompareEvent:
    """Show two plates in one frame, that of A.

    Parameters
    ----------
    key : the view's own key.
    transform : (3, 3), from (x, y, 1) of A to B in pixels of the originals; None where none is known: B is then laid
        on A to fit, and the user is offered to lay it by hand.
    bend : (n, n, 2) or None; what is to be added in B at nodes spread over A from corner to corner, rows first.
    points : number -> place found in both as x and y in A, x and y in B; at most 60 are taken.
    observed : what people wrote: "said", a list of {"number", "text", "by"}; "signed", whether the reader may write;
        "undo", whether there is something to take back.
    negative : one of the two is the other's negative: the darker one is shown inverted, or as it is if the user wants.
    mode : one of `MODES`, shown at first, or "" for the one that was last chosen in this browser; a change of mode
        happens in the browser, which also writes it into the page's address as ``compare``.
    finding : what is known of the pair, in a few words, for the caption of a saved picture.
    preload : addresses of pictures that are likely next.
    on_wish : called without arguments before the page reruns; read the wish with `wished`.

    Raises
    ------
    ImgsimError
        If an address is not of this app, the mode is unknown, or the transform or bend has another shape.
    """
    if mode and mode not in MODES:
        raise ImgsimError(f"a comparison's mode is one of {', '.join(MODES)}, not {mode!r}")
    data: dict[str, Any] = {
        "a": _plate(a),
        "b": _plate(b),
        "matrix": None if transform is None else _finite(transform, (3, 3), "the transform").ravel().tolist(),
        "bend": None,
        "nodes": 0,
        "points": _points(points or {}),
        "observed": {"said": [], "signed": False, "undo": False, **(observed or {})},
        "negative": bool(negative),
        "mode": mode,
        "finding": str(finding),
        "keys": keyboard.sent(keyboard.COMPARE),
        "preload": [own_url(url, "a preloaded picture") for url in preload],
    }
    if bend is not None and transform is not None:
        nodes = len(bend)
        data["bend"] = base64.b64encode(
            _finite(bend, (nodes, nodes, 2), "the bend").astype("<f4").tobytes()
        ).decode()
        data["nodes"] = nodes
    result = mount("compare_view", key=key, data=data, events={"asked": on_wish})
    return wished(result)


def wished(state: Any) -> CompareEvent:
    """Return what a view's state (``st.session_state[key]``) asks for; anything else from there is nothing."""
    value = state.get("asked") if hasattr(state, "get") else None
    if not isinstance(value, Mapping):
        return CompareEvent()
    wish, mode = value.get("what"), value.get("mode")
    number, text = value.get("number"), value.get("text")
    event = CompareEvent(wish if wish in WISHES else None, mode if mode in MODES else None)
    if event.wish != "observe":
        return event
    if not (isinstance(number, int) and isinstance(text, str)):
        return CompareEvent(None, event.mode)
    return replace(event, number=number, text=text)


def _plate(plate: ComparedPlate) -> dict[str, Any]:
    return {
        "id": str(plate.id),
        "src": own_url(plate.src, f"the picture of {plate.id!r}"),
        "caption": str(plate.caption),
        "width": positive(plate.width, "width", most=1_000_000),
        "height": positive(plate.height, "height", most=1_000_000),
    }


def _finite(values: np.ndarray, shape: tuple[int, ...], what: str) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise ImgsimError(f"{what} must be {shape} of finite numbers, not {array.shape}")
    return array


def _points(points: Mapping[int, tuple[float, float, float, float]]) -> list[list[float]]:
    sound = [(number, *place) for number, place in points.items() if np.isfinite(place).all()]
    return [[number, *(round(float(value), 1) for value in place)] for number, *place in sound[:MOST_POINTS]]
