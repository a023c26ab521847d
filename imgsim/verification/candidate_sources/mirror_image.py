"""What a copyist reversed: the neighbours of each plate flipped left to right, of every backbone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.errors import ImgsimError, PrepareAgain
from imgsim.verification.candidate_sources.protocol import CandidateInputs, Float32, Pairs, neighbour_pairs

_BLOCK = 1024


class MirrorImage:
    """The first k neighbours of each plate's mirror image, by each backbone that has embedded it."""

    name, version = "mirrored", 1

    def pairs(self, inputs: CandidateInputs, k: int) -> Pairs:
        """See :class:`~imgsim.verification.candidate_sources.protocol.CandidateSource`."""
        flipped = inputs.mirrored_embeddings
        return neighbour_pairs(
            mirrored_neighbours(rows, flipped[name], k) for name, rows in inputs.embeddings.items() if name in flipped
        )


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
