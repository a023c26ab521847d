"""Pictures of files that a run left out, where they can be opened: two of one name, say, or a page without a plate."""

from __future__ import annotations

import contextlib
from functools import partial

from imgsim.app.services import caches
from imgsim.collection import Collection
from imgsim.errors import ImageError
from imgsim.images.files import read_image
from imgsim.images.isolated import Isolated

MOST = 24
_LOOKED_AT = 200  # files at most
_SIDE = 400  # pixels
_OPENER = Isolated()


def pictures(collection: Collection) -> dict[int, bytes]:
    """WebP by the row of what was left out; of a few, and only where there is something to see."""
    return caches.fact(collection, "pictures left out", partial(_opened, collection), keep=1)


def _opened(collection: Collection) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    frame = collection.catalogue.frame
    # The list names no root, and another folder may hold a plate of the same name: that was not left out.
    plates = set(zip(frame["root"], frame["file"], strict=True))
    for row, file in enumerate(collection.skipped["file"].head(_LOOKED_AT).tolist()):
        if len(found) == MOST:
            break
        pictures = []
        for root in collection.manifest["inputs"]["roots"]:
            if (root, file) not in plates:
                with contextlib.suppress(ImageError, OSError):
                    pictures.append(_OPENER.webp(read_image(root, file), _SIDE).body)
        if len(pictures) == 1:
            found[row] = pictures[0]
    return found
