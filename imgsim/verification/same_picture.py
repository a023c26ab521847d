"""Is a new scan one of the same picture as the scan that it replaces? Asked when a file's content has changed.

Only the thumbnail of the former scan is left to compare with, so the new one is reduced alike. The answer must not be
wrong in silence: it is yes only where the lines agree as strongly as lets a pair stand alone in a family
(:data:`imgsim.families.finding.STRONG_WHOLE`), and not mirrored.
"""

from __future__ import annotations

from imgsim.errors import ImageError

LEAST_INLIERS = 36


def same_picture(former: bytes, later: bytes) -> bool:
    """Whether two thumbnails (image files) show one picture, upright or turned; False where that is not proven."""
    from imgsim.base.verdict_words import SAME
    from imgsim.verification.verifiers import SIFT, describe_file

    # Whatever else the plates are compared by: the number of inliers was measured with this one.
    try:
        found = SIFT.compare(describe_file(former, SIFT), describe_file(later, SIFT))
    except ImageError:
        return False
    return found.verdict == SAME and found.inliers >= LEAST_INLIERS
