"""What two backbones see alike, where they disagree, and which of them finds more of the verified copies.

The study compared ResNet-18 and ResNet-50 so by hand. Everything here works on the neighbour lists and embeddings of
a prepared collection; rows are those of its catalogue, and the same input always gives the same answer.
"""

from imgsim.model_comparison.agreement import STUDY, Agreement, agreement, places
from imgsim.model_comparison.scores import RUNGS, Example, distributions, ladder
from imgsim.model_comparison.verified import (
    Difference,
    Lookups,
    VerifiedPairs,
    difference,
    look_up,
    verified_pairs,
)

__all__ = [
    "RUNGS", "STUDY", "Agreement", "Difference", "Example", "Lookups", "VerifiedPairs", "agreement", "difference",
    "distributions", "ladder", "look_up", "places", "verified_pairs",
]  # fmt: skip
