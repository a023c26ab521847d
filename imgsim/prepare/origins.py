"""Images that do not lie on this machine yet: the generated sample, published datasets, and libraries' manifests.

All are kept in the collection's folder, in ``source/``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgsim.base.progress import Stage
    from imgsim.prepare.context import Run


def generate_sample(run: Run, folder: Path, count: int) -> tuple[list[Path], Path]:
    """Generate sample plates, unless just these lie there. Returns (images, metadata)."""
    from imgsim.sources.sample import generate

    stage = run.stage("generating plates", count)
    paths = generate(
        folder, count, workers=run.options.workers, progress=lambda done, total: stage.update(done, total)
    )
    stage.update(count)
    run.timed(stage)
    return [paths.images], paths.metadata


def download_dataset(run: Run, folder: Path, name: str) -> tuple[list[Path], Path]:
    """Download a dataset, as far as it is not there yet. Returns (images, metadata)."""
    from imgsim.sources.dataset import DATASETS, download

    stages: dict[str, Stage] = {}

    def tell(file: str, done: int, total: int | None) -> None:
        if file not in stages:
            stages[file] = run.stage(f"downloading {file}, bytes", total)
        stages[file].update(done, total)

    images, metadata = download(DATASETS[name], folder, tell, run.note)
    for stage in stages.values():
        run.timed(stage)
    return [images], metadata


def gather_manifests(run: Run, folder: Path, sources: Sequence[str]) -> tuple[list[Path], Path]:
    """Fetch the images of IIIF manifests, as far as they are not there yet. Returns (images, metadata).

    What cannot be fetched is listed in ``run.unfetched``.
    """
    from imgsim.sources.iiif.gathering import gather

    if run.gathered is not None:
        return run.gathered  # a new collection is published twice, and fetched once
    stage = run.stage("fetching images", None)
    gathered = gather(sources, folder, lambda done, total: stage.update(done, total), run.note)
    run.timed(stage)
    run.unfetched = list(gathered.unfetched)
    if gathered.unfetched:
        run.note(
            f"{len(gathered.unfetched):,} images could not be fetched. The first: {': '.join(gathered.unfetched[0])} "
            "The next run tries them again."
        )
    run.gathered = list(gathered.folders), gathered.metadata
    return run.gathered


def still_unfetched(folder: Path) -> list[tuple[str, str]]:
    """What an earlier run could not fetch, so that it stays listed when only something else is done anew."""
    from imgsim.sources.iiif.gathering import unfetched

    return unfetched(folder)
