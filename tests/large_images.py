"""Images of hundreds of megapixels that are what they say, made in a moment: the same packed rows again and again."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from imgsim.images.tiff_writing import STRIPS, Entry, Form, assembled
from tests.hostile import chunk, encode


def rows(width: int, height: int) -> np.ndarray:
    """Some rows of a grey scan: waves, and the grain of paper, uint8 (height, width)."""
    wave = 128 + 90 * np.sin(np.arange(width) / 400)
    grain = np.random.default_rng(width).integers(0, 12, (height, width))
    return (wave + grain).astype(np.uint8)


def jpeg(path: Path, width: int, height: int) -> Path:
    """A baseline JPEG: one row of blocks, which a restart mark ends, as often as it takes (at most 65,500 a side)."""
    band = encode(Image.fromarray(rows(width, 8)), "JPEG", quality=92, restart_marker_rows=1)
    frame, scan = band.index(b"\xff\xc0"), band.index(b"\xff\xda")
    start = scan + 2 + int.from_bytes(band[scan + 2 : scan + 4], "big")
    data = band[start:-2]
    with open(path, "wb") as file:
        file.write(band[: frame + 5] + struct.pack(">H", height) + band[frame + 7 : start])
        count = height // 8
        for number in range(count):
            file.write(data + (b"" if number == count - 1 else bytes([0xFF, 0xD0 + number % 8])))
        file.write(b"\xff\xd9")
    return path


def png(path: Path, width: int, height: int) -> Path:
    """A PNG; 16 rows at a time are packed without regard to those before."""
    band = b"".join(b"\x00" + row.tobytes() for row in rows(width, 16))
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed = packer.compress(band) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 1
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)))
        file.write(chunk(b"IDAT", b"\x78\x01"))
        for _ in range(height // 16):
            file.write(chunk(b"IDAT", packed))
            checksum = zlib.adler32(band, checksum)
        file.write(chunk(b"IDAT", b"\x03\x00" + struct.pack(">I", checksum)) + chunk(b"IEND", b""))
    return path


def tiff(path: Path, width: int, height: int, big: bool = False) -> Path:
    """A TIFF of packed strips of 16 rows."""
    strip = zlib.compress(rows(width, 16).tobytes(), 1)
    facts = {256: width, 257: height, 258: 8, 259: 8, 262: 1, 277: 1, 278: 16}
    entries: dict[int, Entry] = {tag: (4, 1, struct.pack("<I", value)) for tag, value in facts.items()}
    path.write_bytes(assembled(Form("<", big), entries, STRIPS, [strip] * (height // 16)))
    return path


def fax(path: Path, width: int, height: int) -> Path:
    """A one-bit TIFF of fax strips of 64 rows."""
    ink = Image.fromarray(rows(width, 64)).convert("1")
    one = encode(ink, "TIFF", compression="group4", strip_size=2**30)
    with Image.open(io.BytesIO(one)) as image:
        tags = image.tag_v2  # type: ignore[attr-defined]
        strip = b"".join(one[at : at + count] for at, count in zip(tags[273], tags[279], strict=True))
        photometric, whole = int(tags[262]), len(tags[273]) == 1
    assert whole
    facts = {256: width, 257: height, 258: 1, 259: 4, 262: photometric, 277: 1, 278: 64}
    entries: dict[int, Entry] = {tag: (4, 1, struct.pack("<I", value)) for tag, value in facts.items()}
    path.write_bytes(assembled(Form("<", False), entries, STRIPS, [strip] * (height // 64)))
    return path
