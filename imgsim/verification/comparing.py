"""What is found of pairs: a pure function over shards of groups, each one plate and those it is compared with."""

from __future__ import annotations

import functools
import multiprocessing
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.features.descriptor_similarity import multiply_bytes
from imgsim.features.extraction import Features
from imgsim.verification.match import Match, look_alike
from imgsim.verification.verifiers import Verifier, verifier_named
from imgsim.verification.verifiers.verifier import checked_match

if TYPE_CHECKING:
    from imgsim.features.feature_store import FeatureStore

# Plates whose features a worker keeps at hand: candidates of one plate are often candidates of the next.
KEPT = 256


@dataclass(frozen=True)
class Group:
    """One plate and those it is to be compared with, by row in the store."""

    row: int
    others: tuple[int, ...]


def compare_groups(
    groups: Sequence[Group], *, folder: Path, sizes: Path, verifier: str
) -> list[list[Match | str]]:
    """Compare the plates of each group: the match of its first plate with each of the others, or why there is none.

    Their features lie in ``folder``; ``sizes`` is an .npy file of int64 (n, 2), width and height of all plates;
    ``verifier`` is the name of the one that compares.
    """
    take, by = _reader(folder, sizes), verifier_named(verifier)
    return [[_compared(group.row, other, take, by) for other in group.others] for group in groups]


def _compared(row: int, other: int, take: Callable[[int], Features], by: Verifier) -> Match | str:
    try:
        a, b = take(row), take(other)
        return compact(checked_match(by.compare(a, b), by), a, b)
    except MemoryError:
        return "it needs more memory than is free"
    except Exception as error:
        # A verifier may be a user's own, and meet plates that nobody foresaw; it costs this pair and not the run.
        return f"{type(error).__name__}: {error}"


@functools.lru_cache(maxsize=1)
def _reader(folder: Path, sizes: Path) -> Any:
    from imgsim.features.feature_store import FeatureStore

    _stand_back()
    store: FeatureStore = FeatureStore.open(folder, np.load(sizes, allow_pickle=False))
    return functools.lru_cache(maxsize=KEPT)(store.features)


def _stand_back() -> None:
    """Leave the machine to whoever looks at the plates meanwhile: one thread, and a little less than its share."""
    import cv2

    multiply_bytes()
    cv2.setNumThreads(1)
    if hasattr(os, "nice") and multiprocessing.parent_process() is not None:
        os.nice(5)


def compact(found: Match, a: Features, b: Features) -> Match:
    """A match without the points that agree, its outlines inside the plates.

    A transform without an inverse ties nothing: that is a look-alike.
    """
    transform = np.asarray(found.transform, np.float64)
    sound = np.isfinite(transform).all() and abs(np.linalg.det(transform)) > 1e-12
    if found.verdict == LOOK_ALIKE or not sound or not found.residual >= 0:
        return look_alike(int(found.inliers), bool(found.mirrored), bool(found.negative))
    nothing = np.zeros((0, 2), np.float32)
    regions = [
        np.clip(np.asarray(region, np.float32).reshape(-1, 2), 0, np.array(plate.size, np.float32))
        for region, plate in ((found.region_a, a), (found.region_b, b))
    ]
    coverages = [min(1.0, max(0.0, float(value))) for value in (found.coverage_a, found.coverage_b)]
    return Match(
        found.verdict, int(found.inliers), bool(found.mirrored), coverages[0], coverages[1], transform, found.model,
        float(found.residual), regions[0], regions[1], found.printing, nothing, nothing,
        negative=bool(found.negative), possible=int(found.possible),
    )  # fmt: skip
