"""What the parts of plates bring near to a query, beside what the wholes do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.generation.generation import Generation
from imgsim.retrieval.part_scores import own_part_scores, part_scores

Float32 = npt.NDArray[np.float32]


def near_image(
    generation: Generation, backbone: str, similarities: Float32, vector: Float32, own: Float32 | None = None
) -> Float32 | None:
    """How near an image from outside is to the nearest part of each plate (see :mod:`imgsim.retrieval.part_scores`).

    ``similarities`` float32 (n,) are those of the wholes, ``vector`` (dim,) is the image's embedding; ``own``
    (p, dim) those of its parts, where they were embedded: the nearest of them to each whole plate counts as well.
    Returns float32 (n,); None where the backbone has seen no parts.
    """
    parts = generation.part_embeddings(backbone)
    if parts is None:
        return None
    near = part_scores(similarities, vector, parts)
    if own is not None:
        near = np.maximum(near, own_part_scores(similarities, generation.embeddings(backbone), own))
    return near


def near_plate(generation: Generation, backbone: str, similarities: Float32, row: int) -> Float32 | None:
    """The same of a plate of the collection, whose parts are known."""
    parts = generation.part_embeddings(backbone)
    if parts is None:
        return None
    return near_image(generation, backbone, similarities, generation.embeddings(backbone)[row], parts[row])
