"""One pair that the verifier of copies is asked about now, by somebody who looks at it: what a run has not asked.

The answer is kept with the collection as long as that is open, and the address of a page says that it was asked for. It
is written nowhere: a generation is never changed, and what a run finds is put there by a run.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from imgsim.collection.plate_copies import one_book
from imgsim.collection.registration import Registration, copy_of, in_order, laid, never_counting
from imgsim.errors import WeightsError

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


def _asking(collection: Collection, row_a: int, row_b: int) -> Hashable:
    """What stands for all that shapes the answer. Raises WeightsError."""
    from imgsim.verification.copies.copy_networks import networks_key
    from imgsim.verification.copies.thorough import THOROUGH_VERSION
    from imgsim.verification.verifiers import COPIES

    rows = in_order(collection, row_a, row_b)
    pictures = tuple(collection.catalogue.frame["sha256"].iat[row] for row in rows)
    silent = tuple(never_counting(collection, row) for row in rows)
    versions = THOROUGH_VERSION, COPIES.version, COPIES.features_version, networks_key()
    return pictures, silent, one_book(collection, row_a, row_b), versions
