"""What people decided about pairs, as CSV: every record, in the form in which another copy of imgsim takes it in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imgsim.base.cells import body, header
from imgsim.export.request import STEP, Chunk, Request

if TYPE_CHECKING:
    from imgsim.reviews import Review


def reviewed(request: Request) -> list[Review]:
    """Return the reviews of the pairs that have at least one of the plates; without a choice of plates, all of them.

    Plates may have left the collection since they were reviewed.
    """
    if request.rows is None:
        return list(request.reviews)
    chosen = {request.catalogue.plate_ids[row] for row in request.chosen.tolist()}
    return [review for review in request.reviews if chosen & set(review.pair)]


def review_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the reviews, in the order in which they were written down."""
    from imgsim.reviews.exchange import NUMBERS, review_columns

    found = reviewed(request)
    for start in range(-STEP, len(found), STEP):
        part = found[start : start + STEP] if start >= 0 else []
        columns = review_columns(
            part, request.catalogue, collection=request.collection.name, date=request.date
        )
        yield Chunk(body(columns, NUMBERS), len(part)) if part else Chunk(header(columns))
