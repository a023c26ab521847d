"""What each verifier makes of the pairs that it was asked about, where they disagree, and what people say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imgsim.collection.other_hands import copy_pairs
from imgsim.reviews import CONFIRMED, UNRELATED

if TYPE_CHECKING:
    from imgsim.collection.collection import Collection
    from imgsim.verification.match_row import MatchRow

Pair = tuple[int, int]


@dataclass(frozen=True)
class Judgement:
    """One verifier.

    Attributes
    ----------
    asked, found : how many pairs it was asked about, and of how many it says that they have to do with one another.
    confirmed, confirmed_found : pairs that people called so, too, among those it was asked about; and how many of them
        it found.
    rejected, rejected_found : pairs that people called unrelated likewise; and how many of them it found all the same.
    """

    asked: int
    found: int
    confirmed: int
    confirmed_found: int
    rejected: int
    rejected_found: int


@dataclass(frozen=True)
class VerifierComparison:
    """Lines and copies beside one another.

    Attributes
    ----------
    lines : of the verifier that compares lines.
    copies : of the one that looks for copies by another hand; None where it was not asked.
    both : pairs that both were asked about.
    differ : of those the pairs that only the second finds, the surest first.
    only_copies : further pairs that it finds, which were never compared by their lines.
    """

    lines: Judgement
    copies: Judgement | None
    both: int
    differ: tuple[MatchRow, ...]
    only_copies: tuple[MatchRow, ...]


def compare_verifiers(collection: Collection) -> VerifierComparison | None:
    """Set them beside one another; None where plates were never compared by their lines."""
    matches, copies = collection.matches, collection.copies
    if matches is None:
        return None
    said = _decided(collection)
    ends = list(map(tuple, np.sort(matches.rows, axis=1).tolist()))
    proven = {pair for pair, holds in zip(ends, matches.verified.tolist(), strict=True) if holds}
    lines = _judged(set(ends), proven, said)
    if copies is None:
        return VerifierComparison(lines, None, 0, (), ())
    asked = set(map(tuple, np.sort(copies.rows, axis=1).tolist()))
    pairs = copy_pairs(collection)
    known = set(ends)
    differ = tuple(pair for pair in pairs if _key(pair) in known)
    return VerifierComparison(
        lines, _judged(asked, {_key(pair) for pair in pairs}, said), len(asked & known), differ,
        tuple(pair for pair in pairs if _key(pair) not in known),
    )  # fmt: skip


def _judged(asked: set[Pair], found: set[Pair], said: dict[Pair, bool]) -> Judgement:
    confirmed = {pair for pair in asked if said.get(pair) is True}
    rejected = {pair for pair in asked if said.get(pair) is False}
    return Judgement(
        len(asked), len(found), len(confirmed), len(confirmed & found), len(rejected), len(rejected & found)
    )


def _decided(collection: Collection) -> dict[Pair, bool]:
    """Pairs of rows that people decided: whether the two have to do with one another."""
    catalogue, found = collection.catalogue, {}
    standing = collection.standing
    for one, two, decision in zip(standing["plate_a"], standing["plate_b"], standing["decision"], strict=True):
        if decision in (*CONFIRMED, UNRELATED) and catalogue.has(one) and catalogue.has(two):
            a, b = sorted((catalogue.row(one), catalogue.row(two)))
            found[a, b] = decision != UNRELATED
    return found


def _key(pair: MatchRow) -> Pair:
    return min(pair.a, pair.b), max(pair.a, pair.b)
