"""Rows of a catalogue as a short text for an address: ``<mark>-<steps>``.

The mark is the CRC-32 of the plates' ids, in hexadecimal: rows mean the same plates only where the ids are the same.
The steps from row to row, seven bits a byte, the low ones first, are deflated and written in base64 for addresses.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Sequence

import numpy as np


def mark(plate_ids: Sequence[str]) -> str:
    """What tells catalogues apart: eight hexadecimal digits."""
    return f"{zlib.crc32(chr(10).join(plate_ids).encode()):08x}"


def mark_in(text: str) -> str:
    """The mark of the catalogue whose rows a text has; "" where it has none that could be one."""
    found = text.partition("-")[0]
    return found if re.fullmatch("[0-9a-f]{8}", found) else ""


def packed(rows: np.ndarray, catalogue: str) -> str:
    """Write rows, ascending int64, of the catalogue with this mark; '' for no rows."""
    if not len(rows):
        return ""
    steps = bytearray()
    for step in np.diff(rows, prepend=0).tolist():
        while step > 127:
            steps.append(step & 127 | 128)
            step >>= 7
        steps.append(step)
    # Raw deflate: a header and a checksum would be a third of a short selection.
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = deflate.compress(bytes(steps)) + deflate.flush()
    return f"{catalogue}-{base64.urlsafe_b64encode(body).decode().rstrip('=')}"


def unpacked(text: str, catalogue: str, count: int) -> np.ndarray | None:
    """Read the rows of :func:`packed`: int64, ascending, below ``count``; empty for ''.

    None where they are of a catalogue with another mark, or damaged.
    """
    if not text:
        return np.empty(0, np.int64)
    theirs, _, body = text.partition("-")
    if theirs != catalogue:
        return None
    try:
        data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        inflate = zlib.decompressobj(-15)
        steps = inflate.decompress(data, 5 * count + 1)
    except (zlib.error, binascii.Error, ValueError):
        return None
    rows = _rows(steps, count) if inflate.eof else None
    return np.array(rows, dtype=np.int64) if rows else None


def _rows(steps: bytes, count: int) -> list[int] | None:
    """The rows that steps lead to; None unless each is whole, leads on, and stays below `count`."""
    rows: list[int] = []
    step, shift = 0, 0
    for byte in steps:
        step |= (byte & 127) << shift
        shift += 7
        if step >= count:  # looked at here, so that no number grows beyond what an array can hold
            return None
        if byte < 128:
            row = (rows[-1] if rows else 0) + step
            if row >= count or (rows and not step):
                return None
            rows.append(row)
            step, shift = 0, 0
    return rows if not shift else None
