"""Which library draws the maps? Time and trustworthiness of each at the size of the DHH23 collection.

    python -m tests.benchmarks.projections [--plates 13151] [--dimension 512] [--embeddings FILE.npy]
                                           [--method NAME ...]

Without --embeddings clustered data are made up: families of 1 to 4 near-copies among unrelated plates, with the
decaying spectrum that embeddings have. Trustworthiness (12 neighbours, cosine) says how far those who are
neighbours on the map are neighbours in truth; of 2,000 plates, against all.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from imgsim.retrieval.neighbours import all_neighbours
from imgsim.retrieval.projections import principal_components, project


def synthetic(plates: int, dimension: int, seed: int = 0) -> np.ndarray:
    """float32 (plates, dimension) unit rows in families, families in loose groups."""
    generator = np.random.default_rng(seed)
    spectrum = (1.0 + np.arange(dimension)) ** -0.35
    groups = generator.normal(size=(60, dimension)) * spectrum
    centres = (
        groups[generator.integers(0, 60, plates)]
        + 0.8 * generator.normal(size=(plates, dimension)) * spectrum
    )
    sizes = generator.integers(1, 5, plates)
    family = np.repeat(np.arange(plates), sizes)[:plates]
    rows = centres[family] + 0.15 * generator.normal(size=(plates, dimension)) * spectrum
    rows = rows.astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def trustworthiness(embeddings: np.ndarray, points: np.ndarray, k: int = 12, sample: int = 2000) -> float:
    """As scikit-learn defines it, for a sample of rows against all, so that no n x n table of ranks is needed."""
    count = len(embeddings)
    rows = np.random.default_rng(0).permutation(count)[:sample]
    penalty = 0.0
    for row in rows:
        similarity = embeddings @ embeddings[row]
        similarity[row] = np.inf
        rank = np.empty(count, dtype=np.int64)
        rank[np.argsort(-similarity, kind="stable")] = np.arange(count)
        distance = ((points - points[row]) ** 2).sum(axis=1)
        distance[row] = np.inf
        near = np.argpartition(distance, k)[:k]
        penalty += np.maximum(rank[near] - k, 0).sum()
    return 1 - penalty * 2 / (len(rows) * k * (2 * count - 3 * k - 1))


def _ours(method: str) -> Callable[[np.ndarray], np.ndarray]:
    def draw(embeddings: np.ndarray) -> np.ndarray:
        nearest = None if method == "pca" else all_neighbours(embeddings, 90)
        return project(embeddings, nearest, method)

    return draw


def _scikit_learn(embeddings: np.ndarray) -> np.ndarray:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    reduced = PCA(50, random_state=0).fit_transform(embeddings)
    return TSNE(2, perplexity=30, init="pca", random_state=0, n_jobs=1).fit_transform(reduced)


def _scikit_learn_ours(embeddings: np.ndarray) -> np.ndarray:
    """scikit-learn's t-SNE from what ours starts from: the same exact neighbours and first components."""
    from scipy.sparse import csr_matrix
    from sklearn.manifold import TSNE

    indices, similarities = all_neighbours(embeddings, 95)
    distances = np.sqrt(np.maximum(2 - 2 * similarities, 1e-12)).ravel()
    starts = np.arange(0, indices.size + 1, indices.shape[1])
    graph = csr_matrix((distances, indices.ravel(), starts), shape=(len(embeddings), len(embeddings)))
    first = principal_components(embeddings, 2)
    first = (first / first[:, 0].std() * 1e-4).astype(np.float32)
    return TSNE(2, perplexity=30, init=first, metric="precomputed", random_state=0, n_jobs=1).fit_transform(
        graph
    )


def _umap_default(embeddings: np.ndarray) -> np.ndarray:
    import umap

    return np.asarray(umap.UMAP(metric="cosine", random_state=0, n_jobs=1).fit_transform(embeddings))


METHODS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "pca": _ours("pca"),
    "umap": _ours("umap"),
    "tsne": _ours("tsne"),
    "umap-default": _umap_default,
    "tsne-scikit-learn": _scikit_learn,
    "tsne-scikit-learn-ours": _scikit_learn_ours,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--plates", type=int, default=13_151)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--embeddings", type=Path)
    parser.add_argument("--method", nargs="+", choices=list(METHODS), default=list(METHODS))
    given = parser.parse_args()
    if given.embeddings:
        embeddings = np.load(given.embeddings, allow_pickle=False)
    else:
        embeddings = synthetic(given.plates, given.dimension)
    print(f"{embeddings.shape[0]:,} x {embeddings.shape[1]}")
    print(f"{'method':<20}{'seconds':>9}{'CPU s':>9}{'again':>9}  trustworthiness", flush=True)
    for name in given.method:
        seconds = []
        for _ in range(2 if name in ("umap", "umap-default") else 1):  # umap compiles in its first run
            start, start_cpu = time.perf_counter(), time.process_time()
            points = METHODS[name](embeddings)
            seconds.append((time.perf_counter() - start, time.process_time() - start_cpu))
        again = f"{seconds[1][1]:9.1f}" if len(seconds) > 1 else " " * 9
        print(
            f"{name:<20}{seconds[0][0]:9.1f}{seconds[0][1]:9.1f}{again}  {trustworthiness(embeddings, points):.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
