"""How near plates are by a part of them: what was cropped lies nearer to a part of its plate than to the whole.

A part is on show with less of its plate round it, so by chance something is near to one of several parts more easily
than to the whole: the similarity of a part counts :data:`LESS` lower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from imgsim.errors import ImgsimError, PrepareAgain

Float32 = npt.NDArray[np.float32]

# Chosen on 120 real plates altered in 23 ways, reported on 120 others (docs/measured.md): with less, negatives and
# halftones are pushed from their places; with more, fewer crops are found.
LESS = 0.05
# A part is only looked at where the whole is among this share of the nearest, and this many at least: of 480 crops the
# plate always was among the nearest 9 %, and a query of 13,151 plates takes 4 ms instead of 14.
_SHARE, _LEAST = 1 / 8, 256
_BLOCK = 512


def part_scores(similarities: Float32, query: npt.ArrayLike, parts: Float32) -> Float32:
    """How near a query is to the nearest part of each plate, less :data:`LESS`.

    Parameters: ``similarities`` float32 (n,) of the query to each whole plate; ``query`` (dim,), of length 1;
    ``parts`` float32 (n, p, dim), unit rows.
    Returns float32 (n,); -1 where no part was looked at, for the whole is too far.
    Raises ImgsimError where the shapes do not fit.
    """
    vector = np.asarray(query, np.float32)
    _check(len(similarities), parts, vector.shape)
    return _of_the_near(similarities, lambda rows: parts[rows] @ vector)


def own_part_scores(similarities: Float32, embeddings: Float32, own: Float32) -> Float32:
    """The same of the nearest part of the query, ``own`` float32 (p, dim), to each whole plate: float32 (n,)."""
    return _of_the_near(similarities, lambda rows: embeddings[rows] @ own.T)


def _of_the_near(similarities: Float32, products: Callable[[npt.NDArray[np.int64]], Float32]) -> Float32:
    count = len(similarities)
    out, near = np.full(count, -1, np.float32), max(_LEAST, int(count * _SHARE))
    rows = np.arange(count)
    if near < count:
        rows = np.sort(np.argpartition(similarities, count - near)[count - near :])
    if count:
        out[rows] = np.clip(products(rows).max(axis=1) - LESS, -1, 1)
    return out


def found_by_parts(
    embeddings: Float32, parts: Float32, top: int, progress: Callable[[int, int], None] | None = None
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """What parts bring among the first ``top`` of each plate that the whole alone does not bring so near.

    Two plates are as near as the wholes are, or a part of either and the whole of the other, less :data:`LESS`.

    Parameters: ``embeddings`` float32 (n, dim), ``parts`` float32 (n, p, dim), unit rows; ``progress(done, total)``.
    Yields (rows, others), int64 (m,) each: at most ``top`` others of a row, all of them found by a part.
    Raises ImgsimError where the shapes do not fit.
    """
    _check(len(embeddings), parts, embeddings.shape[1:])
    count = len(embeddings)
    top = max(0, min(top, count - 1))
    for start in range(0, count if top else 0, _BLOCK):
        block = slice(start, min(start + _BLOCK, count))
        wholes = embeddings[block] @ embeddings.T
        near = np.full_like(wholes, -1)
        for number in range(parts.shape[1]):
            np.maximum(near, embeddings[block] @ parts[:, number].T, out=near)
            np.maximum(near, parts[block, number] @ embeddings.T, out=near)
        near -= LESS
        by_part = near > wholes
        scores = np.maximum(near, wholes)
        own = np.arange(block.start, block.stop)
        scores[own - start, own] = -np.inf
        others = np.argpartition(scores, count - top, axis=1)[:, count - top :]
        kept = np.take_along_axis(by_part, others, axis=1)
        yield np.repeat(own, kept.sum(axis=1)), others[kept]
        if progress is not None:
            progress(block.stop, count)


def _check(count: int, parts: Float32, dimension: tuple[int, ...]) -> None:
    if parts.ndim != 3 or len(parts) != count or parts.shape[2:] != dimension:
        raise ImgsimError(
            f"The parts of plates have the shape {parts.shape}, but there are {count:,} plates and vectors of the "
            f"shape {dimension}.",
            PrepareAgain(),
        )
