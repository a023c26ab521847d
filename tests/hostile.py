"""Hand-made bad inputs, and good ones in unusual dress, for the tests of several modules."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401  (Pillow writes JPEG XL then)
from PIL import Image, ImageDraw

# RELIABILITY, row 7: in a CSV's file column, in an address, in a manifest. Each would reach outside a plate's root.
TRAVERSALS = (
    "../secret.png",
    "../../etc/passwd",
    "a/../../secret.png",
    "/etc/passwd",
    "//server/share/secret.png",
    "C:\\Windows\\win.ini",
    "C:/Windows/win.ini",
    "..\\secret.png",
    "\\\\server\\share\\secret.png",
    "a\\..\\..\\secret.png",
    "./../secret.png",
    "..",
    "plate.png\x00.txt",
    "linked/secret.png",
    "plates.zip!../secret.png",
)

# RELIABILITY, row 18: each runs, or hides, when a spreadsheet opens it unguarded.
FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://127.0.0.1/?"&A1,"Click")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\x00=1+1",
    "  =1+1",
    "＝1+1",
)


def drawing(width: int = 240, height: int = 320, seed: int = 0) -> Image.Image:
    """Return a grey plate, mode "L": dark strokes on paper, different at all four sides."""
    rng = random.Random(seed)
    image = Image.new("L", (width, height), 236)
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = rng.randrange(width), rng.randrange(height)
        end = (x + rng.randint(-40, 40), y + rng.randint(-40, 40))
        draw.line((x, y, *end), fill=rng.randrange(20, 120), width=rng.randint(1, 5))
    draw.rectangle((4, 4, width // 4, height // 8), fill=30)
    draw.ellipse((width // 2, height - height // 4, width - 6, height - 6), fill=150)
    return image


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    """Return an image as a file's bytes."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """Return one part of a PNG, with its checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def flat_png(width: int, height: int) -> bytes:
    """Return a 1-bit PNG of one colour: a few kilobytes, however large the image."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def not_images() -> dict[str, bytes]:
    """Return what may lie about under the name of an image, by what it is."""
    return {
        "a camera's raw file": b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(100),
        "a DjVu": b"AT&TFORM\x00\x00\x00\x20DJVUINFO" + bytes(100),
        "a PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n" + b"0 0 moveto\n" * 20,
        "a FITS": b"SIMPLE  =                    T".ljust(80) + b"BITPIX  =                    8".ljust(2800),
        "an SVG": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        "a PDF": b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n" * 4,
        "a PPM": b"P6\n4 4\n255\n" + bytes(48),
        "a Photoshop": b"8BPS\x00\x01" + bytes(100),
        "a Windows icon": encode(drawing(32, 32), "ICO"),
        "a video": b"\x00\x00\x00\x18ftypisom" + bytes(100),
        "a zip": b"PK\x03\x04" + bytes(100),
        "a gzip": b"\x1f\x8b\x08\x00" + bytes(100),
        "a web page": b"<!DOCTYPE html><html><body>404</body></html>",
        "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
        "no known image": b"\x93NUMPY\x01\x00" + bytes(100),
    }


def encodings(plate: Image.Image) -> dict[str, tuple[bytes, str]]:
    """Return one grey plate in many encodings: name -> (file, the mode it must open in)."""
    grey = np.asarray(plate)
    colour = plate.convert("RGB")
    hidden = np.full_like(grey, 0)
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    # Black shows wherever alpha is ignored.
    see_through = Image.merge("LA", (Image.fromarray(hidden), Image.fromarray(255 - grey)))
    inverted = Image.fromarray(255 - grey)
    cmyk = Image.merge("CMYK", [Image.fromarray(hidden)] * 3 + [inverted])
    return {
        "8-bit grey PNG": (encode(plate, "PNG"), "L"),
        "RGB PNG": (encode(colour, "PNG"), "L"),
        "16-bit grey PNG": (encode(deep, "PNG"), "L"),
        "16-bit grey TIFF": (encode(deep, "TIFF"), "L"),
        "grey and alpha PNG": (encode(see_through, "PNG"), "L"),
        "RGBA PNG": (encode(see_through.convert("RGBA"), "PNG"), "L"),
        "palette PNG": (encode(plate.quantize(256), "PNG"), "L"),
        "CMYK TIFF": (encode(cmyk, "TIFF"), "L"),
        "JPEG": (encode(plate, "JPEG", quality=95), "L"),
        "RGB JPEG": (encode(colour, "JPEG", quality=95), "L"),
        "CMYK JPEG": (encode(cmyk, "JPEG", quality=95), "L"),
        "YCbCr TIFF": (encode(colour.convert("YCbCr"), "TIFF"), "L"),
        "WebP": (encode(colour, "WEBP", lossless=True), "L"),
        "BMP": (encode(plate, "BMP"), "L"),
        "DIB": (encode(plate, "DIB"), "L"),
        "GIF": (encode(plate, "GIF"), "L"),
        "AVIF": (encode(colour, "AVIF", quality=95, speed=9), "RGB"),
        "HEIC": (heic(colour), "RGB"),
        "JPEG XL": (jxl(plate), "L"),
        "MPO of two": (encode(plate, "MPO", quality=95, save_all=True, append_images=[inverted]), "L"),
        "JPEG 2000": (encode(plate, "JPEG2000"), "L"),
        "float TIFF": (encode(Image.fromarray(grey.astype(np.float32) / 255), "TIFF"), "L"),
        "32-bit TIFF": (encode(Image.fromarray(grey.astype(np.int32)), "TIFF"), "L"),
        "LZW TIFF": (encode(colour, "TIFF", compression="tiff_lzw"), "L"),
        "Lab TIFF": (lab_tiff(plate), "RGB"),
        "white-is-zero TIFF": (white_is_zero_tiff(255 - grey), "L"),
        "16-bit white-is-zero TIFF": (white_is_zero_tiff(65535 - grey.astype(np.uint16) * 257), "L"),
        "12-bit TIFF": (twelve_bit_tiff(grey.astype(np.uint32) * 4095 // 255), "L"),
    }


def heic(plate: Image.Image, **options: Any) -> bytes:
    """Return an image as a HEIC."""
    target = io.BytesIO()
    pillow_heif.from_pillow(plate).save(target, format="HEIF", quality=95, **options)
    return target.getvalue()


def jxl(plate: Image.Image, **options: Any) -> bytes:
    """Return an image as a JPEG XL, without loss."""
    return encode(plate, "JXL", lossless=True, num_threads=0, effort=3, **options)


def lab_tiff(plate: Image.Image) -> bytes:
    """Return a grey plate as a CIE L*a*b* TIFF."""
    linear = (np.asarray(plate) / 255.0 + 0.055) / 1.055
    luminance = np.where(np.asarray(plate) > 10, linear**2.4, np.asarray(plate) / 255 / 12.92)
    lightness = np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)
    values = Image.fromarray((lightness * 2.55 + 0.5).astype(np.uint8))
    zero = Image.new("L", plate.size, 128)
    return encode(Image.merge("LAB", (values, zero, zero)), "TIFF")


def tiff(width: int, height: int, tags: dict[int, tuple[int, int]], strip: bytes) -> bytes:
    """Return a little-endian TIFF of one strip; tags as number -> (type, value), of types 3 and 4 only."""
    entries = {
        256: (4, width),
        257: (4, height),
        273: (4, 0),
        277: (3, 1),
        278: (4, height),
        279: (4, len(strip)),
    }
    entries |= tags
    offset = 8 + 2 + 12 * len(entries) + 4
    if entries[273] == (4, 0):
        entries[273] = (4, offset)
    # Little-endian and padded, a value of type 3 looks like one of type 4.
    body = b"".join(
        struct.pack("<HHII", tag, kind, 1, value) for tag, (kind, value) in sorted(entries.items())
    )
    return b"II*\x00" + struct.pack("<IH", 8, len(entries)) + body + bytes(4) + strip


def white_is_zero_tiff(values: np.ndarray) -> bytes:
    """Return a TIFF in which 0 is white, with 8 or 16 bits."""
    height, width = values.shape
    return tiff(width, height, {258: (3, values.itemsize * 8), 259: (3, 1), 262: (3, 0)}, values.tobytes())


def twelve_bit_tiff(values: np.ndarray) -> bytes:
    """Return a TIFF with 12 bits a pixel, two pixels in three bytes."""
    height, width = values.shape
    pairs = values.reshape(-1, 2).astype(np.uint32)
    packed = (pairs[:, 0] << 12 | pairs[:, 1]).astype(">u4").tobytes()
    strip = b"".join(packed[i + 1 : i + 4] for i in range(0, len(packed), 4))
    return tiff(width, height, {258: (3, 12), 259: (3, 1), 262: (3, 1)}, strip)


def mutations(valid: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield damaged copies of a file: bytes changed, cut out, doubled, or the end missing."""
    rng = random.Random(seed)
    for number in range(count):
        content = bytearray(valid)
        kind = number % 5
        at = rng.randrange(len(content))
        if kind == 0:
            for _ in range(rng.randint(1, 8)):
                content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        elif kind == 1:
            # Headers are where a decoder believes what it is told.
            for _ in range(rng.randint(1, 6)):
                content[rng.randrange(min(120, len(content)))] = rng.randrange(256)
        elif kind == 2:
            del content[at:]
        elif kind == 3:
            del content[at : at + rng.randint(1, 64)]
        else:
            content[at:at] = content[at : at + rng.randint(1, 64)]
        yield bytes(content)


def write_tree(root: Path, files: Mapping[str, bytes | Callable[[], bytes]]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content() if callable(content) else content)
    return root
