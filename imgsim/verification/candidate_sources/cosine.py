"""What looks alike as a whole: the neighbours by cosine, of every backbone."""

from __future__ import annotations

from imgsim.retrieval.neighbours import all_neighbours
from imgsim.verification.candidate_sources.protocol import CandidateInputs, Pairs, neighbour_pairs


class Cosine:
    """The first k neighbours of each plate, by each backbone."""

    name, version = "cosine", 1

    def pairs(self, inputs: CandidateInputs, k: int) -> Pairs:
        """See :class:`~imgsim.verification.candidate_sources.protocol.CandidateSource`."""
        return neighbour_pairs(all_neighbours(rows, k)[0] for rows in inputs.embeddings.values())
