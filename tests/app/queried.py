"""The plate whose neighbours the tests ask for, and what the matches of `evidenced` say of it."""

from __future__ import annotations

import numpy as np

from imgsim.app.services import caches
from imgsim.collection import Collection
from imgsim.collection.evidence import Evidence, evidence_of

QUERY = "p003"
SAME, TURNED, PART, ALIKE = "p008", "p014", "p020", "p009"


def scores_of(collection: Collection, plate_id: str = QUERY) -> np.ndarray:
    """Its similarities to all plates, in the catalogue's order."""
    return caches.similarities_of(collection, "toy", collection.catalogue.row(plate_id))


def known(herbals: Collection, plate_id: str = QUERY) -> Evidence:
    """What its matches prove."""
    found = evidence_of(herbals, herbals.catalogue.row(plate_id))
    assert found is not None
    return found
