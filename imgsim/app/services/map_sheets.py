"""The pictures that the map draws at its points: those of many plates in one answer, the latest few kept."""

from __future__ import annotations

from collections.abc import Sequence

from imgsim.app.components.plate_map.array_encoding import encode_pictures
from imgsim.app.services.kept_bytes import KeptBytes
from imgsim.collection import Collection
from imgsim.errors import ImgsimError

MOST = 64  # plates of one answer
_KEPT = 48  # answers, about 0.2 MB each

_sheets: KeptBytes[tuple[str, str, tuple[int, ...]]] = KeptBytes(_KEPT)


def pictures(collection: Collection, rows: str) -> bytes:
    """The pictures of the plates in these rows, written ``3-17-4``, as `encode_pictures` makes them.

    Raises
    ------
    ImgsimError
        If these are no rows of the collection, or more than :data:`MOST`.
    """
    wanted = _read(rows, len(collection.catalogue))
    return _sheets.get((collection.name, collection.generation, wanted), lambda: _made(collection, wanted))


def _read(text: str, count: int) -> tuple[int, ...]:
    parts = text.split("-", MOST)
    if len(parts) > MOST or not all(part.isascii() and part.isdigit() and len(part) < 8 for part in parts):
        raise ImgsimError(f"pictures are asked for by 1 to {MOST} rows such as 3-17-4, not {text[:80]!r}")
    rows = tuple(int(part) for part in parts)
    if max(rows) >= count:
        raise ImgsimError(f"There is no row {max(rows)} among {count:,} plates.")
    return rows


def _made(collection: Collection, rows: Sequence[int]) -> bytes:
    from imgsim.images.sheets import CELL, sheet

    def thumbnail(row: int) -> bytes | None:
        try:
            return collection.thumbnail(row)
        except ImgsimError:  # damaged or gone: the others are drawn all the same
            return None

    body, sizes = sheet([thumbnail(row) for row in rows])
    return encode_pictures(body, sizes, CELL)
