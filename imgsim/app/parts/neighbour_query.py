"""The list of neighbours under the conditions that the address holds."""

from __future__ import annotations

from imgsim.app.services import state
from imgsim.base.verdict_words import CODES
from imgsim.collection import Collection, query
from imgsim.collection.listing import Conditions, Listing
from imgsim.collection.query import Query


def line(collection: Collection, now: state.State) -> float | None:
    """Where the line stands: where the reader put it, else where it is calibrated; None where neither is."""
    if now.threshold is not None:
        return now.threshold
    return collection.calibration(now.backbone).threshold


def conditions(collection: Collection, now: state.State) -> Conditions:
    """The reader's conditions."""
    return Conditions(
        top_k=now.top_k,
        threshold=line(collection, now),
        other_books=now.other_books,
        when=now.when,
    )


def order(asked: Query, now: state.State) -> str:
    """The order of the list: the reader's choice, else verified plates first; by similarity where nothing is."""
    return "similarity" if asked.evidence is None else now.order or "evidence"


def find(collection: Collection, asked: Query, now: state.State) -> Listing:
    """The list that the reader sees; empty only where there is no other plate."""
    return query.find(
        collection.catalogue,
        asked,
        conditions(collection, now),
        verdicts=chosen(now),
        verified_first=order(asked, now) == "evidence",
    )


def chosen(now: state.State) -> tuple[str, ...]:
    """The verdicts that the list is limited to; none is no limit."""
    return tuple(code for code in CODES if code in now.verdicts)
