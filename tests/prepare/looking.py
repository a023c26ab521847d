"""Plates in memory, and runs over them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from imgsim.prepare.plate_shards import Asked, PlateFailure, PlateResult
from imgsim.prepare.processor import look_at_plates
from tests.conftest import draw_plate


@dataclass(frozen=True)
class Plate:
    """A plate's file, kept in memory."""

    plate_id: str
    data: bytes

    @property
    def file(self) -> str:
        return f"{self.plate_id}.png"

    def read(self) -> bytes:
        return self.data


def png(image: Image.Image) -> bytes:
    """An image as a PNG."""
    return encoded(image, "PNG")


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    """An image as a file of some format."""
    target = BytesIO()
    image.save(target, format, **options)
    return target.getvalue()


def drawn(count: int) -> list[Plate]:
    """So many plates, each drawn in another way."""
    return [Plate(f"plate_{number:03}", png(draw_plate(number))) for number in range(count)]


def process_plates(
    files: Sequence[Plate], backbones: Mapping[str, Path | None], **options: Any
) -> Iterator[Any]:
    """A run in which every network sees every plate."""
    return look_at_plates([Asked(file, frozenset(backbones)) for file in files], backbones, **options)


def vectors(results: Sequence[PlateResult | PlateFailure], name: str) -> dict[str, np.ndarray]:
    """The embeddings of one network, by plate."""
    return {one.plate_id: one.embeddings[name] for one in results if isinstance(one, PlateResult)}


def failures(results: Sequence[PlateResult | PlateFailure]) -> dict[str, str]:
    """Why plates were left out, by plate."""
    return {one.plate_id: one.reason for one in results if isinstance(one, PlateFailure)}
