"""How a copy by another hand lies on what it copies, found on their scans now."""

from __future__ import annotations

from imgsim.base.verdict_words import COPY
from imgsim.collection.excluded_parts import Boxes, ExcludedParts, by_content
from imgsim.collection.learned_parts import learned_of
from imgsim.collection.plate_copies import enough_here
from imgsim.collection.registration.copy_bend import bent_over
from imgsim.collection.registration.result import Registration, reversed_, started
from imgsim.generation.generation import Generation
from imgsim.verification.match import look_alike


def copy_of(collection: Generation, row_a: int, row_b: int) -> Registration:
    """What the verifier says of two plates, for :func:`laid`.

    It is asked in one direction only, as prepared pairs are, so that A on B and B on A are one finding. What never
    counts has no say, and within a book more is asked, as where a collection is prepared.
    """
    from imgsim.verification.copies.thorough import compare_thoroughly

    first, second = in_order(collection, row_a, row_b)
    match = compare_thoroughly(
        collection.plate_content(first), collection.plate_content(second),
        never_counting(collection, first), never_counting(collection, second),
    )  # fmt: skip
    if match.verdict == COPY and not enough_here(collection, row_a, row_b, match.inliers):
        match = look_alike(match.inliers)
    return started(match, "computed now")


def laid(collection: Generation, row_a: int, row_b: int, found: Registration) -> Registration:
    """What :func:`copy_of` found, seen from the first plate that is named here, and bent."""
    if in_order(collection, row_a, row_b) != (row_a, row_b):
        found = reversed_(found)
    if not found.found:
        return found
    frame = collection.catalogue.frame
    sizes = [(int(frame["width"].iat[row]), int(frame["height"].iat[row])) for row in (row_a, row_b)]
    return bent_over(found, *sizes)


def never_counting(collection: Generation, row: int) -> Boxes:
    """The parts of a plate that have no say: those that people drew, and those that were learned."""
    record = collection.catalogue.frame.iloc[row]
    content = str(record["sha256"])
    drawn = by_content(ExcludedParts(collection.path).standing(), [content], [str(record["book"])])
    learned = (mark for unit in learned_of(collection) for mark in unit.marks if not mark.counts)
    return (*drawn.get(content, ()), *(mark.boxes[content] for mark in learned if content in mark.boxes))


def in_order(collection: Generation, row_a: int, row_b: int) -> tuple[int, int]:
    """Two rows in the order of their ids."""
    ids = collection.catalogue.plate_ids
    return (row_a, row_b) if str(ids[row_a]) <= str(ids[row_b]) else (row_b, row_a)
