"""TIFFs of rarer kinds: which decoder shows them as they look, or that none does.

Pillow reads what scanners write as a rule. Some kinds it refuses although they are sound, and some it shows with wrong
pixels (16 bits in separate planes become noise); those are read by libvips. What neither is known to read right is
refused: wrong pixels are worse than none. The kinds were told apart by writing each of them with a third program and
comparing (tests/reliability/test_33_wrong_pixels.py).
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from imgsim.errors import ImageError
from imgsim.images import strips

logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # what is wrong with a file is said where it is opened
# Counting stops here: it is told to the reader, nothing depends on it.
MAX_FRAMES = 10_000
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _SEPARATED = 0, 1, 2, 5
_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3


@dataclass(frozen=True)
class TiffKind:
    """What the tags of a TIFF's picture say of its samples; names and numbers are those of TIFF 6.0.

    The picture is the first page that is not marked as a reduced copy of another page, or as its mask: some scanners
    lay a small one in front.
    """

    page: int
    size: tuple[int, int]
    orientation: int
    photometric: int
    bits: tuple[int, ...]
    sample_format: int
    planar: bool
    samples: int
    largest: int  # MaxSampleValue, 0 where it is not given
    frames: int  # pages that can be followed, MAX_FRAMES at most
    tile: int  # pixels of one, 0 where there are none
    big_endian: bool
    bigtiff: bool

    @property
    def deep(self) -> bool:
        """Whether its samples are whole numbers of 16 bits."""
        return max(self.bits) == 16 and self.sample_format == _UNSIGNED

    @property
    def pillow(self) -> bool:
        """Whether Pillow shows it right; also where it refuses it with a reason of its own."""
        deep = max(self.bits) > 8
        if (self.big_endian and self.bigtiff) or len(set(self.bits)) > 1:
            return False
        if self.planar and self.samples > 1:
            return not deep and self.photometric == _RGB and self.samples in (3, 4)
        if self.sample_format != _UNSIGNED:
            return deep and self.samples == 1
        if self.photometric == _SEPARATED:
            return self.samples == 4
        if not deep:
            return True
        if self.largest:
            return False
        if self.samples == 1:
            if self.bits[0] == 12:
                return not self.big_endian
            return self.bits[0] == 32 or (self.bits[0] == 16 and self.photometric == _BLACK_IS_ZERO)
        return self.photometric == _RGB and self.bits[0] == 16

    @property
    def plain(self) -> bool:
        """Whether strips of it look as Pillow shows the whole: no inks, no planes, no alpha, no palette."""
        usual = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3}
        return (
            self.pillow
            and self.samples == usual.get(self.photometric)
            and self.bits[0] in (1, 8, 16)
            and self.sample_format == _UNSIGNED
            and not (self.planar and self.samples > 1)
        )

    @property
    def vips(self) -> bool:
        """Whether libvips shows it right."""
        known = {_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _SEPARATED}
        if self.photometric not in known or len(set(self.bits)) > 1:
            return False
        if self.planar and self.samples > 1 and (self.tile or self.photometric != _RGB):
            return False
        if self.sample_format == _FLOAT:
            return self.bits[0] == 32 and self.photometric in (_BLACK_IS_ZERO, _RGB)
        return self.sample_format == _UNSIGNED and self.bits[0] in (8, 16)

    def __str__(self) -> str:
        form = {_SIGNED: "signed ", _FLOAT: "floating-point "}.get(self.sample_format, "")
        planes = " in separate planes" if self.planar and self.samples > 1 else ""
        planes += " and tiles" if planes and self.tile else ""
        return f"{self.samples} x {max(self.bits)} {form}bits{planes}, photometric {self.photometric}"


def kind_of(content: bytes) -> TiffKind | None:
    """What a TIFF's first page is; None where its tags cannot be read (Pillow will say what is damaged)."""
    import tifffile

    try:
        with tifffile.TiffFile(io.BytesIO(content)) as file:
            frames = _pages(file)
            number = next((n for n in range(frames) if not _secondary(file.pages[n])), 0)
            page: Any = file.pages[number]
            samples = int(page.samplesperpixel)
            bits = page.bitspersample
            sample_format = page.sampleformat
            largest = page.tags.get(281)
            return TiffKind(
                number,
                (int(page.imagewidth), int(page.imagelength)),
                int(page.tags.valueof(274, 1) or 1),
                int(page.photometric),
                tuple(int(one) for one in bits) if isinstance(bits, tuple) else (int(bits),),
                int(sample_format[0] if isinstance(sample_format, tuple) else sample_format),
                int(page.planarconfig) == 2,
                samples,
                int(np.max(largest.value)) if largest is not None else 0,
                frames,
                int(page.tilewidth) * int(page.tilelength) if page.is_tiled else 0,
                file.byteorder == ">",
                bool(file.is_bigtiff),
            )
    except Exception:  # forged tags raise anything
        return None


def _secondary(page: Any) -> bool:
    """Whether NewSubfileType marks a page as a reduced copy (bit 0) or a mask (bit 2)."""
    return bool(int(page.tags.valueof(254, 0) or 0) & 5)


def _pages(file: Any) -> int:
    for number in range(1, MAX_FRAMES):
        try:
            file.pages[number]
        except Exception:  # there is none, or what should lead to it is damaged
            return number
    return MAX_FRAMES


def read(content: bytes, kind: TiffKind) -> Image.Image:
    """Read a TIFF that Pillow does not show right: mode "L" or "RGB", not turned upright, alpha laid on white.

    Raises ImageError for one that libvips is not known to show right either.
    """
    if not kind.vips:
        raise ImageError(
            f"it is a kind of TIFF that imgsim does not read ({kind}). Save it as 8-bit grey or RGB."
        )
    if kind.tile > max(4 * kind.size[0] * kind.size[1], 4_000_000):
        raise ImageError(f"damaged TIFF: one tile claims {kind.tile:,} pixels.")
    vips = strips.load()
    try:
        image = vips.Image.tiffload_buffer(content, page=kind.page, fail_on="error")
        top = 65535 if image.format == "ushort" else 255
        if kind.sample_format == _FLOAT:
            low, high = image.min(), image.max()
            if not (low >= 0 and high <= 1):
                raise ImageError(
                    f"its floating-point values run from {low:g} to {high:g}, not from 0 to 1. "
                    "Save it with 8 or 16 bits."
                )
            image, top = (image * 255).rint().cast("uchar"), 255
        colours = {_RGB: 3, _SEPARATED: 4}.get(kind.photometric, 1)
        alpha = image[colours] if image.bands > colours else None
        picture = image.extract_band(0, n=colours)
        scale = kind.largest if 0 < picture.max() <= kind.largest < top else top
        picture = (picture.cast("float") * (255 / scale)).rint().cast("uchar")
        if kind.photometric == _SEPARATED:
            ink = 255 - picture
            picture = (ink[0:3].cast("float") * ink[3] / 255).rint().cast("uchar")
        if alpha is not None:
            share = alpha.cast("float") / top
            picture = (picture * share + 255 * (1 - share)).rint().cast("uchar")
        pixels = picture.numpy()
    except vips.Error as error:
        raise strips.explained(error, "TIFF") from None
    return Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.ndim == 3 and colours == 1 else pixels))
