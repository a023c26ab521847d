"""One pair of plates, and the words for what local features say of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from imgsim.base.verdict_words import COPY, LOOK_ALIKE

MODELS = ("", "similarity", "affine", "homography")


@dataclass(frozen=True, eq=False)
class MatchRow:
    """One pair, seen from plate ``a``.

    Attributes
    ----------
    a, b : rows in the catalogue.
    verdict : one of :data:`~imgsim.base.verdict_words.VERDICTS`.
    inliers : features that agree with the transform.
    mirrored : one of the two is turned left to right; a shared detail may be, too.
    coverage_a, coverage_b : share of each plate's picture that agrees, 0 to 1.
    residual : median error at the inliers, in thousandths of plate b's diagonal; NaN for a look-alike.
    model : "similarity", "affine", "homography", or "" for a look-alike.
    printing : "", "probably the same plate" or "probably re-engraved".
    transform : float64 (3, 3); NaN for a look-alike.
    region_a, region_b : float32 (m, 2), outline of what agrees; empty for a look-alike.
    sources : what proposed the pair, such as "cosine, local features".
    possible : how many features could have agreed, on the plate that has fewer; 0 where nobody counted.
    negative : one of the two is the other's negative, light where that is dark; a shared detail may be, too.
    """

    a: int
    b: int
    verdict: str
    inliers: int
    mirrored: bool
    coverage_a: float
    coverage_b: float
    residual: float
    model: str
    printing: str
    transform: npt.NDArray[np.float64]
    region_a: npt.NDArray[np.float32]
    region_b: npt.NDArray[np.float32]
    sources: str
    negative: bool = False
    possible: int = 0

    @property
    def verified(self) -> bool:
        """Whether the geometry of their lines ties the two together."""
        return self.verdict not in (LOOK_ALIKE, COPY)

    def other(self, row: int) -> int:
        """The plate that ``row`` is matched with."""
        self._check(row)
        return self.b if row == self.a else self.a

    def seen_from(self, row: int) -> MatchRow:
        """The same pair with ``row`` as plate a: transform inverted, coverages and regions swapped."""
        self._check(row)
        if row == self.a:
            return self
        return replace(
            self,
            a=self.b,
            b=self.a,
            coverage_a=self.coverage_b,
            coverage_b=self.coverage_a,
            transform=inverted(self.transform),
            region_a=self.region_b,
            region_b=self.region_a,
        )

    def _check(self, row: int) -> None:
        if row not in (self.a, self.b):
            raise ValueError(f"the match of the rows {self.a} and {self.b} says nothing of the row {row}")


def inverted(transform: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The inverse of a transform, float64 (3, 3), scaled so that its last number is 1; NaN stays NaN."""
    if not np.isfinite(transform).all():
        return transform
    inverse = np.linalg.inv(transform).astype(np.float64)
    if abs(inverse[2, 2]) > 1e-12:
        inverse /= inverse[2, 2]
    inverse.setflags(write=False)
    return inverse
