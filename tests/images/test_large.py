"""Originals of more pixels than are opened whole: read reduced, as they look, or refused in a sentence."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from imgsim.errors import ImageError
from imgsim.images import content, decoding, large
from imgsim.images.decoding import open_image
from tests.hostile import encode

SIZE = (1_413, 1_801)


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds for hundreds of megapixels, at hundreds of kilopixels."""
    monkeypatch.setattr(decoding, "MAX_PIXELS", 1_000_000)
    monkeypatch.setattr(large, "MOST_PIXELS", 10_000_000)
    monkeypatch.setattr(large, "OPENED", 250_000)
    monkeypatch.setattr(large, "DEFAULT_SIDE", 200)
    monkeypatch.setattr(content, "IN_MEMORY", 20_000)


def picture() -> Image.Image:
    small = np.random.default_rng(1).integers(0, 255, (12, 9, 3), dtype=np.uint8)
    return Image.fromarray(small).resize(SIZE, Image.Resampling.BICUBIC)


def tiffed(pixels: np.ndarray, **options: Any) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, **options)
    return stream.getvalue()


COLOUR = picture()
PIXELS = np.asarray(COLOUR)
INKS = np.concatenate([255 - PIXELS, np.zeros((*PIXELS.shape[:2], 1), np.uint8)], axis=2)
# Each is made when it is asked for: whoever collects the tests need not wait for that.
KINDS: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: encode(COLOUR, "JPEG", quality=92),
    "progressive JPEG": lambda: encode(COLOUR, "JPEG", quality=92, progressive=True),
    "PNG": lambda: encode(COLOUR, "PNG"),
    "TIFF": lambda: encode(COLOUR, "TIFF"),
    "LZW TIFF": lambda: encode(COLOUR, "TIFF", compression="tiff_lzw"),
    "JPEG TIFF": lambda: tiffed(PIXELS, photometric="rgb", compression="jpeg", tile=(256, 256)),
    "16-bit TIFF": lambda: tiffed(PIXELS.astype(np.uint16) * 257, photometric="rgb", compression="deflate"),
    "TIFF in planes": lambda: tiffed(np.moveaxis(PIXELS, 2, 0), photometric="rgb", planarconfig="separate"),
    "CMYK TIFF": lambda: tiffed(INKS, photometric="separated"),
    "JPEG 2000": lambda: encode(COLOUR, "JPEG2000"),
    "WebP": lambda: encode(COLOUR, "WEBP", quality=95),
}
REFUSED: dict[str, Callable[[], bytes]] = {
    "lossless WebP": lambda: encode(COLOUR, "WEBP", lossless=True),
    "BMP": lambda: encode(COLOUR, "BMP"),
    "GIF": lambda: encode(COLOUR, "GIF"),
    "AVIF": lambda: encode(COLOUR, "AVIF", speed=10),
    "palette TIFF": lambda: encode(COLOUR.quantize(16), "TIFF"),
    "empty PNG": lambda: encode(Image.new("L", SIZE), "PNG"),
}


@cache
def kind(name: str) -> bytes:
    """A file of a kind, made once."""
    return KINDS[name]()


@pytest.mark.parametrize("reduce_to", [None, 100, 5_000])
@pytest.mark.parametrize("name", KINDS)
def test_a_large_original_is_read_reduced(tmp_path: Path, name: str, reduce_to: int | None) -> None:
    path = tmp_path / "a"
    path.write_bytes(kind(name))
    for data in (kind(name), path):
        opened = open_image(data, reduce_to=reduce_to)
        width, height = opened.image.size
        assert opened.size == SIZE and max(width, height) >= 200 and width * height <= large.OPENED
        seen, wanted = (np.asarray(one.convert("RGB").resize((60, 80)), float) for one in (opened.image, COLOUR))
        assert np.abs(seen - wanted).mean() < 6


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_in_little_memory_is_refused(name: str) -> None:
    with pytest.raises(ImageError, match="Save it"):
        open_image(REFUSED[name](), reduce_to=100)


def test_a_progressive_jpeg_of_many_coefficients_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "MOST_COEFFICIENTS", 1_000_000)
    assert open_image(kind("JPEG"), reduce_to=100).size == SIZE
    with pytest.raises(ImageError, match="baseline"):
        open_image(kind("progressive JPEG"), reduce_to=100)


def test_beyond_a_gigapixel_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "MOST_PIXELS", 2_000_000)
    with pytest.raises(ImageError, match="1,413 x 1,801"):
        open_image(kind("JPEG"), reduce_to=100)


def test_a_cut_or_damaged_original_on_the_disk_is_refused(tmp_path: Path) -> None:
    for name in ("JPEG", "PNG", "LZW TIFF"):
        data = kind(name)
        (tmp_path / "cut").write_bytes(data[: len(data) // 2])
        with pytest.raises(ImageError):
            open_image(tmp_path / "cut", reduce_to=100)
    flipped = bytearray(kind("PNG"))
    flipped[len(flipped) // 2] ^= 4
    (tmp_path / "flipped").write_bytes(flipped)
    with pytest.raises(ImageError, match="checksum"):
        open_image(tmp_path / "flipped", reduce_to=100)
