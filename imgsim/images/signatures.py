"""What a file is, by its first bytes."""

from __future__ import annotations

from imgsim.errors import ImageError
from imgsim.images.formats import READ

ZIP, PDF = "ZIP", "PDF"  # what holds images, and is none

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
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"\xff\x0a", "JXL"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JXL"),
)
_AVIF = {b"avif", b"avis"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_DIB_HEADERS, _DIB_BITS = {40, 52, 56, 64, 108, 124}, {1, 4, 8, 16, 24, 32}

# What people name .png by mistake, or others on purpose: the reason can then name it.
_OTHERS = (
    (b"II*\x00\x10\x00\x00\x00CR", "a camera's raw file"),
    (b"IIRO", "a camera's raw file"),
    (b"IIRS", "a camera's raw file"),
    (b"IIU\x00", "a camera's raw file"),
    (b"FUJIFILMCCD-RAW", "a camera's raw file"),
    (b"FOVb", "a camera's raw file"),
    (b"\x00MRM", "a camera's raw file"),
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
    """Return the format's name, by its first bytes alone; a file's name is never believed.

    Raises
    ------
    ImageError
        Empty, or not one of the formats; the message names what it is, where that is known.
    """
    if not content:
        raise ImageError("the file is empty (0 bytes). Copy it again.")
    if (kind := image_kind(content)) is not None:
        return kind
    if len(content) < 12 and any(start.startswith(content) for start, _ in _FORMATS):
        raise ImageError(f"cut short: only {len(content)} bytes are there. Copy it again.")
    raise ImageError(f"it is {name_of(content)}; imgsim reads {READ}.")


def image_kind(content: bytes) -> str | None:
    """The format of an image that imgsim opens; None for anything else."""
    if content.startswith(b"II*\x00\x10\x00\x00\x00CR"):
        return None  # a raw file in the dress of a TIFF, whose first picture is a small preview
    for start, name in _FORMATS:
        if content.startswith(start):
            return name
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp":
        brands = _brands(content)
        return "AVIF" if brands & _AVIF else "HEIC" if brands & _HEIC else None
    header, planes, bits = (int.from_bytes(content[at:end], "little") for at, end in ((0, 4), (12, 14), (14, 16)))
    return "DIB" if header in _DIB_HEADERS and planes == 1 and bits in _DIB_BITS else None


def kind_of_file(content: bytes) -> str | None:
    """What a file is that may hold images: an image's format, PDF or ZIP; None for anything else."""
    if content.startswith(b"PK\x03\x04"):
        return ZIP
    # Some programs write a line or two before the head of a PDF.
    return PDF if content.startswith(b"%PDF-") or b"\n%PDF-" in content[:1024] else image_kind(content)


def _brands(content: bytes) -> set[bytes]:
    end = min(int.from_bytes(content[:4], "big"), 256)
    return {content[8:12], *(content[at : at + 4] for at in range(16, end, 4))}


def name_of(content: bytes) -> str:
    """What a file is that imgsim does not open, in words."""
    for start, name in _OTHERS:
        if content.startswith(start):
            return name
    if content[4:8] == b"ftyp":
        return "a camera's raw file (CR3)" if content[8:12] == b"crx " else "a video file"
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "an SVG drawing"
    if head.startswith((b"<!doctype html", b"<html")):
        return "a web page (a download that failed?)"
    if head.startswith((b"<?xml", b"<")):
        return "an XML file"
    return f"no known image (it starts with {content[:8].hex(' ')})"
