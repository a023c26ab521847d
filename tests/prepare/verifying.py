"""Collections whose plates are compared line by line, and what two such runs left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageEnhance

from imgsim.collection import open_collection
from imgsim.features.extraction import Features
from imgsim.features.inverted_index import INDEX_FILES
from imgsim.generation import layout
from imgsim.prepare import Summary
from imgsim.verification.match import Match
from tests.making import ToyProcessor, make

STORE = set(layout.FEATURE_FILES)
INDEX = {f"{layout.FEATURES}/{name}" for name in INDEX_FILES}
FOUND = {layout.MATCHES, layout.FAMILIES, "toy/pairs.npy"}
MIRRORED = {"toy/mirrored.npy"}
PARTED = {"toy/parts.npy"}


def toy_match(a: Features, b: Features) -> Match:
    """A quick verdict that follows from the features alone: plates with like numbers of them are the same."""
    inliers = min(len(a), len(b))
    none = np.zeros((0, 2), np.float32)
    if abs(len(a) - len(b)) > 8:
        return Match(
            "look-alike",
            inliers,
            False,
            0,
            0,
            np.full((3, 3), np.nan),
            "",
            np.nan,
            none,
            none,
            "",
            none,
            none,
        )
    outline = np.array([[0, 0], [9, 0], [9, 9]], np.float32)
    residual = float(a.points[:, 0].mean()) if len(a) else 0.0
    matrix = np.diag([1 + len(a) / 1000, 1 + len(b) / 1000, 1])
    return Match(
        "same image", inliers, False, 0.9, 0.8, matrix, "affine", residual, outline, outline, "", none, none
    )


def draw(seed: int, size: tuple[int, int] = (150, 200)) -> Image.Image:
    """Lines, rings and dots that differ from those of every other seed."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", size, 235)
    pen = ImageDraw.Draw(image)
    for _ in range(26):
        x, y, r = rng.integers((10, 10, 2), (size[0] - 10, size[1] - 10, 16)).tolist()
        pen.line([(x, y), tuple(rng.integers(8, min(size) - 8, 2).tolist())], fill=30, width=2)
        pen.ellipse([x - r, y - r, x + r, y + r], outline=50, width=2)
    return image


def draw_plates(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        draw(number).save(folder / f"p{number:03}.png")
    return folder


def verified(out: Path, images: Path | None, processor: ToyProcessor | None = None, **options: Any) -> Summary:
    return make(out, images, processor, matching=True, **options)


def contents(collection: Path) -> dict[str, Any]:
    """Everything that the matching left, as values that can be compared."""
    found = open_collection(collection)
    matches, families, store = found.matches, found.found_families, found.features
    assert matches is not None
    assert families is not None
    assert store is not None
    assert found.feature_index is not None
    result: dict[str, Any] = {
        "ids": found.catalogue.plate_ids,
        "matches": matches.to_parquet(),
        "families": pd.read_parquet(found.folder / layout.FAMILIES).to_csv(),
        "counts": found.manifest["counts"]["matches"],
    }
    seen = {f"{name}/{file}.npy" for name in found.backbones for file in ("mirrored", "pairs")}
    seen |= set(filter(found.has, PARTED))
    for file in sorted({*STORE, *INDEX, *seen}):
        result[file] = (found.folder / file).read_bytes()
    return result


def assert_equal(left: Path, right: Path) -> None:
    first, second = contents(left), contents(right)
    assert first.keys() == second.keys()
    assert not [name for name in first if first[name] != second[name]]


def flip(collection: Path, file: str) -> None:
    path = open_collection(collection).folder / file
    data = bytearray(path.read_bytes())
    data[-5] ^= 255
    path.write_bytes(data)


def stopping_after(count: int) -> Callable[[int], None]:
    def stop(done: int) -> None:
        if done == count:
            raise KeyboardInterrupt

    return stop


def rescan(image: Image.Image, light: float = 1.05) -> Image.Image:
    """The same sheet on another scanner: other size, cut, light and rotation."""
    width, height = image.size
    turned = image.rotate(0.7, fillcolor=235, resample=Image.Resampling.BICUBIC)
    cut = turned.crop((2, 3, width - 1, height - 2)).resize((width * 2, height * 2), Image.Resampling.BICUBIC)
    return ImageEnhance.Brightness(cut).enhance(light)
