"""Opening images as they look: transparency, colour, pages, reduction, thumbnails."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsim.errors import ImageError
from imgsim.images.decoding import MAX_PIXELS, open_image
from imgsim.images.thumbnails import encode_display, thumbnail
from tests.hostile import chunk, drawing, encode, encodings, flat_png, tiff

PLATE = drawing()
ENCODINGS = encodings(PLATE)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Of two grey images as ink, so that a wrong or inverted image cannot hide behind white paper."""
    x, y = (255.0 - v.astype(np.float64).ravel() for v in (a, b))
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))


def grey(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("L"))


@pytest.mark.parametrize("compression", ["group4", "group3", "raw", "tiff_deflate"])
def test_one_bit_tiffs_are_exact(compression: str) -> None:
    ink = PLATE.point(lambda v: 255 if v > 128 else 0).convert("1")
    opened = open_image(encode(ink, "TIFF", compression=compression))
    assert opened.original_mode == "1"
    assert np.array_equal(np.asarray(opened.image), np.asarray(ink.convert("L")))


def test_one_bit_white_is_zero() -> None:
    strip = np.packbits(np.asarray(PLATE) < 128, axis=1).tobytes()
    opened = open_image(tiff(*PLATE.size, {258: (3, 1), 259: (3, 1), 262: (3, 0)}, strip))
    assert np.array_equal(np.asarray(opened.image), np.where(np.asarray(PLATE) < 128, 0, 255))


def test_broken_exif_does_not_cost_the_plate() -> None:
    content = encode(PLATE, "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert open_image(content).size == PLATE.size


def test_colour_stays_colour_and_grey_in_three_channels_becomes_grey() -> None:
    colour = np.stack([np.asarray(PLATE)] * 3, axis=-1)
    assert open_image(encode(Image.fromarray(colour), "PNG")).image.mode == "L"
    # One pixel, where no sample would look.
    colour[17, 31, 2] ^= 1
    assert open_image(encode(Image.fromarray(colour), "PNG")).image.mode == "RGB"


def test_transparent_pixels_are_paper() -> None:
    values = np.zeros((20, 20, 4), dtype=np.uint8)
    values[..., 0] = 200
    values[:10, :, 3] = 255
    image = open_image(encode(Image.fromarray(values), "PNG")).image
    assert image.getpixel((5, 5)) == (200, 0, 0)
    assert image.getpixel((5, 15)) == (255, 255, 255)
    palette = Image.new("P", (20, 20), 0)
    palette.putpalette([10, 10, 10, 90, 90, 90])
    palette.paste(1, (0, 10, 20, 20))
    opened = open_image(encode(palette, "PNG", transparency=1))
    assert (opened.image.getpixel((5, 5)), opened.image.getpixel((5, 15))) == (10, 255)
    one_bit = Image.new("1", (20, 20), 0)
    assert open_image(encode(one_bit, "PNG", transparency=0)).image.getextrema() == (255, 255)


def test_sixteen_bit_transparent_grey_is_paper() -> None:
    values = np.full((8, 8), 1000, dtype=np.uint16)
    values[4:] = 30000
    content = encode(Image.fromarray(values), "PNG")
    header_end = 8 + 25
    content = content[:header_end] + chunk(b"tRNS", (30000).to_bytes(2, "big")) + content[header_end:]
    opened = np.asarray(open_image(content).image)
    assert opened[0, 0] == round(1000 / 257) and opened[7, 7] == 255


def test_pages_are_counted_and_the_first_is_shown() -> None:
    pages = [drawing(seed=1), drawing(seed=2), drawing(seed=3)]
    content = encode(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    opened = open_image(content)
    assert opened.frames == 3
    assert np.array_equal(np.asarray(opened.image), np.asarray(pages[0]))
    animated = encode(pages[0].convert("RGB"), "WEBP", save_all=True, append_images=pages[1:], lossless=True)
    assert open_image(animated).frames == 3


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (np.array([[0, 70000]], dtype=np.int32), "70000"),
        (np.array([[-5, 9]], dtype=np.int32), "-5"),
        (np.array([[0.0, 255.0]], dtype=np.float32), "255"),
        (np.array([[0.0, np.nan]], dtype=np.float32), "nan"),
    ],
)
def test_values_without_an_agreed_white_are_refused(values: np.ndarray, word: str) -> None:
    with pytest.raises(ImageError, match=f"{word}.*Save it"):
        open_image(encode(Image.fromarray(values), "TIFF"))


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("reduce_to", [20, 56, 224])
def test_reducing_keeps_what_the_caller_needs(name: str, reduce_to: int) -> None:
    content, _ = ENCODINGS[name]
    opened = open_image(content, reduce_to=reduce_to)
    assert opened.size == PLATE.size
    assert min(opened.image.size) >= min(2 * reduce_to, min(PLATE.size))
    direct = PLATE.resize((reduce_to, reduce_to), Image.Resampling.BILINEAR)
    reduced = grey(opened.image.resize((reduce_to, reduce_to), Image.Resampling.BILINEAR))
    assert cosine(reduced, np.asarray(direct)) >= 0.995
    if reduce_to == 20 and opened.format.startswith("JPEG"):
        assert max(opened.image.size) < max(PLATE.size)


def test_many_threads_open_alike() -> None:
    contents = [content for content, _ in ENCODINGS.values()] * 3
    alone = [open_image(content).image.tobytes() for content in contents]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda content: open_image(content).image.tobytes(), contents))
    assert together == alone


@pytest.mark.parametrize("size", [(1200, 2000), (2000, 300), (5000, 3), (100, 90)])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_thumbnails_show_the_whole_plate(size: tuple[int, int], mode: str) -> None:
    image = Image.new(mode, size, "white")
    small = Image.open(io.BytesIO(thumbnail(image)), formats=["WEBP"])
    assert max(small.size) == min(320, max(size))
    assert small.size == tuple(max(1, round(side * max(small.size) / max(size))) for side in size)
    large = Image.open(io.BytesIO(encode_display(image, longest=1500)), formats=["WEBP"])
    assert max(large.size) == min(1500, max(size))


def test_a_thumbnail_looks_like_its_plate() -> None:
    plate = drawing(1200, 1600)
    small = Image.open(io.BytesIO(thumbnail(plate)), formats=["WEBP"])
    assert cosine(grey(small), np.asarray(plate.resize(small.size, Image.Resampling.BOX))) > 0.99


ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("width", "height"), [(0, 10), (10, 0)])
def test_an_image_without_pixels_is_refused(width: int, height: int) -> None:
    with pytest.raises(ImageError):
        open_image(flat_png(width, height))


def test_the_ceiling_is_exact_and_can_be_set() -> None:
    assert open_image(flat_png(100, 50), max_pixels=5000).size == (100, 50)
    with pytest.raises(ImageError, match="100 x 51"):
        open_image(flat_png(100, 51), max_pixels=5000)


def test_a_missing_file_is_an_image_error(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.png", tmp_path, Path("a\x00b")):
        with pytest.raises(ImageError, match="cannot read"):
            open_image(path)


def test_tiff_tiles_and_strips_that_lie_are_refused() -> None:
    grey = {258: (3, 8), 259: (3, 5), 262: (3, 1)}
    with pytest.raises(ImageError, match="tile"):
        open_image(tiff(50, 50, {**grey, 322: (4, 65520), 323: (4, 65520)}, bytes(50)))
    with pytest.raises(ImageError, match="reach to byte"):
        open_image(tiff(50, 50, {**grey, 273: (4, 4_000_000_000)}, bytes(50)))


def test_the_ceiling_is_below_what_a_worker_can_hold() -> None:
    assert MAX_PIXELS <= 100_000_000
    assert Image.MAX_IMAGE_PIXELS is not None, "Pillow's own check must stay on as a second line"


@pytest.mark.parametrize("levels", [1, 2, 5])
def test_a_jpeg_2000_of_any_size_is_reduced_in_its_decoder(levels: int) -> None:
    """Sides that are no multiple of eight, and fewer levels than could be asked for."""
    plate = drawing(1_413, 1_801)
    opened = open_image(encode(plate, "JPEG2000", num_resolutions=levels + 1), reduce_to=150)
    assert opened.size == plate.size and min(opened.image.size) >= 300
    assert max(opened.image.size) < max(plate.size)
    small = (90, 110)
    assert cosine(grey(opened.image.resize(small)), np.asarray(plate.resize(small))) > 0.99
