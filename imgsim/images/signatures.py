"""What a file is, by its first bytes, and whether all of it is there."""

from __future__ import annotations

import zlib
from typing import Literal

from imgsim.errors import ImageError

READ = "imgsim reads PNG, TIFF, JPEG, WebP, BMP and JPEG 2000"

_FORMATS = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"BM", "BMP"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
)

# What people name .png by mistake, or others on purpose: the reason can then name it.
_OTHERS = (
    (b"GIF8", "a GIF"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript (EPS) file"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript (EPS) file"),
    (b"SIMPLE  =", "a FITS file"),
    (b"8BPS", "a Photoshop file"),
    (b"AT&TFORM", "a DjVu document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a rar archive"),
    (b"\x00\x00\x01\x00", "a Windows icon"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL"),
    (b"\x89HDF", "an HDF5 file"),
    (
        b"version https://git-lfs",
        "a Git LFS pointer instead of the image itself (fetch it with: git lfs pull)",
    ),
    (b"P1", "a PBM"),
    (b"P4", "a PBM"),
    (b"P2", "a PGM"),
    (b"P5", "a PGM"),
    (b"P3", "a PPM"),
    (b"P6", "a PPM"),
)


def identify(content: bytes) -> str:
    """Return the format's name, by content alone; a file's name is never believed.

    Raises
    ------
    ImageError
        Empty, or not one of the formats; the message names what it is, where that is known.
    """
    if not content:
        raise ImageError("the file is empty (0 bytes). Copy it again.")
    for start, name in _FORMATS:
        if content.startswith(start):
            return name
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if len(content) < 12 and any(start.startswith(content) for start, _ in _FORMATS):
        raise ImageError(f"cut short: only {len(content)} bytes are there. Copy it again.")
    raise ImageError(f"it is {_name(content)}; {READ}.")


def _name(content: bytes) -> str:
    for start, name in _OTHERS:
        if content.startswith(start):
            return name
    if content[4:8] == b"ftyp":
        return "a HEIC, AVIF or video file"
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "an SVG drawing"
    if head.startswith((b"<!doctype html", b"<html")):
        return "a web page (a download that failed?)"
    if head.startswith((b"<?xml", b"<")):
        return "an XML file"
    return f"no known image (it starts with {content[:8].hex(' ')})"


def check_complete(kind: str, content: bytes) -> None:
    """Refuse what is cut short or damaged, where the format lets one know.

    Pillow accepts some files whose last bytes are missing, and does not look at the checksums of a PNG's pixels:
    a damaged scan would then take part with wrong pixels.
    """
    if kind == "PNG":
        _check_png(content)
    elif kind == "TIFF":
        _check_tiff(content)
    elif kind == "JPEG" and content.rfind(b"\xff\xd9") < content.rfind(b"\xff\xda"):
        raise ImageError("cut short: the JPEG's end marker is missing. Copy it again.")
    elif kind == "WEBP":
        promised = int.from_bytes(content[4:8], "little") + 8
        if promised > len(content):
            raise ImageError(
                f"cut short: {len(content):,} of the WebP's {promised:,} bytes are there. Copy it again."
            )
    elif (
        kind == "JPEG2000"
        and b"\xff\xd9" not in content[-64:]
        and content.rfind(b"\xff\xd9") < _last_tile(content)
    ):
        raise ImageError("cut short: the JPEG 2000's end marker is missing. Copy it again.")


def _last_tile(content: bytes) -> int:
    return max(content.rfind(b"\xff\x93"), content.rfind(b"\xff\x90"))


def _check_png(content: bytes) -> None:
    position, view = 8, memoryview(content)
    while position + 12 <= len(content):
        length = int.from_bytes(view[position : position + 4], "big")
        name = bytes(view[position + 4 : position + 8])
        end = position + 12 + length
        if end > len(content):
            break
        # Upper-case first letter: a chunk without which the picture cannot be shown.
        if name[0] < 0x60 and zlib.crc32(view[position + 4 : end - 4]) != int.from_bytes(
            view[end - 4 : end], "big"
        ):
            raise ImageError(
                f"damaged PNG: the checksum of its {name.decode('latin-1')!r} part is wrong. Copy it again."
            )
        if name == b"IEND":
            return
        position = end
    raise ImageError(
        f"cut short: the PNG ends after {len(content):,} bytes without its end mark. Copy it again."
    )


# Bytes a value, by TIFF type number.
_TIFF_TYPES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_LAST_BASELINE_TAG = 400


def _check_tiff(content: bytes) -> None:
    """Check that the first page's directory is whole; many programs write it last. Pillow reads on without its rest."""
    order: Literal["little", "big"] = "little" if content[:1] == b"I" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(content[at : at + size], order)

    is_big = number(2, 2) == 43
    offset_size, count_size, entry_size = (8, 8, 20) if is_big else (4, 2, 12)
    start = number(8, 8) if is_big else number(4, 4)
    first = start + count_size
    entries = number(start, count_size)
    end = first + entries * entry_size + offset_size
    if start < 8 or end > len(content):
        raise ImageError(
            f"cut short: the TIFF's directory reaches to byte {end:,} of {len(content):,}. Copy it again."
        )
    for at in range(first, end - offset_size, entry_size):
        tag, kind, values = number(at, 2), number(at + 2, 2), number(at + 4, offset_size)
        size = _TIFF_TYPES.get(kind, 1) * values
        reach = number(at + 4 + offset_size, offset_size) + size
        if tag < _LAST_BASELINE_TAG and size > offset_size and reach > len(content):
            raise ImageError(
                f"cut short: the TIFF's tag {tag} reaches to byte {reach:,} of {len(content):,}. Copy it again."
            )
