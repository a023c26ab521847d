"""What a decision about a whole family will do, in sentences: which pairs it is about, and what was said of them."""

from __future__ import annotations

from collections.abc import Iterable

from imgsim.app.services import text
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.collection.whole_family import Plan
from imgsim.reviews.decision_words import SAME_PLATE


def caution(collection: Collection, plan: Plan, rows: Iterable[tuple[int, int]]) -> str:
    """What speaks against the word that was chosen; "" where nothing is known to.

    ``rows``: the pairs of rows (a < b) that it is about.
    """
    matches = collection.matches
    if plan.decision != SAME_PLATE or matches is None:
        return ""
    found = (matches.between(*pair) for pair in rows)
    turned = sum(match is not None and match.verified and match.mirrored for match in found)
    if not turned:
        return ""
    return trn(
        "{n:,} pair of these lies left for right, and a plate prints only one way round. If no scan is turned over, "
        "one of the two is a copy: tick it as an exception.",
        "{n:,} pairs of these lie left for right, and a plate prints only one way round. If no scan is turned over, "
        "one of the two is a copy: tick it as an exception.",
        turned,
    )


def sentences(plan: Plan, plates: int, otherwise: bool) -> list[str]:
    """What it will do; ``otherwise``: also where the reader or others said something else."""
    found = plan.pairs
    every = len(plan.seen)
    told = [
        tr(
            "{plates}, {pairs}: all whose lines agree, and the earliest with each plate to which these do not lead.",
            plates=text.count(plates, "plate", "plates"),
            pairs=text.count(every, "pair", "pairs"),
        )
    ]
    if found.fresh and len(found.fresh) < every:
        told.append(tr("On {number:,} nobody has decided yet.", number=len(found.fresh)))
    if found.agreeing:
        told.append(
            tr("On {number:,} others said the same, and your name is added.", number=len(found.agreeing))
        )
    if found.said:
        told.append(
            trn(
                "{n:,} pair you have decided so before: nothing is written.",
                "{n:,} pairs you have decided so before: nothing is written.",
                len(found.said),
            )
        )
    if found.own:
        told.append(_own_words(len(found.own), otherwise))
    if found.against:
        told.append(_others_words(len(found.against), otherwise))
    return told


def _own_words(number: int, otherwise: bool) -> str:
    """What becomes of pairs of which the reader said something else."""
    if otherwise:
        return trn(
            "Of {n:,} pair you said something else: this counts now, and your word of before stays in the history.",
            "Of {n:,} pairs you said something else: this counts now, and your word of before stays in the history.",
            number,
        )
    return trn(
        "Of {n:,} pair you said something else: your word stays.",
        "Of {n:,} pairs you said something else: your word stays.",
        number,
    )


def _others_words(number: int, otherwise: bool) -> str:
    """What becomes of pairs of which others said something else."""
    if otherwise:
        return trn(
            "Of {n:,} pair others said something else: with yours they are disputed, and change nothing until you "
            "agree.",
            "Of {n:,} pairs others said something else: with yours they are disputed, and change nothing until you "
            "agree.",
            number,
        )
    return trn(
        "Of {n:,} pair others said something else: nothing is written, and their word stays.",
        "Of {n:,} pairs others said something else: nothing is written, and their word stays.",
        number,
    )
