"""What the page Models shows, worked out once for each collection and pair of backbones, and shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from imgsim.app.services import caches, state
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


def pair_of(collection: Collection, now: state.State) -> tuple[str, ...]:
    """The backbones to compare: the one that the app uses now, and another where there is one."""
    others = [name for name in collection.backbones if name != now.backbone]
    if not others:
        return (now.backbone,)
    return (now.backbone, now.versus if now.versus in others else others[0])


def longest(collection: Collection, names: Sequence[str]) -> int:
    """How many neighbours all these backbones' lists hold."""
    return min(collection.neighbour_table(name)[0].shape[1] for name in names)


def within(collection: Collection, names: Sequence[str]) -> int:
    """Among how many first neighbours a verified pair counts as found: 20, or 4 where 20 are a tenth of all plates."""
    enough = FAR if len(collection.catalogue) >= 10 * FAR else NEAR
    return min(enough, longest(collection, names))


def agreed(collection: Collection, first: str, second: str, k: int) -> NeighbourOverlap:
    """How two backbones' lists agree."""
    return _agreed(str(collection.path), collection.generation, collection, first, second, k)


def verified(collection: Collection) -> VerifiedPairs | None:
    """The verified pairs that no review rejects; None where lines were never compared."""
    if collection.matches is None:
        return None
    return _verified(str(collection.path), collection.generation, caches.revision(collection), collection)


def looked_up(collection: Collection, backbone: str) -> Lookups:
    """The verified pairs in a backbone's lists."""
    return _looked_up(
        str(collection.path), collection.generation, caches.revision(collection), collection, backbone
    )


def gap(collection: Collection, first: str, second: str, k: int) -> Difference:
    """How many verified pairs two backbones find among the first k neighbours."""
    revision = caches.revision(collection)
    return _gap(str(collection.path), collection.generation, revision, collection, first, second, k)


def examples(collection: Collection, backbone: str, draw: int) -> list[Example | None]:
    """A pair for each rung of the ladder."""
    return _examples(str(collection.path), collection.generation, collection, backbone, draw)


def hills(collection: Collection, names: tuple[str, ...], k: int, lines: Lines) -> Any:
    """The figure of where the scores lie; shared, never to be changed."""
    return _hills(str(collection.path), collection.generation, collection, names, k, lines)


def listed(collection: Collection, backbone: str) -> np.ndarray:
    """How often each plate is among the nearest of others: int64 (n,), read-only."""
    return _listed(str(collection.path), collection.generation, collection, backbone)


# The path and the generation are the key; the collection itself (with its leading _) is not hashed.


@st.cache_resource(max_entries=12, show_spinner="Comparing the two networks …")
def _agreed(
    path: str, generation: str, _collection: Collection, first: str, second: str, k: int
) -> NeighbourOverlap:
    lists = [_collection.neighbour_table(name)[0] for name in (first, second)]
    rows = np.arange(len(lists[0]))
    regards = [
        share_below(
            _collection.background(name),
            pair_similarities(_collection.embeddings(name), rows, of_other[:, 0]),
        )
        for name, of_other in zip((first, second), reversed(lists), strict=True)
    ]
    return neighbour_overlap(lists[0], lists[1], k, np.mean(regards, axis=0))


@st.cache_resource(max_entries=6, show_spinner=False)
def _verified(path: str, generation: str, revision: int, _collection: Collection) -> VerifiedPairs:
    matches, catalogue = _collection.matches, _collection.catalogue
    assert matches is not None  # verified() has asked
    return verified_pairs(matches, len(catalogue), caches.rejected(_collection))


@st.cache_resource(max_entries=12, show_spinner=False)
def _looked_up(path: str, generation: str, revision: int, _collection: Collection, backbone: str) -> Lookups:
    pairs = _verified(path, generation, revision, _collection)
    return look_up(pairs, _collection.embeddings(backbone), _collection.neighbour_table(backbone)[0])


@st.cache_resource(max_entries=24, show_spinner=False)
def _gap(
    path: str, generation: str, revision: int, _collection: Collection, first: str, second: str, k: int
) -> Difference:
    ends = [_looked_up(path, generation, revision, _collection, name).found(k) for name in (first, second)]
    return difference(ends[0], ends[1], _verified(path, generation, revision, _collection).groups)


@st.cache_resource(max_entries=32, show_spinner="Looking for examples …")
def _examples(
    path: str, generation: str, _collection: Collection, backbone: str, draw: int
) -> list[Example | None]:
    return ladder(_collection.embeddings(backbone), *_collection.neighbour_table(backbone), draw=draw)


@st.cache_resource(max_entries=12, show_spinner=False)
def _hills(
    path: str, generation: str, _collection: Collection, names: tuple[str, ...], k: int, lines: Lines
) -> Any:
    # From the bottom to the top: random pairs, then neighbours, and what is verified above all.
    groups = {}
    for name in names:
        random, near, *verdicts = _spread(path, generation, _collection, name, k).items()
        groups[name] = dict([random, near, *reversed(verdicts)])
    return backbone_figures.distributions_figure(groups, lines=dict(lines))


@st.cache_resource(max_entries=12, show_spinner="Looking where the scores lie …")
def _spread(
    path: str, generation: str, _collection: Collection, backbone: str, k: int
) -> dict[str, np.ndarray]:
    return distributions(
        _collection.embeddings(backbone),
        _collection.neighbour_table(backbone)[1],
        _collection.background(backbone),
        _collection.matches,
        k,
    )


@st.cache_resource(max_entries=12, show_spinner=False)
def _listed(path: str, generation: str, _collection: Collection, backbone: str) -> np.ndarray:
    counts = occurrences(_collection.neighbour_table(backbone)[0], HUB_K)
    counts.setflags(write=False)
    return counts
