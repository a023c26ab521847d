"""Putting a picture where it belongs on the plate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from imgsim.sources.sample.shapes import Lettering, Patch, Picture, Shape


def bounds(picture: Sequence[Shape]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a picture."""
    points = np.concatenate([shape.mid if isinstance(shape, Patch) else shape.points for shape in picture])
    reach = np.concatenate([np.maximum(shape.left, shape.right) if isinstance(shape, Patch)
                            else np.zeros(len(shape.points)) for shape in picture])[:, None]
    low, high = (points - reach).min(0), (points + reach).max(0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def moved(picture: Sequence[Shape], scale: np.ndarray, shift: np.ndarray) -> Picture:
    """The picture scaled (x, y) about the origin, then shifted; the weight of its lines stays as it was."""
    out: Picture = []
    mean = float(np.sqrt(scale[0] * scale[1]))
    for shape in picture:
        if isinstance(shape, Patch):
            sweep = None if shape.sweep is None else shape.sweep * mean
            out.append(Patch(shape.mid * scale + shift, shape.left * mean, shape.right * mean, shape.hatch, shape.tone,
                             shape.veins, sweep, shape.outline, shape.filled))
        elif isinstance(shape, Lettering):
            out.append(Lettering(shape.points * scale + shift, shape.widths * mean))
        else:
            out.append(replace(shape, points=shape.points * scale + shift))
    return out


def fitted(picture: Sequence[Shape], box: tuple[float, float, float, float], give: float = 1.3) -> Picture:
    """The picture scaled to fill a box (left, top, right, bottom), centred in it.

    As a draughtsman makes a plant fit its plate, it may grow up to ``give`` times wider or taller than it is.
    """
    left, top, right, bottom = bounds(picture)
    room = np.array([(box[2] - box[0]) / max(right - left, 1), (box[3] - box[1]) / max(bottom - top, 1)])
    scale = np.minimum(room, room.min() * give)
    middle = np.array([left + right, top + bottom]) / 2
    target = np.array([box[0] + box[2], box[1] + box[3]]) / 2
    return moved(picture, scale, target - middle * scale)
