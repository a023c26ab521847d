"""One plate, large: zoom, pan, and if wanted a box drawn on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st
from streamlit.runtime import Runtime

from imgsim.app.components import keyboard
from imgsim.app.components.mounting import mount, own_url, positive
from imgsim.base.translation import tr
from imgsim.errors import ImgsimError

Box = tuple[float, float, float, float]
_IMAGE_DATA = ("data:image/webp;base64,", "data:image/png;base64,", "data:image/jpeg;base64,")


@dataclass(frozen=True)
class ViewerState:
    """box: (x0, y0, x1, y1) in fractions of the image's width and height, 0..1, x0 < x1, y0 < y1; or None."""

    box: Box | None = None


def plate_viewer(
    *,
    key: str,
    src: str,
    alt: str,
    preview: str | None = None,
    height: int = 640,
    crop: bool = False,
    draw: bool = True,
    draw_label: str = "",
    box: Box | Literal["kept"] | None = "kept",
    on_box: Callable[[], None] | None = None,
    trail: tuple[str, str] | None = None,
    tiles: Mapping[str, Any] | None = None,
) -> ViewerState:
    """Show one image whole, to be zoomed and moved.

    Parameters
    ----------
    key : the viewer's own key.
    src : address of the image in this app ("/..."), or a data address of a WebP, PNG or JPEG image.
    alt : read aloud for the image.
    preview : address of a small version, such as the thumbnail, shown until `src` is there.
    height : of the stage in CSS pixels.
    crop : let the user draw a box; it stays (as state) until it is cleared or `src` changes.
    draw : whether dragging draws a box from the start; else it moves the plate until `draw_label` is pressed.
    draw_label : what the button that draws is called; "" is "Draw box".
    box : the box to show, for a caller that keeps it (with `on_box`); left out, the viewer keeps it itself.
    trail : the collection and the id of the plate that is opened here, which this browser remembers; None for others.
    tiles : of a scan with more pixels than `src` its tiles: `address` of its image service in this app, `width` and
        `height` of the scan in pixels, `side` of a tile, and the `factors` by which the scan is divided.
    on_box : called without arguments before the page reruns when the box changed; see `box_of`.

    Raises
    ------
    ImgsimError
        If the address is not one of this app.
    """
    if not (isinstance(src, str) and src.startswith(_IMAGE_DATA)):
        own_url(src, "src")
    if not isinstance(crop, bool):
        raise ImgsimError(f"crop is True or False, not {crop!r}")
    image = source_key(src)
    held = keyboard.VIEWER + (keyboard.BOX if crop else ())
    data: dict[str, Any] = {
        "src": src,
        "image": image,
        "preview": preview and own_url(preview, "preview"),
        "alt": str(alt),
        "label": f"{alt}. {keyboard.spoken(held)}",
        "keys": keyboard.sent(held),
        "height": positive(height, "height"),
        "crop": crop,
        "draw": bool(draw),
        "draw_label": draw_label or tr("Draw box"),
        "trail": list(trail) if trail else None,
        "tiles": {**tiles, "address": own_url(tiles["address"], "the address of the tiles")} if tiles else None,
    }
    if box == "kept":
        # The box outlives the picture of it: a viewer that comes back to the page draws it again.
        known = st.session_state.get(key) if crop and Runtime.exists() else None
        data["box"] = box_of(known, src)
    else:
        data["box"] = box
    result = mount("plate_viewer", key=key, data=data, events={"box": on_box})
    if box != "kept":
        return ViewerState(box)
    return ViewerState(box_of(result, src) if crop else None)


def source_key(src: str) -> str:
    """Return the short name of an image that a box is tied to, so that a box never outlives its image."""
    return src if len(src) <= 200 else f"{len(src)}:{src[:80]}:{src[len(src) // 2 :][:40]}:{src[-60:]}"


def box_of(state: Any, src: str) -> Box | None:
    """Return the box in a viewer's state (``st.session_state[key]``) if it was drawn on `src`, else None."""
    value = state.get("box") if hasattr(state, "get") else None
    if not isinstance(value, Mapping) or value.get("image") != source_key(src):
        return None
    box = value.get("box")
    if not isinstance(box, (list, tuple)) or len(box) != 4:
        return None
    if not all(
        isinstance(edge, (int, float)) and not isinstance(edge, bool) and 0 <= edge <= 1 for edge in box
    ):
        return None
    x0, y0, x1, y1 = (float(edge) for edge in box)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
