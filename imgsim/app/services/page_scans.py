"""Scans of pages of books, reduced: a small one for the list of pages, a large one to correct its boxes on."""

from __future__ import annotations

import hashlib
from threading import BoundedSemaphore

from imgsim.app.services.kept_bytes import KeptBytes
from imgsim.collection import Collection
from imgsim.errors import ImgsimError

SMALL, LARGE = 320, 2400
SIZES = (SMALL, LARGE)  # pixels of the longer side, at most
# About 15 kB and 0.5 MB each.
_kept: dict[int, KeptBytes[tuple[str, str, str]]] = {SMALL: KeptBytes(1000), LARGE: KeptBytes(24)}
# A browser asks for a whole wall of pages at once, and each takes the memory of a whole scan while it is opened.
_opening = BoundedSemaphore(2)


def scan(collection: Collection, page_id: str, size: int) -> bytes:
    """The scan of a page as WebP.

    Raises
    ------
    ImgsimError
        There is no such page, or its scan is not there, cannot be opened, or is another one by now.
    """
    from imgsim.images.decoding import open_image
    from imgsim.images.thumbnails import encode_display, thumbnail

    pages = collection.pages
    if pages is None:
        raise ImgsimError("This collection has no pages.")
    page = pages.page(page_id)

    def make() -> bytes:
        with _opening:
            data = collection.page_bytes(page_id)
            if hashlib.sha256(data).hexdigest() != page.sha256:
                raise ImgsimError(f"The scan of the page {page_id} has changed. Prepare the collection again.")
            image = open_image(data, reduce_to=size).image
        return thumbnail(image, SMALL) if size == SMALL else encode_display(image, LARGE)

    return _kept[size].get((collection.name, collection.generation, page_id), make)
