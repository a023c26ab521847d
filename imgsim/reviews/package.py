"""The table of reviews in what a colleague hands in: a CSV, or the zip that another imgsim exported.

Nothing of a zip is unpacked to the disk, and no name in it is ever a path here; only one file of it is read.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from typing import Any

from imgsim.errors import ImgsimError

TABLE, RECORD = "reviews.csv", "manifest.json"
MOST_TABLE, MOST_RECORD = 128 * 2**20, 16 * 2**20  # bytes, unpacked
_ENCRYPTED = 0x1


def reviews_table(content: bytes) -> bytes:
    """Return the CSV in ``content``.

    Raises
    ------
    ImgsimError
        A zip that cannot be read, that holds no reviews or several, whose table is too large, or is not the one that
        the zip's own record names.
    """
    if not content.startswith(b"PK"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _table(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError) as error:
        raise ImgsimError(f"This zip cannot be read ({error!s:.120}). Ask for it once more.") from None


def _table(archive: zipfile.ZipFile) -> bytes:
    found = [entry for entry in archive.infolist() if entry.filename.rpartition("/")[2] == TABLE]
    if len(found) != 1:
        raise ImgsimError(
            f"This zip holds {len(found) or 'no'} files {TABLE}, and one is expected: that of an export in which "
            "reviews were chosen."
        )
    table = _unpacked(archive, found[0], MOST_TABLE)
    named = found[0].filename.removesuffix(TABLE) + RECORD
    record = next((entry for entry in archive.infolist() if entry.filename == named), None)
    said = "" if record is None else _sum(_unpacked(archive, record, MOST_RECORD))
    if said not in ("", hashlib.sha256(table).hexdigest()):
        raise ImgsimError(
            f"{TABLE} in this zip is not the one that its {RECORD} names: it was changed or damaged on the way. If it "
            "was changed on purpose, hand in the table by itself."
        )
    return table


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    if entry.flag_bits & _ENCRYPTED:
        raise ImgsimError(f"{entry.filename[:80]!r} in this zip is encrypted. Ask for a zip without a password.")
    with archive.open(entry) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise ImgsimError(f"{entry.filename[:80]!r} in this zip is larger than {most // 2**20} MiB.")
    return data


def _sum(record: bytes) -> str:
    """The SHA-256 of the table, as the record of an export names it; "" where it names none."""
    try:
        said: Any = json.loads(record)
        return str(said["export"]["files"][TABLE]["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
