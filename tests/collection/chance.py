"""A collection that chance has drawn, and its overview."""

from __future__ import annotations

import random
from typing import Any

from imgsim.catalogue import Catalogue
from imgsim.collection.evidence import reused
from imgsim.collection.overview_counts import Overview
from imgsim.collection.overview_groups import SHOWN
from imgsim.families import Families, find_families
from tests.kin import catalogue_of, matches_of, pair

PLACES = [f"Town {n}" for n in range(SHOWN + 4)]


def drawn(seed: int) -> tuple[Catalogue, list[dict[str, Any]]]:
    """Some 120 plates in 14 books, two of them undated, with families that no chance has tied twice."""
    lots = random.Random(seed)
    years = {f"b{n:02}": lots.randrange(1701, 1790) for n in range(12)} | {"b12": None, "b13": None}
    plates = {f"p{n:03}": (lots.choice(list(years)), None) for n in range(120)}
    dated = {name: (book, years[book]) for name, (book, _) in plates.items()}
    town = {book: lots.choice(["", *PLACES]) for book in years}
    names = sorted(dated)
    catalogue = catalogue_of(
        dated,
        place=[lots.choice([town[dated[name][0]], *PLACES]) for name in names],
        format=[lots.choice(["8vo", "4to", ""]) for _ in names],
    )
    loose = names.copy()
    lots.shuffle(loose)
    pairs = []
    while len(loose) > 60:
        family = sorted(loose.pop() for _ in range(lots.choice([2, 2, 3, 4])))
        pairs += [pair(a, b) for at, a in enumerate(family) for b in family[at + 1 :]]
    return catalogue, pairs


def overview_of(catalogue: Catalogue, pairs: list[dict[str, Any]]) -> Overview:
    """The overview that follows from pairs of plates."""
    matches = matches_of(catalogue, pairs)
    families = Families(find_families(catalogue.frame, matches), catalogue)
    return Overview(catalogue, reused(matches, catalogue), families)
