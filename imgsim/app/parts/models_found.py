"""What the page Models shows, worked out once for each collection and pair of backbones, and shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from imgsim.app.services import caches
from imgsim.base.translation import language, tr
from imgsim.charts import backbone_figures
from imgsim.collection import Collection
from imgsim.collection.neighbour_overlap import NeighbourOverlap, neighbour_overlap
from imgsim.collection.score_ladder import Example, distributions, ladder
from imgsim.collection.verified_pairs import (
    Difference,
    Lookups,
    VerifiedPairs,
    difference,
    look_up,
    verified_pairs,
)
from imgsim.retrieval.neighbours import occurrences, pair_similarities, share_below

# Where the line across each network's lists stands.
Lines = tuple[tuple[str, float | None], ...]
# Of how many nearest plates hubs are counted; the measures of hubs that are known from papers are of ten.
HUB_K = 10
NEAR, FAR = 4, 20  # first neighbours among which a verified pair is looked for


def pair_of(collection: Collection, backbone: str, versus: str) -> tuple[str, ...]:
    """The backbones to compare: the one that the app uses now, and another where there is one."""
    others = [name for name in collection.backbones if name != backbone]
    if not others:
        return (backbone,)
    return (backbone, versus if versus in others else others[0])


def longest(collection: Collection, names: Sequence[str]) -> int:
    """How many neighbours all these backbones' lists hold."""
    return min(collection.neighbour_table(name)[0].shape[1] for name in names)


def within(collection: Collection, names: Sequence[str]) -> int:
    """Among how many first neighbours a verified pair counts as found: 20, or 4 where 20 are a tenth of all plates."""
    enough = FAR if len(collection.catalogue) >= 10 * FAR else NEAR
    return min(enough, longest(collection, names))


def agreed(collection: Collection, first: str, second: str, k: int) -> NeighbourOverlap:
    """How two backbones' lists agree."""

    def make() -> NeighbourOverlap:
        lists = [collection.neighbour_table(name)[0] for name in (first, second)]
        rows = np.arange(len(lists[0]))
        regards = [
            share_below(
                collection.background(name),
                pair_similarities(collection.embeddings(name), rows, of_other[:, 0]),
            )
            for name, of_other in zip((first, second), reversed(lists), strict=True)
        ]
        return neighbour_overlap(lists[0], lists[1], k, np.mean(regards, axis=0))

    words = tr("Comparing the two networks …")
    return caches.fact(collection, "agreement", make, first, second, k, keep=12, told=words)


def verified(collection: Collection) -> VerifiedPairs | None:
    """The verified pairs that no review rejects; None where lines were never compared."""
    matches = collection.matches
    if matches is None:
        return None

    def make(shown: Collection) -> VerifiedPairs:
        return verified_pairs(matches, len(shown.catalogue), shown.constraints.rejected)

    return caches.answer(collection, "verified pairs", make, keep=6)


def looked_up(collection: Collection, pairs: VerifiedPairs, backbone: str) -> Lookups:
    """These verified pairs in a backbone's lists."""

    def make() -> tuple[VerifiedPairs, Lookups]:
        lists = collection.neighbour_table(backbone)[0]
        return pairs, look_up(pairs, collection.embeddings(backbone), lists)

    # These very pairs, which nobody changes: they are kept with the answer, so no others have their id.
    return caches.fact(collection, "ranks of verified pairs", make, id(pairs), backbone, keep=12)[1]


def gap(collection: Collection, pairs: VerifiedPairs, first: str, second: str, k: int) -> Difference:
    """How many of these verified pairs two backbones find among the first k neighbours."""

    def make() -> tuple[VerifiedPairs, Difference]:
        ends = [looked_up(collection, pairs, name).found(k) for name in (first, second)]
        return pairs, difference(ends[0], ends[1], pairs.groups)

    return caches.fact(collection, "gap of networks", make, id(pairs), first, second, k, keep=24)[1]


def examples(collection: Collection, backbone: str, draw: int) -> list[Example | None]:
    """A pair for each rung of the ladder."""

    def make() -> list[Example | None]:
        return ladder(collection.embeddings(backbone), *collection.neighbour_table(backbone), draw=draw)

    words = tr("Looking for examples …")
    return caches.fact(collection, "ladder", make, backbone, draw, keep=32, told=words)


def hills(collection: Collection, names: tuple[str, ...], k: int, lines: Lines) -> Any:
    """The figure of where the scores lie; shared, never to be changed."""

    def make() -> Any:
        # From the bottom to the top: random pairs, then neighbours, and what is verified above all.
        groups = {}
        for name in names:
            random, near, *verdicts = _spread(collection, name, k).items()
            groups[name] = dict([random, near, *reversed(verdicts)])
        return backbone_figures.distributions_figure(groups, lines=dict(lines))

    # The figure holds words of the reader's language.
    return caches.fact(collection, "hills of scores", make, names, k, lines, language(), keep=12)


def _spread(collection: Collection, backbone: str, k: int) -> dict[str, np.ndarray]:
    def make() -> dict[str, np.ndarray]:
        return distributions(
            collection.embeddings(backbone),
            collection.neighbour_table(backbone)[1],
            collection.background(backbone),
            collection.matches,
            k,
        )

    words = tr("Looking where the scores lie …")
    return caches.fact(collection, "spread of scores", make, backbone, k, keep=12, told=words)


def listed(collection: Collection, backbone: str) -> np.ndarray:
    """How often each plate is among the nearest of others: int64 (n,), read-only."""

    def make() -> np.ndarray:
        counts = occurrences(collection.neighbour_table(backbone)[0], HUB_K)
        counts.setflags(write=False)
        return counts

    return caches.fact(collection, "occurrences in lists", make, backbone, keep=12)
