"""Row 4: files that are cut short or damaged are refused and listed; none crashes, hangs, or is shown half."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from imgsim.collection import open_collection
from imgsim.errors import ImageError
from imgsim.images.decoding import OpenedImage, open_image
from tests.hostile import drawing, encode, heic, jxl, mutations, tiff
from tests.making import make, write_plates
from tests.reliability.tally import Tally

PLATE = drawing(120, 160)
WHOLE = {
    "PNG": encode(PLATE, "PNG"),
    "JPEG": encode(PLATE, "JPEG"),
    "TIFF": encode(PLATE, "TIFF"),
    "G4 TIFF": encode(PLATE.convert("1"), "TIFF", compression="group4"),
    "LZW TIFF": encode(PLATE, "TIFF", compression="tiff_lzw"),
    "WebP": encode(PLATE.convert("RGB"), "WEBP"),
    "lossless WebP": encode(PLATE.convert("RGB"), "WEBP", lossless=True),
    "BMP": encode(PLATE, "BMP"),
    "GIF": encode(PLATE, "GIF"),
    "AVIF": encode(PLATE.convert("RGB"), "AVIF", speed=9),
    "HEIC": heic(PLATE.convert("RGB")),
    "JPEG XL": jxl(PLATE),
    "JPEG 2000": encode(PLATE, "JPEG2000"),
    "JPEG 2000 codestream": encode(PLATE, "JPEG2000", no_jp2=True),
}
HANG = 30.0  # seconds


def cuts(content: bytes) -> dict[str, bytes]:
    return {
        "0 bytes": b"",
        "1 byte": content[:1],
        "10 bytes": content[:10],
        "half": content[: len(content) // 2],
        "3 bytes less": content[:-3],
    }


def test_cut_files_are_refused(tally: Tally) -> None:
    for name, content in WHOLE.items():
        for cut, left in cuts(content).items():
            with tally.attempt(f"{name}: {cut}"), pytest.raises(ImageError, match=r"\w"):
                open_image(left)
        with tally.attempt(f"{name}: more bytes after the end"):
            assert open_image(content + b"\r\nscanned by the library\r\n").size == PLATE.size


def test_a_run_lists_cut_files_and_goes_on(tmp_path: Path, tally: Tally) -> None:
    images = write_plates(tmp_path / "images", 3)
    expected = []
    for name, ending in (("PNG", "png"), ("JPEG", "jpg"), ("LZW TIFF", "tif")):
        for cut, left in cuts(WHOLE[name]).items():
            expected.append(f"{cut}.{ending}")
            (images / expected[-1]).write_bytes(left)
    make(tmp_path / "c", images)
    collection = open_collection(tmp_path / "c")
    assert collection.catalogue.plate_ids == ("p000", "p001", "p002")
    reasons = dict(zip(collection.skipped["file"], collection.skipped["reason"], strict=True))
    for file in expected:
        with tally.attempt(file):
            assert reasons[file].strip()


def test_a_tiff_whose_directory_is_cut_is_refused(tally: Tally) -> None:
    # Many programs write the directory last; Pillow's own comes first.
    strip = np.asarray(PLATE).tobytes()
    tags = {258: (3, 8), 259: (3, 1), 262: (3, 1), 273: (4, 8), 279: (4, len(strip))}
    directory = tiff(*PLATE.size, tags, b"")[8:]
    whole = b"II*\x00" + (8 + len(strip)).to_bytes(4, "little") + strip + directory
    assert np.array_equal(np.asarray(open_image(whole).image), np.asarray(PLATE))
    for missing in (5, 20, 60, len(directory)):
        with tally.attempt(f"{missing} bytes missing"), pytest.raises(ImageError):
            open_image(whole[:-missing])


def test_a_flipped_bit_in_a_png_is_noticed(tally: Tally) -> None:
    whole = WHOLE["PNG"]
    start = whole.index(b"IDAT") + 4
    for at in range(start, whole.index(b"IEND") - 8, (len(whole) - start) // 20):
        content = bytearray(whole)
        content[at] ^= 4
        with tally.attempt(f"byte {at}"), pytest.raises(ImageError):
            open_image(bytes(content))


def test_mutations_open_or_are_refused(tally: Tally) -> None:
    refused = 0
    for name, whole in WHOLE.items():
        for number, content in enumerate(mutations(whole, 50, seed=len(name))):
            start = time.perf_counter()
            with tally.attempt(f"{name}: mutation {number}"):
                try:
                    opened = open_image(content, reduce_to=56)
                except ImageError as error:
                    assert str(error).strip()
                    refused += 1
                else:
                    assert isinstance(opened, OpenedImage) and opened.image.mode in {"L", "RGB"}
                # No timing is asserted but a hang.
                assert time.perf_counter() - start < HANG
    assert tally.tried == 50 * len(WHOLE) and refused > 100
