"""Neighbours of very many plates: exactly, or by an index of a kept library? What each takes, what it misses.

    python -m tests.benchmarks.approximate COLLECTION [--plates 50000 200000] [--rows 1024] [--only exact usearch faiss]

COLLECTION is a prepared one, the more plates the better. Its first backbone's vectors are made as many as are asked
for: each is one of them that strays by 0.6 of its length along the difference of two others, so that they lie in the
directions that real ones lie in. Of so many rows the 50 neighbours are looked for, as a run does
(:func:`imgsim.retrieval.neighbours.nearest`), and by the libraries, which are no part of imgsim and may be missing:
usearch (HNSW) and faiss (IVF, cells without compression). What they list is ranked exactly in the end, which costs
little. Recall: the share of the exact 50 that they list. Seconds are of the processor, in one thread; those for all
plates are worked out from the rows, and with an index those for building it are in them. The last two lines: one plate
looked up among all, as the app does at a click, and that with a filter.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from imgsim.collection import open_collection
from imgsim.retrieval.neighbours import block_of, nearest, ranked, similarities

K, STRAYING, BLOCK = 50, 0.6, 10_000
Float32 = npt.NDArray[np.float32]
Search = Callable[[npt.NDArray[np.int64]], npt.NDArray[np.int64]]


def strayed(base: Float32, count: int, seed: int = 0) -> Float32:
    """Unit vectors like those of ``base``: float32 (count, dim), the first of them as they are."""
    rng = np.random.default_rng(seed)
    out = np.empty((count, base.shape[1]), np.float32)
    out[: len(base)] = base[:count]
    for start in range(len(base), count, BLOCK):
        rows = np.arange(start, min(start + BLOCK, count))
        one, other = rng.integers(0, len(base), (2, len(rows)))
        aside = base[one] - base[other]
        aside /= np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-6)
        made = base[rows % len(base)] + STRAYING * aside
        out[rows] = made / np.linalg.norm(made, axis=1, keepdims=True)
    return out


def usearch_index(vectors: Float32) -> dict[str, Search]:
    """HNSW, searched ever wider."""
    import_module("numkong")  # usearch 2.26 finds its symbols only so
    index = import_module("usearch.index").Index(
        ndim=vectors.shape[1], metric="ip", dtype="f32", connectivity=16, expansion_add=128
    )
    index.add(np.arange(len(vectors)), vectors, threads=1)

    def search(rows: npt.NDArray[np.int64], wide: int) -> npt.NDArray[np.int64]:
        index.expansion_search = wide
        found: npt.NDArray[np.int64] = index.search(vectors[rows], K + 1, threads=1).keys.astype(np.int64)
        return found

    return {f"usearch, {wide} wide": partial(search, wide=wide) for wide in (64, 256, 1024)}


def faiss_index(vectors: Float32) -> dict[str, Search]:
    """IVF: as many cells as the square root of the plates, ever more of them looked through."""
    faiss = import_module("faiss")
    faiss.omp_set_num_threads(1)
    cells = int(np.sqrt(len(vectors)))
    index = faiss.index_factory(vectors.shape[1], f"IVF{cells},Flat", faiss.METRIC_INNER_PRODUCT)
    index.train(vectors[:: max(1, len(vectors) // (cells * 64))])
    index.add(vectors)

    def search(rows: npt.NDArray[np.int64], probes: int) -> npt.NDArray[np.int64]:
        index.nprobe = probes
        found: npt.NDArray[np.int64] = index.search(vectors[rows], K + 1)[1]
        return found

    several = (cells // 32, cells // 8, cells // 4)
    return {f"faiss, {probes} of {cells} cells": partial(search, probes=probes) for probes in several}


KINDS = {"usearch": usearch_index, "faiss": faiss_index}


def exactly(vectors: Float32, rows: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32], float]:
    """The neighbours of the rows, and processor seconds a row."""
    step, found, clock = block_of(len(vectors)), [], time.process_time()
    for start in range(0, len(rows), step):
        found.append(nearest(vectors, rows[start : start + step], K)[0])
    return np.concatenate(found), (time.process_time() - clock) / len(rows)


def recalled(found: npt.NDArray[np.int64], exact: npt.NDArray[np.int32]) -> float:
    """The share of the exact neighbours that were found."""
    return float(np.mean([len(set(a.tolist()) & set(b.tolist())) / K for a, b in zip(found, exact, strict=True)]))


def compare(base: Float32, count: int, wanted: int, kinds: list[str]) -> None:
    """Print a line for each way."""
    vectors = strayed(base, count)
    rows = np.random.default_rng(1).choice(count, wanted, replace=False)
    exact, each = exactly(vectors, rows)
    print(f"{count:,} plates, exact: {each * 1000:.2f} ms a row, {each * count:,.0f} s for all", flush=True)
    for kind in kinds:
        if find_spec(kind) is None:
            print(f"{count:,} plates, {kind}: not installed")
            continue
        clock = time.process_time()
        searches = KINDS[kind](vectors)
        built = time.process_time() - clock
        for name, search in searches.items():
            clock = time.process_time()
            found = search(rows)
            once = (time.process_time() - clock) / wanted
            print(
                f"{count:,} plates, {name}: recall {recalled(found, exact):.4f}, {once * 1000:.2f} ms a row, "
                f"{built:,.0f} s to build, {built + once * count:,.0f} s for all", flush=True,
            )  # fmt: skip
    looked_up(vectors, rows[:8])


def looked_up(vectors: Float32, rows: npt.NDArray[np.int64]) -> None:
    """Print what one look-up in the app takes: similarities to all, then the best 24 of all, or of a tenth."""
    mask = np.random.default_rng(2).random(len(vectors)) < 0.1
    clock = time.process_time()
    scores = [similarities(vectors, vectors[row]) for row in rows]
    spent = [time.process_time() - clock]
    for allowed in (None, mask):
        clock = time.process_time()
        for row, of in zip(rows.tolist(), scores, strict=True):
            ranked(of, exclude=row, mask=allowed, k=24)
        spent.append(time.process_time() - clock)
    every, best, filtered = (one / len(rows) * 1000 for one in spent)
    told = f"one looked up: {every + best:.0f} ms, filtered: {every + filtered:.0f} ms"
    print(f"{len(vectors):,} plates, {told}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection", type=Path)
    parser.add_argument("--plates", type=int, nargs="+", default=[50_000, 200_000])
    parser.add_argument("--rows", type=int, default=1024)
    parser.add_argument("--only", nargs="*", choices=KINDS, default=list(KINDS))
    given = parser.parse_args()
    collection = open_collection(given.collection)
    with threadpool_limits(1):
        for count in given.plates:
            compare(collection.embeddings(collection.backbones[0]), count, given.rows, given.only)


if __name__ == "__main__":
    main()
