"""Exports that are ready to be fetched: a few folders of files, the oldest of which make room. No Streamlit here.

An export is asked for by a key, which names what is in it, and a file by its name in the list of its folder; neither is
ever part of a path.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from imgsim.base.scratch import lasting_folder
from imgsim.base.translation import tr
from imgsim.errors import ImgsimError
from imgsim.export import ExportFile, Request, stem, write_files, zip_chunks
from imgsim.export.bundle import Report

MOST, MOST_BYTES = 8, 4 * 2**30


def key_of(request: Request, files: Sequence[ExportFile], zipped: bool) -> str:
    """Return what names the result of a request: 64 hexadecimal digits."""
    collection = request.collection
    asked = {
        "path": str(collection.path),
        "generation": collection.generation,
        "last_review": request.reviews[-1].uuid if request.reviews else "",
        "files": [file.name for file in files],
        "zipped": zipped,
        **request.described(),
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


class Store:
    """The exports that are ready. Any number of threads may use it.

    Parameters
    ----------
    most, most_bytes : how many exports are kept, and how large they are together at most; the newest is kept always.
    """

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._ready: OrderedDict[str, dict[str, Path]] = OrderedDict()
        self._lock = Lock()
        self._root: Path | None = None

    def files(self, key: str) -> dict[str, Path]:
        """Return the files of an export by their names; {} where it is not ready, or no longer."""
        with self._lock:
            found = self._ready.get(key)
            if found is not None:
                self._ready.move_to_end(key)
            return dict(found or {})

    def prepare(
        self, request: Request, files: Sequence[ExportFile], zipped: bool, report: Report | None = None
    ) -> str:
        """Write an export and return its key.

        Raises
        ------
        ImgsimError
            It cannot be written, e.g. because the disk is full.
        """
        key = key_of(request, files, zipped)
        with self._draft() as folder:
            if zipped:
                paths = [folder / f"{stem(request)}.zip"]
                with paths[0].open("wb") as target:
                    for data in zip_chunks(request, files, report):
                        target.write(data)
            else:
                paths = write_files(folder, request, files, report)
            made = {path.name: path for path in paths}
            with self._lock:
                # The same request gives the same bytes: what is there stays, for somebody may be reading it.
                old = self._ready.pop(key, {})
                stays = bool(old) and all(path.exists() for path in old.values())
                self._ready[key] = old if stays else made
                gone = [made if stays else old, *self._too_many()]
        for one in filter(None, gone):
            shutil.rmtree(next(iter(one.values())).parent, ignore_errors=True)
        return key

    def _too_many(self) -> Iterator[dict[str, Path]]:
        def size() -> int:
            return sum(path.stat().st_size for found in self._ready.values() for path in found.values())

        while len(self._ready) > 1 and (len(self._ready) > self._most or size() > self._most_bytes):
            yield self._ready.popitem(last=False)[1]

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        """A new folder, which is gone again if what is to fill it fails or is broken off."""
        folder = None
        try:
            folder = Path(tempfile.mkdtemp(dir=self._place()))
            yield folder
        except BaseException as error:
            # Among these is what Streamlit stops a run with when the reader goes elsewhere.
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise ImgsimError(
                    tr(
                        "The export cannot be written to {folder}: {why}. Make room there, or choose less.",
                        folder=self._root or tempfile.gettempdir(),
                        why=error.strerror or error,
                    )
                ) from error
            raise

    def _place(self) -> Path:
        """The folder of all exports, made when it is first asked for."""
        with self._lock:
            if self._root is None:
                self._root = lasting_folder()
            return self._root


STORE = Store()
