"""From two plates of a collection to how one lies on the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from imgsim.base.verdict_words import DETAIL
from imgsim.collection.plate_copies import copies_of
from imgsim.collection.registration.laid_copy import copy_of, laid
from imgsim.collection.registration.refinement import LONGEST, refine
from imgsim.collection.registration.result import Registration, Size, reversed_, started
from imgsim.errors import ImgsimError

if TYPE_CHECKING:
    from PIL import Image

    from imgsim.generation.generation import Generation
    from imgsim.verification.match_row import MatchRow


def register(collection: Generation, row_a: int, row_b: int) -> Registration:
    """Lay the plate in `row_b` on the one in `row_a`.

    The collection's own verified pair is the start where it has one; else the two scans are matched now.

    Raises
    ------
    ImgsimError
        If the pair was never verified and a scan cannot be read. A verified pair whose scans are gone is returned
        as it was verified.
    """
    matches = getattr(collection, "matches", None)
    stored = matches.between(row_a, row_b) if matches is not None else None
    if stored is None or not stored.verified:
        copy = next((pair for pair in copies_of(collection, row_a) if pair.b == row_b), None)
        if copy is not None:
            return _registered_copy(collection, copy)
    if stored is None:
        from imgsim.verification.verifiers import describe_file

        verifier = collection.verifier
        data_a, data_b = collection.plate_content(row_a), collection.plate_content(row_b)
        # Always in one direction, as prepared pairs are, so that A on B and B on A are one finding.
        ids = collection.catalogue.frame["plate_id"]
        turned = str(ids.iat[row_b]) < str(ids.iat[row_a])
        features = [describe_file(data, verifier) for data in ((data_b, data_a) if turned else (data_a, data_b))]
        found = started(verifier.compare(*features), "computed now")
        found = reversed_(found) if turned else found
    else:
        found = started(stored, "precomputed")
    if not found.found:
        return found
    try:
        scan_a, scan_b = _grey(collection.plate_content(row_a)), _grey(collection.plate_content(row_b))
    except ImgsimError:
        return found
    if found.negative:
        scan_b = np.uint8(255) - scan_b[0], scan_b[1]
    region = getattr(stored, "region_a", None) if stored is not None else None
    return refine(found, scan_a, scan_b, region if found.verdict == DETAIL else None)


def _registered_copy(collection: Generation, copy: MatchRow) -> Registration:
    """Lay a copy by another hand on what it copies, bent where the scans and the networks are there."""
    try:
        anew = laid(collection, copy.a, copy.b, copy_of(collection, copy.a, copy.b))
    except ImgsimError:
        anew = None
    return started(copy, "precomputed") if anew is None or not anew.found else replace(anew, source="precomputed")


def _grey(data: bytes | Path) -> tuple[np.ndarray, Size]:
    """A scan as uint8 (h, w), no larger than is of use here, and the size of its original."""
    from imgsim.images.decoding import open_image

    opened = open_image(data, reduce_to=LONGEST)
    image: Image.Image = opened.image.convert("L")
    share = LONGEST / max(image.size)
    if share < 1:
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        image = image.resize(size, reducing_gap=2.0)
    return np.asarray(image, np.uint8), opened.size
