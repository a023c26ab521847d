"""Small collections for tests: real images, the real pipeline, and a toy network that remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from imgsim.collection.layout import file_sha256, key_of
from imgsim.embeddings.plates import PlateFailure, PlateResult, read_plate
from imgsim.errors import ImageError
from imgsim.images.sources import ImageFile
from imgsim.pipeline import Options, Progress, Summary, prepare
from tests.tiny import TINY, run_tiny


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
class ToyEngine:
    """An engine in this process. ``preprocessing`` stands for the code that shapes images; ``asked`` is what it did."""

    preprocessing: int = 1
    asked: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    after: Callable[[int], None] = lambda done: None

    def describe(self, name: str, weights: Path | None) -> tuple[str, int]:
        return key_of(
            name=name, code=self.preprocessing, weights=weights and file_sha256(weights)
        ), TINY.dimension

    def process(
        self,
        files: Sequence[ImageFile],
        backbones: Mapping[str, Path | None],
        *,
        needs: Mapping[str, set[str]],
        thumbnails: Path,
        device: str,
        workers: int | None,
        batch_size: int | None,
        download: Callable[[int, int | None], None],
    ) -> Iterator[Any]:
        network = run_tiny(None)
        for done, file in enumerate(files):
            self.after(done)
            self.asked.append((file.plate_id, frozenset(needs[file.plate_id])))
            try:
                plate, arrays = read_plate(file, [TINY], thumbnails=thumbnails)
            except ImageError as error:
                yield PlateFailure(file.plate_id, file.file, str(error))
                continue
            vectors = {}
            for name in needs[file.plate_id]:
                vector = network(arrays["tiny"][None])[0]
                # Backbones see the same in another order, or a test could not tell them apart.
                vector = np.roll(vector, sum(map(ord, name)) + self.preprocessing)
                vectors[name] = (vector / np.linalg.norm(vector)).astype(np.float32)
            yield PlateResult(**{**vars(plate), "embeddings": vectors})


def make(out: Path, images: Path | None, engine: ToyEngine | None = None, **options: Any) -> Summary:
    """Prepare a collection with the toy network and, unless others are named, the quickest map."""
    options = {"backbones": ["toy"], "projections": ["pca"], **options}
    inputs = None if images is None else [images]
    return prepare(Options(out=out, inputs=inputs, **options), engine=engine or ToyEngine())


class Recorder:
    """A progress callback that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Progress] = []

    def __call__(self, progress: Progress) -> None:
        self.told.append(progress)
