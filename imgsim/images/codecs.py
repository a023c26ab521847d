"""The decoders that imgsim lets near a file, by format; those that are rarely needed are loaded when they are.

The plugin classes are called themselves instead of Image.open: no other parser can be reached, whatever the file claims
to be, and no warning filter (a global, shared by all threads) has to be touched for Pillow's own bomb check.
"""

from __future__ import annotations

from typing import BinaryIO

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from imgsim.errors import ImageError

FORMATS: dict[str, type[ImageFile.ImageFile]] = {
    "PNG": PngImagePlugin.PngImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "JPEG": JpegImagePlugin.JpegImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "DIB": BmpImagePlugin.DibImageFile,
    "JPEG2000": Jpeg2KImagePlugin.Jpeg2KImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
}


def opened(kind: str, stream: BinaryIO) -> ImageFile.ImageFile:
    """An image of a format, opened and (but for JPEG XL, whose size must be looked at before) not decoded."""
    plugin = _plugin(kind)
    try:
        return plugin(stream)
    except Exception:
        if kind == "JXL":
            raise ImageError("damaged JPEG XL, it cannot be decoded. Copy it again, or save it as PNG.") from None
        raise
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of a decoder in Rust, which is no Exception
            raise
        raise ImageError(f"damaged {kind}, its decoder gave up. Copy it again.") from None


def promised_size(kind: str, head: bytes) -> tuple[int, int] | None:
    """Width and height that a header says, for the formats whose decoder had better not be asked; None for others.

    Raises ImageError where there is no header.
    """
    if kind == "JXL":
        return jxl_size(head)
    return ispe_size(head) if kind in ("AVIF", "HEIC") else None


def ispe_size(head: bytes) -> tuple[int, int] | None:
    """The largest of the sizes that an AVIF's or HEIC's items have (ISO 23008-12, "ispe"); None where none is told."""
    sizes, at = [], head.find(b"ispe")
    while 0 <= at <= len(head) - 16:
        sizes.append((int.from_bytes(head[at + 8 : at + 12], "big"), int.from_bytes(head[at + 12 : at + 16], "big")))
        at = head.find(b"ispe", at + 4)
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _plugin(kind: str) -> type[ImageFile.ImageFile]:
    try:
        return _loaded(kind)
    except ImportError as error:
        raise ImageError(f"to open a {kind}, the package {error.name} is needed, and it is not installed.") from None


def _loaded(kind: str) -> type[ImageFile.ImageFile]:
    if kind == "HEIC":
        from pillow_heif.as_plugin import HeifImageFile

        return HeifImageFile
    if kind == "JXL":
        from pillow_jxl import JpegXLImagePlugin

        JpegXLImagePlugin.DECODE_THREADS = 0  # there is a process for every core already
        return JpegXLImagePlugin.JXLImageFile
    return FORMATS[kind]


def jxl_size(content: bytes) -> tuple[int, int]:
    """Width and height that a JPEG XL's header says (ISO 18181-1): its decoder would decode all of it to tell.

    Raises ImageError where there is no header.
    """
    bits = int.from_bytes(_codestream(content)[2:16], "little")

    def take(count: int) -> int:
        nonlocal bits
        value, bits = bits & ((1 << count) - 1), bits >> count
        return value

    def side(small: bool) -> int:
        return 8 * (take(5) + 1) if small else take((9, 13, 18, 30)[take(2)]) + 1

    small = bool(take(1))
    height = side(small)
    over, under = ((0, 1), (1, 1), (6, 5), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))[take(3)]
    return (height * over // under if over else side(small)), height


def _codestream(content: bytes) -> bytes:
    """The beginning of the codestream, which may stand in boxes."""
    at = 0
    while not content.startswith(b"\xff\x0a", at) and at + 16 <= len(content):
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        head = 8
        if length == 1:
            length, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        if name in (b"jxlc", b"jxlp"):
            at += head + (4 if name == b"jxlp" else 0)
            break
        if length < head:
            break
        at += length
    if not content.startswith(b"\xff\x0a", at):
        raise ImageError("damaged JPEG XL: it holds no codestream.")
    return content[at : at + 32]


def turned_by_exif(image: ImageFile.ImageFile, kind: str) -> bool:
    """Whether EXIF says which way is up: a JPEG XL comes upright from its decoder, unless it holds a JPEG."""
    return kind != "JXL" or bool(getattr(image, "jpeg", False))


def frames_of_mpo(image: ImageFile.ImageFile) -> int:
    """How many pictures a JPEG holds (MPO), of which the first is shown."""
    try:
        header = image._getmp()  # type: ignore[attr-defined]
        return max(1, int(header[0xB001])) if header else 1
    except Exception:  # forged, or none
        return 1
