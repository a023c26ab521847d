"""A candidate source of the simplest kind."""

from __future__ import annotations

from imgsim.verification.candidate_sources import (
    CandidateInputs,
    unordered,
)
from imgsim.verification.candidate_sources.protocol import Pairs


class Toy:
    """Neighbours in the catalogue's order."""

    name, version = "toy", 1

    def pairs(self, inputs: CandidateInputs, k: int) -> Pairs:
        rows = [(a, b) for a in range(inputs.plates) for b in range(a + 1, min(a + 1 + k, inputs.plates))]
        return unordered([a for a, _ in rows], [b for _, b in rows])
