"""The pages of a TIFF, found by its directories alone, and one page taken out of it as a TIFF of its own.

Nothing is decoded: directories are read, and the bytes of strips and tiles are copied as they are.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from imgsim.errors import ImageError
from imgsim.images.tiff_writing import STRIPS, TILES, Entry, Form, assembled

MAX_PAGES = 5_000
_MOST_ENTRIES, _MOST_VALUE = 4_096, 32 * 2**20
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
# Tags that lead to other places of the file, or hold what no picture needs (XMP, IPTC, Photoshop's layers).
_DROPPED = {330, 700, 33723, 34377, 34665, 34853, 37724, 40965}
_OF_SEVERAL = {280, 281, 332, 334, 338, 529, 530, 531, 532}  # tags that mean nothing in a picture of one channel
_OLD_JPEG = 6

@dataclass(frozen=True)
class Pages:
    """``numbers`` of the pages (from 1) that are pictures of their own; ``problem``: why further ones are not found."""

    numbers: tuple[int, ...]
    problem: str = ""


def pages(stream: BinaryIO) -> Pages:
    """Which pages a TIFF has. Reduced copies and masks of other pages are none.

    Raises ImageError where not even the first can be found.
    """
    form, offset = _header(stream)
    numbers: list[int] = []
    seen: set[int] = set()
    sizes: list[tuple[int, int]] = []
    problem = ""
    while offset:
        if len(seen) == MAX_PAGES:
            problem = f"it has more than {MAX_PAGES:,} pages, and imgsim reads no more of one file. Split it."
            break
        if offset in seen:
            problem = f"damaged: after page {len(seen)} its pages begin anew. Save it again."
            break
        try:
            entries, following = _directory(stream, form, offset)
        except ImageError as error:
            if not seen:
                raise ImageError(f"damaged TIFF: {error}") from None
            problem = f"damaged: the pages after page {len(seen)} cannot be found ({error}). Copy it again."
            break
        seen.add(offset)
        offset = following
        size, tiled = _size(form, entries), 322 in entries
        if not _copy(form, entries) and not (tiled and any(_halved(one, size) for one in sizes)):
            numbers.append(len(seen))
        if tiled:
            sizes.append(size)
    return Pages(tuple(numbers) or (1,), problem)


def page(stream: BinaryIO, number: int) -> bytes:
    """Page ``number`` (from 1) as a TIFF of its own. Raises ImageError where there is none."""
    form, offset = _header(stream)
    try:
        for _ in range(number - 1):
            offset = _directory(stream, form, offset)[1]
            if not offset:
                raise ImageError("there are fewer pages")
        entries = _directory(stream, form, offset)[0]
    except ImageError as error:
        raise ImageError(f"its page {number:,} is not there: {error}. Copy it again.") from None
    alone = _alone(stream, form, entries)
    if alone is not None:
        return alone
    # The rare page whose data lie elsewhere than in plain strips or tiles: all of the file, beginning with this page.
    stream.seek(0)
    whole = bytearray(stream.read())
    at = 8 if form.big else 4
    whole[at : at + form.field] = struct.pack(form.order + form.offset, offset)
    return bytes(whole)


def planes(stream: BinaryIO, number: int) -> list[bytes] | None:
    """The channels of a page that keeps each in a plane of its own, as grey TIFFs of a page each.

    None for a page that does not, or whose data are not all in plain strips or tiles.
    """
    form, offset = _header(stream)
    for _ in range(number - 1):
        offset = _directory(stream, form, offset)[1]
    taken = _taken(stream, form, _directory(stream, form, offset)[0])
    if taken is None:
        return None
    entries, where, pieces = taken
    channels = _numbers(form, entries.get(277), entries[277][2])[0] if 277 in entries else 1
    if channels < 2 or len(pieces) % channels:
        return None
    each = len(pieces) // channels
    one = {tag: entry for tag, entry in entries.items() if tag not in _OF_SEVERAL}
    short = struct.pack(form.order + "H", 1)
    for tag in (262, 277, 284):  # grey, of one channel, in one plane
        one[tag] = (3, 1, short)
    for tag in (258, 339):  # of each channel the same: the first stands for all
        if tag in entries:
            one[tag] = (3, 1, entries[tag][2][:2])
    return [assembled(form, one, where, pieces[start : start + each]) for start in range(0, len(pieces), each)]


def _header(stream: BinaryIO) -> tuple[Form, int]:
    stream.seek(0)
    start = stream.read(16)
    order = {b"II": "<", b"MM": ">"}.get(start[:2])
    if order is None or len(start) < 8:
        raise ImageError("it is no TIFF.")
    form = Form(order, struct.unpack_from(order + "H", start, 2)[0] == 43)
    try:
        return form, form.number(form.offset, start[8 if form.big else 4 :])
    except struct.error:
        raise ImageError("cut short: the TIFF ends within its first bytes. Copy it again.") from None


def _directory(stream: BinaryIO, form: Form, offset: int) -> tuple[dict[int, Entry], int]:
    """(the entries by tag, with the field of each as it stands; where the next directory is, 0 for nowhere)."""
    count_size = 8 if form.big else 2
    start = _at(stream, offset, count_size)
    if len(start) < count_size:
        raise ImageError("a directory beyond the end of the file")
    count = form.number("Q" if form.big else "H", start)
    if not 0 < count <= _MOST_ENTRIES:
        raise ImageError(f"a directory with {count:,} entries")
    step = 20 if form.big else 12
    block = stream.read(count * step + form.field)
    if len(block) < count * step:
        raise ImageError("a directory that is cut short")
    entries = {}
    for at in range(0, count * step, step):
        tag, kind = struct.unpack_from(form.order + "HH", block, at)
        values = form.number(form.offset, block[at + 4 :])
        entries[tag] = (kind, values, block[at + step - form.field : at + step])
    rest = block[count * step :]
    return entries, form.number(form.offset, rest) if len(rest) == form.field else 0


def _at(stream: BinaryIO, offset: int, length: int) -> bytes:
    """So many bytes from a place, fewer or none where they are not there."""
    try:
        stream.seek(offset)
        return stream.read(length)
    except (OverflowError, ValueError, OSError):  # no file reaches so far
        return b""


def _values(stream: BinaryIO, form: Form, entry: Entry) -> bytes | None:
    """The bytes of an entry's values, wherever they lie; None where they cannot be had."""
    kind, count, field = entry
    length = _SIZES.get(kind, 0) * count
    if length <= form.field:
        return field[:length]
    if length > _MOST_VALUE:
        return None
    data = _at(stream, form.number(form.offset, field), length)
    return data if len(data) == length else None


def _numbers(form: Form, entry: Entry | None, data: bytes | None = None) -> list[int]:
    if entry is None or entry[0] not in _NUMBERS:
        return []
    kind, count, field = entry
    data = field if data is None else data
    if _SIZES[kind] * count > len(data):
        return []
    return [int(one) for one in struct.unpack_from(f"{form.order}{count}{_NUMBERS[kind]}", data)]


def _size(form: Form, entries: dict[int, Entry]) -> tuple[int, int]:
    width, height = (_numbers(form, entries.get(tag)) for tag in (256, 257))
    return (width[0] if width else 0, height[0] if height else 0)


def _copy(form: Form, entries: dict[int, Entry]) -> bool:
    """Whether a page is marked as a reduced copy of another or as its mask (NewSubfileType, SubfileType)."""
    marks, older = _numbers(form, entries.get(254)), _numbers(form, entries.get(255))
    return bool(marks and marks[0] & 5) or older == [2]


def _halved(large: tuple[int, int], small: tuple[int, int]) -> bool:
    """Whether a tiled page is another one at a half, a quarter ...: pyramids are not always marked as such."""
    for level in range(1, 12):
        if all(abs((side >> level) - other) <= 1 for side, other in zip(large, small, strict=True)):
            return True
    return False


def _alone(stream: BinaryIO, form: Form, entries: dict[int, Entry]) -> bytes | None:
    taken = _taken(stream, form, entries)
    return None if taken is None else assembled(form, *taken)


def _taken(
    stream: BinaryIO, form: Form, entries: dict[int, Entry]
) -> tuple[dict[int, Entry], tuple[int, int], list[bytes]] | None:
    """(the entries that a page needs, with their values; the tags of its pieces; the pieces)."""
    where = TILES if 324 in entries else STRIPS
    if _numbers(form, entries.get(259)) == [_OLD_JPEG] or not set(where) <= set(entries):
        return None
    kept: dict[int, Entry] = {}
    for tag, entry in entries.items():
        if tag in _DROPPED:
            continue
        data = _values(stream, form, entry)
        if data is None:
            return None
        kept[tag] = (entry[0], entry[1], data)
    offsets, counts = (_numbers(form, kept[tag], kept[tag][2]) for tag in where)
    if not offsets or len(offsets) != len(counts):
        return None
    pieces = []
    for offset, count in zip(offsets, counts, strict=True):
        pieces.append(_at(stream, offset, count))
        if len(pieces[-1]) != count:
            raise ImageError("cut short: not all of the page's pixels are there. Copy it again.")
    for tag in where:
        del kept[tag]
    return kept, where, pieces
