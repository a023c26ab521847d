"""Engraved lines: a picture becomes cuts in copper, and cuts become ink on paper.

A picture is a list of shapes in painter's order, in plate units (about 800 across a plate). ``engrave`` turns
it into cuts, as one hand would cut them; ``pull`` prints cuts under an affine transform. Printing the same cuts
twice gives two impressions of one plate; engraving the same picture by two hands gives a copy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from imgsim.sources.sample.hatching import strokes_of
from imgsim.sources.sample.shapes import Cut, Hand, Lettering, Line, Patch, Rng, Shape, taper

SUPERSAMPLING = 2


class _Warp:
    """The smooth errors of a copyist's eye: a few long waves over the plate."""

    def __init__(self, rng: Rng, amplitude: float) -> None:
        self.amplitude = amplitude
        self.waves = rng.uniform(0.003, 0.012, (4, 2)) * rng.choice([-1.0, 1.0], (4, 2))
        self.phases = rng.uniform(0, 2 * np.pi, (4, 2))
        self.stretch = 1 + rng.normal(0, 0.004, 2) * min(amplitude, 4)

    def __call__(self, points: np.ndarray) -> np.ndarray:
        phase = points @ self.waves.T
        shift = np.stack((np.sin(phase + self.phases[:, 0]).sum(-1), np.cos(phase + self.phases[:, 1]).sum(-1)), -1)
        return points * self.stretch + self.amplitude * 0.5 * shift


def _redraw(shape: Shape, warp: _Warp, rng: Rng, wander: float) -> Shape:
    """The same shape as another hand would set it down."""
    if isinstance(shape, Lettering):
        return shape
    if isinstance(shape, Line):
        return replace(shape, points=warp(shape.points), width=shape.width * float(rng.uniform(0.85, 1.15)))
    base = shape.mid[0]
    turn = rng.normal(0, 0.010 * wander)
    grow = 1 + rng.normal(0, 0.010 * wander)
    c, s = np.cos(turn) * grow, np.sin(turn) * grow
    mid = warp((shape.mid - base) @ np.array([[c, s], [-s, c]]) + base)
    breadth = 1 + rng.normal(0, 0.012 * wander, 2)
    return replace(shape, mid=mid, left=shape.left * breadth[0], right=shape.right * breadth[1],
                   tone=float(np.clip(shape.tone + rng.normal(0, 0.08), 0.05, 1)))


def engrave(picture: Sequence[Shape], hand: Hand) -> list[Cut]:
    """Cut a picture as this hand would.

    Parameters
    ----------
    picture : shapes in painter's order, in plate units.
    hand : the engraver; the same picture and hand always give the same cuts.

    Returns
    -------
    Cuts in printing order; strokes (m, k, 2) in plate units with widths (m, k).
    """
    rng = np.random.default_rng(hand.seed)
    warp = _Warp(rng, hand.wander)
    cuts: list[Cut] = []
    for drawn in picture:
        shape = _redraw(drawn, warp, rng, hand.wander) if hand.wander else drawn
        if isinstance(shape, Patch):
            cuts += strokes_of(shape, hand, rng)
        elif isinstance(shape, Line):
            profile = taper(len(shape.points), shape.start, shape.end)
            if shape.halo:
                cuts.append(Cut(shape.points[None], (shape.width + shape.halo) * profile[None], white=True))
            cuts.append(Cut(shape.points[None], shape.width * hand.weight * profile[None]))
        else:
            cuts.append(Cut(shape.points[None], shape.widths[None]))
    return cuts


def _outlines(points: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Strokes (m, k, 2) with widths (m, k) as closed polygons (m, 2k, 2)."""
    tangent = np.empty_like(points)
    tangent[:, 1:-1] = points[:, 2:] - points[:, :-2]
    tangent[:, 0] = points[:, 1] - points[:, 0]
    tangent[:, -1] = points[:, -1] - points[:, -2]
    size = np.sqrt((tangent * tangent).sum(-1, keepdims=True)) + 1e-9
    normal = tangent[..., ::-1] * np.array([-0.5, 0.5]) / size * widths[..., None]
    return np.concatenate((points + normal, (points - normal)[:, ::-1]), 1)


def pull(cuts: Sequence[Cut], size: tuple[int, int], matrix: np.ndarray, *, ink: float = 1.0,
         gain: float = 0.0) -> Image.Image:
    """Print cuts on white paper.

    Parameters
    ----------
    cuts : what ``engrave`` gave.
    size : width and height of the print in pixels.
    matrix : (2, 3) affine transform from plate units to pixels; a negative determinant mirrors.
    ink : factor on every width; `gain` adds to it in pixels (heavy inking > 0, a worn plate < 0).

    Returns
    -------
    Grey image, mode "L": 255 paper, 0 ink.
    """
    fine = matrix * SUPERSAMPLING
    scale = float(np.sqrt(abs(np.linalg.det(fine[:, :2]))))
    groups: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for i, cut in enumerate(cuts):
        groups[cut.points.shape[1], cut.widths is None].append(i)
    polygons: list[list[list[float]]] = [[] for _ in cuts]
    for (_, area), members in groups.items():
        points = np.concatenate([cuts[i].points for i in members]) @ fine[:, :2].T + fine[:, 2]
        if not area:
            widths = np.concatenate([cuts[i].widths for i in members if cuts[i].widths is not None])
            # Pillow's polygons include their border, which makes every stroke about one pixel wider.
            points = _outlines(points, np.maximum(widths * (scale * ink) + gain * SUPERSAMPLING - 0.8, 0.05))
        rows = points.reshape(len(points), -1).tolist()
        start = 0
        for i in members:
            end = start + len(cuts[i].points)
            polygons[i] = rows[start:end]
            start = end
    image = Image.new("L", (size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING), 255)
    draw = ImageDraw.Draw(image)
    for cut, rows in zip(cuts, polygons, strict=True):
        fill = 255 if cut.white else 0
        for row in rows:
            draw.polygon(row, fill=fill)
    return image.reduce(SUPERSAMPLING)
