"""What people decided about the pairs of a family, beside what the program measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imgsim.base.verdict_words import written
from imgsim.export.dossier.fragments import Table, counted
from imgsim.reviews.account import Account, JudgedPair, shown_then, why_waiting
from imgsim.reviews.decision_words import UNSURE

if TYPE_CHECKING:
    from imgsim.collection import Collection
    from imgsim.families import Family
    from imgsim.reviews import Review
    from imgsim.verification.matches import Matches

MOST_DECISIONS = 500
_HEADS = ("Plates", "Decision", "By", "On", "Note", "Shown then", "The program says now", "Does it count?")


def decisions(
    collection: Collection, matches: Matches, family: Family, told: Account
) -> dict[str, Any] | None:
    """One row for each reviewer's word on each pair with a plate of the family; None where nobody has decided."""
    if not told:
        return None
    number = {member.plate_id: at for at, member in enumerate(family.members, 1)}

    def row(review: Review, counts: str) -> tuple[str, ...]:
        names = [str(number[plate]) if plate in number else f"plate {plate}" for plate in review.pair]
        names.sort(key=lambda name: (not name.isdigit(), int(name) if name.isdigit() else 0))
        return (
            " and ".join(names), review.decision, review.reviewer, review.when[:10], review.note,
            shown_then(review) or "not recorded", _measured(collection, matches, review), counts,
        )  # fmt: skip

    rows = [row(review, _counts(pair)) for pair in told.pairs for review in pair.said]
    rows += [row(one.review, f"waits for confirmation: {why_waiting(one)}") for one in told.waiting]
    left = (
        f" The first {MOST_DECISIONS:,} of {len(rows):,} rows are listed."
        if len(rows) > MOST_DECISIONS
        else ""
    )
    caption = f"{counted(len(rows), 'decision')} by {', '.join(told.people)}.{left}"
    return {"sentences": told.sentences(), "table": Table(_HEADS, rows[:MOST_DECISIONS], caption)}


def who(told: Account) -> str:
    """What was measured by the program, and what was decided by whom."""
    measured = "Verdicts, and how many points agree, over which share and how exactly, were measured by a program. "
    if not told:
        return (
            f"{measured}Nobody has decided about a pair of these plates yet: look at them before you write that one "
            "was used again."
        )
    return (
        f"{measured}What two plates are to one another was decided by people where the table “What people decided” "
        f"says so. {told.sentences()} Look at the other pairs before you write that a plate was used again."
    )


def _counts(pair: JudgedPair) -> str:
    if pair.disputed:
        return "no: disputed"
    return "it leaves the pair open" if all(review.decision == UNSURE for review in pair.said) else "yes"


def _measured(collection: Collection, matches: Matches, review: Review) -> str:
    """The program's verdict on a pair with its measure."""
    catalogue = collection.catalogue
    if not all(catalogue.has(plate) for plate in review.pair):
        return "not both plates are here"
    match = matches.between(*(catalogue.row(plate) for plate in review.pair))
    if match is None:
        return "not compared"
    said = f"{written(match.verdict, match.mirrored, match.negative)}, {match.inliers:,} points agree"
    return f"{said}, over {match.coverage_a:.0%} and {match.coverage_b:.0%}" if match.verified else said
