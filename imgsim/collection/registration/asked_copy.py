"""One pair that the verifier of copies is asked about now: what a run has not asked, or no longer can tell."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from imgsim.base.verdict_words import COPY
from imgsim.collection.excluded_parts import Boxes, ExcludedParts, by_content
from imgsim.collection.learned_parts import learned_of
from imgsim.collection.plate_copies import enough_here, one_book
from imgsim.collection.registration.copy_bend import bent_over
from imgsim.collection.registration.result import Registration, reversed_, started
from imgsim.errors import WeightsError
from imgsim.generation.generation import Generation
from imgsim.verification.match import look_alike

if TYPE_CHECKING:
    from imgsim.collection.collection import Collection

_ASKED = "asked copies"


def ask_copy(collection: Collection, row_a: int, row_b: int) -> Registration:
    """Ask now whether one plate is a copy of the other by another hand, and lay it on that one, bent.

    Nothing is written, for a generation is never changed; the same two pictures are asked about once.

    Raises
    ------
    WeightsError
        The networks are not on this machine.
    ImgsimError
        A scan cannot be read.
    """
    found = collection.answers.get(
        _ASKED, _asking(collection, row_a, row_b), lambda: copy_of(collection, row_a, row_b), 512
    )
    return laid(collection, row_a, row_b, found)


def asked_copy(collection: Collection, row_a: int, row_b: int) -> Registration | None:
    """What was answered to that; None where nobody has asked since the collection was opened, or none can."""
    try:
        known = collection.answers.known(_ASKED, _asking(collection, row_a, row_b))
    except WeightsError:
        return None
    return ask_copy(collection, row_a, row_b) if known else None


def _asking(collection: Generation, row_a: int, row_b: int) -> Hashable:
    """What stands for all that shapes the answer. Raises WeightsError."""
    from imgsim.verification.copies.copy_networks import networks_key
    from imgsim.verification.verifiers import COPIES

    rows = _in_order(collection, row_a, row_b)
    pictures = tuple(collection.catalogue.frame["sha256"].iat[row] for row in rows)
    silent = tuple(never_counting(collection, row) for row in rows)
    versions = COPIES.version, COPIES.features_version, networks_key()
    return pictures, silent, one_book(collection, row_a, row_b), versions


def copy_of(collection: Generation, row_a: int, row_b: int) -> Registration:
    """What the verifier says of two plates, for :func:`laid`. Raises as :func:`ask_copy`.

    It is asked in one direction only, as prepared pairs are, so that A on B and B on A are one finding. What never
    counts has no say, and within a book more is asked, as where a collection is prepared.
    """
    from imgsim.features.extraction import without_vote
    from imgsim.verification.verifiers import COPIES, describe_file

    features = [
        without_vote(describe_file(collection.plate_content(row), COPIES), never_counting(collection, row))
        for row in _in_order(collection, row_a, row_b)
    ]
    match = COPIES.compare(*features)
    if match.verdict == COPY and not enough_here(collection, row_a, row_b, match.inliers):
        match = look_alike(match.inliers)
    return started(match, "computed now")


def laid(collection: Generation, row_a: int, row_b: int, found: Registration) -> Registration:
    """What :func:`copy_of` found, seen from the first plate that is named here, and bent."""
    if _in_order(collection, row_a, row_b) != (row_a, row_b):
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


def _in_order(collection: Generation, row_a: int, row_b: int) -> tuple[int, int]:
    ids = collection.catalogue.plate_ids
    return (row_a, row_b) if str(ids[row_a]) <= str(ids[row_b]) else (row_b, row_a)
