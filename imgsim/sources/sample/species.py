"""Species of plants: a handful of parameters that go together, which all drawings of one species share."""

from __future__ import annotations

from dataclasses import dataclass

from imgsim.sources.sample.flowers import FLOWERS
from imgsim.sources.sample.inflorescences import INFLORESCENCES
from imgsim.sources.sample.shapes import Rng

HABITS = ("herb", "branching", "twig", "rosette", "bulbous", "climber", "fern", "umbellifer")
ROOTS = ("tap", "fibrous", "bulb", "tuber", "rhizome", "turf", "cut")
FRUITS = ("berry", "apple", "pod", "capsule", "acorn", "cone", "cluster", "none")


@dataclass(frozen=True)
class Species:
    """What all drawings of one species share."""

    habit: str
    leaf_kind: str
    leaf_form: str
    leaflets: int
    breadth: float
    veins: int
    teeth: float
    tone: float
    opposite: bool
    flower: str
    cyme: str
    root: str
    fruit: str


def random_species(rng: Rng) -> Species:
    """Draw a species whose parts go together."""
    habit = str(rng.choice(HABITS, p=[0.2, 0.2, 0.2, 0.1, 0.12, 0.08, 0.05, 0.05]))
    kind = str(rng.choice(["simple", "simple", "simple", "pinnate", "palmate", "trifoliate"]))
    form = str(rng.choice(["lanceolate", "ovate", "elliptic", "obovate", "cordate", "serrate", "serrate", "lobed",
                           "sinuate", "hastate", "vine", "nerved"]))
    cyme = str(rng.choice(INFLORESCENCES, p=[0.34, 0.2, 0.1, 0.08, 0.1, 0.15, 0.03]))
    blossom = str(rng.choice(FLOWERS))
    root = str(rng.choice(ROOTS, p=[0.2, 0.2, 0.03, 0.1, 0.12, 0.1, 0.25]))
    fruit = str(rng.choice(FRUITS, p=[0.2, 0.14, 0.14, 0.1, 0.08, 0.08, 0.12, 0.14]))
    if habit == "bulbous":
        kind, form, root = "simple", "linear", str(rng.choice(["bulb", "bulb", "fibrous", "rhizome"]))
        blossom = str(rng.choice(["tulip", "lily", "iris", "narcissus", "bell", "star"]))
        cyme = str(rng.choice(["single", "single", "umbel", "raceme", "corymb"]))
    elif habit == "twig":
        root = "cut"
    elif habit == "umbellifer":
        cyme, kind, form = "umbel", "pinnate", str(rng.choice(["lobed", "serrate", "lanceolate"]))
        root = str(rng.choice(["tap", "fibrous", "cut"]))
    elif habit == "fern":
        root = str(rng.choice(["rhizome", "fibrous"]))
    if kind != "simple" and form in ("cordate", "hastate", "vine"):
        form = "serrate"
    return Species(habit, kind, form, int(rng.integers(3, 8)), float(rng.uniform(0.3, 0.62)), int(rng.integers(4, 8)),
                   float(rng.uniform(10, 24)), float(rng.uniform(0.35, 0.8)), bool(rng.random() < 0.4), blossom, cyme,
                   root, fruit)
