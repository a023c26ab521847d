"""Whether all of an image file is there, where its format lets one know.

Pillow accepts some files whose last bytes are missing, and does not look at the checksums of a PNG's pixels: a damaged
scan would then take part with wrong pixels.
"""

from __future__ import annotations

import io
import os
import zlib
from typing import BinaryIO, Literal

from imgsim.errors import ImageError

_TAIL = 64 * 1024
_PIECE = 1 << 20
_MOST_FRAMES = 10_000
_BOXES = {b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid", b"idat", b"wide"}


def check_complete(kind: str, data: bytes | BinaryIO) -> None:
    """Refuse what is cut short or damaged. Raises ImageError."""
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    size = stream.seek(0, os.SEEK_END)
    if kind == "PNG":
        _check_png(stream, size)
    elif kind == "TIFF":
        _check_tiff(stream, size)
    elif kind == "JPEG":
        _check_jpeg(stream, size)
    elif kind == "GIF":
        gif_frames(stream)
    elif kind == "WEBP":
        promised = int.from_bytes(_read(stream, 4, 4), "little") + 8
        if promised > size:
            raise ImageError(f"cut short: {size:,} of the WebP's {promised:,} bytes are there. Copy it again.")
    elif kind == "JPEG2000":
        _check_jpeg2000(stream, size)
    elif kind in ("AVIF", "HEIC"):
        _check_boxes(stream, size, kind)


def _read(stream: BinaryIO, at: int, length: int) -> bytes:
    stream.seek(at)
    return stream.read(length)


def _tail(stream: BinaryIO, size: int, length: int = _TAIL) -> bytes:
    return _read(stream, max(0, size - length), length)


def _rfind(stream: BinaryIO, size: int, what: bytes) -> int:
    """Where something stands last, -1 for nowhere; the stream is read from its end, piece by piece."""
    end = size
    while end > 0:
        start = max(0, end - _PIECE)
        found = _read(stream, start, end - start + len(what) - 1).rfind(what)
        if found >= 0:
            return start + found
        end = start
    return -1


def _check_jpeg(stream: BinaryIO, size: int) -> None:
    if b"\xff\xd9" in _tail(stream, size, 4):
        return
    if _rfind(stream, size, b"\xff\xd9") < _rfind(stream, size, b"\xff\xda"):
        raise ImageError("cut short: the JPEG's end marker is missing. Copy it again.")


def _check_jpeg2000(stream: BinaryIO, size: int) -> None:
    if b"\xff\xd9" in _tail(stream, size, 64):
        return
    last_tile = max(_rfind(stream, size, b"\xff\x93"), _rfind(stream, size, b"\xff\x90"))
    if _rfind(stream, size, b"\xff\xd9") < last_tile:
        raise ImageError("cut short: the JPEG 2000's end marker is missing. Copy it again.")


def _check_png(stream: BinaryIO, size: int) -> None:
    position = 8
    while position + 12 <= size:
        start = _read(stream, position, 8)
        length, name = int.from_bytes(start[:4], "big"), start[4:]
        end = position + 12 + length
        if end > size:
            break
        # Upper-case first letter: a chunk without which the picture cannot be shown.
        if name[0] < 0x60:
            found = zlib.crc32(name)
            for at in range(0, length, _PIECE):
                found = zlib.crc32(stream.read(min(_PIECE, length - at)), found)
            if found != int.from_bytes(stream.read(4), "big"):
                raise ImageError(
                    f"damaged PNG: the checksum of its {name.decode('latin-1')!r} part is wrong. Copy it again."
                )
        if name == b"IEND":
            return
        position = end
    raise ImageError(f"cut short: the PNG ends after {size:,} bytes without its end mark. Copy it again.")


# Bytes a value, by TIFF type number.
_TIFF_TYPES = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
}  # fmt: skip
_LAST_BASELINE_TAG = 400


def _check_tiff(stream: BinaryIO, size: int) -> None:
    """Check that the first page's directory is whole; many programs write it last. Pillow reads on without its rest."""
    head = _read(stream, 0, 16)
    order: Literal["little", "big"] = "little" if head[:1] == b"I" else "big"
    is_big = int.from_bytes(head[2:4], order) == 43
    offset_size, count_size, entry_size = (8, 8, 20) if is_big else (4, 2, 12)
    start = int.from_bytes(head[8:16] if is_big else head[4:8], order)
    first = start + count_size
    entries = int.from_bytes(_read(stream, start, count_size), order) if start < size else 0
    end = first + entries * entry_size + offset_size
    if start < 8 or end > size:
        raise ImageError(f"cut short: the TIFF's directory reaches to byte {end:,} of {size:,}. Copy it again.")
    block = _read(stream, first, entries * entry_size)
    for at in range(0, len(block), entry_size):
        tag, kind = int.from_bytes(block[at : at + 2], order), int.from_bytes(block[at + 2 : at + 4], order)
        values = int.from_bytes(block[at + 4 : at + 4 + offset_size], order)
        wanted = _TIFF_TYPES.get(kind, 1) * values
        reach = int.from_bytes(block[at + 4 + offset_size : at + entry_size], order) + wanted
        if tag < _LAST_BASELINE_TAG and wanted > offset_size and reach > size:
            raise ImageError(f"cut short: the TIFF's tag {tag} reaches to byte {reach:,} of {size:,}. Copy it again.")


def _check_boxes(stream: BinaryIO, size: int, kind: str) -> None:
    """Check that the boxes of a file of the ISO base media form fill it; the last may be cut off without its pixels."""
    at = 0
    while at < size:
        start = _read(stream, at, 16)
        length = int.from_bytes(start[:4], "big")
        if length == 1:
            length = int.from_bytes(start[8:16], "big")
        if length == 0:  # to the end
            return
        if length < 8 or start[4:8] not in _BOXES:
            return  # something behind the last box
        at += length
    if at > size:
        raise ImageError(f"cut short: {size:,} of the {kind}'s {at:,} bytes are there. Copy it again.")


def gif_frames(stream: BinaryIO) -> int:
    """How many pictures a GIF has, _MOST_FRAMES at most. Raises ImageError where it ends before its end mark."""
    stream.seek(0)
    head = stream.read(13)
    if len(head) < 13:
        raise ImageError("cut short: the GIF ends within its first bytes. Copy it again.")
    if head[10] & 0x80:
        stream.seek(3 << ((head[10] & 7) + 1), os.SEEK_CUR)
    frames = 0
    while frames < _MOST_FRAMES:
        mark = stream.read(1)
        if mark == b"\x21":
            stream.read(1)
        elif mark == b"\x2c":
            place = stream.read(9)
            if len(place) == 9 and place[8] & 0x80:
                stream.seek(3 << ((place[8] & 7) + 1), os.SEEK_CUR)
            stream.read(1)
            frames += 1
        elif mark == b"\x3b" or (mark and frames):
            return frames
        else:
            raise ImageError("cut short: the GIF's end mark is missing. Copy it again.")
        while block := stream.read(1):
            if block == b"\x00":
                break
            stream.seek(block[0], os.SEEK_CUR)
    return frames
