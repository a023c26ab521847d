"""Which pairs of plates are worth comparing line by line: the union of three sources that miss different things.

Cosine finds what looks alike as a whole, the same by the plate flipped left to right finds what a copyist reversed,
and the index of local features finds what shares lines, however cropped, turned or reversed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from imgsim.errors import ImgsimError, PrepareAgain
from imgsim.features.extraction import mirrored
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import SHORTLIST, FeatureIndex
from imgsim.retrieval.neighbours import all_neighbours

COSINE, MIRRORED_QUERY, LOCAL = 1, 2, 4
SOURCES: dict[int, str] = {COSINE: "cosine", MIRRORED_QUERY: "mirrored", LOCAL: "local features"}
CANDIDATES_VERSION = 1

# What the index lists beside true copies is chance, and most of its shortlist is that: a plate is worth comparing
# when its score stands out from the shortlist's middle, or is high enough by itself (a family may fill the list).
STANDS_OUT, ENOUGH = 2.0, 1.5
_BATCH = 64
_BLOCK = 1024

Float32 = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Candidates:
    """Unordered pairs of rows, each once.

    pairs : int32 (m, 2), row_a < row_b, ascending; sources : uint8 (m,), sums of the keys of :data:`SOURCES`.
    """

    pairs: npt.NDArray[np.int32]
    sources: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.pairs)


def source_names(mask: int) -> str:
    """The sources in a bit mask, in words: "cosine, local features"."""
    return ", ".join(name for bit, name in SOURCES.items() if mask & bit)


def candidates(
    embeddings: Mapping[str, Float32],
    mirrored_embeddings: Mapping[str, Float32] | None,
    index: FeatureIndex | None,
    store: FeatureStore | None,
    top: int = 20,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Candidates:
    """The union of the first ``top`` of every source for every plate.

    Parameters
    ----------
    embeddings : mapping of backbone to float32 (n, dim)
        Unit rows.
    mirrored_embeddings : mapping of backbone to float32 (n, dim), optional
        The same of the plates flipped left to right.
    index, store : optional
        Local features; left out where None.
    progress : callable, optional
        ``progress(done, total)`` in plates looked up in the index, the slowest part.
    workers : int, optional
        Threads; all cores if None. The result does not depend on it.

    Raises ImgsimError where the parts are of different numbers of plates.
    """
    counts = {len(rows) for rows in [*embeddings.values(), *(mirrored_embeddings or {}).values()]}
    counts |= {len(part) for part in (index, store) if part is not None}
    if len(counts) > 1:
        raise ImgsimError(
            f"Embeddings and local features are of {' and '.join(map(str, sorted(counts)))} plates.",
            PrepareAgain(),
        )
    count = counts.pop() if counts else 0
    found: list[tuple[npt.NDArray[np.int64], int]] = []
    for backbone, rows in embeddings.items():
        found.append((_keys(all_neighbours(rows, top)[0], count), COSINE))
        if mirrored_embeddings and backbone in mirrored_embeddings:
            flipped = mirrored_neighbours(rows, mirrored_embeddings[backbone], top)
            found.append((_keys(flipped, count), MIRRORED_QUERY))
    if index is not None and store is not None:
        local = [
            np.minimum(row, others) * count + np.maximum(row, others)
            for row, others in local_neighbours(index, store, top, progress, workers)
        ]
        found.append((np.concatenate(local) if local else np.zeros(0, np.int64), LOCAL))
    return _union(found, count)


def _keys(neighbours: npt.NDArray[np.integer], count: int) -> npt.NDArray[np.int64]:
    own = np.repeat(np.arange(len(neighbours), dtype=np.int64), neighbours.shape[1])
    other = neighbours.ravel().astype(np.int64)
    return np.minimum(own, other) * count + np.maximum(own, other)


def _union(found: list[tuple[npt.NDArray[np.int64], int]], count: int) -> Candidates:
    masks: dict[int, npt.NDArray[np.int64]] = {}
    for keys, bit in found:
        masks[bit] = np.union1d(masks[bit], keys) if bit in masks else np.unique(keys)
    every = np.unique(np.concatenate(list(masks.values()))) if masks else np.zeros(0, np.int64)
    sources = np.zeros(len(every), np.uint8)
    for bit, keys in masks.items():
        sources[np.searchsorted(every, keys)] |= np.uint8(bit)
    pairs = np.column_stack(np.divmod(every, max(count, 1))).astype(np.int32)
    return Candidates(pairs, sources)


def mirrored_neighbours(embeddings: Float32, flipped: Float32, top: int) -> npt.NDArray[np.int64]:
    """Rows most similar to each plate flipped left to right, never the plate itself: int64 (n, at most top).

    In no particular order: these are candidates.
    """
    if embeddings.shape != flipped.shape:
        raise ImgsimError(
            f"The embeddings are {embeddings.shape}, those of the mirrored plates {flipped.shape}.",
            PrepareAgain(),
        )
    count = len(embeddings)
    top = max(0, min(top, count - 1))
    out = np.empty((count, top), np.int64)
    for start in range(0, count if top else 0, _BLOCK):
        products = flipped[start : start + _BLOCK] @ embeddings.T
        own = np.arange(start, start + len(products))
        products[own - start, own] = -np.inf
        out[own] = np.argpartition(products, count - top, axis=1)[:, count - top :]
    return out


def local_neighbours(
    index: FeatureIndex,
    store: FeatureStore,
    top: int,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """For each row in turn: (row, plates that share lines with it, as it stands or mirrored), each at most ``top``."""

    def look_up(rows: range) -> list[tuple[int, npt.NDArray[np.int64]]]:
        plates = [store.features(row) for row in rows]
        described = zip(index.describe(plates), index.describe(map(mirrored, plates)), strict=True)
        result = []
        for row, both in zip(rows, described, strict=True):
            lists = []
            for one in both:
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
