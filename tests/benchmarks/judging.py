"""Pairs of known truth judged, beside cosine similarity alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME, VERDICTS
from imgsim.features.extraction import Features
from imgsim.verification.verdicts import match
from tests.benchmarks.retrieval import Truth

NEAREST = 10
RANDOM = 1_000
FALSE = ("look-alike", "near in cosine", "random", "hard negative")
# What a pair of each kind is, if it is anything: the verdicts that are right.
RIGHT = {
    "reprint": SAME,
    "re-lettered": SAME,
    "re-engraved": SAME,
    "mirrored": MIRRORED,
    "cropped": DETAIL,
    "motif": DETAIL,
}
GOALS = {SAME: (0.99, 0.95), MIRRORED: (0.99, 0.95), DETAIL: (0.90, 0.80)}


@dataclass(frozen=True)
class Judged:
    """One pair: its kind (one of FALSE if it is no copy), its cosine, and what was found."""

    kind: str
    cosine: float
    verdict: str
    inliers: int
    printing: str
    a: int
    b: int


def pairs_of(
    embeddings: np.ndarray, truth: Truth, known_false: dict[tuple[int, int], str], seed: int
) -> dict:
    """Pairs (a, b), a < b, with their kinds: known copies, known false ones, nearest non-copies, random ones.

    Copies of one plate are copies of each other, listed or not ("copy of a copy").
    """
    pairs: dict[tuple[int, int], str] = {}
    family = list(range(len(embeddings)))

    def head(i: int) -> int:
        while family[i] != i:
            i = family[i]
        return i

    for kind, copies in truth.items():
        for a, rows in copies.items():
            for b in rows:
                pairs.setdefault((min(a, b), max(a, b)), kind)
                family[head(a)] = head(b)
    for pair, kind in known_false.items():
        pairs.setdefault(pair, kind)
    similarities = embeddings @ embeddings.T
    np.fill_diagonal(similarities, -1)
    rng = np.random.default_rng(seed)
    some = [(int(i), int(j), "random") for i, j in rng.integers(0, len(family), (RANDOM, 2)) if i != j]
    near = [
        (i, int(j), "near in cosine")
        for i in range(len(family))
        for j in np.argsort(-similarities[i])[:NEAREST]
    ]
    for i, j, kind in near + some:
        pairs.setdefault((min(i, j), max(i, j)), "copy of a copy" if head(i) == head(j) else kind)
    return pairs


def judge_all(
    pairs: dict[tuple[int, int], str], features: Sequence[Features], cosines: np.ndarray
) -> list[Judged]:
    """Match every pair."""
    out = []
    for (a, b), kind in pairs.items():
        found = match(features[a], features[b])
        out.append(
            Judged(kind, float(cosines[a] @ cosines[b]), found.verdict, found.inliers, found.printing, a, b)
        )
    return out


def confusion(judged: Iterable[Judged]) -> None:
    """Print the verdicts on each kind of pair."""
    table: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        table[one.kind].append(one)
    print(
        f"{'kind of pair':34}{'pairs':>7}"
        + "".join(f"{v:>15}" for v in VERDICTS)
        + "   inliers 0/10/50 %; same plate"
    )
    for kind in sorted(table, key=lambda k: (k in FALSE, k)):
        counts = Counter(one.verdict for one in table[kind])
        low = np.quantile([one.inliers for one in table[kind]], (0, 0.1, 0.5))
        print(
            f"{kind:34}{len(table[kind]):7}" + "".join(f"{counts[v]:15}" for v in VERDICTS)
            + "   " + " ".join(f"{x:.0f}" for x in low) + f"; {sum(bool(one.printing) for one in table[kind])}"
        )  # fmt: skip


def goals(judged: Sequence[Judged]) -> None:
    """Print precision and recall of each verdict, and of being verified at all."""
    for verdict in (SAME, MIRRORED, DETAIL):
        given = [one for one in judged if one.verdict == verdict]
        due = [one for one in judged if RIGHT.get(one.kind) == verdict]
        right = sum(RIGHT.get(one.kind) == verdict for one in given)
        copies = sum(one.kind not in FALSE for one in given)
        precision, recall = right / max(len(given), 1), right / max(len(due), 1)
        proven = sum(one.verdict != LOOK_ALIKE for one in due) / max(len(due), 1)
        print(
            f"{verdict:14} precision {precision:.3f} ({right} of {len(given)}; {copies} are copies of some kind), "
            f"recall {recall:.3f} ({right} of {len(due)}; {proven:.3f} with any proof); "
            f"goal {GOALS[verdict][0]:.2f} at {GOALS[verdict][1]:.2f}"
        )
    beside_cosine(judged)


def beside_cosine(judged: Sequence[Judged]) -> None:
    """Print the false pairs of geometry and of cosine alone at equal recall, and cosine at its best threshold."""
    true = np.array([one.kind not in FALSE for one in judged])
    proven = np.array([one.verdict != LOOK_ALIKE for one in judged])
    cosine = np.array([one.cosine for one in judged])
    found, false = int((proven & true).sum()), int((proven & ~true).sum())
    print(
        f"all copies: precision {found / max(found + false, 1):.3f}, recall {found / true.sum():.3f}, "
        f"{false} false pairs"
    )
    level = np.sort(cosine[true])[::-1][max(found, 1) - 1]
    passed = (cosine >= level) & ~true
    print(f"cosine alone at the same recall (threshold {level:.3f}): {passed.sum()} false pairs")
    order = np.argsort(-cosine, kind="stable")
    hits = np.cumsum(true[order])
    f1 = 2 * hits / (np.arange(len(order)) + 1 + true.sum())
    best = int(f1.argmax())
    print(
        f"cosine alone at its best threshold ({cosine[order[best]]:.3f}): precision {hits[best] / (best + 1):.3f}, "
        f"recall {hits[best] / true.sum():.3f}, {best + 1 - hits[best]} false pairs"
    )


def print_false(judged: Sequence[Judged], names: Sequence[str], prefix: str = "  ") -> None:
    """List the verified pairs that are no known copies, to be looked at: the surest first."""
    unlisted = [one for one in judged if one.kind in FALSE and one.verdict != LOOK_ALIKE]
    for one in sorted(unlisted, key=lambda one: -one.inliers)[:60]:
        print(f"{prefix}{one.verdict:14}{one.inliers:4}  {names[one.a]}  {names[one.b]}  ({one.kind})")
