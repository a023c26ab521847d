"""Whole plants: each is one drawing of a species from its own seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from imgsim.sources.sample.flowers import flower
from imgsim.sources.sample.fruits import acorn, apple, berry, capsule, cluster, cone, pod
from imgsim.sources.sample.inflorescences import bud, dissection, inflorescence
from imgsim.sources.sample.organs import UP, bend, compound, fan, frond, heading, leaf, roots, tendril, tube
from imgsim.sources.sample.shapes import Line, Patch, Picture, Rng
from imgsim.sources.sample.species import Species, random_species


def _foliage(rng: Rng, species: Species, base: np.ndarray, angle: float, length: float) -> Picture:
    """One leaf of the species."""
    if species.leaf_kind == "pinnate":
        return compound(rng, base, angle, length * 1.25, species.leaf_form, pairs=species.leaflets,
                        breadth=species.breadth, tone=species.tone, terminal=species.leaflets % 2 == 1)
    if species.leaf_kind == "palmate":
        return fan(rng, base, angle, length * 0.75, species.leaf_form, fingers=5 if species.leaflets < 6 else 7,
                   breadth=species.breadth * 0.75, tone=species.tone)
    if species.leaf_kind == "trifoliate":
        return fan(rng, base, angle, length * 0.75, species.leaf_form, fingers=3, breadth=species.breadth,
                   tone=species.tone)
    breadth = {"cordate": 1.4, "vine": 1.7, "hastate": 1.2, "linear": 0.25, "lobed": 1.15}.get(species.leaf_form, 1.0)
    return leaf(rng, base, angle, length, species.leaf_form, breadth=species.breadth * breadth, tone=species.tone,
                stalk=0.02 if species.leaf_form == "lanceolate" else 0.16, veins=species.veins, teeth=species.teeth)


def _fruit(rng: Rng, species: Species, base: np.ndarray, angle: float, size: float) -> Picture:
    kind = species.fruit
    down = np.array([np.cos(angle), np.sin(angle)])
    if kind == "berry":
        stalk = bend(base, angle, size * 0.6, 0.3, 6)
        return [Line(stalk, 2.2, 0.9, 0.8), *berry(rng, stalk[-1] + down * size * 0.25, size * 0.27, angle)]
    if kind == "apple":
        stalk = bend(base, angle, size * 0.25, 0.0, 6)
        return [tube(stalk, 2.4, 2.0), *apple(rng, stalk[-1] + down * size * 0.5, size * 0.52, angle)]
    if kind == "pod":
        return pod(rng, base, angle, size * 1.5, int(rng.integers(4, 9)))
    if kind == "capsule":
        stalk = bend(base, angle, size * 0.5, 0.0, 6)
        return [tube(stalk, 2.2, 2.0), *capsule(rng, stalk[-1], angle, size * 0.7)]
    if kind == "acorn":
        return acorn(rng, base, angle, size)
    if kind == "cone":
        return cone(rng, base, angle, size * 1.3)
    if kind == "cluster":
        return cluster(rng, base, angle, size * 1.2)
    return []


def _stem_leaves(rng: Rng, species: Species, stem: np.ndarray, first: float, last: float, size: float, nodes: int,
                 ) -> tuple[Picture, Picture]:
    """Leaves up a stem: those behind it and those before it."""
    behind: Picture = []
    before: Picture = []
    for i in range(nodes):
        at = first + (last - first) * (i + float(rng.uniform(-0.15, 0.15))) / max(nodes - 1, 1)
        base, way = heading(stem, at)
        big = size * (1.08 - 0.6 * i / nodes) * float(rng.uniform(0.85, 1.15))
        sides = (-1, 1) if species.opposite else ((-1, 1)[i % 2],)
        for side in sides:
            spread = float(rng.uniform(0.7, 1.25)) * (1 - 0.2 * i / nodes)
            picture = _foliage(rng, species, base, way + side * spread, big)
            (behind if rng.random() < 0.6 else before).extend(picture)
    return behind, before


def _herb(rng: Rng, species: Species) -> Picture:
    tall = float(rng.uniform(620, 860))
    ground = np.array([0.0, 0.0])
    stem = bend(ground, UP + float(rng.normal(0, 0.10)), tall, float(rng.normal(0, 0.25)), 41)
    size = tall * float(rng.uniform(0.28, 0.44))
    picture = roots(rng, ground, tall * 0.28, species.root)
    behind, before = _stem_leaves(rng, species, stem, 0.06, 0.8, size, int(rng.integers(5, 10)))
    picture += behind
    for at in rng.uniform(0.4, 0.85, int(rng.integers(0, 3))):
        base, way = heading(stem, float(at))
        side = float(rng.choice([-1, 1]))
        picture += inflorescence(rng, species.cyme, species.flower, base, way + side * 0.7, tall * 0.26)
    picture.append(tube(stem, tall * 0.011, tall * 0.006))
    picture += before
    top, way = heading(stem, 1.0)
    return picture + inflorescence(rng, species.cyme, species.flower, top, way, tall * 0.40)


def _branching(rng: Rng, species: Species) -> Picture:
    tall = 700.0
    ground = np.array([0.0, 0.0])
    stem = bend(ground, UP + float(rng.normal(0, 0.08)), tall, float(rng.normal(0, 0.3)), 41)
    picture = roots(rng, ground, tall * 0.28, species.root)
    front: Picture = []
    size = tall * float(rng.uniform(0.18, 0.27))
    count = int(rng.integers(3, 6))
    for i in range(count):
        at = 0.22 + 0.6 * i / count
        base, way = heading(stem, at)
        side = (-1, 1)[i % 2]
        long = tall * float(rng.uniform(0.4, 0.55)) * (1 - 0.35 * at)
        branch = bend(base, way + side * float(rng.uniform(0.6, 0.95)), long, -side * float(rng.uniform(0.2, 0.7)), 25)
        behind, before = _stem_leaves(rng, species, branch, 0.2, 0.85, size * 0.8, int(rng.integers(3, 6)))
        picture += behind
        picture.append(tube(branch, tall * 0.007, tall * 0.004))
        picture += before
        tip, look = heading(branch, 1.0)
        if rng.random() < 0.75:
            front += inflorescence(rng, species.cyme, species.flower, tip, look, tall * 0.24)
        elif species.fruit != "none":
            front += _fruit(rng, species, tip, look, tall * 0.1)
        else:
            front += bud(rng, tip, tall * 0.06, look)
    behind, before = _stem_leaves(rng, species, stem, 0.1, 0.9, size, int(rng.integers(4, 8)))
    picture += behind
    picture.append(tube(stem, tall * 0.011, tall * 0.005))
    picture += before
    top, way = heading(stem, 1.0)
    return picture + front + inflorescence(rng, species.cyme, species.flower, top, way, tall * 0.28)


def _twig(rng: Rng, species: Species) -> Picture:
    """A cut branch that hangs or rises across the plate, with leaves and fruits."""
    long = 800.0
    start = float(rng.choice([UP, UP + 0.7, UP - 0.7, np.pi / 2 - 0.5, np.pi / 2 + 0.5], p=[0.4, 0.2, 0.2, 0.1, 0.1]))
    stem = bend(np.zeros(2), start + float(rng.normal(0, 0.15)), long, float(rng.normal(0, 0.5)), 41)
    size = long * float(rng.uniform(0.26, 0.38))
    behind, before = _stem_leaves(rng, species, stem, 0.12, 0.97, size, int(rng.integers(6, 10)))
    picture = behind
    front: Picture = []
    for i in range(int(rng.integers(2, 4))):
        base, way = heading(stem, 0.25 + 0.25 * i + float(rng.uniform(-0.05, 0.05)))
        side = (-1, 1)[i % 2]
        spur = bend(base, way + side * 0.8, long * float(rng.uniform(0.25, 0.4)), -side * 0.4, 21)
        back, fore = _stem_leaves(rng, species, spur, 0.35, 1.0, size * 0.8, int(rng.integers(3, 5)))
        picture += back
        picture.append(tube(spur, 5.0, 3.0))
        front += fore
    picture.append(tube(stem, 8.5, 3.2, 0.7))
    picture.append(_cut_end(stem))
    picture += before + front
    bearing = species if species.fruit != "none" else replace(species, fruit="berry")
    blooming = rng.random() < 0.5
    for i in range(int(rng.integers(2, 6))):
        base, way = heading(stem, 0.3 + 0.12 * i + float(rng.uniform(-0.04, 0.04)))
        if blooming:
            side = (-1, 1)[int(rng.integers(2))]
            stalk = bend(base, way + side * 0.8, long * 0.07, 0.2, 6)
            picture.append(tube(stalk, 2.4, 2.0))
            picture += flower(rng, species.flower, stalk[-1], long * 0.19, way + side * 0.9)
        else:
            droop = np.pi / 2 + float(rng.normal(0, 0.35))
            picture += _fruit(rng, bearing, base, droop, long * float(rng.uniform(0.11, 0.16)))
    top, way = heading(stem, 1.0)
    return picture + (inflorescence(rng, species.cyme, species.flower, top, way, long * 0.25) if blooming else [])


def _cut_end(stem: np.ndarray) -> Patch:
    """The slanting cut at the foot of a branch."""
    way = heading(stem, 0.0)[1]
    x = np.linspace(-1, 1, 11)
    mid = stem[0] + x[:, None] * 10 * np.array([np.cos(way + 1.2), np.sin(way + 1.2)])
    half = np.sqrt(1 - x * x) * 4.5
    return Patch(mid, half, half, "none")


def _rosette(rng: Rng, species: Species) -> Picture:
    ground = np.zeros(2)
    tall = float(rng.uniform(520, 720))
    picture = roots(rng, ground, tall * 0.36, species.root if species.root != "cut" else "fibrous")
    count = int(rng.integers(6, 10))
    leaves = []
    for u in rng.permutation(np.linspace(-1, 1, count)):
        leaves.append(_foliage(rng, species, ground + [u * 12, -4], UP + u * 1.35 + float(rng.normal(0, 0.08)),
                               tall * float(rng.uniform(0.42, 0.6))))
    for part in leaves[: count // 2]:
        picture += part
    scapes = int(rng.integers(1, 5))
    for i in range(scapes):
        u = (i - (scapes - 1) / 2) * 0.35
        picture += inflorescence(rng, species.cyme, species.flower, ground, UP + u + float(rng.normal(0, 0.05)),
                                 tall * float(rng.uniform(0.85, 1.1)))
    for part in leaves[count // 2:]:
        picture += part
    return picture


def _bulbous(rng: Rng, species: Species) -> Picture:
    ground = np.zeros(2)
    tall = float(rng.uniform(700, 860))
    picture = roots(rng, ground, tall * 0.27, species.root)
    # Broad leaves stand, narrow ones arch over; broadness belongs to the species.
    broad = 0.05 + 0.22 * max(0.0, species.breadth - 0.3) ** 0.5 + 0.3 * (species.teeth > 20) * species.breadth
    form = "nerved" if broad > 0.16 else "linear"
    blades: list[Picture] = []
    for u in rng.permutation(np.linspace(-1, 1, int(rng.integers(3, 7)))):
        arch = u * float(rng.uniform(0.2, 1.0)) + float(rng.normal(0, 0.45 if broad < 0.16 else 0.25))
        blades.append(leaf(rng, ground + [u * 9, 0.0], UP + u * (0.5 + broad), tall * float(rng.uniform(0.5, 0.95)),
                           form, breadth=broad * float(rng.uniform(0.85, 1.15)), stalk=0, tone=species.tone,
                           curl=arch, turn=float(rng.uniform(-0.7, 0.7))))
    for part in blades[: len(blades) // 2]:
        picture += part
    scapes = int(rng.choice([1, 1, 1, 2, 3]))
    for i in range(scapes):
        lean = (i - (scapes - 1) / 2) * 0.3 + float(rng.normal(0, 0.09))
        high = tall * float(rng.uniform(0.55, 0.76)) * (1 - 0.1 * i)
        scape = bend(ground, UP + lean, high, float(rng.normal(0, 0.28)), 25)
        picture.append(tube(scape, 6.0, 4.5))
        top, way = heading(scape, 1.0)
        if species.cyme == "single":
            look = way + float(rng.normal(0, 0.3))
            picture += flower(rng, species.flower, top, tall * float(rng.uniform(0.3, 0.4)), look)
        else:
            picture += inflorescence(rng, species.cyme, species.flower, top, way, tall * 0.36)
    for part in blades[len(blades) // 2:]:
        picture += part
    return picture


def _climber(rng: Rng, species: Species) -> Picture:
    n = 61
    x = np.linspace(0, 1, n)
    tall = 820.0
    wave = float(rng.uniform(60, 130)) * float(rng.choice([-1, 1]))
    stem = np.column_stack((wave * np.sin(x * float(rng.uniform(5, 8))), -tall * x))
    picture: Picture = []
    front: Picture = []
    nodes = int(rng.integers(7, 11))
    for i in range(nodes):
        at = 0.05 + 0.92 * i / nodes
        base, way = heading(stem, at)
        side = (-1, 1)[i % 2]
        size = tall * 0.27 * (1.1 - 0.6 * at)
        picture += _foliage(rng, species, base, way + side * float(rng.uniform(0.9, 1.3)), size)
        picture.append(tendril(rng, base, way - side * 0.9, size * 0.8))
        if i % 2 and rng.random() < 0.8:
            stalk = bend(base, way - side * 0.7, size * 0.45, side * 0.4, 8)
            front.append(tube(stalk, 2.6, 2.0))
            tip, look = heading(stalk, 1.0)
            if rng.random() < 0.65:
                front += flower(rng, species.flower, tip, tall * 0.16, look)
            else:
                front += _fruit(rng, species, tip, np.pi / 2 + float(rng.normal(0, 0.3)), tall * 0.1)
    picture.append(tube(stem, 5.5, 2.4))
    return picture + front


def _fern(rng: Rng, species: Species) -> Picture:
    ground = np.zeros(2)
    picture = roots(rng, ground, 240.0, species.root)
    for u in (-0.6, 0.6, 0.0)[: int(rng.integers(1, 4))]:
        picture += frond(rng, ground + [u * 30, 0], UP + u * 0.7 + float(rng.normal(0, 0.05)),
                         float(rng.uniform(600, 760)), tone=species.tone, curl=u * 0.8 + float(rng.normal(0, 0.15)))
    return picture


_HABITS = {"herb": _herb, "branching": _branching, "twig": _twig, "rosette": _rosette, "bulbous": _bulbous,
           "climber": _climber, "fern": _fern, "umbellifer": _herb}


def grow(seed: int, species: Species | None = None) -> Picture:
    """Draw one plant of a species; the same seed and species always give the same plant."""
    rng = np.random.default_rng([seed, 101])
    species = species or random_species(np.random.default_rng([seed, 7]))
    return _HABITS[species.habit](rng, species)


def specimens(rng: Rng, count: int) -> list[Picture]:
    """Leaves, flowers and fruits one by one, as on a plate that explains a system of botany."""
    kind = int(rng.integers(3))
    pictures: list[Picture] = []
    zero = np.zeros(2)
    for _ in range(count):
        species = random_species(rng)
        if kind == 0:
            pictures.append(_foliage(rng, species, zero, UP + float(rng.normal(0, 0.25)), 200.0))
        elif kind == 1 or species.fruit == "none":
            pictures.append(flower(rng, species.flower, zero, 150.0, UP + float(rng.normal(0, 0.5))))
        else:
            pictures.append(_fruit(rng, species, zero, np.pi / 2 + float(rng.normal(0, 0.2)), 150.0))
    return pictures


def details(rng: Rng, species: Species, centre: np.ndarray, size: float) -> Picture:
    """A part of the flower or the fruit by itself."""
    if rng.random() < 0.35 and species.fruit != "none":
        return _fruit(rng, species, centre - [0, size * 0.4], np.pi / 2, size * 0.7)
    return dissection(rng, species.flower, centre, size)
