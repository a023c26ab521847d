"""Row 33: a scan looks as another program wrote it, or it is refused; never anything else.

The other program is tifffile with imagecodecs: pixels are known, written in every way that scanners and converters do,
and what imgsim shows may differ from them by 4 grey levels on average.
"""

from __future__ import annotations

import io
import itertools
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from imgsim.errors import ImageError
from imgsim.images.decoding import open_image
from tests.reliability.tally import Tally

MOST_DIFFERENT = 4.0
SIZE = (96, 130)


def fields() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A coloured picture, the same in grey, and an alpha channel; float, 0 to 255."""
    small = np.random.default_rng(7).integers(0, 256, (8, 6, 4), dtype=np.uint8)
    colour = Image.fromarray(np.ascontiguousarray(small[..., :3])).resize(SIZE, Image.Resampling.BICUBIC)
    alpha = Image.fromarray(np.ascontiguousarray(small[..., 3])).resize(SIZE, Image.Resampling.BICUBIC)
    return tuple(np.asarray(one, float) for one in (colour, colour.convert("L"), alpha))  # type: ignore[return-value]


COLOUR, GREY, ALPHA = fields()


def on_white(picture: np.ndarray) -> np.ndarray:
    share = (ALPHA if picture.ndim == 2 else ALPHA[..., None]) / 255
    return picture * share + 255 * (1 - share)


def deep(picture: np.ndarray, bits: int) -> np.ndarray:
    kind: Any = np.uint8 if bits == 8 else np.uint16
    return np.rint(picture / 255 * (2**bits - 1)).astype(kind)


def written(pixels: np.ndarray, **options: Any) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, **options)
    return stream.getvalue()


def usual_tiffs() -> Iterator[tuple[str, bytes, np.ndarray]]:
    """Depths, planes, channels, byte orders, compressions, strips and tiles, classic and big."""
    for bits, planar, channels, order, compression, tile, big in itertools.product(
        (8, 16),
        ("contig", "separate"),
        ("L", "LA", "RGB", "RGBA"),
        "<>",
        (None, "lzw", "deflate"),
        (None, (32, 32)),
        (False, True),
    ):
        grey = channels[0] == "L"
        picture = GREY[..., None] if grey else COLOUR
        truth = GREY if grey else COLOUR
        options: dict[str, Any] = {
            "photometric": "minisblack" if grey else "rgb",
            "compression": compression,
            "tile": tile,
            "byteorder": order,
            "bigtiff": big,
        }
        if channels[-1] == "A":
            picture = np.concatenate([picture, ALPHA[..., None]], axis=2)
            truth = on_white(truth)
            options["extrasamples"] = ["unassalpha"]
        pixels = deep(picture, bits)
        if channels == "L":
            pixels = pixels[..., 0]
        else:
            options["planarconfig"] = planar
            if planar == "separate":
                pixels = np.moveaxis(pixels, 2, 0)
        name = f"{bits} {planar} {channels} {order} {compression} {tile} {big}"
        yield name, written(pixels, **options), truth
        if channels == "L":
            inverted = np.iinfo(pixels.dtype).max - pixels
            yield (
                f"white is zero {name}",
                written(inverted, **{**options, "photometric": "miniswhite"}),
                truth,
            )


def rare_tiffs() -> Iterator[tuple[str, bytes, np.ndarray]]:
    """Samples of other sizes, forms and meanings."""
    for bits, order in itertools.product((10, 12, 14), "<>"):
        options: dict[str, Any] = {"photometric": "minisblack", "byteorder": order}
        for name, picture, kind in (("grey", GREY, "minisblack"), ("colour", COLOUR, "rgb")):
            options["photometric"] = kind
            largest = 2**bits - 1 if name == "grey" else (2**bits - 1,) * 3
            known = [(281, "H", 1 if name == "grey" else 3, largest, True)]
            yield (
                f"{bits} in 16 {name} {order}",
                written(deep(picture, bits), extratags=known, **options),
                picture,
            )
    for bits in (10, 12):
        yield f"{bits} in 16, unsaid", written(deep(GREY, bits), photometric="minisblack"), GREY
        yield f"{bits} in 16, unsaid, colour", written(deep(COLOUR, bits), photometric="rgb"), COLOUR
    for bits in (8, 16):
        inks = np.concatenate([255 - COLOUR, np.zeros((*GREY.shape, 1))], axis=2)
        yield f"CMYK {bits}", written(deep(inks, bits), photometric="separated"), COLOUR
        with_alpha = np.concatenate([inks, ALPHA[..., None]], axis=2)
        options = {"photometric": "separated", "extrasamples": ["unassalpha"]}
        yield f"CMYKA {bits}", written(deep(with_alpha, bits), **options), on_white(COLOUR)
    share = np.float32(1 / 255)
    yield "float grey", written(GREY.astype(np.float32) * share, photometric="minisblack"), GREY
    yield "float colour", written(COLOUR.astype(np.float32) * share, photometric="rgb"), COLOUR
    yield "32 grey", written(GREY.astype(np.uint32) * 16843009, photometric="minisblack"), GREY
    yield "32 colour", written(COLOUR.astype(np.uint32) * 16843009, photometric="rgb"), COLOUR
    yield "signed 8", written((GREY - 128).astype(np.int8), photometric="minisblack"), GREY
    yield "signed 16", written(((GREY - 128) * 256).astype(np.int16), photometric="minisblack"), GREY
    for turn, truth in ((6, np.rot90(COLOUR, -1)), (8, np.rot90(COLOUR)), (3, np.rot90(COLOUR, 2))):
        planes = np.moveaxis(deep(COLOUR, 16), 2, 0)
        tags = [(274, "H", 1, turn, True)]
        data = written(planes, photometric="rgb", planarconfig="separate", extratags=tags)
        yield f"16 in planes, turned {turn}", data, truth


def inked_and_clear_tiffs() -> Iterator[tuple[str, bytes, np.ndarray]]:
    """What scanners, cameras and converters of images write besides: alpha of every kind, planes, inks, floats."""
    share = ALPHA[..., None] / 255
    inks = np.concatenate([255 - COLOUR, np.zeros((*GREY.shape, 1))], axis=2)
    black = np.concatenate([np.zeros((*GREY.shape, 3)), 255 - GREY[..., None]], axis=2)
    forms = itertools.product((8, 16), ("contig", "separate"), "<>", (False, True), (None, "deflate"), (None, (32, 32)))
    for bits, planar, order, big, compression, tile in forms:
        options: dict[str, Any] = {"byteorder": order, "bigtiff": big, "compression": compression, "tile": tile}
        name = f"{bits} {planar} {order} {big} {compression} {tile}"
        for kind, picture, photometric, truth in (
            ("grey", GREY[..., None], "minisblack", GREY), ("colour", COLOUR, "rgb", COLOUR),
            ("inks", inks, "separated", COLOUR), ("black ink", black, "separated", GREY),
        ):  # fmt: skip
            for extra in ((), ("unspecified",), ("assocalpha",), ("unassalpha",), ("unspecified", "unassalpha")):
                if tile and (len(extra) > 1 or kind == "black ink"):
                    continue
                pixels, shown = picture, truth
                if "assocalpha" in extra:
                    # Of inks, those of the paper are added.
                    pixels = picture * share
                for channel in extra:
                    more = np.roll(ALPHA, 30, axis=0) if channel == "unspecified" else ALPHA
                    pixels = np.concatenate([pixels, more[..., None]], axis=2)
                if "assocalpha" in extra or "unassalpha" in extra:
                    shown = on_white(truth)
                values = deep(pixels, bits)
                more_options: dict[str, Any] = {"photometric": photometric}
                if pixels.shape[2] == 1:
                    values = values[..., 0]
                else:
                    more_options["planarconfig"] = planar
                    values = np.moveaxis(values, 2, 0) if planar == "separate" else values
                if extra:
                    more_options["extrasamples"] = list(extra)
                yield f"{kind} {extra} {name}", written(values, **options, **more_options), shown


def deep_and_camera_tiffs() -> Iterator[tuple[str, bytes, np.ndarray]]:
    """Packed samples, floats, white at zero, and the colours of cameras."""
    for bits, order, deflate, rows in itertools.product((10, 12, 14), "<>", (False, True), (1, 7, 130)):
        name = f"packed {bits} {order} {deflate} {rows}"
        for kind, picture, photometric in (("grey", GREY, 1), ("white is zero", 255 - GREY, 0), ("colour", COLOUR, 2)):
            data = packed(deep(picture, bits), bits, order, photometric, deflate, rows)
            yield f"{name} {kind}", data, GREY if picture.ndim == 2 else COLOUR
    options: dict[str, Any]
    for depth, order, planar in itertools.product((np.float16, np.float32, np.float64), "<>", ("contig", "separate")):
        values = (COLOUR / 255).astype(depth)
        values = np.moveaxis(values, 2, 0) if planar == "separate" else values
        options = {"photometric": "rgb", "planarconfig": planar, "byteorder": order}
        yield f"float {depth.__name__} {order} {planar}", written(values, **options), COLOUR
        yield f"float grey {depth.__name__} {order}", written((GREY / 255).astype(depth), photometric="minisblack",
                                                            byteorder=order), GREY  # fmt: skip
    for compression, tile in itertools.product(("jpeg", None), (None, (32, 32))):
        luma = np.asarray(Image.fromarray(COLOUR.astype(np.uint8)).convert("YCbCr"))
        options = {"compression": compression, "tile": tile}
        if compression == "jpeg":
            options["compressionargs"] = {"level": 95}
            yield f"JPEG {tile}", written(COLOUR.astype(np.uint8), photometric="rgb", **options), COLOUR
        else:
            yield f"YCbCr {tile}", written(luma, photometric="ycbcr", subsampling=(1, 1), **options), COLOUR
    for across, down, order in ((2, 2, "<"), (2, 1, ">"), (2, 1, "<"), (1, 1, "<")):
        yield f"camera's YCbCr {across} {down} {order}", camera(across, down, order), COLOUR


def packed(pixels: np.ndarray, bits: int, order: str, photometric: int, deflate: bool, rows: int) -> bytes:
    """Samples of few bits one after the other, whatever the byte order (TIFF 6.0, section "Compression")."""
    height, width = pixels.shape[:2]
    spread = pixels.reshape(height, -1, 1) >> np.arange(bits - 1, -1, -1, dtype=np.uint16) & 1
    lines = np.packbits(spread.reshape(height, -1).astype(np.uint8), axis=1)
    strips = [lines[top : top + rows].tobytes() for top in range(0, height, rows)]
    samples = 1 if pixels.ndim == 2 else 3
    facts = {256: [width], 257: [height], 258: [bits] * samples, 259: [8 if deflate else 1], 262: [photometric],
             277: [samples], 278: [rows]}  # fmt: skip
    return by_hand(facts, [zlib.compress(strip) for strip in strips] if deflate else strips, order)


def camera(across: int, down: int, order: str) -> bytes:
    """YCbCr as cameras wrote it: blocks of lightness with one pair of colours each (TIFF 6.0, section 21)."""
    height, width = GREY.shape
    colours = Image.fromarray(COLOUR.astype(np.uint8)).convert("YCbCr").split()
    y, cb, cr = (np.asarray(one) for one in colours)
    parted = y.reshape(height // down, down, width // across, across).transpose(0, 2, 1, 3)
    blocks = parted.reshape(height // down, width // across, across * down)
    small = [one.reshape(height // down, down, width // across, across).mean(axis=(1, 3)) for one in (cb, cr)]
    units = np.concatenate([blocks, *(np.rint(one)[..., None] for one in small)], axis=2).astype(np.uint8)
    facts = {256: [width], 257: [height], 258: [8, 8, 8], 259: [1], 262: [6], 277: [3], 278: [height],
             530: [across, down], 531: [1]}  # fmt: skip
    return by_hand(facts, [units.tobytes()], order)


def by_hand(facts: dict[int, list[int]], strips: list[bytes], order: str) -> bytes:
    """A TIFF of these tags and strips, all numbers as LONG but for those that must be SHORT."""
    lengths = [len(strip) for strip in strips]
    values = {**facts, 279: lengths, 273: [0] * len(strips)}
    kinds = {tag: "H" if tag in (258, 259, 262, 277, 530, 531) else "I" for tag in values}
    beyond = 8 + 2 + 12 * len(values) + 4
    sizes = {tag: struct.calcsize(f"<{len(one)}{kinds[tag]}") for tag, one in values.items()}
    start = beyond + sum(size for size in sizes.values() if size > 4)
    values[273] = [start + sum(lengths[:n]) for n in range(len(strips))]
    out = (b"II*\x00" if order == "<" else b"MM\x00*") + struct.pack(f"{order}IH", 8, len(values))
    area = b""
    for tag, one in sorted(values.items()):
        data = struct.pack(f"{order}{len(one)}{kinds[tag]}", *one)
        out += struct.pack(f"{order}HHI", tag, 3 if kinds[tag] == "H" else 4, len(one))
        out += data.ljust(4, b"\x00") if len(data) <= 4 else struct.pack(f"{order}I", beyond + len(area))
        area += data if len(data) > 4 else b""
    return out + bytes(4) + area + b"".join(strips)


def jpeg2000() -> Iterator[tuple[str, bytes, np.ndarray]]:
    """Depths, containers, and channels in another order."""
    for bits, container, picture in itertools.product((8, 9, 10, 12, 14, 16), ("jp2", "j2k"), (GREY, COLOUR)):
        options: dict[str, Any] = {"codecformat": container, "bitspersample": bits, "reversible": True}
        data = bytes(imagecodecs.jpeg2k_encode(deep(picture, bits), level=0, **options))
        yield f"JPEG 2000 {bits} {container} {picture.ndim}", data, picture
    backwards = np.ascontiguousarray(deep(COLOUR, 8)[..., ::-1])
    plain = bytes(
        imagecodecs.jpeg2k_encode(backwards, level=0, codecformat="jp2", reversible=True, mct=False)
    )
    for order in itertools.permutations((1, 2, 3)):
        shown = np.empty_like(COLOUR)
        for channel, colour in enumerate(order):
            shown[..., colour - 1] = COLOUR[..., 2 - channel]
        yield f"JPEG 2000 in the order {order}", with_definition(plain, order), shown


def with_definition(data: bytes, order: tuple[int, ...]) -> bytes:
    """A JP2 with a channel definition box (ISO 15444-1, I.5.3.6): which colour each channel is."""
    entries = b"".join(np.array([n, 0, colour], ">u2").tobytes() for n, colour in enumerate(order))
    box = (8 + 2 + len(entries)).to_bytes(4, "big") + b"cdef" + len(order).to_bytes(2, "big") + entries
    at = data.index(b"jp2h") - 4
    size = int.from_bytes(data[at : at + 4], "big")
    header = (size + len(box)).to_bytes(4, "big") + data[at + 4 : at + size] + box
    return data[:at] + header + data[at + size :]


@pytest.mark.parametrize("kinds", [usual_tiffs, rare_tiffs, inked_and_clear_tiffs, deep_and_camera_tiffs, jpeg2000])
def test_pixels_are_right_or_refused(kinds: Any, tally: Tally) -> None:
    right = 0
    for name, data, truth in kinds():
        with tally.attempt(name):
            try:
                opened = open_image(data)
            except ImageError as error:
                assert "Save it" in str(error), f"{error} names no remedy"
                continue
            seen = np.asarray(opened.image.convert("RGB"), float)
            wanted = truth if truth.ndim == 3 else np.repeat(truth[..., None], 3, axis=2)
            assert seen.shape == wanted.shape and opened.size == wanted.shape[1::-1]
            different = float(np.abs(seen - wanted).mean())
            assert different < MOST_DIFFERENT, f"{different:.0f} grey levels"
            right += 1
    # what is refused is the lesser part, or this test would be content with a program that reads nothing
    assert right > 0.6 * tally.tried
