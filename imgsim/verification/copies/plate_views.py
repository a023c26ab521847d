"""The views of a plate in which a copy may show it: as it is, turned by quarters, and reversed as in a mirror.

A view is a number: how many quarters the plate is turned against the clock, and 4 more if it was reversed before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from imgsim.features.extraction import Features
from imgsim.verification.geometry import mirroring, moved

PLAIN, REVERSED = 0, 4
STANDING = (PLAIN, REVERSED)
TURNED = (1, 2, 3, 5, 6, 7)

T = TypeVar("T", bound=np.generic)


def seen_as(plate: npt.NDArray[T], view: int) -> npt.NDArray[T]:
    """An array (h, w) of a plate in a view."""
    return np.ascontiguousarray(np.rot90(plate[:, ::-1] if view >= REVERSED else plate, view % 4))


def viewed_size(size: tuple[int, int], view: int) -> tuple[int, int]:
    """Width and height of a plate in a view."""
    return (size[1], size[0]) if view % 2 else size


def viewed(size: tuple[int, int], view: int) -> npt.NDArray[np.float64]:
    """From pixels of a plate of that width and height to those of the view, counted from the corner: float64 (3, 3)."""
    turned: npt.NDArray[Any] = np.eye(3)
    width, height = size
    for _ in range(view % 4):
        turned = np.array([[0.0, 1, 0], [-1, 0, width], [0, 0, 1]]) @ turned
        width, height = height, width
    return turned @ mirroring(size[0]) if view >= REVERSED else turned


def view_of(features: Features, view: int) -> Features:
    """What was seen in a view alone, in pixels of that view."""
    keep = features.points[:, 3] == view
    points = features.points[keep]
    points[:, :2] = moved(viewed(features.size, view), points[:, :2])
    return replace(
        features,
        size=viewed_size(features.size, view),
        points=points,
        descriptors=features.descriptors[keep],
        vouch=features.vouch[keep],
    )


def views_in(features: Features) -> list[int]:
    """The views in which a plate was described, the plain one first."""
    return sorted({int(view) for view in np.unique(features.points[:, 3])})
