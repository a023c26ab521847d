"""One decision about the plates of a family, but for the exceptions: about which pairs, and what becomes of each.

Nothing is written over: about a pair of which this person or another said something else, nothing is written unless
that is asked for, and then both stand in the history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as Some
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imgsim.collection.shown_reviews import evidence_of_pairs
from imgsim.families.constraints import Groups
from imgsim.reviews import Review
from imgsim.reviews.decision_record import made
from imgsim.reviews.pictures import counting
from imgsim.reviews.standing import latest
from imgsim.reviews.together import Pair, Sorted, sorted_out

if TYPE_CHECKING:
    from imgsim.collection.collection import Collection
    from imgsim.families import Family
    from imgsim.verification.matches import Matches


@dataclass(frozen=True)
class Plan:
    """A decision before it is made: ``pairs`` sorted by what stands, ``standing`` what each person says of them, and
    ``seen`` the uuids of all that was ever recorded of each, by which it is known whether somebody said more since."""

    decision: str
    reviewer: str
    pairs: Sorted
    standing: Mapping[Pair, Mapping[str, Review]]
    seen: Mapping[Pair, tuple[str, ...]]


def pairs_of(family: Family, matches: Matches, exceptions: Some[str] = ()) -> list[tuple[int, int]]:
    """The pairs of rows (a < b) that a decision about a family's plates, but for the exceptions (ids), speaks of.

    All pairs whose lines agree; and where these do not lead from the earliest to a plate, that plate and the earliest.
    So a decision that makes one image of them leaves nobody out, and no pair is decided that was never compared but
    where it must be.
    """
    rows = [member.row for member in family.members if member.plate_id not in exceptions]
    a, b = matches.column("row_a"), matches.column("row_b")
    inside = matches.verified & np.isin(a, rows) & np.isin(b, rows)
    found = list(zip(a[inside].tolist(), b[inside].tolist(), strict=True))
    led_to = Groups()
    for one, other in found:
        led_to.join(one, other)
    for row in rows[1:]:
        if row not in led_to.of(rows[0]):
            led_to.join(rows[0], row)
            found.append((min(rows[0], row), max(rows[0], row)))
    return sorted(found)


def planned(
    collection: Collection,
    records: Iterable[Review],
    rows: Sequence[tuple[int, int]],
    reviewer: str,
    decision: str,
) -> Plan:
    """What a decision about pairs of rows would do; ``records`` is everything that was ever decided here."""
    ids = collection.catalogue.plate_ids
    pairs = [_in_order(str(ids[a]), str(ids[b])) for a, b in rows]
    wanted = set(pairs)
    of_these = [review for review in records if review.pair in wanted]
    seen: dict[Pair, tuple[str, ...]] = dict.fromkeys(pairs, ())
    for review in of_these:
        seen[review.pair] += (review.uuid,)
    standing = latest(counting(of_these, collection.catalogue.pictures))
    return Plan(decision, reviewer, sorted_out(pairs, standing, reviewer, decision), standing, seen)


def decide(
    collection: Collection,
    plan: Plan,
    backbone: str,
    *,
    otherwise: bool = False,
    note: str = "",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[list[Review], list[Review]]:
    """Make the decision, in one action that can be taken back as one.

    Parameters
    ----------
    otherwise : also about pairs of which something else was said.
    note : goes with each of the decisions.
    progress : told how many pairs of how many are ready to be written.

    Returns
    -------
    (written, left): those about which somebody decided since the plan was made are left as they are.

    Raises
    ------
    ImgsimError
        As :meth:`imgsim.reviews.Reviews.record`: no name, a note that is too long, a file that cannot be written.
    """
    catalogue = collection.catalogue
    pairs = plan.pairs.written(otherwise)
    rows = [(catalogue.row(one), catalogue.row(other)) for one, other in pairs]
    here = catalogue.pictures
    drafts = []
    for (one, other), shown in zip(pairs, evidence_of_pairs(collection, rows, backbone), strict=True):
        drafts.append(
            made(
                one, other, plan.decision, reviewer=plan.reviewer, note=note, evidence=shown,
                pictures=(here.get(one, ""), here.get(other, "")),
            )
        )  # fmt: skip
        progress(len(drafts), len(pairs))
    return collection.reviews.record_together(drafts, plan.seen)


def _in_order(one: str, other: str) -> Pair:
    return min(one, other), max(one, other)
