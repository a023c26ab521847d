"""What local geometry says of one plate's pairs, and which plates were used again."""

from __future__ import annotations

import math
from collections.abc import Collection as Some
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imgsim.base.verdict_words import CODE_OF, COPY, LOOK_ALIKE, NOT_CHECKED, UNCHECKED
from imgsim.catalogue import Catalogue
from imgsim.collection.plate_copies import copies_of
from imgsim.families import Decisions
from imgsim.generation.generation import Generation
from imgsim.verification.match_row import MatchRow
from imgsim.verification.matches import Matches

# The columns that say in a file what is known of a plate and a neighbour of it.
EVIDENCE = ("verdict", "inliers", "mirrored", "negative", "coverage_query", "coverage_neighbour")
Cells = tuple[str, int | None, str | None, str | None, float | None, float | None]
_NOT_COMPARED: Cells = (NOT_CHECKED, None, None, None, None, None)


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
    def copies(self) -> tuple[int, ...]:
        """Rows that show the same by another hand, the best evidence first."""
        return tuple(row for row, found in self.known.items() if found.verdict == COPY)

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
    known = {found.b: found for found in matches.of(row)}
    copies = copies_of(generation, row)
    verified = {other: found for other, found in known.items() if found.verified}
    copied = {found.b: found for found in copies if found.b not in verified}
    return Evidence(row, {**verified, **copied, **{b: found for b, found in known.items() if b not in copied}})


def evidence_cells(
    verdict: str, inliers: int, mirrored: bool, negative: bool, of_query: float, of_neighbour: float
) -> Cells:
    """What is known of one pair, in the order of :data:`EVIDENCE`; ``of_...`` are the shares that agree."""
    verified = verdict != LOOK_ALIKE
    flipped, inverted = (answer(one, verified) for one in (mirrored, negative))
    return verdict, inliers, flipped, inverted, _rounded(of_query), _rounded(of_neighbour)


def answer(holds: bool, verified: bool) -> str | None:
    """Whether something holds of two plates, as files say it: None where nothing agrees."""
    return ("yes" if holds else "no") if verified else None


def evidence_columns(
    evidence: Evidence, rows: Sequence[int] | npt.NDArray[np.int64]
) -> dict[str, list[str | int | float | None]]:
    """The evidence of a list as columns of a CSV; None where a pair was not compared."""
    known = [evidence.known.get(int(row)) for row in rows]
    cells = [
        _NOT_COMPARED
        if found is None
        else evidence_cells(
            found.verdict, found.inliers, found.mirrored, found.negative, found.coverage_a, found.coverage_b
        )
        for found in known
    ]
    return {name: [row[at] for row in cells] for at, name in enumerate(EVIDENCE)}


def _rounded(coverage: float) -> float | None:
    return None if math.isnan(coverage) else round(float(coverage), 4)


def reused(matches: Matches, catalogue: Catalogue, decided: Decisions | None = None) -> npt.NDArray[np.bool_]:
    """The plates that a verified match ties to another book (to any plate where no books are known), bool (n,).

    What people decided counts before what the lines say: a confirmed pair ties, a rejected one does not.
    """
    pairs = matches.rows[matches.verified].astype(np.int64)
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
