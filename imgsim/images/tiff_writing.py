"""TIFFs of one page, written from entries and pieces as they are; the same pieces are the same bytes, for ever."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import numpy as np
from PIL import Image

STRIPS, TILES = (273, 279), (324, 325)  # tags of where the pieces lie, and of how long they are
Entry = tuple[int, int, bytes]  # type, count, the values as they stand in the file


@dataclass(frozen=True)
class Form:
    """How the numbers of a TIFF are written: "<" or ">", and whether it is a BigTIFF."""

    order: str
    big: bool

    def number(self, kind: str, data: bytes) -> int:
        return int(struct.unpack_from(self.order + kind, data)[0])

    @property
    def offset(self) -> str:
        return "Q" if self.big else "I"

    @property
    def field(self) -> int:
        """Bytes of an offset, and of what stands in an entry itself."""
        return 8 if self.big else 4


def from_pixels(image: Image.Image) -> bytes:
    """An image of mode "1", "L" or "RGB" as an uncompressed TIFF: the same pixels are the same bytes, for ever."""
    bits, colours = {"1": (1, 1), "L": (8, 1), "RGB": (8, 3)}[image.mode]
    form, data = Form("<", False), image.tobytes()
    values = {256: image.width, 257: image.height, 259: 1, 262: min(colours, 2), 277: colours, 278: image.height}
    entries: dict[int, Entry] = {tag: (4, 1, struct.pack("<I", value)) for tag, value in values.items()}
    entries[258] = (3, colours, struct.pack(f"<{colours}H", *[bits] * colours))
    return assembled(form, entries, STRIPS, [data])


def assembled(form: Form, entries: dict[int, Entry], where: tuple[int, int], pieces: list[bytes]) -> bytes:
    """A TIFF of one page; ``where`` are the tags of the pieces' offsets and lengths."""
    offsets_tag, counts_tag = where
    kind, count = (16 if form.big else 4), len(pieces)
    lengths = np.array([len(piece) for piece in pieces], f"{form.order}u{form.field}")
    entries = dict(entries)
    entries[counts_tag], entries[offsets_tag] = (kind, count, lengths.tobytes()), (kind, count, bytes(lengths.nbytes))
    header = b"II" if form.order == "<" else b"MM"
    header += struct.pack(form.order + ("HHHQ" if form.big else "HI"), *((43, 8, 0, 16) if form.big else (42, 8)))
    size = (8 + 20 * len(entries) if form.big else 2 + 12 * len(entries)) + form.field
    places, at = {}, len(header) + size
    for tag, (_, _, data) in sorted(entries.items()):
        if len(data) > form.field:
            at += at & 1
            places[tag] = at
            at += len(data)
    at += at & 1
    starts = at + np.concatenate(([0], np.cumsum(lengths[:-1], dtype=np.int64)))
    entries[offsets_tag] = (kind, count, starts.astype(lengths.dtype).tobytes())
    out = io.BytesIO()
    out.write(header + struct.pack(form.order + ("Q" if form.big else "H"), len(entries)))
    for tag, (kind, count, data) in sorted(entries.items()):
        out.write(struct.pack(form.order + "HH" + form.offset, tag, kind, count))
        inline = tag not in places
        out.write(data.ljust(form.field, b"\x00") if inline else struct.pack(form.order + form.offset, places[tag]))
    out.write(bytes(form.field))
    for tag, place in sorted(places.items(), key=lambda one: one[1]):
        out.seek(place)
        out.write(entries[tag][2])
    out.seek(at)
    for piece in pieces:
        out.write(piece)
    return out.getvalue()
