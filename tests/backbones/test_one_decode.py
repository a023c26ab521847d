"""One decode for one backbone: a run, its mirror image and an upload make the same array of the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from imgsim.backbones import BACKBONES
from imgsim.backbones.engines import Engine
from imgsim.backbones.known import READ_SIDE
from imgsim.images.decoding import open_image
from imgsim.images.isolated import Isolated
from imgsim.prepare.plate_shards import Asked, Job, open_plate
from tests.conftest import draw_plate

NETWORKS = [BACKBONES["plates18"], BACKBONES["resnet18"]]


def saved(format: str, mode: str = "L", **options: object) -> Callable[[Image.Image], bytes]:
    def save(picture: Image.Image) -> bytes:
        stream = io.BytesIO()
        shown = picture.convert("L") if mode == "I;16" else picture.convert(mode)
        if mode == "I;16":
            shown = Image.fromarray(np.asarray(shown, np.uint16) * 257)
        shown.save(stream, format, **options)
        return stream.getvalue()

    return save


def turned(picture: Image.Image) -> bytes:
    """A JPEG that says that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved("JPEG", "RGB", quality=88, exif=exif)(picture)


LOSSLESS = {
    "png, grey": saved("PNG"), "png, colour": saved("PNG", "RGB"), "png, 1 bit": saved("PNG", "1"),
    "png, 16 bits": saved("PNG", "I;16"), "tiff, fax": saved("TIFF", "1", compression="group4"),
    "tiff, lzw": saved("TIFF", "RGB", compression="tiff_lzw"), "bmp": saved("BMP"),
    "webp, lossless": saved("WEBP", "RGB", lossless=True, quality=0, method=0),
}  # fmt: skip
LOSSY = {
    "jpeg": saved("JPEG", quality=85), "jpeg, colour": saved("JPEG", "RGB", quality=92, subsampling=2),
    "jpeg, progressive": saved("JPEG", progressive=True, quality=80), "jpeg, on its side": turned,
    "jpeg 2000": saved("JPEG2000", irreversible=True, quality_mode="rates", quality_layers=[12]),
}  # fmt: skip
SIZES = [(60, 90), (700, 500), (1279, 1600), (1280, 1300), (1500, 2100), (6000, 1300)]


@dataclass(frozen=True)
class Given:
    """A file in memory."""

    data: bytes
    plate_id: str = "plate"
    file: str = "plate"

    def read(self) -> bytes:
        return self.data


def in_a_run(data: bytes) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What each network is given of a plate, and of its mirror image, whether or not it is described at once."""
    names = frozenset(network.name for network in NETWORKS)
    job = Job("one", {network.name: Engine(network, "own", None) for network in NETWORKS}, 1)
    seen = [open_plate(Asked(Given(data), names, names, features), job)[2] for features in (False, True)]
    for key, array in seen[0].items():
        assert np.array_equal(array, seen[1][key])
    return ({name: seen[0][name, False] for name in names}, {name: seen[0][name, True] for name in names})


@pytest.fixture(scope="module")
def opener() -> Iterator[Isolated]:
    process = Isolated()
    yield process
    process.close()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", [*LOSSLESS, *LOSSY])
def test_equal_bytes_give_equal_arrays_whoever_asks(
    kind: str, size: tuple[int, int], opener: Isolated
) -> None:
    picture = draw_plate(sum(size) % 97, size, "RGB")
    data = (LOSSLESS | LOSSY)[kind](picture)
    arrays, mirrored = in_a_run(data)
    flipped = open_image(data, reduce_to=READ_SIDE).image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for network in NETWORKS:
        run = arrays[network.name]
        assert np.array_equal(run, network.read(data))
        sent = opener.shaped(data, READ_SIDE, network.shaping, network.input_size).array()
        assert np.array_equal(run, network.arranged(sent))
        assert np.array_equal(mirrored[network.name], network.shape(flipped))
        assert not np.array_equal(mirrored[network.name], run)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", LOSSLESS)
def test_the_mirror_image_of_a_mirrored_copy_is_the_original(kind: str, size: tuple[int, int]) -> None:
    picture = draw_plate(sum(size) % 89, size, "RGB")
    if kind in ("png, 1 bit", "tiff, fax"):
        picture = picture.convert("1", dither=Image.Dither.NONE)  # dithering goes from left to right
    copy = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    arrays, _ = in_a_run(LOSSLESS[kind](picture))
    _, mirrored = in_a_run(LOSSLESS[kind](copy))
    for network in NETWORKS:
        assert np.array_equal(arrays[network.name], mirrored[network.name])
