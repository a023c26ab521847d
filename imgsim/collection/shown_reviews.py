"""What was known of a pair when somebody decided on it: kept with the decision, whatever is computed later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.collection.asked_copies import asked_copy
from imgsim.collection.evidence import Evidence
from imgsim.collection.evidence import evidence_of as evidence_of_plate

if TYPE_CHECKING:
    from imgsim.collection.collection import Collection
    from imgsim.collection.registration import Registration
    from imgsim.verification.match_row import MatchRow


def evidence_of(collection: Collection, row_a: int, row_b: int, backbone: str) -> dict[str, Any]:
    """The evidence on a pair, seen from the first plate, by the names of :data:`~imgsim.reviews.EVIDENCE`.

    ``matching`` names the way in which the lines were compared (the key of the collection's pairs), ``generation`` the
    state of the collection, so that a decision can be told from one that was made on other evidence.
    """
    return next(evidence_of_pairs(collection, [(row_a, row_b)], backbone))


def evidence_of_pairs(
    collection: Collection, pairs: Iterable[tuple[int, int]], backbone: str
) -> Iterator[dict[str, Any]]:
    """The same of several pairs of rows, in order; quickest where pairs of one first plate follow one another."""
    embeddings = collection.embeddings(backbone)
    general: dict[str, Any] = {"backbone": backbone, "generation": collection.generation}
    if collection.matches is not None:
        general["matching"] = str(collection.manifest.get("matching", {}).get("pairs", ""))[:12]
    of: int | None = None
    known: Evidence | None = None
    for row_a, row_b in pairs:
        if row_a != of:
            of, known = row_a, evidence_of_plate(collection, row_a)
        similarity = round(float(np.clip(embeddings[row_a] @ embeddings[row_b], -1, 1)), 6)
        yield {"similarity": similarity, **general, **_of_lines(collection, known, row_a, row_b)}


def _of_lines(collection: Collection, known: Evidence | None, row_a: int, row_b: int) -> dict[str, Any]:
    match = _shown(collection, known, row_a, row_b)
    if match is None:
        return {} if known is None else {"verdict": "not compared"}
    return {
        "verdict": match.verdict,
        "inliers": int(match.inliers),
        "mirrored": bool(match.mirrored),
        "negative": bool(match.negative),
        "coverage_a": round(float(match.coverage_a), 4),
        "coverage_b": round(float(match.coverage_b), 4),
    }


def _shown(
    collection: Collection, known: Evidence | None, row_a: int, row_b: int
) -> MatchRow | Registration | None:
    """What the screen says of a pair: what the generation knows, or a copy that somebody has asked for since."""
    match = known.known.get(row_b) if known is not None else None
    if match is not None and match.verdict != LOOK_ALIKE:
        return match
    asked = asked_copy(collection, row_a, row_b)
    return asked if asked is not None and asked.found else match
