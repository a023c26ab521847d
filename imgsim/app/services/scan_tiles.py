"""Tiles of large scans, for whoever looks closer than a screen's size: made when they are first asked for.

A scan is read once, into a pyramid on the disk; of all pyramids the latest few stay while the app runs. No Streamlit.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from imgsim.app.services.kept_bytes import KeptBytes
from imgsim.base.scratch import lasting_folder
from imgsim.collection import Collection
from imgsim.errors import ImgsimError
from imgsim.export.iiif.image_service import Tile, larger
from imgsim.images import pyramid
from imgsim.images.content import sha256
from imgsim.images.thumbnails import encode_jpeg

MOST_BYTES = 2**30  # of the disk; a coloured scan of 100 megapixels takes 400 MB
_TILES_KEPT = 512  # about 40 kB each


class Pyramids:
    """The pyramids of the scans that were looked at last, by the SHA-256 of the scan. Any number of threads may ask.

    Parameters
    ----------
    most_bytes : how much of the disk they may take together; the newest stays always.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._ready: OrderedDict[str, tuple[Path, int]] = OrderedDict()
        # One at a time: what is read whole must not be there twice.
        self._lock = Lock()
        self._root: Path | None = None

    def tile(self, collection: Collection, row: int, tile: Tile) -> bytes:
        """A tile of a plate's scan as JPEG.

        Raises
        ------
        ImgsimError
            The scan is gone, has changed since, or cannot be read; the disk is full.
        """
        with self._lock:
            folder = self._folder(collection, row)
            image = pyramid.piece(folder, tile.factor, tile.box)
        return encode_jpeg(image, image.size)

    def _folder(self, collection: Collection, row: int) -> Path:
        record = collection.catalogue.record(row)
        key = str(record["sha256"])
        if key in self._ready:
            self._ready.move_to_end(key)
            return self._ready[key][0]
        scan = collection.plate_content(row)
        if sha256(scan) != key:
            raise ImgsimError(f"The scan of {record['plate_id']} has changed. Prepare the collection again.")
        folder = None
        try:
            folder = Path(tempfile.mkdtemp(dir=self._place()))
            pyramid.build(scan, folder)
        except BaseException as error:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                where = self._root or tempfile.gettempdir()
                told = f"The scan cannot be cut into pieces in {where}: {error}. Make room there."
                raise ImgsimError(told) from error
            raise
        self._ready[key] = (folder, sum(path.stat().st_size for path in folder.iterdir()))
        while len(self._ready) > 1 and sum(size for _, size in self._ready.values()) > self._most_bytes:
            shutil.rmtree(self._ready.popitem(last=False)[1][0], ignore_errors=True)
        return folder

    def _place(self) -> Path:
        if self._root is None:
            self._root = lasting_folder()
        return self._root


_pyramids = Pyramids()
_tiles: KeptBytes[tuple[str, Tile]] = KeptBytes(_TILES_KEPT)


def offered(collection: Collection, row: int) -> bool:
    """Whether a plate's scan has tiles: it is larger than what is shown of it whole, is there, and can be cut."""
    record = collection.catalogue.record(row)
    if not larger((int(record["width"] or 1), int(record["height"] or 1))):
        return False
    try:
        return pyramid.can_be_cut(collection.plate_content(row))
    except ImgsimError:
        return False


def tile(collection: Collection, row: int, asked: Tile) -> bytes:
    """A tile of a plate's scan as JPEG: see :meth:`Pyramids.tile`."""
    key = (str(collection.catalogue.record(row)["sha256"]), asked)
    return _tiles.get(key, lambda: _pyramids.tile(collection, row, asked))
