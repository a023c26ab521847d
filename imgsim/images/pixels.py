"""From any mode that a decoder gives to 8-bit grey or RGB, on purpose and not by Pillow's defaults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageCms, ImageFile

from imgsim.errors import ImageError

ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = {
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
}


def orientation(image: ImageFile.ImageFile) -> Image.Transpose | None:
    """Return the turn that brings the image upright, None if it is or does not say."""
    try:
        return ORIENTATIONS.get(image.getexif().get(0x0112, 1))
    except Exception:
        # Broken EXIF is common in old files and no reason to lose the plate.
        return None


def flatten(image: Image.Image) -> Image.Image:
    """Return the loaded image as "L" or "RGB": alpha on white, more than 8 bits scaled, Lab and CMYK converted."""
    mode = image.mode
    if mode.startswith("I;16"):
        return _from_16_bit(image)
    if mode == "I":
        return _from_integers(image)
    if mode == "F":
        return _from_floats(image)
    if mode in {"LA", "RGBA", "PA", "La", "RGBa"} or "transparency" in image.info:
        return _on_white(image)
    if mode in {"L", "RGB"}:
        return image
    if mode == "1":
        return image.convert("L")
    if mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        return ImageCms.applyTransform(image, ImageCms.buildTransform(lab, srgb, "LAB", "RGB")) or image
    return image.convert("RGB")


def grey_if_equal(image: Image.Image) -> Image.Image:
    """Return an RGB image whose three channels are equal everywhere as "L", any other as it is."""
    if image.mode != "RGB":
        return image
    # Nearly every colour scan shows it in a few pixels already.
    sample = np.asarray(image.resize((16, 16), Image.Resampling.NEAREST))
    if (sample != sample[..., :1]).any():
        return image
    for _, band in _bands(image):
        values = np.asarray(band)
        if (values != values[..., :1]).any():
            return image
    return image.getchannel(0)


def _bands(image: Image.Image, rows: int = 256) -> Iterator[tuple[int, Image.Image]]:
    """The image in bands of so many rows, each with its top: no copy of a large scan is ever made whole."""
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _on_white(image: Image.Image) -> Image.Image:
    # "La" and "RGBa" are premultiplied; Pillow converts them to their plain kin only.
    grey = image.mode in {"L", "1", "LA", "La"}
    paper = Image.new("L" if grey else "RGB", image.size, "white")
    for top, band in _bands(image):
        # One step where there is one: Pillow goes from "RGBa" to "RGBA", and knows a palette's transparency.
        band.info = image.info
        with_alpha = band.convert("LA" if grey else "RGBA")
        opaque = with_alpha.getchannel(0) if grey else with_alpha.convert("RGB")
        paper.paste(opaque, (0, top), mask=with_alpha.getchannel("A"))
    return paper


def _from_16_bit(image: Image.Image) -> Image.Image:
    tags = getattr(image, "tag_v2", {})
    bits = tags.get(258, (16,))
    top = (1 << min(16, int(bits[0] if isinstance(bits, tuple) else bits))) - 1
    table = np.minimum(np.arange(65536, dtype=np.uint32), top) * 255
    table = ((table + top // 2) // top).astype(np.uint8)
    if tags.get(262) == 0:
        # Pillow inverts WhiteIsZero for up to 8 bits only.
        table = 255 - table
    hidden = image.info.get("transparency")
    scaled = np.empty((image.height, image.width), np.uint8)
    for first, band in _bands(image):
        values = np.asarray(band)
        part = table[values]
        if isinstance(hidden, int):
            part[values == hidden] = 255
        scaled[first : first + len(part)] = part
    return Image.fromarray(scaled)


def _from_integers(image: Image.Image) -> Image.Image:
    low, high = (int(v) for v in _extrema(image))
    if low < 0 or high > 65535:
        raise ImageError(
            f"its 32-bit values run from {low} to {high}, which has no agreed black and white. "
            "Save it with 8 or 16 bits."
        )
    tags = getattr(image, "tag_v2", {})
    signed_16 = tags.get(258) in {16, (16,)} and tags.get(339) in {2, (2,)}
    top = 32767 if signed_16 else 255 if high <= 255 else 65535
    values = np.asarray(image).astype(np.uint32)
    scaled = ((np.minimum(values, top) * 255 + top // 2) // top).astype(np.uint8)
    return Image.fromarray(255 - scaled if tags.get(262) == 0 else scaled)


def _from_floats(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= 1):
        raise ImageError(
            f"its floating-point values run from {low:g} to {high:g}, not from 0 to 1. Save it with 8 or 16 bits."
        )
    scaled = (values * 255 + 0.5).astype(np.uint8)
    return Image.fromarray(255 - scaled if getattr(image, "tag_v2", {}).get(262) == 0 else scaled)


def _extrema(image: Image.Image) -> tuple[float, float]:
    low, high = image.getextrema()
    assert not isinstance(low, tuple) and not isinstance(high, tuple)
    return low, high


def check_tiff(image: Image.Image, size: int, max_pixels: int) -> None:
    """Refuse a TIFF whose tiles are huge, or whose strips or tiles lie beyond the end of the file.

    Parameters
    ----------
    image : PIL.TiffImagePlugin.TiffImageFile
        Opened, not loaded.
    size : int
        Bytes in the file.
    max_pixels : int
        The most pixels that one tile may claim.
    """
    tags = getattr(image, "tag_v2", {})
    tile = int(tags.get(322) or 0) * int(tags.get(323) or 0)
    # Edge tiles may reach over the image's border, but not by orders of magnitude.
    if tile > max(4 * image.width * image.height, 4_000_000) or tile > max_pixels:
        raise ImageError(
            f"damaged TIFF: one tile claims {tile:,} pixels of an image of {image.width} x {image.height}."
        )
    for offsets_tag, counts_tag in ((273, 279), (324, 325)):
        offsets, counts = _numbers(tags.get(offsets_tag)), _numbers(tags.get(counts_tag))
        ends = [o + c for o, c in zip(offsets, counts, strict=False)] or offsets
        if ends and max(ends) > size:
            raise ImageError(
                f"cut short: the TIFF's pixels reach to byte {max(ends):,} of {size:,}. Copy it again."
            )


def _numbers(value: object) -> list[int]:
    if value is None:
        return []
    return [int(v) for v in value] if isinstance(value, Sequence) else [int(value)]  # type: ignore[call-overload]


# Deep samples that fill less of their range than this are fewer bits in a wider word: how many, nobody says.
LEAST_FILLED = 16


def check_filled(image: Image.Image) -> None:
    """Refuse an image made of 16-bit samples that is black as it stands: 10 or 12 bits were stored as 16."""
    extrema = np.ravel(image.getextrema())
    if extrema.max() < LEAST_FILLED:
        raise ImageError(
            "its samples have 16 bits and stay below a sixteenth of their range, so that it would look black: perhaps "
            "10 or 12 bits in a wider word. Save it with 8 bits."
        )


def check_channels(content: bytes) -> None:
    """Refuse a JPEG 2000 whose channels are reduced, or stored in another order than they are shown in."""
    start = content.find(b"\xff\x4f\xff\x51")
    components = int.from_bytes(content[start + 40 : start + 42], "big")
    steps = content[start + 42 : start + 42 + 3 * components]
    if any(steps[3 * n + 1 : 3 * n + 3] != steps[1:3] for n in range(components)):
        raise ImageError("its colour channels have different sizes. Save it as PNG or TIFF.")
    definition = content.find(b"cdef", 0, max(start, 0))
    if definition >= 4:
        entries = int.from_bytes(content[definition + 4 : definition + 6], "big")
        for n in range(entries):
            at = definition + 6 + 6 * n
            channel, use, shown = (int.from_bytes(content[at + k : at + k + 2], "big") for k in (0, 2, 4))
            if use == 0 and shown not in (0, channel + 1):
                raise ImageError("its colour channels are stored in another order. Save it as PNG or TIFF.")


def codestream_size(content: bytes) -> tuple[int, int]:
    """Return the size that a JPEG 2000's codestream says, which its outer header may contradict."""
    start = content.find(b"\xff\x4f\xff\x51")
    if start < 0 or len(content) < start + 42:
        raise ImageError("damaged JPEG2000: it holds no codestream.")
    components = int.from_bytes(content[start + 40 : start + 42], "big")
    if not 1 <= components <= 4:
        raise ImageError(
            f"its {components:,} colour channels are no grey, colour or CMYK. Save it as PNG or TIFF."
        )
    numbers = [int.from_bytes(content[start + 8 + 4 * i : start + 12 + 4 * i], "big") for i in range(6)]
    width, height, left, top, tile_width, tile_height = numbers
    tile = min(tile_width, width) * min(tile_height, height)
    return (width - left, height - top) if tile else (0, 0)
