"""What was known of a pair when somebody decided on it: kept with the decision, whatever is computed later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation


def evidence_of(collection: Generation, row_a: int, row_b: int, backbone: str) -> dict[str, Any]:
    """The evidence on a pair, seen from the first plate, by the names of :data:`~imgsim.reviews.EVIDENCE`.

    ``matching`` names the way in which the lines were compared (the key of the collection's pairs), ``generation`` the
    state of the collection, so that a decision can be told from one that was made on other evidence.
    """
    embeddings = collection.embeddings(backbone)
    found: dict[str, Any] = {
        "similarity": round(float(np.clip(embeddings[row_a] @ embeddings[row_b], -1, 1)), 6),
        "backbone": backbone,
        "generation": collection.generation,
    }
    matches = collection.matches
    if matches is None:
        return found
    found["matching"] = str(collection.manifest.get("matching", {}).get("pairs", ""))[:12]
    match = matches.between(row_a, row_b)
    if match is None:
        return found | {"verdict": "not compared"}
    return found | {
        "verdict": match.verdict,
        "inliers": int(match.inliers),
        "mirrored": bool(match.mirrored),
        "negative": bool(match.negative),
        "coverage_a": round(float(match.coverage_a), 4),
        "coverage_b": round(float(match.coverage_b), 4),
    }
