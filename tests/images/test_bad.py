"""Bad images in small: no pixels, no file, tags that lie; whole rows of them are tried in tests/reliability."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from imgsim.errors import ImageError
from imgsim.images.decoding import MAX_PIXELS, open_image
from tests.hostile import drawing, flat_png, tiff

PLATE = drawing(120, 160)
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
