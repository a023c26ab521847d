"""Flowers and inflorescences: every function returns a picture in painter's order.

``angle`` is the direction in which a flower looks away from its stalk; ``size`` is roughly its breadth.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from imgsim.sources.sample.organs import bend, disc, heading
from imgsim.sources.sample.shapes import Line, Patch, Picture, Rng, unit

FLOWERS = ("daisy", "rose", "poppy", "tulip", "lily", "bell", "trumpet", "pea", "iris", "thistle", "pink", "narcissus",
           "star")


def petal(base: np.ndarray, angle: float, length: float, breadth: float, *, shape: float = 0.7, notch: float = 0.0,
          curl: float = 0.0, tone: float = 0.5, frill: float = 0.0, aslant: float = 0.0, n: int = 15) -> Patch:
    """One petal; ``shape`` below 1 is broad towards the tip, ``notch`` splits the tip, ``frill`` waves the margin."""
    if frill:
        n = 33
    x = unit(n)
    half = breadth * 0.5 * _petal_form(shape, n)
    if frill:
        half = half * (1 + frill * np.sin(x * 29))
    sweep = length * notch * np.exp(-(((1 - x) / 0.22) ** 2)) if notch else None
    return Patch(bend(base, angle, length, curl, n), half * (1 - max(aslant, 0)), half * (1 + min(aslant, 0)),
                 "petal", tone, 0, sweep)


@lru_cache(maxsize=64)
def _petal_form(shape: float, n: int) -> np.ndarray:
    return np.sin(np.pi * (0.04 + 0.94 * unit(n) ** (1 / shape))) ** 0.75


def ring(rng: Rng, centre: np.ndarray, size: float, count: int, breadth: float, *, tilt: float, lean: float,
         shape: float = 0.7, notch: float = 0.0, tone: float = 0.45, frill: float = 0.0, first: float = 0.0,
         curl: float = 0.0) -> Picture:
    """Petals round a centre, foreshortened by ``tilt`` (1 = seen from the front) across the direction ``lean``."""
    picture: Picture = []
    turns = first + 2 * np.pi * (np.arange(count) + rng.normal(0, 0.06, count)) / count
    across, up = np.array([-np.sin(lean), np.cos(lean)]), np.array([np.cos(lean), np.sin(lean)])
    for a in sorted(turns, key=lambda v: -np.sin(v)):
        way = across * np.cos(a) + up * np.sin(a) * tilt
        long = float(np.hypot(*way))
        picture.append(petal(centre + way * size * 0.06, float(np.arctan2(way[1], way[0])),
                             size * 0.5 * max(long, 0.3), breadth * size * (1.08 - 0.25 * long),
                             shape=shape, notch=notch, tone=tone + float(rng.normal(0, 0.06)), frill=frill,
                             curl=curl + float(rng.normal(0, 0.12)), aslant=float(rng.uniform(-0.25, 0.25))))
    return picture


def stamens(rng: Rng, centre: np.ndarray, size: float, count: int, angle: float | None = None,
             spread: float = 2 * np.pi, heads: float = 3.0) -> Picture:
    picture: Picture = []
    for i in range(count):
        a = (rng.uniform(0, 2 * np.pi) if angle is None
             else angle + spread * (i / max(count - 1, 1) - 0.5) + rng.normal(0, 0.05))
        line = bend(centre, float(a), size * float(rng.uniform(0.7, 1.1)), float(rng.normal(0, 0.3)), 5)
        picture.append(Line(line, 1.3, 0.8, 0.8))
        picture.append(disc(line[-1], heads, "none", squash=0.7, angle=float(a) + 1.0, n=7))
    return picture


def daisy(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    rays = int(rng.integers(11, 24))
    picture: Picture = []
    if rng.random() < 0.5:
        picture += ring(rng, c, size, rays, 2.6 / rays, tilt=tilt, lean=angle, shape=0.9, first=0.15, tone=0.6)
    picture += ring(rng, c, size, rays, 2.8 / rays, tilt=tilt, lean=angle, shape=0.8, notch=-0.05)
    picture.append(disc(c + 0.03 * size * np.array([np.cos(angle), np.sin(angle)]), size * 0.15, "stipple", 0.8,
                        1.0, angle))
    return picture


def rose(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    count = int(rng.choice([5, 5, 6, 8]))
    picture: Picture = [petal(c, float(a), size * 0.5, size * 0.12, shape=0.5, tone=0.8)
                        for a in 0.6 + 2 * np.pi * np.arange(5) / 5]
    picture += ring(rng, c, size, count, 3.6 / count, tilt=tilt, lean=angle, shape=0.55, notch=-0.08)
    if rng.random() < 0.4:
        picture += ring(rng, c, size * 0.66, count, 3.4 / count, tilt=tilt, lean=angle, shape=0.55, first=0.5, tone=0.6)
    picture += stamens(rng, c, size * 0.13, 14, heads=size * 0.014)
    picture.append(disc(c, size * 0.05, "stipple", 0.8))
    return picture


def star(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    count = int(rng.choice([4, 5, 5, 6]))
    picture = ring(rng, c, size, count, 1.7 / count, tilt=tilt, lean=angle, shape=0.5, tone=0.5)
    picture += stamens(rng, c, size * 0.16, count, heads=size * 0.02)
    return picture


def poppy(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    picture = ring(rng, c, size, 2, 1.0, tilt=max(tilt, 0.6), lean=angle, shape=0.5, frill=0.03, tone=0.65, first=0.4)
    picture += ring(rng, c, size, 2, 0.95, tilt=max(tilt, 0.6), lean=angle, shape=0.5, frill=0.03, first=1.9)
    picture += stamens(rng, c, size * 0.15, 26, heads=size * 0.014)
    picture.append(disc(c, size * 0.07, "meridian", 0.6, 1.0, angle))
    return picture


def tulip(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    del tilt
    picture: Picture = []
    open_ = float(rng.uniform(0.12, 0.75))
    for u, back in ((-0.55, True), (0.55, True), (-1.0, False), (1.0, False), (0.0, False)):
        picture.append(petal(c, angle + u * open_, size * (1.0 if back else 0.97), size * (0.42 if back else 0.5),
                             shape=0.8 if back else 0.62, curl=-u * 0.75 * (1 - open_), tone=0.75 if back else 0.5,
                             aslant=float(rng.uniform(-0.2, 0.2)), n=21))
    return picture


def lily(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    del tilt
    picture: Picture = []
    for u in (-0.4, 0.4):
        picture.append(petal(c, angle + u, size * 0.8, size * 0.24, curl=u * 2.4, shape=0.6, tone=0.7, n=19))
    picture += stamens(rng, c, size * 0.85, 6, angle, 0.6, heads=size * 0.028)
    for u in (-1.15, 1.15, 0.05):
        picture.append(petal(c, angle + u * 0.62, size * (0.9 - 0.2 * (abs(u) < 0.1)), size * 0.26, curl=u * 1.5,
                             shape=0.6, tone=0.5, aslant=float(rng.uniform(-0.3, 0.3)), n=19))
    return picture


def bell(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float, *, long: float = 1.0) -> Picture:
    del tilt
    n = 25
    x = np.linspace(0, 1, n)
    flare = float(rng.uniform(0.25, 0.5))
    half = size * (0.10 + 0.16 * np.minimum(1, 4 * x) ** 0.7 + flare * 0.35 * x ** 3)
    mid = bend(c, angle, size * 0.85 * long, float(rng.normal(0, 0.2)), n)
    mouth, way = heading(mid, 1.0)
    side = np.array([-np.sin(way), np.cos(way)])
    picture: Picture = []
    for u in (-0.6, 0.6, 0.0):
        picture.append(petal(mouth + side * half[-1] * u - 0.1 * size * np.array([np.cos(way), np.sin(way)]),
                             way + u * 0.6, size * 0.26, half[-1] * 0.8, shape=0.6, tone=0.75))
    picture += stamens(rng, mouth, size * 0.2, 3, way, 0.5, heads=size * 0.02)
    picture.append(Patch(mid, half, half, "meridian", 0.5))
    for u in (-1.0, 0.0, 1.0):
        picture.append(petal(mouth + side * half[-1] * u * 0.66 - 0.06 * size * np.array([np.cos(way), np.sin(way)]),
                             way + u * 0.9, size * 0.24, half[-1] * 0.85, shape=0.62, curl=u * 1.2, tone=0.4))
    for u in (-1.0, 0.0, 1.0):
        picture.append(petal(c, angle + u * 0.7, size * 0.28, size * 0.1, shape=0.5, curl=-u * 0.5, tone=0.8, n=9))
    return picture


def trumpet(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    return bell(rng, c, size * 0.8, angle, tilt, long=1.6)


def pea(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    del tilt
    way = float(rng.choice([-1.0, 1.0]))
    picture: Picture = [petal(c, angle - way * 0.9, size * 0.62, size * 0.62, shape=0.55, notch=-0.1, tone=0.5,
                              aslant=float(rng.uniform(-0.3, 0.3)), n=19)]
    picture.append(petal(c, angle + way * 0.35, size * 0.5, size * 0.26, shape=0.8, curl=-way * 0.7, tone=0.65))
    picture.append(petal(c, angle + way * 0.05, size * 0.5, size * 0.3, shape=0.6, curl=-way * 0.2, tone=0.45))
    for u in (-0.5, 0.2, 0.8):
        picture.append(petal(c, angle + u, size * 0.18, size * 0.08, shape=0.5, tone=0.8, n=9))
    return picture


def iris(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    del tilt
    picture: Picture = [petal(c, angle, size * 0.62, size * 0.34, shape=0.6, tone=0.7, n=19, frill=0.03)]
    for u in (-1.0, 1.0):
        picture.append(petal(c, angle + u * 0.75, size * 0.6, size * 0.3, shape=0.6, curl=-u * 1.5, frill=0.04))
    for u in (-1.0, 1.0, 0.1):
        picture.append(petal(c, angle + u * 1.35, size * (0.62 if u != 0.1 else 0.45), size * 0.34, shape=0.62,
                             curl=u * 1.7, frill=0.03, tone=0.55))
    for u in (-1.0, 1.0):
        picture.append(petal(c, angle + u * 1.1, size * 0.26, size * 0.12, curl=u * 0.9, tone=0.8))
    return picture


def thistle(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    del tilt
    picture: Picture = []
    top = c + size * 0.42 * np.array([np.cos(angle), np.sin(angle)])
    for u in np.linspace(-0.95, 0.95, 30):
        foot = top + size * 0.12 * u * np.array([-np.sin(angle), np.cos(angle)])
        picture.append(Line(bend(foot, angle + u + float(rng.normal(0, 0.06)), size * float(rng.uniform(0.34, 0.46)),
                                 u * 0.3, 6), 1.8, 0.9, 0.3))
    x = np.linspace(0, 1, 21)
    half = size * 0.27 * np.sin(np.pi * (0.08 + 0.74 * x ** 0.8)) ** 0.7
    mid = bend(c, angle, size * 0.46, 0.0, 21)
    picture.append(Patch(mid, half, half, "none", 0.6))
    for row in range(5):
        at = 0.86 - row * 0.18
        foot, way = heading(mid, at)
        girth = float(np.interp(at, x, half))
        scales = 5 + row % 2
        for j in range(scales):
            u = (j - (scales - 1) / 2) / ((scales - 1) / 2)
            picture.append(petal(foot + u * girth * 0.82 * np.array([-np.sin(way), np.cos(way)]), way + 0.55 * u,
                                 size * 0.13, size * 0.085, shape=0.5, tone=0.8, n=9))
    return picture


def pink(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    del tilt
    mid = bend(c, angle, size * 0.42, 0.0, 13)
    half = size * np.linspace(0.07, 0.1, 13)
    top, way = heading(mid, 1.0)
    picture: Picture = []
    layers = int(rng.integers(2, 4))
    for layer in range(layers):
        count = 7 - layer
        for i in range(count):
            u = (i - (count - 1) / 2) / ((count - 1) / 2)
            picture.append(petal(top, way + u * (1.35 - 0.25 * layer), size * (0.52 - 0.1 * layer), size * 0.3,
                                 shape=0.5, notch=-0.06, frill=0.07, curl=u * 0.5, tone=0.6 - 0.1 * layer))
    picture.append(Patch(mid, half, half, "meridian", 0.6))
    return picture


def narcissus(rng: Rng, c: np.ndarray, size: float, angle: float, tilt: float) -> Picture:
    picture = ring(rng, c, size, 6, 0.24, tilt=tilt, lean=angle, shape=0.7)
    up = np.array([np.cos(angle), np.sin(angle)]) * (1.05 - tilt)
    mid = c + np.linspace(0, 1, 9)[:, None] * up * size * 0.3
    half = size * np.linspace(0.08, 0.15, 9)
    if tilt < 0.85:
        picture.append(Patch(mid, half, half, "meridian", 0.6))
    rim = np.linspace(0, 2 * np.pi, 33)
    wave = 1 + 0.06 * np.sin(rim * 9)
    picture.append(disc(mid[-1], size * 0.13 * max(tilt, 0.4), "stipple", 0.8, 1 / max(tilt, 0.4), angle))
    edge = np.column_stack((np.cos(rim), np.sin(rim) * max(tilt, 0.4))) * size * 0.15 * wave[:, None]
    picture.append(Line(mid[-1] + edge @ np.array([[-np.sin(angle), np.cos(angle)],
                                                   [np.cos(angle), np.sin(angle)]]), 2.0, 1, 1))
    return picture


_MAKERS: dict[str, Callable[[Rng, np.ndarray, float, float, float], Picture]] = {
    "daisy": daisy, "rose": rose, "poppy": poppy, "tulip": tulip, "lily": lily, "bell": bell, "trumpet": trumpet,
    "pea": pea, "iris": iris, "thistle": thistle, "pink": pink, "narcissus": narcissus, "star": star,
}


def flower(rng: Rng, kind: str, c: np.ndarray, size: float, angle: float, tilt: float | None = None) -> Picture:
    """One flower of a kind in ``FLOWERS``."""
    return _MAKERS[kind](rng, c, size, angle, float(rng.uniform(0.5, 1.0)) if tilt is None else tilt)
