"""The files and strings in which arrays travel to the browser.

Points and tones (palette indices) are binary files, little-endian, with a 16-byte header::

    offset  type       content
    0       4 bytes    b"IMGP" (points), b"IMGT" (tones), b"IMGL" (ties) or b"IMGS" (a sheet of pictures)
    4       uint32     layout version, 1
    8       uint32     n, the number of points, ties or pictures
    12      uint32     0; of a sheet the side of a picture's cell, pixels
    16      points:    n pairs of float32, x then y
            tones:     n uint8, an index into the palette; 255 is "no value" and drawn grey
            ties:      n pairs of uint32, the rows of the two points that a line ties
            pictures:  n pairs of uint8, width then height in the cell; 0, 0 for none; then one image of all cells

Masks are one bit a row, lowest bit first, as base64 text. Labels are one JSON object of equally long lists.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from collections.abc import Sequence

import numpy as np

from imgsim.charts.colours import NO_TONE
from imgsim.errors import ImgsimError

VERSION = 1
HEADER = struct.Struct("<4sIII")
POINTS, TONES, TIES, PICTURES = b"IMGP", b"IMGT", b"IMGL", b"IMGS"


def encode_points(xy: np.ndarray) -> bytes:
    """Return the points file of a projection.

    Parameters
    ----------
    xy : array of shape (n, 2), any real dtype; sent as float32. Row i is the plate in row i.

    Raises
    ------
    ImgsimError
        If the shape is another one or a coordinate is not finite.
    """
    xy = np.asarray(xy)
    if xy.ndim != 2 or xy.shape[1] != 2:
        raise ImgsimError(f"a map needs points of shape (n, 2), not {xy.shape}: pass one projection")
    points = np.ascontiguousarray(xy, dtype="<f4")
    if not np.isfinite(points).all():
        bad = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        raise ImgsimError(f"the map's point in row {bad} is not a number: prepare the collection again")
    return HEADER.pack(POINTS, VERSION, len(points), 0) + points.tobytes()


def decode_points(data: bytes) -> np.ndarray:
    """Return the float32 (n, 2) points of `encode_points`; raise ImgsimError on any other bytes."""
    return np.frombuffer(_body(data, POINTS, 8), dtype="<f4").reshape(-1, 2)


def encode_tones(tones: np.ndarray) -> bytes:
    """Return the tones file: which palette colour each point has.

    Parameters
    ----------
    tones : integer array of shape (n,), 0..254 into the palette, 255 for no value.
    """
    tones = np.asarray(tones)
    if tones.ndim != 1 or tones.dtype.kind not in "iu":
        raise ImgsimError(f"tones are integers of shape (n,), not {tones.dtype} {tones.shape}")
    if tones.size and (tones.min() < 0 or tones.max() > NO_TONE):
        raise ImgsimError(f"tones lie in 0..{NO_TONE}, not {tones.min()}..{tones.max()}")
    return HEADER.pack(TONES, VERSION, len(tones), 0) + tones.astype(np.uint8).tobytes()


def decode_tones(data: bytes) -> np.ndarray:
    """Return the uint8 (n,) tones of `encode_tones`; raise ImgsimError on any other bytes."""
    return np.frombuffer(_body(data, TONES, 1), dtype=np.uint8)


def encode_ties(pairs: np.ndarray) -> bytes:
    """Return the ties file of an integer array of shape (m, 2): the rows of two points each.

    Raises
    ------
    ImgsimError
        If the shape is another one, or a row is negative.
    """
    pairs = np.asarray(pairs)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu" or (pairs.size and pairs.min() < 0):
        raise ImgsimError(f"ties are rows of shape (m, 2), not {pairs.dtype} {pairs.shape}")
    return HEADER.pack(TIES, VERSION, len(pairs), 0) + np.ascontiguousarray(pairs, dtype="<u4").tobytes()


def encode_pictures(image: bytes, sizes: Sequence[tuple[int, int]], cell: int) -> bytes:
    """Return a sheet of pictures: an image of square cells, and each picture's width and height in its cell.

    Raises
    ------
    ImgsimError
        If a picture is larger than its cell.
    """
    if any(not 0 <= side <= min(cell, 255) for size in sizes for side in size):
        raise ImgsimError(f"pictures of a sheet fit in cells of {cell} pixels, not {max(map(max, sizes))}")
    header = HEADER.pack(PICTURES, VERSION, len(sizes), cell)
    return header + bytes(side for size in sizes for side in size) + image


def _body(data: bytes, kind: bytes, itemsize: int) -> bytes:
    if len(data) < HEADER.size:
        raise ImgsimError(f"a map file of {len(data)} bytes is too short to have a header: make it again")
    found, version, count, _ = HEADER.unpack_from(data)
    if found != kind or version != VERSION:
        raise ImgsimError(
            f"not a map file of the kind {kind!r} version {VERSION}: it begins with {data[:8]!r}"
        )
    if len(data) != HEADER.size + count * itemsize:
        raise ImgsimError(
            f"a map file says {count} points but has {len(data) - HEADER.size} bytes of them: make it again"
        )
    return data[HEADER.size :]


def encode_mask(mask: np.ndarray) -> str:
    """Return a boolean array of shape (n,) as base64 text of n/8 bytes, lowest bit first."""
    mask = np.asarray(mask)
    if mask.ndim != 1 or mask.dtype != np.bool_:
        raise ImgsimError(f"a mask is a boolean array of shape (n,), not {mask.dtype} {mask.shape}")
    return base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode("ascii")


def decode_mask(text: str, count: int) -> np.ndarray:
    """Return the boolean (count,) array of `encode_mask`; raise ImgsimError if the text is not one."""
    try:
        packed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise ImgsimError("a selection came back damaged from the browser: select again") from error
    if len(packed) != (count + 7) // 8:
        raise ImgsimError(f"a selection of {len(packed)} bytes is not one of {count} plates: select again")
    return np.unpackbits(np.frombuffer(packed, np.uint8), count=count, bitorder="little").astype(bool)


def encode_labels(
    ids: Sequence[str], titles: Sequence[str], thumbnails: Sequence[str], details: Sequence[str] | None = None
) -> bytes:
    """Return the labels file, UTF-8 JSON: what the map shows when the pointer rests on a point.

    Parameters
    ----------
    ids, titles : one string a row, in row order: the plate_id and a short title.
    thumbnails : one string a row, put in the place of ``{thumbnail}`` in `plate_map`'s ``thumbnail_url``.
    details : one short line a row (year, place), or None.
    """
    lists = {"id": ids, "title": titles, "thumbnail": thumbnails, "detail": details}
    columns = {name: [str(cell) for cell in cells] for name, cells in lists.items() if cells is not None}
    for name, cells in columns.items():
        if len(cells) != len(ids):
            raise ImgsimError(
                f"{len(cells)} labels in {name!r} for {len(ids)} ids: they must be equally many"
            )
    return json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
