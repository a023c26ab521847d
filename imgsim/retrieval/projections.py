"""Embeddings to two dimensions: pca, umap, tsne.

All three are seeded and start from the first two principal components, so two runs draw the same map and the three
maps lie the same way round. umap and tsne are given our own exact neighbours. openTSNE draws t-SNE, because at
13,151 x 512 it keeps more of the neighbourhoods than umap and takes a fraction of the time of scikit-learn's
(tests/benchmarks/projections.py). Collections too small for a method get their principal components instead.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import numpy.typing as npt

from imgsim.errors import Change, ImgsimError, Setting
from imgsim.retrieval.neighbours import Float32, Int32, all_neighbours

METHODS = ("pca", "umap", "tsne")
# Raise a number when the code below changes what a method draws.
_VERSIONS = {"pca": 1, "umap": 2, "tsne": 2}
_LIBRARIES = {"umap": ("umap-learn",), "tsne": ("opentsne",)}

UMAP_NEIGHBOURS = 15
TSNE_PERPLEXITY = 30
_TOO_FEW = 8
_COMPONENTS = 50

Int64 = npt.NDArray[np.int64]
ProgressCallback = Callable[[int, int], None]


def method_key(method: str, seed: int = 0) -> str:
    """What shapes a projection besides the embeddings: the method, its version, its library and the seed."""
    check_method(method)
    libraries = []
    for library in _LIBRARIES.get(method, ()):
        try:
            libraries.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            libraries.append(library)
    return " ".join([method, str(_VERSIONS[method]), *libraries, f"seed {seed}"])


def check_method(method: str) -> None:
    if method not in METHODS:
        raise ImgsimError(f"There is no projection {method!r}. Choose among {', '.join(METHODS)}.")


def neighbours_wanted(method: str, count: int) -> int:
    """How many neighbours of each row a method works from."""
    wanted = {"umap": UMAP_NEIGHBOURS - 1, "tsne": 3 * TSNE_PERPLEXITY}.get(method, 0)
    return 0 if count < _TOO_FEW else min(wanted, count - 1)


def project(
    embeddings: Float32,
    neighbours: tuple[Int32, Float32] | None,
    method: str,
    *,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> Float32:
    """Two coordinates for every row.

    Parameters: ``embeddings`` float32 (n, dim), unit rows; ``neighbours`` from
    :func:`imgsim.retrieval.neighbours.all_neighbours` (None, or fewer than the method wants: they are looked for here);
    ``method`` one of METHODS; ``progress(done, total)`` in steps of the method.
    Returns float32 (n, 2), centred, the largest coordinate 1 (so that a view needs no scaling); equal rows on one spot.
    Raises ImgsimError for an unknown method.
    """
    check_method(method)
    first, copy_of = _distinct(embeddings)
    if len(first) < len(embeddings) and method != "pca":
        # Copies of one picture would be each other's neighbours and nobody else's: an island of their own, scattered.
        embeddings, neighbours = embeddings[first], None
    wanted = neighbours_wanted(method, len(embeddings))
    if method == "pca" or wanted == 0:
        points = principal_components(embeddings, 2)
        if progress is not None:
            progress(1, 1)
    else:
        if neighbours is None or neighbours[0].shape[1] < wanted:
            neighbours = all_neighbours(embeddings, wanted)
        nearest = neighbours[0][:, :wanted], _distances(neighbours[1][:, :wanted])
        draw = _umap if method == "umap" else _tsne
        points = draw(embeddings, nearest, seed, progress)
    if not np.isfinite(points).all():
        raise ImgsimError(
            f"The projection {method} of {len(points):,} plates failed.", Change(Setting.PROJECTION, "pca")
        )
    points = (points[first] if method == "pca" else points)[copy_of]
    points = points - points.mean(axis=0)
    largest = np.abs(points).max(initial=0)
    return np.ascontiguousarray(points / largest if largest > 0 else points, dtype=np.float32)


def principal_components(embeddings: Float32, count: int) -> npt.NDArray[np.float64]:
    """The rows' first principal components, float64 (n, count); components that do not exist are zero.

    The sign of each is fixed (its largest loading is positive), so that they do not flip between machines.
    """
    from sklearn.decomposition import PCA

    rows = len(embeddings)
    out = np.zeros((rows, count))
    used = min(count, *embeddings.shape)
    if used == 0 or rows < 2:
        return out
    # The covariance's eigenvectors: exact, and at 13,151 x 2048 far less work than a full decomposition.
    pca = PCA(used, svd_solver="covariance_eigh").fit(embeddings.astype(np.float64))
    signs = np.sign(pca.components_[np.arange(used), np.abs(pca.components_).argmax(axis=1)])
    # What is left of a component when all rows are the same (or there are too few) is rounding, not shape.
    real = pca.explained_variance_ > 1e-9
    out[:, :used] = pca.transform(embeddings.astype(np.float64)) * signs * real
    return out


def _distinct(embeddings: Float32) -> tuple[Int64, Int64]:
    """The first row of each kind, ascending, and for every row the place among these of the one that it equals."""
    places: dict[bytes, int] = {}
    first: list[int] = []
    copy_of = np.empty(len(embeddings), dtype=np.int64)
    for number, row in enumerate(embeddings):
        copy_of[number] = place = places.setdefault((row + 0).tobytes(), len(first))  # -0 is 0
        if place == len(first):
            first.append(number)
    return np.array(first, dtype=np.int64), copy_of


def _distances(similarities: Float32) -> Float32:
    """Euclidean distances of unit vectors from their cosine similarity; zero for duplicates."""
    return np.sqrt(np.maximum(2 - 2 * similarities.astype(np.float64), 0)).astype(np.float32)


def _start(embeddings: Float32, scale: float) -> npt.NDArray[np.float64]:
    """The first two components, scaled, and shaken by a hair so that duplicates do not sit on one spot for ever."""
    points = principal_components(embeddings, 2)
    spread = points.std(axis=0).max()
    points = points / spread * scale if spread > 0 else points
    return points + np.random.default_rng(0).normal(scale=scale * 1e-3, size=points.shape)


class _Bar:
    """What umap writes its progress bar to: the only way in which it tells how far it is."""

    def __init__(self, progress: ProgressCallback | None) -> None:
        self._progress = progress

    def write(self, text: str) -> None:
        numbers = text.split()
        if self._progress is not None and len(numbers) == 2 and all(number.isdecimal() for number in numbers):
            self._progress(int(numbers[0]), int(numbers[1]))

    def flush(self) -> None:
        pass


def _umap(
    embeddings: Float32, nearest: tuple[Int32, Float32], seed: int, progress: ProgressCallback | None
) -> npt.NDArray[np.float64]:
    count = len(embeddings)
    # umap counts a point among its own neighbours.
    indices = np.hstack([np.arange(count, dtype=np.int32)[:, None], nearest[0]])
    distances = np.hstack([np.zeros((count, 1), dtype=np.float32), nearest[1]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap

        model = umap.UMAP(
            n_neighbors=indices.shape[1],
            n_components=2,
            metric="euclidean",
            init=_start(embeddings, 5.0).astype(np.float32),
            precomputed_knn=(indices, distances),
            random_state=seed,
            n_jobs=1,
            # Small collections would fall back on distances of their own, and compile them.
            force_approximation_algorithm=True,
            tqdm_kwds={
                "disable": False,
                "file": _Bar(progress),
                "bar_format": "{n} {total}",
                "mininterval": 0.1,
            },
        )
        reduced = principal_components(embeddings, min(_COMPONENTS, embeddings.shape[1])).astype(np.float32)
        return np.asarray(model.fit_transform(reduced), dtype=np.float64)


def _tsne(
    embeddings: Float32, nearest: tuple[Int32, Float32], seed: int, progress: ProgressCallback | None
) -> npt.NDArray[np.float64]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from openTSNE import TSNEEmbedding
        from openTSNE.affinity import PerplexityBasedNN
        from openTSNE.nearest_neighbors import PrecomputedNeighbors

        logging.getLogger("openTSNE").setLevel(logging.ERROR)
        affinities = PerplexityBasedNN(
            knn_index=PrecomputedNeighbors(
                np.ascontiguousarray(nearest[0]), np.ascontiguousarray(nearest[1], dtype=np.float64)
            ),
            perplexity=min(TSNE_PERPLEXITY, nearest[0].shape[1] / 3),
            n_jobs=1,
        )
        # At 13,151 plates trustworthiness is .9979 after 250 late steps; 500 give .9980 in four times the time.
        early, late = 250, 350

        def callback(offset: int) -> Callable[[int, float, object], None]:
            def tell(iteration: int, error: float, embedding: object) -> None:
                if progress is not None:
                    progress(offset + iteration, early + late)

            return tell

        points = TSNEEmbedding(
            _start(embeddings, 1e-4), affinities, n_jobs=1, random_state=seed, negative_gradient_method="auto"
        )
        points.optimize(
            n_iter=early,
            exaggeration=12,
            momentum=0.5,
            inplace=True,
            callbacks=callback(0),
            callbacks_every_iters=10,
        )
        points.optimize(
            n_iter=late,
            exaggeration=1,
            momentum=0.8,
            inplace=True,
            callbacks=callback(early),
            callbacks_every_iters=10,
        )
        return np.asarray(points, dtype=np.float64)
