"""What looks like a part of a plate, or holds a plate as a part: crops, details and plates on larger sheets."""

from __future__ import annotations

import numpy as np

from imgsim.retrieval.part_scores import found_by_parts
from imgsim.verification.candidate_sources.protocol import CandidateInputs, Pairs, unordered


class Parts:
    """Of the first k of each plate those that a part brings there, by each backbone that has seen parts."""

    name, version = "parts", 1

    def pairs(self, inputs: CandidateInputs, k: int) -> Pairs:
        """See :class:`~imgsim.verification.candidate_sources.protocol.CandidateSource`."""
        found = [
            pair
            for name, parts in inputs.parts.items()
            if name in inputs.embeddings
            for pair in found_by_parts(inputs.embeddings[name], parts, k)
        ]
        none = np.zeros(0, np.int64)
        rows, others = zip(*found, strict=True) if found else ((), ())
        return unordered(np.concatenate([none, *rows]), np.concatenate([none, *others]))
