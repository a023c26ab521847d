"""Fruits as shapes: berries, apples, pods, capsules, nuts, cones and bunches."""

from __future__ import annotations

import numpy as np

from imgsim.sources.sample.organs import bend, disc, heading, tube
from imgsim.sources.sample.shapes import Line, Patch, Picture, Rng


def berry(rng: Rng, centre: np.ndarray, radius: float, angle: float = np.pi / 2, tone: float = 0.7) -> Picture:
    """A globe with the remains of its flower at the far end."""
    eye = centre + radius * 0.86 * np.array([np.cos(angle), np.sin(angle)])
    picture: Picture = [disc(centre, radius, "globe" if rng.random() < 0.6 else "meridian", tone, 0.94, angle)]
    for turn in (-0.9, -0.3, 0.3, 0.9):
        tip = eye + radius * 0.28 * np.array([np.cos(angle + turn), np.sin(angle + turn)])
        picture.append(Line(np.stack((eye, (eye + tip) / 2, tip)), 1.8))
    return picture


def apple(rng: Rng, centre: np.ndarray, radius: float, angle: float = np.pi / 2, tone: float = 0.6) -> Picture:
    """A large fruit with a dimple; its stalk comes in opposite to ``angle``."""
    x = np.linspace(0, 1, 31)
    pear = float(rng.uniform(0, 0.35))
    axis = np.array([np.cos(angle), np.sin(angle)])
    half = radius * np.sin(np.pi * x ** (1 - 0.3 * pear)) ** 0.62 * (1 - pear * (1 - x) * 0.8)
    sweep = radius * 0.22 * (np.exp(-((x / 0.2) ** 2)) * -(1 - pear) + np.exp(-(((1 - x) / 0.2) ** 2)))
    mid = centre - axis * radius + (x * 2 * radius)[:, None] * axis
    picture: Picture = [Patch(mid, half * 0.97, half, "meridian", tone, 0, sweep)]
    eye = mid[-1] - axis * radius * 0.02
    picture += [Line(np.stack((eye, eye + 0.12 * radius * np.array([np.cos(a), np.sin(a)]))).repeat(2, 0), 2.0)
                for a in np.linspace(angle - 1.4, angle + 1.4, 5)]
    return picture


def pod(rng: Rng, base: np.ndarray, angle: float, length: float, beans: int = 6, tone: float = 0.5) -> Picture:
    """A legume that shows its beans."""
    n = 49
    x = np.linspace(0, 1, n)
    bumps = 0.8 + 0.2 * np.abs(np.sin(np.pi * x * beans))
    half = length * 0.085 * np.minimum(1, 9 * x) ** 0.8 * np.minimum(1, 7 * (1 - x)) ** 0.9 * bumps
    mid = bend(base, angle, length, float(rng.normal(0, 0.5)), n)
    picture: Picture = [Patch(mid, half, half * 0.9, "tube", tone)]
    tip, way = heading(mid, 1.0)
    picture.append(Line(bend(tip, way, length * 0.09, 0.8, 6), 1.8, 0.9, 0.1))
    return picture


def capsule(rng: Rng, base: np.ndarray, angle: float, size: float, tone: float = 0.6) -> Picture:
    """A poppy's head or like capsule: ribbed, with a crown."""
    x = np.linspace(0, 1, 25)
    half = size * 0.42 * np.sin(np.pi * (0.06 + 0.86 * x ** float(rng.uniform(0.7, 1.3)))) ** 0.8
    mid = bend(base, angle, size, 0.0, 25)
    picture: Picture = [Patch(mid, half, half, "meridian", tone)]
    top, way = heading(mid, 1.0)
    side = np.array([-np.sin(way), np.cos(way)])
    rim = np.linspace(-1, 1, 13)
    crown = top + rim[:, None] * side * size * 0.3
    picture.append(Patch(crown, np.abs(np.cos(rim * 9)) * size * 0.06 + 1, np.full(13, size * 0.03 + 1), "none"))
    return picture


def acorn(rng: Rng, base: np.ndarray, angle: float, size: float) -> Picture:
    """A nut in its cup."""
    x = np.linspace(0, 1, 17)
    nut = size * 0.32 * np.maximum(np.sin(np.pi * (0.1 + 0.9 * x)), 0) ** 0.6
    cup = size * 0.38 * np.sin(np.pi * 0.62 * x) ** 0.5
    lean = float(rng.normal(0, 0.1))
    return [Patch(bend(base, angle, size, lean, 17), nut, nut, "meridian", 0.5),
            Patch(bend(base, angle, size * 0.4, lean, 17), cup, cup, "stipple", 0.8)]


def cone(rng: Rng, base: np.ndarray, angle: float, length: float) -> Picture:
    """A cone of overlapping scales, from the tip down so that each row covers the next."""
    axis = bend(base, angle, length, float(rng.normal(0, 0.15)), 13)
    picture: Picture = []
    rows = 9
    for i in range(rows):
        at = 1 - (i + 0.5) / rows
        foot, way = heading(axis, at)
        side = np.array([-np.sin(way), np.cos(way)])
        girth = length * 0.30 * np.sin(np.pi * (0.06 + 0.80 * (1 - at))) ** 0.8
        scales = 3 + i % 2
        for j in range(scales):
            u = (j - (scales - 1) / 2) / max((scales - 1) / 2, 1)
            mid = bend(foot + side * u * girth * 0.7, way + u * 0.6, length * 0.17, 0.0, 9)
            half = length * 0.085 * np.sin(np.pi * (0.25 + 0.7 * np.linspace(0, 1, 9))) ** 0.6
            picture.append(Patch(mid, half, half, "petal", 0.8))
    return picture


def cluster(rng: Rng, base: np.ndarray, angle: float, size: float, count: int = 16) -> Picture:
    """A bunch of berries hanging along a short stalk."""
    stalk = bend(base, angle, size, float(rng.normal(0, 0.3)), 9)
    picture: Picture = [tube(stalk, 1.8, 1.2)]
    spots = []
    for i in range(count):
        at = 0.25 + 0.75 * i / count
        centre, way = heading(stalk, at)
        width = size * 0.32 * np.sin(np.pi * (0.25 + 0.7 * i / count))
        spots.append(centre + width * rng.uniform(-1, 1) * np.array([-np.sin(way), np.cos(way)]))
    for centre in spots:
        picture += berry(rng, centre, size * 0.12, angle)
    return picture
