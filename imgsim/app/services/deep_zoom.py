"""Where a viewer of this app finds the tiles of a large scan: at the same addresses as others' viewers."""

from __future__ import annotations

from typing import Any

from imgsim.app.services import caches, scan_tiles, server
from imgsim.collection import Collection
from imgsim.export.iiif import Addresses
from imgsim.images.pyramid import PIECE, factors


def tiles_of(collection: Collection, row: int) -> dict[str, Any] | None:
    """What :func:`imgsim.app.components.plate_viewer` is told of a plate's tiles; None for one without any."""
    if not caches.fact(collection, "has tiles", lambda: scan_tiles.offered(collection, row), row, keep=256):
        return None
    record = collection.catalogue.record(row)
    size = int(record["width"] or 1), int(record["height"] or 1)
    return {
        "address": Addresses(server.prefix(), collection.name).image(str(record["sha256"])),
        "width": size[0],
        "height": size[1],
        "side": PIECE,
        "factors": list(factors(size)),
    }
