"""What local features say of two plates: the same image, mirrored, a shared detail, or only alike.

A network finds candidates; here the lines themselves are compared. :func:`extract` describes a plate by a thousand
or so local features (SIFT), :func:`match` looks for one transform under which the features of two plates agree, in
both orientations, and :class:`Match` says what that proves. cv2 is imported by the functions that need it, never here.
"""

from imgsim.matching.features import (
    FEATURES_VERSION,
    MAX_FEATURES,
    WORKING_SIDE,
    Features,
    extract,
    mirrored,
    read_features,
)
from imgsim.matching.verdicts import (
    LOOK_ALIKE,
    MATCHING_VERSION,
    MIRRORED,
    SAME_IMAGE,
    SHARED_DETAIL,
    VERDICTS,
    Match,
    match,
)

__all__ = [
    "FEATURES_VERSION",
    "MATCHING_VERSION",
    "MAX_FEATURES",
    "WORKING_SIDE",
    "VERDICTS",
    "SAME_IMAGE",
    "MIRRORED",
    "SHARED_DETAIL",
    "LOOK_ALIKE",
    "Features",
    "Match",
    "extract",
    "read_features",
    "mirrored",
    "match",
]
