"""What shares lines, however cropped, turned, reversed or inverted: the index of local features."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from imgsim.features.extraction import Features, inverted, mirrored
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import SHORTLIST, FeatureIndex
from imgsim.images.polarity import may_be_dark
from imgsim.verification.candidate_sources.protocol import CandidateInputs, Float32, Pairs, unordered

# What the index lists beside true copies is chance, and most of its shortlist is that: a plate is worth comparing
# when its score stands out from the shortlist's middle, or is high enough by itself (a family may fill the list).
STANDS_OUT, ENOUGH = 2.0, 1.5
_BATCH = 64

Progress = Callable[[int, int], None]


class LocalFeatures:
    """For each plate, as it stands, mirrored, and inverted where it is dark, at most k that share most with it."""

    name, version = "local features", 2

    def pairs(self, inputs: CandidateInputs, k: int) -> Pairs:
        """See :class:`~imgsim.verification.candidate_sources.protocol.CandidateSource`."""
        if inputs.index is None or inputs.store is None:
            return np.zeros((0, 2), np.int32)
        found = list(local_neighbours(inputs.index, inputs.store, k, inputs.progress, inputs.workers))
        others = np.concatenate([np.zeros(0, np.int64), *(one for _, one in found)])
        return unordered(np.repeat([row for row, _ in found], [len(one) for _, one in found]), others)


def local_neighbours(
    index: FeatureIndex,
    store: FeatureStore,
    top: int,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """For each row in turn: (row, plates that share lines with one of its :func:`aspects`), each at most ``top``."""

    def look_up(rows: range) -> list[tuple[int, npt.NDArray[np.int64]]]:
        plates = [aspects(store.features(row)) for row in rows]
        quantised = iter(index.quantise(one for each in plates for one in each))
        result = []
        for row, each in zip(rows, plates, strict=True):
            lists = []
            for one in islice(quantised, len(each)):
                others, scores = index.search(one, k=max(top, SHORTLIST), exclude=row)
                lists.append(others[:top][_stands_out(scores)[:top]])
            result.append((row, np.unique(np.concatenate(lists))))
        return result

    batches = [range(start, min(start + _BATCH, len(store))) for start in range(0, len(store), _BATCH)]
    workers = workers or os.cpu_count() or 1
    # Each of our threads with BLAS threads of its own would be many more than there are cores.
    with threadpool_limits(1), ThreadPoolExecutor(workers) as pool:
        for result in _ahead(pool, look_up, batches, 2 * workers):
            yield from result
            if progress is not None:
                progress(result[-1][0] + 1, len(store))


def aspects(plate: Features) -> list[Features]:
    """A plate as it stands and mirrored; and both as its negative, unless it is light: then its negatives are dark."""
    both = [plate, mirrored(plate)]
    return both + [inverted(one) for one in both] if may_be_dark(plate.tone) else both


def _stands_out(scores: Float32) -> npt.NDArray[np.bool_]:
    return scores >= min(STANDS_OUT * float(np.median(scores)) if len(scores) else 0.0, ENOUGH)


def _ahead(pool: ThreadPoolExecutor, call: Callable, jobs: Iterable, ahead: int) -> Iterator:
    """Results in the order of the jobs, never more than so many of them waiting."""
    jobs = iter(jobs)
    waiting = [pool.submit(call, job) for job in islice(jobs, ahead)]
    try:
        while waiting:
            yield waiting.pop(0).result()
            waiting.extend(pool.submit(call, job) for job in islice(jobs, 1))
    finally:
        for future in waiting:
            future.cancel()
