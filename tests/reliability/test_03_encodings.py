"""Row 3: one plate is one picture and one vector, however it was saved and whichever way the camera was held."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from imgsim.backbones import BACKBONES, Backbone
from imgsim.backbones.embedder import Embedder
from imgsim.images.decoding import open_image
from tests.conftest import draw_plate
from tests.hostile import drawing, encode, encodings
from tests.reliability.tally import Tally
from tests.tiny import TINY

LEAST = 0.999
PLATE = drawing()
KINDS: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 95},
    "PNG": {},
    "WEBP": {"lossless": True},
    "TIFF": {},
    "LZW TIFF": {"compression": "tiff_lzw"},
}
# The bundled network, and the tiny one, which is nothing but the pixels: no difference hides from it.
SEEING = [BACKBONES["plates18"], TINY]


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Of two grey images as ink, so that a wrong or inverted image cannot hide behind white paper."""
    x, y = (255.0 - v.astype(np.float64).ravel() for v in (a, b))
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))


def saved(plate: Image.Image) -> dict[str, bytes]:
    """A grey plate in every encoding, and as the first of two pages."""
    two = encode(plate, "TIFF", save_all=True, append_images=[Image.new("L", plate.size, 0)])
    return {"TIFF of two pages": two} | {name: content for name, (content, _) in encodings(plate).items()}


def turned(plate: Image.Image) -> Iterator[tuple[str, bytes]]:
    """A plate as cameras that were held in the 8 ways store it, in 5 formats; written out, not by Pillow's table."""
    upright = np.asarray(plate)
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].T,
        8: np.rot90(upright, -1),
    }
    for orientation, pixels in stored.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        image = Image.fromarray(np.ascontiguousarray(pixels))
        for kind, options in KINDS.items():
            held = image.convert("RGB") if kind == "WEBP" else image
            yield f"{kind}, orientation {orientation}", encode(held, kind.split()[-1], exif=exif, **options)


def test_every_encoding_shows_the_same_plate(tally: Tally) -> None:
    for name, content in saved(PLATE).items():
        with tally.attempt(name):
            opened = open_image(content)
            assert opened.image.mode == ("RGB" if name == "Lab TIFF" else "L")
            assert opened.size == opened.image.size == PLATE.size
            assert opened.frames == (2 if "of two" in name else 1)
            assert cosine(np.asarray(opened.image.convert("L")), np.asarray(PLATE)) >= LEAST


def test_orientation_is_applied(tally: Tally) -> None:
    for name, content in turned(PLATE):
        for reduce_to in (None, 40):
            with tally.attempt(f"{name}, reduced to {reduce_to}"):
                opened = open_image(content, reduce_to=reduce_to)
                assert opened.size == PLATE.size
                same_size = np.asarray(PLATE.resize(opened.image.size, Image.Resampling.BOX))
                assert cosine(np.asarray(opened.image.convert("L")), same_size) >= LEAST


@pytest.mark.parametrize("backbone", SEEING, ids=lambda backbone: backbone.name)
def test_one_plate_is_one_vector(backbone: Backbone, tally: Tally) -> None:
    large = draw_plate(11, (700, 1000)).point(lambda value: 255 if value > 220 else value)
    embedder = Embedder(backbone, device="cpu")

    def vector(data: bytes) -> np.ndarray:
        return embedder.embed([open_image(data).image])[0]

    original = vector(encode(large.convert("RGB"), "PNG"))
    for name, content in [*saved(large).items(), *turned(large)]:
        with tally.attempt(name):
            assert float(vector(content) @ original) >= LEAST
    # The test can fail: upside down it is another picture.
    assert float(vector(encode(large.rotate(180), "PNG")) @ original) < 0.99
