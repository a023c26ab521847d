"""imgsim's own sources: the generated sample, published datasets, libraries' manifests, files on this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from imgsim.base.progress import Meter, Reporter
from imgsim.errors import ImgsimError
from imgsim.sources.source import LeftOut, Page, Table


class Sample:
    """``sample:240``: so many generated plates."""

    name, version = "sample", 1

    def accepts(self, given: str) -> bool:
        return re.fullmatch(r"sample:[0-9]+", given) is not None

    def pages(
        self, given: Sequence[str], folder: Path, reporter: Reporter, workers: int | None = None
    ) -> Iterator[Page | Table]:
        from imgsim.sources.sample import generate

        count = int(_one(given).partition(":")[2])
        with reporter.stage("generating plates", count) as stage:
            paths = generate(folder, count, workers=workers, progress=stage.update)
            stage.update(count)
        yield Page(paths.images)
        yield Table(paths.metadata)


def _one(given: Sequence[str]) -> str:
    if len(set(given)) > 1:
        raise ImgsimError(f"{' and '.join(given)} cannot be one collection. Prepare each as a collection of its own.")
    return given[0]


class PublishedDataset:
    """``dataset:dhh23``: downloaded as far as it is not there yet."""

    name, version = "dataset", 1

    def accepts(self, given: str) -> bool:
        return given.startswith("dataset:")

    def pages(
        self, given: Sequence[str], folder: Path, reporter: Reporter, workers: int | None = None
    ) -> Iterator[Page | Table]:
        from imgsim.sources.dataset import DATASETS, download

        named = _one(given).partition(":")[2]
        if named not in DATASETS:
            raise ImgsimError(f'There is no dataset "{named}". There is {", ".join(DATASETS)}.')
        meters: dict[str, Meter] = {}

        def tell(file: str, done: int, total: int | None) -> None:
            if file not in meters:
                meters[file] = reporter.meter(f"downloading {file}, bytes", total)
            meters[file].update(done, total)

        with reporter.stage("downloading", None):
            images, metadata = download(DATASETS[named], folder, tell, reporter.note)
        yield Page(images)
        yield Table(metadata)


class Manifests:
    """IIIF manifests: ``iiif:`` and a file or an address, or an address, or a file that ends in ``.json``."""

    name, version = "iiif", 1

    def accepts(self, given: str) -> bool:
        return given.startswith(("iiif:", "http://", "https://")) or given.lower().endswith(".json")

    def pages(
        self, given: Sequence[str], folder: Path, reporter: Reporter, workers: int | None = None
    ) -> Iterator[Page | Table | LeftOut]:
        from imgsim.sources.iiif.gathering import gather

        with reporter.stage("fetching images", None) as stage:
            named = [one.removeprefix("iiif:").removeprefix("iiif:") for one in given]
            found = gather(named, folder / "iiif", stage.update, reporter.note)
        for path in found.folders:
            yield Page(path)
        yield Table(found.metadata)
        for what, reason in found.unfetched:
            yield LeftOut(what, reason)


class Files:
    """Folders, images and zips on this machine, where they lie; what is none of these is said when they are opened."""

    name, version = "files", 1

    def accepts(self, given: str) -> bool:
        return True

    def pages(
        self, given: Sequence[str], folder: Path, reporter: Reporter, workers: int | None = None
    ) -> Iterator[Page]:
        for path in given:
            yield Page(Path(os.path.abspath(path)))
