"""Generated plates in the manner of the 18th century, with known families of re-use.

They are honest about being generated (titles, document type), look enough like engraved botanical plates to show
what imgsim does, and carry their truth with them. :func:`generate` writes a whole collection with its metadata;
:func:`draw_plate` gives single clean plates.
"""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from imgsim.errors import ImgsimError
from imgsim.sources.sample.copperplate import PlateSpec, draw_plate
from imgsim.sources.sample.planning import COLUMNS, KINDS, LOOK_ALIKE, Plan, plan
from imgsim.sources.sample.scanning import scan

__all__ = ["KINDS", "LOOK_ALIKE", "MAX_PLATES", "VERSION", "SamplePaths", "draw_plate", "generate"]

VERSION = 1
MAX_PLATES = 15_000


@dataclass(frozen=True)
class SamplePaths:
    """Where a generated sample lies: the folder of images, metadata.csv and truth.csv."""

    images: Path
    metadata: Path
    truth: Path


def generate(out: Path, count: int = 240, seed: int = 18, *, workers: int | None = None,
             progress: Callable[[int, int], None] | None = None) -> SamplePaths:
    """Write a sample of generated plates.

    Parameters
    ----------
    out : folder to write into, made if need be; files of an earlier sample there are replaced.
    count : number of plates, 1 to 15,000.
    seed : decides every plate; the same count and seed give the same files with any number of workers.
    workers : processes; None takes one per core, 1 stays in this process.
    progress : called with (done, total) now and then.

    Returns
    -------
    The paths of the images, of metadata.csv (DHH23's columns, one row a book) and of truth.csv (plate_a, plate_b,
    kind). A folder that already holds this very sample is left alone.

    Raises
    ------
    ImgsimError
        If count is out of range, or the folder cannot be written.
    """
    if not 1 <= count <= MAX_PLATES:
        raise ImgsimError(f"The sample can have 1 to {MAX_PLATES} plates, not {count}. Choose a number in between.")
    out = Path(out)
    paths = SamplePaths(out / "images", out / "metadata.csv", out / "truth.csv")
    stamp = {"generator": "imgsim.sample", "version": VERSION, "count": count, "seed": seed}
    wanted = plan(count, seed)
    try:
        if _complete(out, stamp, wanted):
            return paths
        paths.images.mkdir(parents=True, exist_ok=True)
        (out / "sample.json").unlink(missing_ok=True)
        names = {f"{name}.png" for name, _ in wanted.plates}
        for old in paths.images.glob("*.png"):
            if old.name not in names:
                old.unlink()
        _write_csv(paths.metadata, COLUMNS, ([book.cells[c] for c in COLUMNS] for book in wanted.books))
        _write_csv(paths.truth, ("plate_a", "plate_b", "kind"), wanted.pairs)
        _draw_all(paths.images, wanted, workers, progress)
        _write(out / "sample.json", json.dumps(stamp, indent=1).encode())
    except OSError as error:
        raise ImgsimError(f"The sample could not be written to {out}: {error}. Free some space or choose another "
                          "folder.") from error
    return paths


def _complete(out: Path, stamp: dict[str, object], wanted: Plan) -> bool:
    try:
        if json.loads((out / "sample.json").read_text("utf-8")) != stamp:
            return False
    except (OSError, ValueError):
        return False
    with os.scandir(out / "images") as entries:
        present = {entry.name for entry in entries}
    return present >= {f"{name}.png" for name, _ in wanted.plates}


def _draw_all(folder: Path, wanted: Plan, workers: int | None,
              progress: Callable[[int, int], None] | None) -> None:
    total = len(wanted.plates)
    jobs = [(str(folder / f"{name}.png"), spec) for name, spec in wanted.plates]
    workers = min(workers or os.cpu_count() or 1, -(-total // 8))
    if workers <= 1:
        _report(map(_draw_one, jobs), total, progress)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        _report(pool.imap_unordered(_draw_one, jobs, chunksize=4), total, progress)


def _report(results: Iterable[None], total: int, progress: Callable[[int, int], None] | None) -> None:
    for done, _ in enumerate(results, 1):
        if progress:
            progress(done, total)


def _draw_one(job: tuple[str, PlateSpec]) -> None:
    path, spec = job
    image = scan(spec)
    temporary = Path(f"{path}.part")
    with temporary.open("wb") as file:
        image.save(file, "PNG", compress_level=6 if image.mode == "1" else 1)
    os.replace(temporary, path)


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    temporary = path.with_name(path.name + ".part")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    os.replace(temporary, path)


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_name(path.name + ".part")
    temporary.write_bytes(data)
    os.replace(temporary, path)
