"""Published datasets that precompute.py can fetch: ``--dataset dhh23``.

The plates of the DHH23 study lie in a public repository, the images in Git LFS. A table has no published
digest, so it is checked for being a whole table instead. Addresses can be replaced by IMGSIM_DATASET_URL, the
address of a folder with the same file names: for mirrors, and for the tests.
"""

from __future__ import annotations

import csv
import io
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imgsim.base.download import fetch
from imgsim.errors import DownloadError, StartAgain

ProgressCallback = Callable[[str, int, int | None], None]
_MAX_TABLE = 512 * 2**20
_TIMEOUT_S = 60


@dataclass(frozen=True)
class DatasetFile:
    """One file of a dataset. ``urls`` are tried in their order; without ``sha256`` it must be a CSV table."""

    name: str
    urls: tuple[str, ...]
    sha256: str | None = None
    size: int | None = None
    needed: bool = True


@dataclass(frozen=True)
class Dataset:
    """A dataset: its files, which of them holds the images and which the metadata, and where people can look."""

    name: str
    page: str
    images: str
    metadata: str
    files: tuple[DatasetFile, ...]


_DHH23 = "dhh23/early_modern_data"


def _addresses(file: str, *, large: bool) -> tuple[str, ...]:
    """Large files are served from another host than the tables; the third address leads to whichever is right."""
    direct = (
        f"https://media.githubusercontent.com/media/{_DHH23}"
        if large
        else f"https://raw.githubusercontent.com/{_DHH23}"
    )
    return (f"{direct}/main/{file}", f"{direct}/HEAD/{file}", f"https://github.com/{_DHH23}/raw/HEAD/{file}")


DATASETS = {
    "dhh23": Dataset(
        "dhh23",
        f"https://github.com/{_DHH23}",
        "botanical_illustrations.zip",
        "metadata.csv",
        (
            DatasetFile("metadata.csv", _addresses("metadata.csv", large=False)),
            # Only of interest beside the plates, so its absence stops nothing.
            DatasetFile(
                "clip_classification.csv", _addresses("clip_classification.csv", large=False), needed=False
            ),
            DatasetFile(
                "botanical_illustrations.zip",
                _addresses("botanical_illustrations.zip", large=True),
                "87710b7b59b41d72ab88549aa204b5a3a57c3bca30e09a1dc5442b487ddfec1d",
                1_465_778_746,
            ),
        ),
    )
}


def download(
    dataset: Dataset,
    folder: Path,
    progress: ProgressCallback | None = None,
    note: Callable[[str], None] | None = None,
) -> tuple[Path, Path]:
    """Bring a dataset's files into a folder; what is there already is not fetched again, what is half there goes on.

    Parameters: ``progress(file, done, total)`` in bytes; ``note`` is told of what could not be fetched but can be done
    without. Returns the paths of the images and of the metadata.
    Raises DownloadError saying where the files can be had and where to put them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in dataset.files:
        path = folder / file.name

        def tell(done: int, total: int | None, name: str = file.name) -> None:
            if progress is not None:
                progress(name, done, total)

        try:
            _bring(file, path, tell)
        except DownloadError as error:
            if not file.needed:
                if note is not None:
                    note(f"{file.name} is left out: {error}")
                continue
            raise DownloadError(
                f"{error} {file.name} can also be fetched by hand from {dataset.page}: put it at {path}.",
                StartAgain(),
            ) from error
    return folder / dataset.images, folder / dataset.metadata


def _bring(file: DatasetFile, path: Path, progress: Callable[[int, int | None], None]) -> None:
    mirror = os.environ.get("IMGSIM_DATASET_URL")
    urls = (f"{mirror.rstrip('/')}/{file.name}",) if mirror else file.urls
    first: DownloadError | None = None
    for url in urls:
        try:
            if file.sha256 is not None:
                fetch(url, path, sha256=file.sha256, size=file.size, progress=progress)
            elif not path.is_file():
                _fetch_table(url, path, progress)
            return
        except DownloadError as error:
            first = first or error
    if first is not None:
        raise first


def _fetch_table(url: str, path: Path, progress: Callable[[int, int | None], None]) -> None:
    """Fetch a CSV of unknown digest: whole by its length, and a table by its looks."""
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:
            length = answer.headers.get("Content-Length")
            total = int(length) if length and length.isdigit() else None
            pieces, done = [], 0
            while piece := answer.read(2**20):
                pieces.append(piece)
                done += len(piece)
                progress(done, total)
                if done > _MAX_TABLE:
                    raise DownloadError(f"{url} is larger than any table ({done:,} bytes so far).")
    except urllib.error.HTTPError as error:
        raise DownloadError(f"{url} answered {error.code} {error.reason}.") from None
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise DownloadError(
            f"{url} could not be downloaded: {getattr(error, 'reason', None) or error}."
        ) from None
    data = b"".join(pieces)
    if total is not None and done != total:
        raise DownloadError(f"{url} ended after {done:,} of {total:,} bytes.", StartAgain())
    if data.startswith(b"version https://git-lfs"):
        raise DownloadError(f"{url} answered with a pointer to the file instead of the file.")
    header = next(csv.reader(io.StringIO(data[:65536].decode("utf-8", "replace"))), [])
    if len(header) < 2 or data.lstrip()[:1] == b"<":
        raise DownloadError(f"{url} is no table.")
    from imgsim.base.writing import write_whole

    write_whole(path, data)
