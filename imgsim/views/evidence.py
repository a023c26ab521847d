"""What local features say of a plate's neighbours, in the words of the screen. No Streamlit here.

A verdict travels in addresses by a short code; "unchecked" is a pair that was never compared line by line.
"""

from __future__ import annotations

import math
from collections.abc import Collection as Some
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.catalogue import Catalogue
from imgsim.collection import Collection
from imgsim.families import Decisions
from imgsim.matches import DETAIL, LOOK_ALIKE, MIRRORED, SAME, Matches, MatchRow

UNCHECKED = "unchecked"
WORDS = {
    "same": "Same image",
    "mirrored": "Mirrored",
    "detail": "Shared detail",
    "alike": "Look-alike",
    UNCHECKED: "Not checked",
}
VERIFIED = ("same", "mirrored", "detail")
MEANINGS = {
    "same": "the lines of most of both plates agree",
    "mirrored": "they agree once one plate is turned left to right, as a copy engraved straight from a print is",
    "detail": "a part agrees, the rest does not",
    "alike": "alike to the network, but their lines do not agree",
    UNCHECKED: "too far apart to be among the pairs that were compared line by line",
}
_CODES = {SAME: "same", MIRRORED: "mirrored", DETAIL: "detail", LOOK_ALIKE: "alike"}


@dataclass(frozen=True)
class Evidence:
    """What is known of one plate: its matches by the row of the other plate, best first."""

    row: int
    known: dict[int, MatchRow]

    def code(self, row: int) -> str:
        """The verdict on another plate."""
        found = self.known.get(int(row))
        return UNCHECKED if found is None else _CODES[found.verdict]

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


def of_plate(collection: Collection, row: int) -> Evidence | None:
    """What is known of a plate; None where the collection was prepared without comparing lines."""
    matches = collection.matches
    if matches is None:
        return None
    return Evidence(row, {found.b: found for found in matches.of(row)})


def badge(evidence: Evidence, row: int) -> dict[str, str]:
    """The mark on a card: what kind, its words, and a sentence for whoever rests the pointer on it."""
    code = evidence.code(row)
    found = evidence.known.get(int(row))
    if found is None or not found.verified:
        return {"kind": code, "text": WORDS[code].lower(), "title": sentence(found)}
    turned = ", mirrored" if found.mirrored and code != "mirrored" else ""
    return {
        "kind": code,
        "text": f"{WORDS[code].lower()}{turned} · {found.inliers:,}",
        "title": sentence(found),
    }


def sentence(found: MatchRow | None) -> str:
    """What was found, in one sentence."""
    if found is None:
        return f"Not checked: {MEANINGS[UNCHECKED]}."
    code = _CODES[found.verdict]
    if not found.verified:
        points = "no point agrees" if not found.inliers else f"only {_points(found.inliers)}, as by chance"
        return f"Look-alike: {MEANINGS['alike']} ({points})."
    turned = ", once turned left to right" if found.mirrored and code != "mirrored" else ""
    over = ""
    if not math.isnan(found.coverage_a):
        over = f", over {_share(found.coverage_a)} of your plate and {_share(found.coverage_b)} of this one"
    return f"{WORDS[code]}: {MEANINGS[code]}{turned}. {_points(found.inliers).capitalize()}{over}."


def _points(number: int) -> str:
    return "1 point agrees" if number == 1 else f"{number:,} points agree"


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def summary(evidence: Evidence, rows: Sequence[int] | npt.NDArray[np.int64]) -> str:
    """How many of a list have which verdict: `2 same image, 1 mirrored, 14 look-alikes, 3 not checked`."""
    codes = [evidence.code(int(row)) for row in rows]
    parts = []
    for code, word in WORDS.items():
        number = codes.count(code)
        if number:
            plural = "s" if number > 1 and code in ("detail", "alike") else ""
            parts.append(f"{number:,} {word.lower()}{plural}")
    return ", ".join(parts)


def explanation() -> str:
    """What each verdict means, as Markdown."""
    return "\n".join(f"- **{WORDS[code]}**: {meaning}" for code, meaning in MEANINGS.items())


def columns(
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
        codes, _ = pd.factorize(catalogue.frame["book"])
        pairs = pairs[codes[pairs[:, 0]] != codes[pairs[:, 1]]]
    mask = np.zeros(len(catalogue), dtype=bool)
    mask[pairs.ravel()] = True
    return mask
