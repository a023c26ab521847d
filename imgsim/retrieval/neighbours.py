"""Exact cosine similarities and the nearest neighbours they give.

Every similarity is a float64 product rounded to float32 at the very end, so a pair has one number wherever it is
shown, exact duplicates tie exactly, and results depend neither on block sizes nor on the number of threads.
float32 products only choose the candidates. Rows are in the catalogue's order, which is sorted by plate_id:
breaking ties by row is breaking them by plate_id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from imgsim.errors import ImgsimError, PrepareAgain

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]

# A float32 product of unit rows errs by far less than this (about 1e-6 at 2048 dimensions).
_FLOAT32_ERROR = 4e-6
# Candidates taken beyond k, so that rounding in float32 rarely leaves the k-th place in doubt.
_SPARE = 16
# Numbers turned into float64 at a time: 1 MB stays in the processor's cache, which is four times as fast.
_BLOCK = 131_072
# Products held at a time by `all_neighbours`, in blocks of 16 to 1,024 rows: as many as 1,024 rows of 13,151 plates
# have. Of 100,000 plates 1,024 rows are no faster, and take five times the memory.
_PRODUCTS, _FEWEST_ROWS, _MOST_ROWS = 1024 * 13_151, 16, 1024
BACKGROUND_SIZE = 10_001


class Index(Protocol):
    """What the app needs of a search index; :class:`ExactIndex` is the one there is."""

    def similarities(self, query: npt.ArrayLike) -> Float32:
        """Cosine similarity of ``query`` to every row, float32 (n,)."""
        ...


class ExactIndex:
    """Compares with every row. At 13,151 x 512 a query takes about 2 ms, so nothing cleverer is needed."""

    def __init__(self, embeddings: Float32) -> None:
        self.embeddings = embeddings

    def similarities(self, query: npt.ArrayLike) -> Float32:
        """Cosine similarity of ``query`` to every row, float32 (n,)."""
        return similarities(self.embeddings, query)


def unusable_rows(embeddings: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Rows that no cosine can be taken of: non-finite values, or all zeros.

    Returns int64 row numbers, ascending; (n, dim) may be empty.
    """
    squares = np.einsum("ij,ij->i", embeddings, embeddings, dtype=np.float64)
    return np.flatnonzero(~(np.isfinite(squares) & (squares > 0)))


def similarities(embeddings: Float32, query: npt.ArrayLike, block: int = 1024) -> Float32:
    """Cosine similarity of one query to every row.

    Parameters: ``embeddings`` float32 (n, dim) with unit rows; ``query`` (dim,), of any length but zero.
    Returns float32 (n,) within [-1, 1].
    Raises ImgsimError for a query of another dimension, and for one that is zero or not finite.
    """
    vector = np.asarray(query, dtype=np.float64)
    if vector.shape != embeddings.shape[1:]:
        raise ImgsimError(
            f"The query has the shape {vector.shape}, but the embeddings have {embeddings.shape[1]} dimensions. "
            "Use the backbone that made the embeddings."
        )
    length = np.sqrt(vector @ vector)
    if not np.isfinite(length) or length == 0:
        raise ImgsimError(
            "The query's embedding is zero or not finite, so it is similar to nothing. Use another image."
        )
    vector = vector / length if abs(length - 1) > 1e-6 else vector
    out = np.empty(len(embeddings), dtype=np.float32)
    block = max(1, min(block, _BLOCK // max(1, len(vector))))
    for start in range(0, len(embeddings), block):
        out[start : start + block] = embeddings[start : start + block].astype(np.float64) @ vector
    return np.clip(out, -1, 1, out=out)


def ranked(
    similarities: Float32,
    *,
    exclude: int | None = None,
    mask: npt.NDArray[np.bool_] | None = None,
    k: int | None = None,
) -> tuple[npt.NDArray[np.int64], Float32]:
    """Rows in falling order of similarity; ties in the order of rows, which is the order of plate_id.

    Parameters: ``similarities`` float32 (n,); ``exclude``, the query's own row (never its duplicates);
    ``mask`` bool (n,), True where a row may appear; ``k``, at most so many (None: all).
    Returns (rows int64 (m,), similarities float32 (m,)).
    """
    allowed = np.ones(len(similarities), dtype=bool) if mask is None else np.array(mask, dtype=bool)
    if exclude is not None:
        allowed[exclude] = False
    rows = np.flatnonzero(allowed)
    values = similarities[rows]
    if k is not None and k < len(rows):
        if k <= 0:
            return rows[:0], values[:0]
        # Everything that ties with the k-th stays until the stable sort has broken the ties.
        threshold = np.partition(values, len(values) - k)[len(values) - k]
        keep = values >= threshold
        rows, values = rows[keep], values[keep]
    order = np.argsort(-values, kind="stable")[:k]
    return rows[order], values[order]


def all_neighbours(
    embeddings: Float32,
    k: int,
    block: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Int32, Float32]:
    """The k nearest neighbours of every row.

    A row is left out of its own list by index, never by position: exact duplicates stay. With fewer than k other
    rows the lists are as long as there are rows.

    Parameters: ``embeddings`` float32 (n, dim) with unit rows; ``block``, how many rows are compared at a time (None:
    the fewer the more plates there are), which makes no difference to the result; ``progress(done, total)`` in rows.
    Returns (indices int32 (n, k), similarities float32 (n, k)), each row falling.
    Raises ImgsimError for zero or non-finite rows.
    """
    count = len(embeddings)
    bad = unusable_rows(embeddings)
    if len(bad):
        raise ImgsimError(
            f"{len(bad):,} of {count:,} embeddings are zero or not finite (the first is row {bad[0]:,}), "
            "so they have no neighbours.",
            PrepareAgain(),
        )
    k = max(0, min(k, count - 1))
    indices = np.empty((count, k), dtype=np.int32)
    values = np.empty((count, k), dtype=np.float32)
    step = block_of(count) if block is None else max(1, block)
    for start in range(0, count, step):
        stop = min(start + step, count)
        if k:
            indices[start:stop], values[start:stop] = nearest(embeddings, np.arange(start, stop), k)
        if progress is not None:
            progress(stop, count)
    return indices, values


def block_of(count: int) -> int:
    """How many rows of that many plates :func:`all_neighbours` compares at a time."""
    return min(_MOST_ROWS, max(_FEWEST_ROWS, _PRODUCTS // max(1, count)))


def nearest(
    embeddings: Float32, rows: npt.NDArray[np.int64], k: int, allowed: npt.NDArray[np.bool_] | None = None
) -> tuple[Int32, Float32]:
    """The k nearest neighbours of some rows, with the numbers and the order of :func:`all_neighbours`.

    Parameters: ``embeddings`` float32 (n, dim) with unit rows; ``rows`` int64 (m,), a few hundred at most, for all
    their products are held at once; ``allowed`` bool (m, n), True where a row may appear in a list.
    Returns (indices int32 (m, k), similarities float32 (m, k)), each row falling; what is beyond the end of a list
    has the similarity -inf and an index that means nothing.
    """
    k = max(0, min(k, len(embeddings) - 1))
    if not k or not len(rows):
        return np.empty((len(rows), k), dtype=np.int32), np.empty((len(rows), k), dtype=np.float32)
    count = len(embeddings)
    products = embeddings[rows] @ embeddings.T
    if allowed is not None:
        products[~allowed] = -np.inf
    products[np.arange(len(rows)), rows] = -np.inf
    wide = min(k + _SPARE, count - 1)
    candidates = np.argpartition(products, count - wide, axis=1)[:, count - wide :]
    candidates.sort(axis=1)  # by row, so that the stable sort below breaks ties by row
    coarse = np.take_along_axis(products, candidates, axis=1)
    # Rows in which more than `wide` others come within rounding error of the k-th place (many near-duplicates).
    kth = np.partition(coarse, wide - k, axis=1)[:, wide - k]
    crowded = np.flatnonzero(
        np.isfinite(kth) & (coarse.min(axis=1) >= kth - _FLOAT32_ERROR) & (wide < count - 1)
    )
    exact = _exact(embeddings, rows, candidates)
    exact[np.isneginf(coarse)] = -np.inf
    order = np.argsort(-exact, axis=1, kind="stable")[:, :k]
    indices = np.take_along_axis(candidates, order, axis=1).astype(np.int32)
    values = np.take_along_axis(exact, order, axis=1)
    for i in crowded:
        many = np.flatnonzero(products[i] >= kth[i] - _FLOAT32_ERROR)
        precise = _exact(embeddings, rows[i : i + 1], many[None, :])[0]
        best = np.argsort(-precise, kind="stable")[:k]
        indices[i], values[i] = many[best], precise[best]
    return indices, values


def _exact(embeddings: Float32, own: npt.NDArray[np.int64], others: npt.NDArray[np.int64]) -> Float32:
    """float64 products of each own row (m,) with its other rows (m, w), rounded to float32 and clipped."""
    out = np.empty(others.shape, dtype=np.float32)
    step = max(1, 2_000_000 // max(1, others.shape[1] * embeddings.shape[1]))
    for start in range(0, len(own), step):
        part = slice(start, start + step)
        left = embeddings[own[part]].astype(np.float64)
        right = embeddings[others[part]].astype(np.float64)
        out[part] = np.matmul(right, left[:, :, None])[:, :, 0]
    return np.clip(out, -1, 1, out=out)


def pair_similarities(
    embeddings: Float32, left: npt.NDArray[np.integer[Any]], right: npt.NDArray[np.integer[Any]]
) -> Float32:
    """Cosine similarity of pairs of rows.

    Parameters: ``embeddings`` float32 (n, dim) with unit rows; ``left`` and ``right`` row numbers (m,).
    Returns float32 (m,) within [-1, 1].
    """
    out = np.empty(len(left), dtype=np.float32)
    for start in range(0, len(left), 8192):
        part = slice(start, start + 8192)
        out[part] = np.einsum("ij,ij->i", embeddings[left[part]], embeddings[right[part]], dtype=np.float64)
    return np.clip(out, -1, 1, out=out)


def random_pairs(
    count: int, pairs: int, seed: int = 0
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs of different rows, drawn at random; all of them where there are no more than ``pairs``.

    Returns two int64 arrays of row numbers, empty for fewer than two rows.
    """
    if count < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if count * (count - 1) // 2 <= pairs:
        left, right = np.triu_indices(count, 1)
        return left.astype(np.int64), right.astype(np.int64)
    generator = np.random.default_rng(seed)
    left = generator.integers(0, count, pairs)
    right = (left + generator.integers(1, count, pairs)) % count  # never the plate itself
    return left, right


def random_pair_quantiles(embeddings: Float32, pairs: int = 200_000, seed: int = 0) -> Float32:
    """What similarity means in this collection: the quantiles of that of random pairs of different plates.

    With up to about 630 plates all pairs are taken instead of a sample.
    Returns float32 (10001,), ascending; entry i is the i/10000 quantile. Empty for fewer than two rows.
    """
    left, right = random_pairs(len(embeddings), pairs, seed)
    if not len(left):
        return np.empty(0, dtype=np.float32)
    sample = pair_similarities(embeddings, left, right)
    return np.quantile(sample, np.linspace(0, 1, BACKGROUND_SIZE), method="nearest").astype(np.float32)


def share_below(background: Float32, similarity: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The share (0 to 1) of random pairs that are less similar; NaN where there is no background.

    Parameters: ``background`` from :func:`random_pair_quantiles`; ``similarity`` any shape. Returns the same shape.
    """
    values = np.asarray(similarity, dtype=np.float32)
    if not len(background):
        return np.full(values.shape, np.nan)
    return np.searchsorted(background, values, side="left") / len(background)


def occurrences(indices: Int32, k: int) -> npt.NDArray[np.int64]:
    """In how many lists of k neighbours each plate appears (its k-occurrence): int64 (n,), k on average.

    Parameters: ``indices`` int32 (n, at least k) from :func:`all_neighbours`; with fewer columns, all are counted.
    """
    return np.bincount(indices[:, :k].ravel(), minlength=len(indices)).astype(np.int64)


def hubness(indices: Int32, k: int = 10) -> dict[str, float | int]:
    """How unevenly plates are listed as neighbours: hubs are listed everywhere and mean little.

    Parameters: ``indices`` int32 (n, at least k) from :func:`all_neighbours`.
    Returns k, skew (of how often each plate is listed; above about 1.4 hubs are strong), the largest count,
    the row that has it, and the number of plates that are never listed.
    """
    k = min(k, indices.shape[1]) if indices.ndim == 2 else 0
    counts = occurrences(indices, k) if k else np.zeros(len(indices), dtype=np.int64)
    spread = float(counts.std()) if len(counts) else 0.0
    skew = float(((counts - counts.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0
    return {
        "k": int(k),
        "skew": round(skew, 4),
        "largest": int(counts.max()) if len(counts) else 0,
        "largest_row": int(counts.argmax()) if len(counts) else -1,
        "never": int((counts == 0).sum()) if k else 0,
    }
