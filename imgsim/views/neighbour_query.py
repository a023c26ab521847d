"""What neighbours are asked of, and the list that the reader's conditions make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imgsim.catalogue import UNDATED, DateInterval
from imgsim.collection import Collection
from imgsim.views import evidence, listing, state
from imgsim.views.evidence import Evidence


@dataclass(frozen=True)
class Query:
    """What neighbours are asked of: a plate of the collection (row), or an image from outside (row None)."""

    label: str
    similarities: np.ndarray  # float32 (n,)
    row: int | None = None
    book: str = ""
    date: DateInterval = UNDATED
    evidence: Evidence | None = None


def of_plate(collection: Collection, row: int, similarities: np.ndarray) -> Query:
    """The query that a plate of the collection is."""
    record = collection.catalogue.record(row)
    known = evidence.of_plate(collection, row)
    return Query(
        str(record["plate_id"]), similarities, row, str(record["book"]), collection.catalogue.date(row), known
    )


def line(collection: Collection, now: state.State) -> float | None:
    """Where the line stands: where the reader put it, else where it is calibrated; None where neither is."""
    if now.threshold is not None:
        return now.threshold
    return collection.calibration(now.backbone).threshold


def conditions(collection: Collection, now: state.State) -> listing.Conditions:
    """The reader's conditions, as far as the collection can meet them."""
    return listing.Conditions(
        top_k=now.top_k,
        threshold=line(collection, now),
        other_books=now.other_books and collection.catalogue.books_known,
        when=now.when,
    )


def order(query: Query, now: state.State) -> str:
    """The order of the list: the reader's choice, else verified plates first; by similarity where nothing is."""
    return "similarity" if query.evidence is None else now.order or "evidence"


def find(collection: Collection, query: Query, now: state.State) -> listing.Listing:
    """The list that the reader sees; empty only where there is no other plate."""
    wanted, known = conditions(collection, now), query.evidence
    codes = chosen(now)
    verdicts = known.mask(codes, len(query.similarities)) if known is not None and codes else None
    return listing.list_under(
        listing.masks_of(collection.catalogue, wanted, book=query.book, date=query.date, verdicts=verdicts),
        query.similarities,
        wanted,
        exclude=query.row,
        verified=() if known is None else known.verified,
        verified_first=order(query, now) == "evidence",
    )


def chosen(now: state.State) -> tuple[str, ...]:
    """The verdicts that the list is limited to; none is no limit."""
    return tuple(code for code in evidence.WORDS if code in now.verdicts)
