"""What pairs of plates say of families: the arrays on which every step of finding them decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imgsim.base.verdict_words import (
    DETAIL,
    LOOK_ALIKE,
    MIRRORED,
    NEGATIVE,
    PROBABLY_RE_ENGRAVED,
    PROBABLY_SAME_PLATE,
    SAME,
)
from imgsim.reviews.decision_words import MIRRORED_COPY, SAME_PLATE, SHARED_MOTIF
from imgsim.verification.match_row import MatchRow

if TYPE_CHECKING:
    from imgsim.verification.matches import Matches


@dataclass(frozen=True)
class Ties:
    """What the pairs say, as arrays of one length, in the order in which they are decided on.

    a, b : int64 rows; whole, detail, against : bool, exactly one of which is true; strong : bool; inliers : int64;
    position : int64, row of the matches' frame, -1 for a pair that only people compared; decision : object, what people
    confirmed, '' where they did not; seen : bool, whether the lines say what ``whole`` or ``detail`` says.
    """

    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    whole: npt.NDArray[np.bool_]
    detail: npt.NDArray[np.bool_]
    against: npt.NDArray[np.bool_]
    strong: npt.NDArray[np.bool_]
    inliers: npt.NDArray[np.int64]
    position: npt.NDArray[np.int64]
    decision: npt.NDArray[np.object_]
    seen: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.a)

    @cached_property
    def sure(self) -> npt.NDArray[np.bool_]:
        """Which were confirmed by people."""
        return self.decision != ""

    def match(self, at: int, matches: Matches) -> MatchRow:
        """What is known of a pair: what the lines say, and above it what people say."""
        position, decision = int(self.position[at]), str(self.decision[at])
        if position >= 0:
            found = matches.match(position)
        else:
            nothing, nowhere = np.full((3, 3), np.nan), np.zeros((0, 2), np.float32)
            found = MatchRow(
                int(self.a[at]), int(self.b[at]), LOOK_ALIKE, 0, False, 0.0, 0.0, np.nan, "", "", nothing, nowhere,
                nowhere, "review",
            )  # fmt: skip
        if not decision:
            return found
        if decision == SHARED_MOTIF:
            return replace(
                found, verdict=DETAIL, mirrored=found.mirrored and found.verified, printing="",
                negative=found.negative and found.verified,
            )  # fmt: skip
        mirrored, negative = found.mirrored and found.verified, found.negative and found.verified
        return replace(
            found,
            verdict=confirmed_verdict(decision, mirrored, negative),
            mirrored=mirrored or decision == MIRRORED_COPY,
            negative=negative,
            # A print of the same plate laid on another sheet mirrors it as well; a mirrored copy was engraved anew.
            printing=PROBABLY_SAME_PLATE if decision == SAME_PLATE else PROBABLY_RE_ENGRAVED,
        )


def confirmed_verdict(decision: str, mirrored: bool, negative: bool) -> str:
    """What two plates are that people confirmed; ``mirrored``, ``negative``: what the lines prove of them."""
    if decision == SHARED_MOTIF:
        return DETAIL
    return NEGATIVE if negative else MIRRORED if mirrored or decision == MIRRORED_COPY else SAME
