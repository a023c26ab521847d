"""What a backbone's scores mean: how those of random, listed and verified pairs lie, and pairs as examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imgsim.base.verdict_words import VERDICTS
from imgsim.retrieval.neighbours import pair_similarities, random_pairs
from imgsim.verification.matches import Matches

Float32 = npt.NDArray[np.float32]

# The study's ladder.
RUNGS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
# How far from its rung an example may be.
TOLERANCE = 0.005
# Enough to come within a thousandth of every rung between the random pairs and the neighbours.
_PAIRS = 40_000
# Of pairs of one verdict: look-alikes are many, and their distribution needs no more.
_MOST_OF_A_VERDICT = 20_000


@dataclass(frozen=True)
class Example:
    """A pair of plates for a rung of the ladder: rows ``left < right``, and their similarity."""

    rung: float
    left: int
    right: int
    similarity: float


def ladder(
    embeddings: Float32,
    indices: npt.NDArray[np.int32],
    similarities: Float32,
    rungs: Sequence[float] = RUNGS,
    draw: int = 0,
) -> list[Example | None]:
    """A pair of plates for each rung, so that a reader sees what a score looks like.

    Pairs are taken from random ones and from the lists of neighbours, for random pairs hardly ever score high.

    Parameters
    ----------
    embeddings : float32 (n, dim), unit rows.
    indices, similarities : int32 and float32 (n, k), the lists of neighbours.
    draw : 0 gives the pair nearest to each rung, any other number another pair within 0.005 of it, always the same.

    Returns
    -------
    list
        One entry a rung; None where no pair comes within 0.005 of it.
    """
    left, right = random_pairs(len(embeddings), _PAIRS)
    listed = np.repeat(np.arange(len(indices), dtype=np.int64), indices.shape[1])
    ends = np.stack([np.append(left, listed), np.append(right, indices.ravel())])
    scores = np.append(pair_similarities(embeddings, left, right), similarities.ravel())
    low, high = ends.min(axis=0), ends.max(axis=0)
    found: list[Example | None] = []
    for rung in rungs:
        near = np.flatnonzero(np.abs(scores - rung) <= TOLERANCE)
        if not len(near):
            found.append(None)
            continue
        # The nearest first, and of equals that of the smallest rows: a pair may be listed from both of its plates.
        near = near[np.lexsort((high[near], low[near], np.abs(scores[near] - rung)))]
        place = np.random.default_rng([draw, round(rung * 1000)]).integers(len(near)) if draw else 0
        at = near[place]
        found.append(Example(rung, int(low[at]), int(high[at]), float(scores[at])))
    return found


def distributions(
    embeddings: Float32, similarities: Float32, background: Float32, matches: Matches | None, k: int
) -> dict[str, Float32]:
    """The similarities of kinds of pairs, under the names that a figure shows.

    Parameters
    ----------
    embeddings : float32 (n, dim), unit rows.
    similarities : float32 (n, at least k), those of the neighbours.
    background : quantiles of random pairs.
    k : how many first neighbours to take.

    Returns
    -------
    dict
        "random pairs", "first k neighbours", then each verdict that any pair has; every value float32, not empty. Of a
        verdict with more than 20,000 pairs so many are drawn, always the same.
    """
    found = {"random pairs": background, f"first {k} neighbours": similarities[:, :k].ravel()}
    if matches is not None:
        verdicts, rows = matches.column("verdict"), matches.rows
        for verdict in VERDICTS:
            of_kind = np.flatnonzero(verdicts == verdict)
            if len(of_kind) > _MOST_OF_A_VERDICT:
                drawn = np.random.default_rng(0).choice(len(of_kind), _MOST_OF_A_VERDICT, replace=False)
                of_kind = of_kind[np.sort(drawn)]
            found[verdict] = pair_similarities(embeddings, *rows[of_kind].T)
    return {name: values for name, values in found.items() if len(values)}
