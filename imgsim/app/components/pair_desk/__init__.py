"""Two plates beside each other, to be judged: one laid on the other in its place by a key, outlines off by another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.app.components import keyboard
from imgsim.app.components.drawing import drawable
from imgsim.app.components.mounting import mount, own_url, positive
from imgsim.app.components.thumbnail_grid import picked
from imgsim.errors import ImgsimError

_FIELDS = {"id", "src", "alt", "title", "lines", "outline", "width", "height"}


@dataclass(frozen=True)
class DeskEvent:
    """The id of the plate that was clicked since the last run."""

    clicked: str | None = None


def pair_desk(
    *,
    key: str,
    sides: Sequence[Mapping[str, Any]],
    transform: npt.NDArray[np.float64] | None = None,
    negative: bool = False,
) -> DeskEvent:
    """Show two plates; in the browser, B appears in A's place and goes again, and outlines are drawn or not.

    Parameters
    ----------
    key : the desk's own key.
    sides : A and B: of each ``id``, ``src`` (an address of this app), ``alt``, ``title``, ``lines``, ``outline`` (an
        `outline`, or None) and ``width`` and ``height`` of the original in pixels.
    transform : float64 (3, 3), from (x, y, 1) of A to B in pixels of the originals. None, or one that cannot be turned
        round, where it is not known: B is then only fitted to A.
    negative : B is shown with black for white where it lies on A.

    Raises
    ------
    ImgsimError
        For other than two plates, another field, an address that is not of this app, or a transform of another shape.
    """
    if len(sides) != 2 or sides[0]["id"] == sides[1]["id"]:
        raise ImgsimError(f"two plates are judged, not {[side.get('id') for side in sides]}")
    data = {
        "sides": [_side(side) for side in sides],
        "matrix": _back(transform),
        "negative": bool(negative),
        "flicker": keyboard.FLICKER,
        "outlines": keyboard.OUTLINES,
    }
    result = mount("pair_desk", key=key, data=data, events={"clicked": None})
    found = picked(result) if result is not None else None
    return DeskEvent(found if found in {side["id"] for side in sides} else None)


def _side(side: Mapping[str, Any]) -> dict[str, Any]:
    if set(side) != _FIELDS:
        raise ImgsimError(f"a plate to be judged has {', '.join(sorted(_FIELDS))}, not {', '.join(sorted(side))}")
    shown = {name: str(side[name]) for name in ("id", "alt", "title")}
    return {
        **shown,
        "src": own_url(side["src"], f"the picture of {side['id']!r}"),
        "lines": [str(line) for line in side["lines"]],
        "outline": None if side["outline"] is None else drawable(side["outline"], f"the outline of {side['id']!r}"),
        "width": positive(side["width"], "width", most=1_000_000),
        "height": positive(side["height"], "height", most=1_000_000),
    }


def _back(transform: npt.NDArray[np.float64] | None) -> list[float] | None:
    """From B to A, rows first; None where that is not known."""
    if transform is None:
        return None
    matrix = np.asarray(transform, dtype=np.float64)
    if matrix.shape != (3, 3):
        raise ImgsimError(f"a transform is (3, 3), not {matrix.shape}")
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-12:
        return None
    back = np.linalg.inv(matrix)
    return (back / back[2, 2]).ravel().tolist() if back[2, 2] else None
