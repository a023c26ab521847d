"""How flowers stand together: racemes, umbels, heads and others; buds, and parts of a flower by themselves."""

from __future__ import annotations

import numpy as np

from imgsim.sources.sample.flowers import flower, petal, stamens
from imgsim.sources.sample.organs import UP, bend, disc, heading, leaf, tube
from imgsim.sources.sample.shapes import Line, Picture, Rng

INFLORESCENCES = ("single", "raceme", "spike", "umbel", "head", "corymb", "catkin")


def bud(rng: Rng, c: np.ndarray, size: float, angle: float) -> Picture:
    """A closed flower in its calyx."""
    picture: Picture = [petal(c, angle, size, size * 0.5, shape=0.8, tone=0.5)]
    for u in (-0.5, 0.5, 0.0):
        picture.append(petal(c, angle + u, size * 0.55, size * 0.24, shape=0.7, curl=-u * 0.8, tone=0.75, n=9))
    del rng
    return picture


def _floret(rng: Rng, c: np.ndarray, size: float, angle: float) -> Picture:
    """A small flower of few strokes, for umbels and heads."""
    picture: Picture = []
    for a in angle + 2 * np.pi * np.arange(5) / 5 + rng.normal(0, 0.1):
        picture.append(petal(c, float(a), size * 0.5, size * 0.34, shape=0.55, tone=0.4, n=7))
    picture.append(disc(c, size * 0.09, "none", n=7))
    return picture


def inflorescence(rng: Rng, kind: str, flower_kind: str, foot: np.ndarray, angle: float, size: float) -> Picture:
    """Flowers on a stalk of ``size`` from ``foot``; kinds are those of ``INFLORESCENCES``."""
    picture: Picture = []
    if kind in ("raceme", "spike"):
        axis = bend(foot, angle, size, float(rng.normal(0, 0.35)), 25)
        picture.append(tube(axis, max(1.6, size * 0.010), 1.0))
        count = int(np.clip(size / 26, 7, 14))
        simple = kind == "spike" or size < 200
        for i in range(count):
            at = 0.12 + 0.86 * (i / count)
            c, way = heading(axis, at)
            side = 1 if i % 2 else -1
            big = size * 0.26 * (1.05 - 0.75 * at)
            out = way + side * float(rng.uniform(0.7, 1.3))
            pedicel = bend(c, out, big * (0.15 if kind == "spike" else 0.4), side * 0.5, 6)
            picture.append(Line(pedicel, 2.0, 0.9, 0.7))
            tip, look = heading(pedicel, 1.0)
            if at > 0.74:
                picture += bud(rng, tip, big * 0.6 + 5, look)
            elif simple:
                picture += _floret(rng, tip, big * 0.75 + 5, look)
            else:
                picture += flower(rng, flower_kind, tip, big, look)
        c, way = heading(axis, 1.0)
        return picture + bud(rng, c, size * 0.05 + 5, way)
    if kind == "umbel":
        stalk = bend(foot, angle, size * 0.35, float(rng.normal(0, 0.3)), 9)
        picture.append(tube(stalk, max(2, size * 0.012), max(1.8, size * 0.01)))
        c, way = heading(stalk, 1.0)
        # Rays behind reach higher, those before are foreshortened: together a dome.
        for rays, reach, spread in ((8, 0.44, 1.0), (7, 0.36, 1.2), (4, 0.24, 0.9)):
            for i in range(rays):
                u = (i - (rays - 1) / 2) / ((rays - 1) / 2) + float(rng.normal(0, 0.05))
                ray = bend(c, way + u * spread, size * reach * (1 - 0.1 * abs(u)), -u * 0.35, 8)
                picture.append(Line(ray, 2.0, 0.9, 0.7))
                tip, look = heading(ray, 1.0)
                for v in (-1.1, 0.0, 1.1):
                    small = bend(tip, look + v, size * 0.05, 0.0, 4)
                    picture.append(Line(small, 1.2, 0.8, 0.8))
                    picture += _floret(rng, small[-1], size * 0.075, look + v)
        for u in np.linspace(-1.6, 1.6, 5):
            picture += leaf(rng, c, way + u, size * 0.12, "linear", breadth=0.16, stalk=0, curl=u * 0.3)
        return picture
    if kind == "head":
        stalk = bend(foot, angle, size * 0.5, float(rng.normal(0, 0.3)), 9)
        picture.append(tube(stalk, max(2, size * 0.012), max(1.8, size * 0.01)))
        c, way = heading(stalk, 1.0)
        c = c + size * 0.16 * np.array([np.cos(way), np.sin(way)])
        for radius, count in ((0.27, 12), (0.16, 8), (0.05, 3)):
            for a in 2 * np.pi * (np.arange(count) + rng.uniform(0, 1)) / count:
                spot = c + size * radius * np.array([np.cos(a), 0.9 * np.sin(a)])
                picture += _floret(rng, spot, size * 0.16, float(a))
        return picture
    if kind == "corymb":
        axis = bend(foot, angle, size * 0.45, float(rng.normal(0, 0.2)), 13)
        picture.append(tube(axis, max(2, size * 0.010), 1.8))
        count = int(rng.integers(4, 7))
        for i in range(count):
            u = (i - (count - 1) / 2) / max((count - 1) / 2, 1)
            c, way = heading(axis, 1 - 0.5 * abs(u))
            pedicel = bend(c, way + u * 0.9, size * (0.32 + 0.12 * abs(u)), -u * 0.6, 9)
            picture.append(tube(pedicel, max(1.5, size * 0.006), 1.3))
            tip, look = heading(pedicel, 1.0)
            picture += (bud(rng, tip, size * 0.12, look) if rng.random() < 0.2
                        else flower(rng, flower_kind, tip, size * 0.3, look))
        return picture
    if kind == "catkin":
        axis = bend(foot, angle, size, float(rng.normal(0.3, 0.3)), 25)
        picture.append(Line(axis, 2.5, 1, 0.6))
        for at in np.linspace(1.0, 0.2, 22):
            c, way = heading(axis, float(at))
            for u in (-1.0, 0.9, 0.0):
                picture.append(petal(c, way + u * 0.9, size * 0.07, size * 0.05, shape=0.6, tone=0.8, n=7))
        return picture
    stalk = bend(foot, angle, size * 0.45, float(rng.normal(0, 0.5)), 15)
    picture.append(tube(stalk, max(2, size * 0.012), max(1.8, size * 0.009)))
    c, way = heading(stalk, 1.0)
    return picture + flower(rng, flower_kind, c, size * 0.75, way)


def dissection(rng: Rng, kind: str, c: np.ndarray, size: float) -> Picture:
    """A part of a flower by itself, as drawn at the foot of a plate."""
    what = int(rng.integers(4))
    if what == 0:
        return [petal(c + [0, size * 0.4], UP, size * 0.85, size * 0.5, shape=0.6, notch=-0.06)]
    if what == 1:
        return flower(rng, kind, c, size * 0.8, UP, 1.0)
    if what == 2:
        base = c + [0, size * 0.3]
        picture: Picture = [Line(bend(base, UP, size * 0.75, 0.1, 9), 3.0, 0.8, 1.0)]
        picture += stamens(rng, base, size * 0.6, 6, UP, 1.1, heads=size * 0.05)
        picture.append(disc(base, size * 0.12, "meridian", 0.6))
        return picture
    return [disc(c, size * 0.22, "globe", 0.7, float(rng.uniform(0.6, 0.95))),
            disc(c + [size * 0.5, size * 0.06], size * 0.12, "stipple", 0.8, 0.7, 0.4)]
