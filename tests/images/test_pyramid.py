"""Large scans cut into pieces: every pixel of them, reduced as the scan is, in little memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsim.errors import ImageError
from imgsim.images import large, pyramid, strips
from imgsim.images.decoding import open_image
from imgsim.images.pyramid import PIECE, Box, build, can_be_cut, factors, piece, reduced_size
from tests import large_images
from tests.hostile import encode

WIDE, HIGH = 1300, 901  # no multiple of a piece, nor of two


@pytest.fixture(scope="module")
def drawn() -> Image.Image:
    """Lines and tones in colour; the same in no two corners."""
    x, y = np.meshgrid(np.arange(WIDE), np.arange(HIGH))
    grey = 128 + 80 * np.sin(x / 37) * np.cos(y / 23) + 40 * ((x // 16 + y // 9) % 7 == 0)
    colours = np.stack([grey, grey * (x / WIDE), 255 - grey * (y / HIGH)], axis=2)
    return Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))


def stored(image: Image.Image, kind: str, folder: Path, **options: object) -> Path:
    path = folder / f"scan.{kind.lower()}"
    image.save(path, kind, **options)
    return path


def boxes(size: tuple[int, int], factor: int) -> list[Box]:
    """The pieces of a size, those at the right and lower edges among them."""
    wide, high = reduced_size(size, factor)
    return [
        (left, top, min(PIECE, wide - left), min(PIECE, high - top))
        for top in range(0, high, PIECE)
        for left in range(0, wide, PIECE)
    ]


def cut(data: bytes | Path, tmp_path: Path) -> Path:
    folder = tmp_path / "pieces"
    folder.mkdir()
    build(data, folder)
    return folder


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "RGB", {"quality": 92}), ("JPEG", "L", {"quality": 92}), ("JPEG", "RGB", {"progressive": True}),
        ("PNG", "RGB", {}), ("PNG", "1", {}), ("TIFF", "L", {"compression": "tiff_lzw"}),
        ("JPEG", "CMYK", {}), ("WEBP", "RGB", {"lossless": True}), ("BMP", "L", {}), ("JPEG2000", "L", {}),
    ],
)  # fmt: skip
def test_pieces_are_parts_of_the_scan_and_of_the_scan_reduced(
    drawn: Image.Image, tmp_path: Path, kind: str, mode: str, options: dict[str, object]
) -> None:
    path = stored(drawn.convert(mode), kind, tmp_path, **options)
    assert can_be_cut(path)
    folder = cut(path, tmp_path)
    # As imgsim opens the scan everywhere else, and reduced by another program.
    whole = open_image(path).image.convert("RGB")
    for factor in factors(whole.size):
        reduced = np.asarray(whole.reduce(factor), int)
        assert reduced.shape[1::-1] == reduced_size(whole.size, factor)
        for box in boxes(whole.size, factor):
            found = np.asarray(piece(folder, factor, box).convert("RGB"), int)
            left, top, wide, high = box
            assert found.shape == (high, wide, 3)
            # Decoders round colours differently; halving several times rounds several times.
            wrong = np.abs(found - reduced[top : top + high, left : left + wide])
            assert wrong.max() <= 4 and wrong.mean() < 1, (factor, box)


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_scan_that_lies_on_its_side_is_cut_upright(drawn: Image.Image, tmp_path: Path, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    path = stored(drawn.convert("L"), "PNG", tmp_path, exif=exif)
    folder = cut(path, tmp_path)
    whole = open_image(path).image
    assert whole.size == ((HIGH, WIDE) if turn > 4 else (WIDE, HIGH))
    for box in (boxes(whole.size, 1)[0], boxes(whole.size, 1)[-1]):
        left, top, wide, high = box
        assert piece(folder, 1, box).tobytes() == whole.crop((left, top, left + wide, top + high)).tobytes()


def test_factors_end_where_all_of_it_is_one_piece() -> None:
    assert factors((512, 300)) == (1,) and factors((513, 1)) == (1, 2)
    assert factors((10_000, 7_000)) == (1, 2, 4, 8, 16, 32)
    assert reduced_size((2700, 1601), 2) == (1350, 801) and reduced_size((1, 3), 4) == (1, 1)


def test_what_is_not_read_from_top_to_bottom_is_cut_only_where_it_is_small(
    drawn: Image.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interlaced = tmp_path / "interlaced.webp"
    interlaced.write_bytes(encode(drawn, "WEBP"))
    monkeypatch.setattr(large, "OPENED", 1_000_000)
    assert not can_be_cut(interlaced)
    with pytest.raises(ImageError, match="1,300 x 901 pixels of this WEBP cannot be read piece by piece"):
        cut(interlaced, tmp_path)
    monkeypatch.setattr(pyramid, "MOST_PIXELS", 1_000_000)
    assert not can_be_cut(stored(drawn, "PNG", tmp_path))


def test_a_damaged_scan_is_an_error_and_no_pieces(drawn: Image.Image, tmp_path: Path) -> None:
    whole = encode(drawn, "PNG")
    broken = bytearray(whole)
    broken[len(whole) // 2] ^= 0xFF
    for data in (bytes(broken), whole[: len(whole) // 2]):
        folder = tmp_path / str(len(data))
        folder.mkdir()
        with pytest.raises(ImageError):
            build(data, folder)


_MEASURED = """
import sys
from pathlib import Path
from imgsim.images import pyramid, strips

def held():  # at most, in MiB
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024

strips.load()
before = held()
pyramid.build(Path(sys.argv[1]), Path(sys.argv[2]))
image = pyramid.piece(Path(sys.argv[2]), 1, (9 * 512, 9 * 512, 512, 512))
print(held() - before, image.size)
"""


def colours(path: Path, width: int, height: int) -> Path:
    """A baseline JPEG in colours, of less than its pixels in memory."""
    vips = strips.load()
    wave = vips.Image.sines(width, height, hfreq=40, vfreq=25, uchar=True)
    wave.bandjoin([wave.invert(), wave]).copy(interpretation="srgb").jpegsave(str(path), Q=85)
    return path


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured as Linux tells it")
@pytest.mark.parametrize("make", [large_images.tiff, colours], ids=["grey TIFF", "coloured JPEG"])
def test_a_hundred_megapixels_are_cut_in_little_memory(tmp_path: Path, make: Callable[[Path, int, int], Path]) -> None:
    path = make(tmp_path / "large", 10_000, 10_000)
    folder = tmp_path / "pieces"
    folder.mkdir()
    said = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(path), str(folder)], check=True, capture_output=True, text=True
    )
    grown, rest = said.stdout.split(maxsplit=1)
    assert rest.strip() == "(512, 512)"
    print(f"{grown} MiB more were held")
    assert int(grown) < 150, f"{grown} MiB for a scan of 95 or 286 MiB"
