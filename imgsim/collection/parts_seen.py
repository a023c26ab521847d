"""What the parts of plates bring near to a query, beside what the wholes do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.generation.generation import Generation
from imgsim.retrieval.part_scores import own_part_scores, part_scores

Float32 = npt.NDArray[np.float32]


def near_image(generation: Generation, backbone: str, similarities: Float32, vector: Float32) -> Float32 | None:
    """How near an image from outside is to the nearest part of each plate (see :mod:`imgsim.retrieval.part_scores`).

    ``similarities`` float32 (n,) are those of the wholes, ``vector`` (dim,) is the image's embedding.
    Returns float32 (n,); None where the backbone has seen no parts.
    """
    parts = generation.part_embeddings(backbone)
    return None if parts is None else part_scores(similarities, vector, parts)


def near_plate(generation: Generation, backbone: str, similarities: Float32, row: int) -> Float32 | None:
    """The same of a plate of the collection, and of its own parts to each whole plate, whichever is nearer."""
    parts, embeddings = generation.part_embeddings(backbone), generation.embeddings(backbone)
    if parts is None:
        return None
    own = own_part_scores(similarities, embeddings, parts[row])
    return np.maximum(part_scores(similarities, embeddings[row], parts), own)
