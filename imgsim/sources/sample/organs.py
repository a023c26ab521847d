"""Leaves, stems, roots and fruits as shapes: every function returns a picture in painter's order.

Coordinates are plate units with y downwards; angles are radians, 0 to the right and -pi/2 upwards.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from imgsim.sources.sample.shapes import Line, Patch, Picture, Rng, along, unit

UP = -np.pi / 2


def bend(base: np.ndarray, angle: float, length: float, curl: float, n: int = 17) -> np.ndarray:
    """A line (n, 2) that leaves ``base`` at ``angle`` and turns by ``curl`` radians on its way."""
    headings = angle + curl * _turning(n)
    line = np.empty((n, 2))
    line[0] = base
    line[1:, 0] = base[0] + np.cumsum(np.cos(headings)) * (length / (n - 1))
    line[1:, 1] = base[1] + np.cumsum(np.sin(headings)) * (length / (n - 1))
    return line


@lru_cache(maxsize=64)
def _turning(n: int) -> np.ndarray:
    return unit(n)[:-1] ** 1.2


def heading(points: np.ndarray, at: float) -> tuple[np.ndarray, float]:
    """The point and direction at a fraction of a polyline."""
    position = min(max(at, 0.0), 1.0) * (len(points) - 1)
    i = min(int(position), len(points) - 2)
    step = points[i + 1] - points[i]
    return points[i] + step * (position - i), math.atan2(step[1], step[0])


def tube(mid: np.ndarray, first: float, last: float, tone: float = 0.5, hatch: str = "tube") -> Patch:
    """A stem or branch along ``mid``, from half-width ``first`` to ``last``."""
    half = first + (last - first) * unit(len(mid))
    return Patch(mid, half, half, hatch if first > 2.2 else "none", tone)


def disc(centre: np.ndarray, radius: float, hatch: str, tone: float = 0.5, squash: float = 1.0,
         angle: float = UP, n: int = 19) -> Patch:
    """A round or oval thing, its axis along ``angle``."""
    turn = (unit(n) - 0.5) * np.pi
    axis = radius * np.array([math.cos(angle), math.sin(angle)])
    half = np.cos(turn) * (radius * squash)
    return Patch(centre + np.sin(turn)[:, None] * axis, half, half, hatch, tone)


LEAF_FORMS = ("lanceolate", "ovate", "elliptic", "obovate", "cordate", "serrate", "lobed", "sinuate", "hastate",
              "linear", "vine", "nerved")


def _basal(x: np.ndarray, depth: float) -> np.ndarray:
    """The sweep of two lobes on either side of the stalk: nothing where the stalk joins, most a little above."""
    return -depth * (x / 0.07) * np.exp(1 - x / 0.07) * 0.8


def _profile(form: str, x: np.ndarray, teeth: float) -> tuple[np.ndarray, np.ndarray]:
    """Half-width (0 to 1) and sweep (share of the length) along a leaf."""
    zero = np.zeros_like(x)
    if form == "lanceolate":
        return np.sin(np.pi * x ** 0.7) ** 1.1, zero
    if form == "linear":
        return np.minimum(1, 6 * x + 0.35) * (1 - x ** 3) ** 0.8, zero
    if form == "obovate":
        return np.sin(np.pi * x ** 1.6) ** 0.9, zero
    if form in ("elliptic", "nerved"):
        return np.sin(np.pi * x) ** 0.75, zero
    if form == "serrate":
        saw = 1 - ((x * teeth) % 1.0)
        return np.sin(np.pi * x ** 0.8) ** 0.85 * (0.86 + 0.2 * saw), zero
    if form == "lobed":
        lobes = np.abs(np.cos(np.pi * x * max(3.0, teeth / 4))) ** 0.7
        return np.sin(np.pi * x ** 1.1) ** 0.7 * (0.38 + 0.68 * lobes), -0.10 * lobes * np.sin(np.pi * x)
    if form == "sinuate":
        return np.sin(np.pi * x ** 0.85) ** 0.8 * (0.86 + 0.16 * np.sin(2 * np.pi * x * teeth / 3)), zero
    if form == "hastate":
        return np.where(x < 0.3, 1.0 - 1.1 * x, 0.95 * (1 - x) ** 0.85) * np.minimum(1, 30 * x), \
            _basal(x, 0.3)
    if form == "vine":
        lobes = 0.66 + 0.34 * np.abs(np.cos(np.pi * (x * 2.6 + 0.1))) ** 0.8
        saw = 0.93 + 0.12 * (1 - ((x * teeth * 0.9) % 1.0))
        return np.minimum(1, 9 * x) ** 0.7 * (1 - x) ** 0.62 * 1.25 * lobes * saw, _basal(x, 0.34)
    body = np.sin(np.pi * x ** 0.62) ** 0.9
    if form == "cordate":
        return np.minimum(1, 8 * x) ** 0.6 * (1 - x ** 1.15) ** 0.95 * 1.02, _basal(x, 0.3)
    return body, zero


def leaf(rng: Rng, base: np.ndarray, angle: float, length: float, form: str, *, breadth: float = 0.4,
         stalk: float = 0.1, tone: float = 0.5, curl: float | None = None, veins: int = 6, teeth: float = 14,
         turn: float | None = None) -> Picture:
    """One leaf: its stalk, then its blade; ``turn`` (-1 to 1) narrows one half, as a leaf seen aslant."""
    curl = float(rng.normal(0, 0.45)) if curl is None else curl
    turn = float(rng.uniform(-0.55, 0.55)) if turn is None else turn
    picture: Picture = []
    if stalk:
        foot = bend(base, angle, length * stalk, curl * 0.3, 7)
        picture.append(tube(foot, max(1.3, length * 0.012), max(1.1, length * 0.009)))
        base, angle = heading(foot, 1.0)
    fine = form in ("serrate", "lobed", "sinuate", "vine", "hastate", "cordate")
    n = 65 if fine and length > 60 else 25 if length > 40 else 13
    mid = bend(base, angle, length, curl, n)
    x = unit(n)
    profile, sweep = _profile(form, x, teeth if length > 60 else teeth * 0.6)
    half = profile * length * breadth * 0.5
    narrow, wide = 1 - abs(turn) * 0.8, 1 + abs(turn) * 0.1
    left, right = (narrow, wide) if turn > 0 else (wide, narrow)
    plain = length * breadth < 22 or form in ("linear", "nerved")
    blade = Patch(mid, half * left, half * right, "blade" if form in ("linear", "nerved") else "leaf", tone,
                  0 if plain else veins, sweep * length if sweep.any() else None)
    picture.append(blade)
    if form == "nerved" and length > 60:
        side = along(mid)[1]
        for t in (-0.66, -0.33, 0.33, 0.66):
            nerve = mid + side * (t * (blade.left if t < 0 else blade.right))[:, None]
            picture.append(Line(nerve[1:-1], 1.6, 0.5, 0.2))
    if plain:
        picture.append(Line(mid[: max(3, int(n * 0.9))], 1.3, 0.8, 0.1))
    return picture


def compound(rng: Rng, base: np.ndarray, angle: float, length: float, form: str, *, pairs: int = 5,
             breadth: float = 0.42, tone: float = 0.5, terminal: bool = True, curl: float | None = None) -> Picture:
    """A pinnate leaf: leaflets in pairs along a common stalk."""
    curl = float(rng.normal(0, 0.5)) if curl is None else curl
    stalk = bend(base, angle, length, curl, 21)
    picture: Picture = [tube(stalk, max(1.6, length * 0.008), 1.0)]
    for i in range(pairs):
        at = 0.22 + 0.74 * i / max(pairs - 1, 1)
        size = length * (0.42 - 0.10 * abs(at - 0.45)) * (5.5 / (pairs + 2.0)) * 0.9
        for side in (-1, 1):
            foot, way = heading(stalk, at + 0.01 * side)
            picture += leaf(rng, foot, way + side * float(rng.normal(0.95, 0.07)), size, form, breadth=breadth,
                            stalk=0.06, tone=tone, curl=-side * 0.35 + float(rng.normal(0, 0.08)), veins=4)
    if terminal:
        foot, way = heading(stalk, 1.0)
        picture += leaf(rng, foot, way, length * 0.3, form, breadth=breadth, stalk=0.05, tone=tone, curl=0.1, veins=4)
    return picture


def frond(rng: Rng, base: np.ndarray, angle: float, length: float, *, tone: float = 0.5, pinnae: int = 15,
          curl: float | None = None) -> Picture:
    """A fern's frond: many narrow pinnae, shorter at the foot and dwindling to the tip."""
    curl = float(rng.normal(0, 0.5)) if curl is None else curl
    stalk = bend(base, angle, length, curl, 25)
    picture: Picture = []
    for i in range(pinnae):
        at = 0.18 + 0.8 * i / pinnae
        size = length * 0.31 * np.sin(np.pi * (0.3 + 0.7 * (i + 0.3) / pinnae)) ** 0.9 + 4
        for side in (-1, 1):
            foot, way = heading(stalk, at)
            picture += leaf(rng, foot, way + side * (1.25 - 0.5 * at) + float(rng.normal(0, 0.04)), float(size),
                            "lobed" if size > 60 else "lanceolate", breadth=0.25, stalk=0, tone=tone * 0.7,
                            curl=-side * 0.35 + float(rng.normal(0, 0.1)), veins=0, teeth=34, turn=0.0)
    picture.append(tube(stalk, 2.6, 0.9))
    return picture


def fan(rng: Rng, base: np.ndarray, angle: float, length: float, form: str, *, fingers: int = 5,
        breadth: float = 0.34, tone: float = 0.5, stalk: float = 0.7) -> Picture:
    """A palmate leaf: fingers from one point at the end of a stalk."""
    foot = bend(base, angle, length * stalk, float(rng.normal(0, 0.4)), 11)
    picture: Picture = [tube(foot, max(1.6, length * 0.016), max(1.3, length * 0.012))]
    centre, way = heading(foot, 1.0)
    spread = 0.9 if fingers == 3 else 1.75 if fingers < 7 else 2.3
    order = sorted(range(fingers), key=lambda i: -abs(i - (fingers - 1) / 2))
    for i in order:
        u = (i - (fingers - 1) / 2) / ((fingers - 1) / 2)
        picture += leaf(rng, centre, way + u * spread + float(rng.normal(0, 0.05)), length * (1 - 0.35 * abs(u)),
                        form, breadth=breadth, stalk=0.02, tone=tone, curl=0.25 * u, veins=5)
    return picture


def roots(rng: Rng, base: np.ndarray, size: float, kind: str) -> Picture:
    """What the plant stands on, below ``base``: tap, fibrous, bulb, tuber, rhizome, turf or a cut end."""
    picture: Picture = []
    if kind == "tap":
        mid = bend(base, np.pi / 2 + float(rng.normal(0, 0.15)), size, float(rng.normal(0, 0.5)), 31)
        x = np.linspace(0, 1, 31)
        half = size * 0.11 * (1 - x) ** float(rng.uniform(0.6, 1.1)) * np.minimum(1, 0.4 + 6 * x) + 0.8
        half = half * (1 + 0.05 * np.sin(x * 40))
        for _ in range(9):
            foot, way = heading(mid, float(rng.uniform(0.15, 0.9)))
            picture += _rootlet(rng, foot, way + float(rng.choice([-1, 1]) * rng.uniform(0.5, 1.1)), size * 0.4)
        picture.append(Patch(mid, half, half, "tube", 0.75))
    elif kind in ("bulb", "tuber"):
        for _ in range(14):
            foot = base + np.array([rng.normal(0, size * 0.1), size * (0.62 if kind == "bulb" else 0.4)])
            picture += _rootlet(rng, foot, np.pi / 2 + float(rng.normal(0, 0.5)), size * float(rng.uniform(0.3, 0.6)))
        if kind == "bulb":
            x = np.linspace(0, 1, 27)
            half = size * 0.30 * np.sin(np.pi * (0.05 + 0.92 * x ** 0.75)) ** 0.75
            mid = bend(base - [0, size * 0.08], np.pi / 2, size * 0.74, 0.0, 27)
            picture.append(Patch(mid, half, half * 1.05, "meridian", 0.7))
        else:
            for dx, dy, r in ((-0.28, 0.42, 0.2), (0.26, 0.36, 0.24), (0.0, 0.2, 0.2)):
                picture.append(disc(base + size * np.array([dx, dy]), size * r, "globe", 0.7,
                                    float(rng.uniform(0.6, 0.95)), float(rng.uniform(0, np.pi))))
    elif kind == "rhizome":
        left = base + np.array([-size * float(rng.uniform(0.5, 0.7)), size * 0.16])
        mid = bend(left, -0.12, size * 1.2, float(rng.normal(0.25, 0.1)), 33)
        knobs = 1 + 0.10 * np.sin(np.linspace(0, 1, 33) * 31)
        for _ in range(16):
            foot, _way = heading(mid, float(rng.uniform(0.05, 0.98)))
            picture += _rootlet(rng, foot, np.pi / 2 + float(rng.normal(0, 0.35)), size * float(rng.uniform(0.3, 0.6)))
        picture.append(Patch(mid, size * 0.075 * knobs, size * 0.08 * knobs, "globe", 0.65))
        for at in np.linspace(0.08, 0.92, 9):
            foot, way = heading(mid, float(at))
            side = np.array([-np.sin(way), np.cos(way)]) * size * 0.07
            picture.append(Line(np.stack((foot - side, foot + 0.15 * side[::-1], foot + side)), 1.6))
    elif kind == "fibrous":
        for _ in range(int(rng.integers(16, 28))):
            foot = base + np.array([rng.normal(0, size * 0.03), -2.0])
            picture += _rootlet(rng, foot, np.pi / 2 + float(rng.normal(0, 0.65)), size * float(rng.uniform(0.5, 1.0)))
    elif kind == "turf":
        for u in rng.uniform(-1, 1, 46):
            foot = base + np.array([u * size * 0.9, rng.uniform(0, 12)])
            picture.append(Line(bend(foot, UP + 0.7 * u + float(rng.normal(0, 0.3)), float(rng.uniform(10, 34)),
                                     float(rng.normal(0, 0.6)), 6), 1.6, 0.7, 0.0))
        for y in np.linspace(2, 26, 6):
            half = size * (1.15 - y / 40)
            picture.append(Line(np.column_stack((base[0] + np.linspace(-half, half, 14),
                                                 base[1] + y + rng.normal(0, 1.2, 14))), 1.4))
    return picture


def _rootlet(rng: Rng, foot: np.ndarray, angle: float, length: float) -> Picture:
    main = bend(foot, angle, length, float(rng.normal(0, 0.8)), 11)
    main = main + np.cumsum(rng.normal(0, length * 0.008, main.shape), 0)
    picture: Picture = [Line(main, float(rng.uniform(1.8, 3.4)), 1.0, 0.05)]
    if length > 50:
        start, way = heading(main, float(rng.uniform(0.3, 0.7)))
        picture.append(Line(bend(start, way + float(rng.choice([-0.7, 0.7])), length * 0.4, 0.5, 7), 1.5, 0.8, 0.05))
    return picture


def tendril(rng: Rng, base: np.ndarray, angle: float, size: float) -> Line:
    """A tendril that rolls up."""
    x = np.linspace(0, 1, 40)
    hand = float(rng.choice([-1, 1]))
    headings = angle + hand * (0.4 * x + 13 * np.maximum(x - 0.35, 0) ** 1.3)
    steps = np.column_stack((np.cos(headings), np.sin(headings))) * size * (1.25 - x)[:, None] / 22
    return Line(base + np.cumsum(steps, 0), 2.0, 0.9, 0.4, halo=1.5)
