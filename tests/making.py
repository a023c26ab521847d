"""Small collections for tests: real images, the real pipeline, and a toy network that remembers what it was asked."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from imgsim.backbones.engines import Engine, unit_rows
from imgsim.base.hashing import file_sha256, key_of
from imgsim.base.progress import Progress
from imgsim.base.scratch import scratch_folder
from imgsim.cli import environment
from imgsim.collection import open_collection
from imgsim.errors import ImageError
from imgsim.generation import layout
from imgsim.images.files import ImageFile
from imgsim.prepare import Options, Summary, prepare
from imgsim.prepare.page_shards import PageFinder, PageFinding, Slices, cut_out, cuts_written, find_on_pages
from imgsim.prepare.plate_shards import (
    Asked,
    Job,
    PlateFailure,
    PlateResult,
    embedded,
    open_plate,
    thumbnail_written,
)
from imgsim.verification.comparing import Group, compare_groups
from imgsim.verification.match import Match
from imgsim.verification.match_table import schema
from imgsim.verification.matches import Matches
from tests.tiny import TINY, run_tiny
from tests.toy_pages import ToyFinder


def write_plate(path: Path, seed: int, size: tuple[int, int] = (40, 56)) -> Path:
    """Write a grey image that differs from that of every other seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(0, 255, (7, 5), dtype=np.uint8)
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def write_plates(folder: Path, count: int, first: int = 0) -> Path:
    """Write plates p000.png, p001.png ... into a folder."""
    for number in range(first, first + count):
        write_plate(folder / f"p{number:03}.png", number)
    return folder


@dataclass
class ToyProcessor:
    """A processor in this process. ``preprocessing`` stands for the code that shapes images.

    ``asked``, ``described``, ``compared``, ``paged`` and ``cut`` are what it did; ``after`` and ``after_group`` are
    told of each step before it is done, and may interrupt.
    """

    preprocessing: int = 1
    asked: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    after: Callable[[int], None] = lambda done: None
    described: list[tuple[str, bool, frozenset[str]]] = field(default_factory=list)
    compared: list[tuple[int, int]] = field(default_factory=list)
    after_group: Callable[[int], None] = lambda done: None
    paged: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    def describe(self, name: str, weights: Path | None) -> tuple[str, int]:
        return key_of(
            name=name, code=self.preprocessing, weights=weights and file_sha256(weights)
        ), TINY.dimension

    def look(
        self,
        asked: Sequence[Asked],
        backbones: Mapping[str, Path | None],
        *,
        thumbnails: Path | None,
        verifier: str,
        download: Callable[[int, int | None], None] | None = None,
    ) -> Iterator[PlateResult | PlateFailure]:
        engines = {name: Engine(replace(TINY, name=name), "own", None) for name in backbones}
        job = Job("toy", engines, 1, thumbnails=thumbnails is not None, verifier=verifier)
        networks = {name: self._network(name) for name in backbones}
        for done, one in enumerate(asked):
            if thumbnails is not None:
                self.after(done)
                self.asked.append((one.file.plate_id, one.backbones))
            if one.described:
                self.described.append((one.file.plate_id, one.features, one.mirrored))
            try:
                (found,) = embedded([open_plate(one, job)], networks, 1)
                yield thumbnail_written(found, thumbnails)
            except ImageError as error:
                yield PlateFailure(one.file.plate_id, one.file.file, str(error))

    def _network(self, name: str) -> Callable[[np.ndarray], np.ndarray]:
        """Backbones see the same in another order, or a test could not tell them apart."""
        network = unit_rows(run_tiny(None))
        return lambda batch: np.roll(network(batch), sum(map(ord, name)) + self.preprocessing, axis=1)

    def finder(self, weights: Path | None) -> PageFinder:
        return ToyFinder()

    def find_on_pages(
        self, files: Sequence[ImageFile], finder: PageFinder
    ) -> Iterator[tuple[ImageFile, PageFinding]]:
        for file in files:
            self.paged.append(file.file)
            yield file, find_on_pages([file], finder=finder)[0]

    def cut_out(self, pages: Sequence[Slices]) -> Iterator[tuple[Slices, list[int] | str]]:
        for page in pages:
            self.cut.append(page[0].plate_id)
            yield page, cuts_written(page, cut_out([page])[0])

    def compare(
        self, groups: Sequence[Group], *, folder: Path, sizes: np.ndarray, verifier: str
    ) -> Iterator[tuple[Group, list[Match | str]]]:
        with scratch_folder() as scratch:
            np.save(scratch / "sizes.npy", sizes)
            for done, group in enumerate(groups):
                self.after_group(done)
                self.compared += [(group.row, other) for other in group.others]
                yield group, compare_groups([group], folder=folder, sizes=scratch / "sizes.npy", verifier=verifier)[0]


def make(out: Path, images: Path | None, processor: ToyProcessor | None = None, **options: Any) -> Summary:
    """Prepare a collection with the toy network and, unless asked for, with the quickest map, without matches, and
    without a word about plates that are gone."""
    options = {
        "backbones": ["toy"],
        "projections": ["pca"],
        "matching": False,
        "accept_missing": True,
        **options,
    }
    inputs = None if images is None else [images]
    return prepare(Options(out=out, inputs=inputs, **options), processor=processor or ToyProcessor())


class Recorder:
    """A progress callback that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Progress] = []

    def __call__(self, progress: Progress) -> None:
        self.told.append(progress)


def match_values(plate_a: str, plate_b: str, verdict: str = "same image", **values: Any) -> dict[str, Any]:
    """One row of matches.parquet with values that fit the verdict; ids are put in order. ``values`` replace some."""
    plate_a, plate_b = sorted((plate_a, plate_b))
    verified = verdict != "look-alike"
    # Mirrored pairs are turned about the middle of a plate of 40 pixels, as write_plate makes them.
    matrix = [-1.0, 0.0, 40.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] if verdict == "mirrored" else np.eye(3).ravel()
    outline = [2.0, 2.0, 30.0, 2.0, 30.0, 40.0, 2.0, 40.0] if verified else []
    return {
        "plate_a": plate_a,
        "plate_b": plate_b,
        "verdict": verdict,
        "inliers": 60 if verified else 4,
        "mirrored": verdict == "mirrored",
        "negative": verdict == "negative",
        "possible": 0,
        "coverage_a": 0.2 if verdict == "shared detail" else 0.9 if verified else 0.0,
        "coverage_b": 0.3 if verdict == "shared detail" else 0.8 if verified else 0.0,
        "residual": 1.5 if verified else np.nan,
        "model": "similarity" if verified else "",
        "printing": "",
        "transform": matrix if verified else np.full(9, np.nan),
        "region_a": outline,
        "region_b": outline,
        "sources": "cosine",
        **values,
    }


def live(collection: Path) -> Path:
    """The folder of the live generation, sound or not."""
    return collection / layout.GENERATIONS / (collection / layout.CURRENT).read_text("utf-8").strip()


def add_files(collection: Path, files: Mapping[str, bytes]) -> None:
    """Put files into the live generation of a prepared collection, or replace them, with their sizes and hashes."""
    facts = {}
    for file, data in files.items():
        path = live(collection) / file
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)  # it may be a hard link
        path.write_bytes(data)
        facts[file] = {"size": len(data), "sha256": file_sha256(path)}
    forge(collection, lambda manifest: manifest["files"].update(facts))


def forge(collection: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest of the live generation, with whatever hash it carries of itself."""
    path = live(collection) / layout.MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    path.write_bytes(layout.sealed(manifest))


def forget_pairs(manifest: dict[str, Any]) -> None:
    """Make of a manifest one of a former version, which noted no similarities of pairs."""
    for of in ("files", "keys"):
        manifest[of] = {file: said for file, said in manifest[of].items() if not file.endswith("/pairs.npy")}


def add_matches(collection: Path, rows: Sequence[Mapping[str, Any]], *, families: bool = True) -> None:
    """Give a prepared collection matches, as :func:`match_values` makes them, and the families that follow."""
    catalogue = open_collection(collection).catalogue
    matches = Matches.from_frame(pd.DataFrame([*rows] or None, columns=schema().names), catalogue)
    files = {layout.MATCHES: matches.to_parquet()}
    forge(collection, forget_pairs)  # what was noted of other matches
    if families:
        from imgsim.families import find_families

        stream = io.BytesIO()
        find_families(catalogue.frame, matches).to_parquet(stream, index=False)
        files[layout.FAMILIES] = stream.getvalue()
    add_files(collection, files)


def add_copies(collection: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Give a prepared collection copies by another hand, as :func:`match_values` makes them."""
    catalogue = open_collection(collection).catalogue
    found = Matches.from_frame(pd.DataFrame([*rows] or None, columns=schema().names), catalogue)
    add_files(collection, {layout.COPIES: found.to_parquet()})


def copied(data: Path, folder: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """A data folder in ``folder`` like that one, in which the collection "herbals" has these copies besides."""
    made = Path(shutil.copytree(data, folder / "data"))
    add_copies(made / "herbals", rows)
    return made


def heavy_modules(code: str) -> str:
    """Run code in a Python of its own and return which of the libraries that take long to load it has loaded."""
    code += (
        "\nimport sys\n"
        "heavy = {'torch', 'torchvision', 'umap', 'numba', 'openTSNE', 'sklearn', 'cv2', 'onnxruntime'}\n"
        "heavy |= {'streamlit', 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=environment.REPOSITORY,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return done.stdout.strip()


def scribbled(size: tuple[int, int], seed: int = 0) -> Image.Image:
    """A sheet of that width and height full of short bent strokes, mode "L"."""
    rng = np.random.default_rng(seed)
    sheet = Image.new("L", size, 240)
    draw = ImageDraw.Draw(sheet)
    for x, y in rng.uniform((0, 0), size, (size[0] * size[1] // 400, 2)):
        steps = np.cumsum(rng.normal(0, 9, (5, 2)), axis=0) + (x, y)
        draw.line([tuple(map(float, step)) for step in steps], fill=int(rng.integers(0, 90)), width=2)
    return sheet
