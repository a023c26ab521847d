"""Which pairs of plates are worth comparing line by line: sources that miss different things.

Cosine finds what looks alike as a whole, the same by the plate flipped left to right finds what a copyist reversed,
the index of local features finds what shares lines, however cropped, turned or reversed, and the parts of plates find
crops and details also where lines are poor. Further ones are brought by their users (docs/candidate-sources.md).
"""

from imgsim.base.extensions import Registry
from imgsim.verification.candidate_sources.by_parts import Parts
from imgsim.verification.candidate_sources.cosine import Cosine
from imgsim.verification.candidate_sources.local_features import LocalFeatures
from imgsim.verification.candidate_sources.mirror_image import MirrorImage
from imgsim.verification.candidate_sources.protocol import CandidateInputs, CandidateSource, unordered

# The order is that in which they are named of a pair: "cosine, mirrored, local features, parts".
CANDIDATE_SOURCES: Registry[CandidateSource] = Registry(
    "candidate source", ["pairs"], [Cosine(), MirrorImage(), LocalFeatures(), Parts()]
)
register = CANDIDATE_SOURCES.register

__all__ = ["CANDIDATE_SOURCES", "CandidateInputs", "CandidateSource", "register", "unordered"]
