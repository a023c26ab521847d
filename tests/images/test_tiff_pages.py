"""Every page of a TIFF is a plate of its own, whatever its form; reduced copies and masks are none."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from imgsim.errors import ImageError
from imgsim.images import tiff_pages
from imgsim.images.decoding import open_image
from imgsim.images.files import read_image
from imgsim.sources.folders import find_images
from tests.hostile import drawing, encode

PAGES = [np.asarray(drawing(96, 130, seed)) for seed in range(4)]


def written(
    pages: list[np.ndarray], marks: list[int] | None = None, big: bool = False, order: str = "<", **more: Any
) -> bytes:
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream, bigtiff=big, byteorder=order) as file:  # type: ignore[arg-type]
        for number, page in enumerate(pages):
            file.write(page, subfiletype=marks[number] if marks else 0, metadata=None, contiguous=False, **more)
    return stream.getvalue()


FORMS: dict[str, Callable[[], bytes]] = {
    "classic": lambda: written(PAGES),
    "big": lambda: written(PAGES, big=True),
    "big-endian": lambda: written(PAGES, order=">"),
    "big, big-endian": lambda: written(PAGES, big=True, order=">"),
    "deflate in strips": lambda: written(PAGES, compression="deflate", rowsperstrip=7),
    "tiles": lambda: written(PAGES, tile=(32, 32)),
    "LZW": lambda: encode(
        Image.fromarray(PAGES[0]), "TIFF", compression="tiff_lzw", save_all=True,
        append_images=[Image.fromarray(page) for page in PAGES[1:]],
    ),
    "16 bits": lambda: written([page.astype(np.uint16) * 257 for page in PAGES]),
    "colour": lambda: written([np.stack([page] * 3, axis=-1) for page in PAGES], photometric="rgb"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_page_is_taken_out_as_it_is(form: str) -> None:
    stream = io.BytesIO(FORMS[form]())
    assert tiff_pages.pages(stream) == tiff_pages.Pages((1, 2, 3, 4))
    for number, page in enumerate(PAGES, start=1):
        alone = tiff_pages.page(stream, number)
        opened = open_image(alone)
        assert np.array_equal(np.asarray(opened.image), page) and opened.frames == 1
        with tifffile.TiffFile(io.BytesIO(alone)) as file:  # a second reader
            assert len(file.pages) == 1
            assert len(alone) < len(stream.getvalue()) / 2
    with pytest.raises(ImageError, match="page 5"):
        tiff_pages.page(stream, 5)


@pytest.mark.parametrize("compression", ["group4", "group3", "jpeg"])
def test_pages_of_fax_and_jpeg(compression: str) -> None:
    pages = [Image.fromarray(page) for page in PAGES]
    if compression != "jpeg":
        pages = [page.convert("1") for page in pages]
    options = {"quality": 95} if compression == "jpeg" else {}
    data = encode(pages[0], "TIFF", compression=compression, save_all=True, append_images=pages[1:], **options)
    for number, page in enumerate(pages, start=1):
        seen = np.asarray(open_image(tiff_pages.page(io.BytesIO(data), number)).image, float)
        assert np.abs(seen - np.asarray(page.convert("L"), float)).mean() < (3 if compression == "jpeg" else 0.001)


def test_copies_and_masks_are_no_pages() -> None:
    small = PAGES[0][::4, ::4]
    stream = io.BytesIO(written([small, PAGES[0], PAGES[1], small, PAGES[2]], [1, 0, 2, 1, 1]))
    assert tiff_pages.pages(stream).numbers == (2, 3)
    # Pyramids are not always marked; pages of a book that happen to be small are pages.
    tower = [np.kron(PAGES[0], np.ones((8, 8), np.uint8))[:: 2**n, :: 2**n] for n in range(4)]
    assert tiff_pages.pages(io.BytesIO(written(tower, tile=(64, 64)))).numbers == (1,)
    assert tiff_pages.pages(io.BytesIO(written(tower))).numbers == (1, 2, 3, 4)


def test_pages_are_plates_of_one_folder(tmp_path: Path) -> None:
    data = FORMS["classic"]()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "scan.tif").write_bytes(data)
    (tmp_path / "one.TIFF").write_bytes(encode(Image.fromarray(PAGES[0]), "TIFF"))
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("more.tif", FORMS["big"]())
        archive.writestr("single.tif", encode(Image.fromarray(PAGES[1]), "TIFF"))
    images, skipped = find_images([tmp_path])
    assert not skipped
    found = {image.plate_id: (image.file, image.folder) for image in images}
    assert found == {
        "scan": ("in/scan.tif", "scan"),
        **{f"scan_000{n}": (f"in/scan.tif!scan_000{n}", "scan") for n in (2, 3, 4)},
        "one": ("one.TIFF", ""),
        "more": ("z.zip!more.tif", "more"),
        **{f"more_000{n}": (f"z.zip!more.tif!more_000{n}", "more") for n in (2, 3, 4)},
        "single": ("z.zip!single.tif", "z"),
    }
    for image in images:
        number = 2 if image.plate_id == "single" else int(image.plate_id.partition("_")[2] or 1)
        assert np.array_equal(np.asarray(open_image(image.read()).image), PAGES[number - 1])
    assert read_image(str(tmp_path), "in/scan.tif") == data, "the first page is the file, as it always was"


def test_directories_that_lie_are_said_and_the_pages_before_are_kept(tmp_path: Path) -> None:
    data = bytearray(FORMS["classic"]())
    places = _directories(bytes(data))
    for what, where, reason in (
        ("loop", places[0], "begin anew"),
        ("beyond", 2**31, "cannot be found"),
        ("into the pixels", 8, "cannot be found"),
    ):
        forged = bytearray(data)
        struct.pack_into("<I", forged, _next_of(bytes(data), places[1]), where)
        path = tmp_path / f"{what}.tif"
        path.write_bytes(forged)
        images, skipped = find_images([path])
        assert [image.file for image in images][:2] == [f"{what}.tif", f"{what}.tif!{what}_0002"]
        assert any(reason in one.reason for one in skipped) or what == "into the pixels"
        assert open_image(images[1].read()).size == (96, 130)


def test_more_pages_than_are_read_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff_pages, "MAX_PAGES", 3)
    (tmp_path / "scan.tif").write_bytes(FORMS["classic"]())
    images, skipped = find_images([tmp_path])
    assert len(images) == 3 and "more than 3 pages" in skipped[0].reason


def _directories(data: bytes) -> list[int]:
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        return [page.offset for page in file.pages]


def _next_of(data: bytes, place: int) -> int:
    return place + 2 + 12 * int.from_bytes(data[place : place + 2], "little")
