"""What local geometry says of one plate's pairs, and which plates were used again.

A verdict travels in addresses by a short code; "unchecked" is a pair that was never compared line by line.
"""

from __future__ import annotations

import math
from collections.abc import Collection as Some
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME
from imgsim.catalogue import Catalogue
from imgsim.families import Decisions
from imgsim.generation.generation import Generation
from imgsim.verification.match_row import MatchRow
from imgsim.verification.matches import Matches

UNCHECKED = "unchecked"
CODE_OF = {SAME: "same", MIRRORED: "mirrored", DETAIL: "detail", LOOK_ALIKE: "alike"}
CODES = (*CODE_OF.values(), UNCHECKED)
VERIFIED = ("same", "mirrored", "detail")


@dataclass(frozen=True)
class Evidence:
    """What is known of one plate: its matches by the row of the other plate, best first."""

    row: int
    known: dict[int, MatchRow]

    def code(self, row: int) -> str:
        """The verdict on another plate."""
        found = self.known.get(int(row))
        return UNCHECKED if found is None else CODE_OF[found.verdict]

    @property
    def verified(self) -> tuple[int, ...]:
        """Rows whose re-use is verified, the best evidence first."""
        return tuple(row for row, found in self.known.items() if found.verified)

    def mask(self, codes: Some[str], count: int) -> npt.NDArray[np.bool_]:
        """Which of `count` plates have one of these verdicts, bool (count,)."""
        mask = np.full(count, UNCHECKED in codes, dtype=bool)
        for row in self.known:
            mask[row] = self.code(row) in codes
        return mask


def evidence_of(generation: Generation, row: int) -> Evidence | None:
    """What is known of a plate; None where the collection was prepared without comparing lines."""
    matches = generation.matches
    if matches is None:
        return None
    return Evidence(row, {found.b: found for found in matches.of(row)})


def evidence_columns(
    evidence: Evidence, rows: Sequence[int] | npt.NDArray[np.int64]
) -> dict[str, list[str | int | float | None]]:
    """The evidence of a list as columns of a CSV; None where a pair was not compared."""
    found = [evidence.known.get(int(row)) for row in rows]
    return {
        "verdict": ["not checked" if m is None else m.verdict for m in found],
        "inliers": [None if m is None else m.inliers for m in found],
        "mirrored": [None if m is None or not m.verified else "yes" if m.mirrored else "no" for m in found],
        "coverage_query": [None if m is None else _rounded(m.coverage_a) for m in found],
        "coverage_neighbour": [None if m is None else _rounded(m.coverage_b) for m in found],
    }


def _rounded(coverage: float) -> float | None:
    return None if math.isnan(coverage) else round(float(coverage), 4)


def reused(matches: Matches, catalogue: Catalogue, decided: Decisions | None = None) -> npt.NDArray[np.bool_]:
    """The plates that a verified match ties to another book (to any plate where no books are known), bool (n,).

    What people decided counts before what the lines say: a confirmed pair ties, a rejected one does not.
    """
    frame = matches.frame
    pairs = frame.loc[matches.verified, ["row_a", "row_b"]].to_numpy(dtype=np.int64)
    if decided:
        low_high = map(tuple, np.sort(pairs, axis=1).tolist())
        kept = [pair for pair in low_high if pair not in decided.rejected]
        pairs = np.array([*kept, *decided.confirmed], dtype=np.int64).reshape(-1, 2)
    if catalogue.books_known:
        codes = catalogue.book_codes
        pairs = pairs[codes[pairs[:, 0]] != codes[pairs[:, 1]]]
    mask = np.zeros(len(catalogue), dtype=bool)
    mask[pairs.ravel()] = True
    return mask
