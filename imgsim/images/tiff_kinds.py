"""What kind of TIFF a scan is, by its tags, and which decoder shows that kind as it looks.

The kinds were told apart by writing each of them with a third program and comparing
(tests/reliability/test_33_wrong_pixels.py).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np

from imgsim.images.content import Content

logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # what is wrong with a file is said where it is opened
# Counting stops here: it is told to the reader, nothing depends on it.
MAX_FRAMES = 10_000
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, SEPARATED, YCBCR = 0, 1, 2, 5, 6
_JPEG, _JPEGS = 7, (6, 7)
UNSIGNED, SIGNED, FLOAT = 1, 2, 3
_PREMULTIPLIED, _ALPHA = 1, 2
PLAIN, DEFLATE = 1, (8, 32946)
_DNG_VERSION, _SUB_DIRECTORIES = 50706, 330


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
    extra: tuple[int, ...]  # what each channel beyond the colours is (ExtraSamples)
    compression: int
    subsampled: bool  # fewer values of colour than of lightness, in blocks as cameras write them
    raw: bool  # a camera's raw file, of which only a preview lies where pictures lie

    @property
    def deep(self) -> bool:
        """Whether its samples are whole numbers of 16 bits."""
        return max(self.bits) == 16 and self.sample_format == UNSIGNED

    @property
    def pillow(self) -> bool:
        """Whether Pillow shows it right; also where it refuses it with a reason of its own."""
        deep = max(self.bits) > 8
        if self.raw or self.subsampled or len(self.extra) > 1:
            return False
        if (self.big_endian and self.bigtiff) or len(set(self.bits)) > 1:
            return False
        if self.planes:
            return not deep and self.photometric == RGB and self.samples == 3
        if self.sample_format != UNSIGNED:
            return deep and self.samples == 1 and self.bits[0] in ((32,) if self.sample_format == FLOAT else (16, 32))
        if self.photometric == SEPARATED:
            return self.samples == 4
        if not deep:
            return True
        if self.largest:
            return False
        if self.samples == 1:
            if self.bits[0] == 12:
                return not self.big_endian and self.photometric == BLACK_IS_ZERO
            return self.bits[0] == 32 or (self.bits[0] == 16 and self.photometric == BLACK_IS_ZERO)
        return self.photometric == RGB and self.bits[0] == 16

    @property
    def plain(self) -> bool:
        """Whether strips of it look as Pillow shows the whole: no inks, no planes, no alpha, no palette."""
        usual = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3}
        return (
            self.pillow
            and self.samples == usual.get(self.photometric)
            and self.bits[0] in (1, 8, 16)
            and self.sample_format == UNSIGNED
            and not self.planes
        )

    @property
    def planes(self) -> bool:
        """Whether each channel is in a plane of its own."""
        return self.planar and self.samples > 1

    @property
    def vips(self) -> bool:
        """Whether libvips shows it right."""
        if self.subsampled:
            return not self.planes and set(self.bits) == {8}
        if self.photometric == SEPARATED and not self.planes and self.bits[0] == 16 and _PREMULTIPLIED in self.extra:
            return False  # libvips divides those by another alpha than they were multiplied by
        known = {WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, SEPARATED}
        if self.compression == _JPEG:
            known.add(YCBCR)  # libtiff makes RGB of it
        if self.photometric not in known or len(set(self.bits)) > 1:
            return False
        if self.sample_format == FLOAT:
            return self.bits[0] == 32 and self.photometric in (BLACK_IS_ZERO, RGB)
        return self.sample_format == UNSIGNED and self.bits[0] in (8, 16)

    @property
    def packed(self) -> bool:
        """Whether its samples are of 10, 12 or 14 bits and lie one after the other, in a way that is unpacked here."""
        return (
            set(self.bits) <= {10, 12, 14}
            and len(set(self.bits)) == 1
            and (self.photometric, self.samples) in {(WHITE_IS_ZERO, 1), (BLACK_IS_ZERO, 1), (RGB, 3)}
            and not self.planes
            and not self.tile
            and self.sample_format == UNSIGNED
            and self.compression in (PLAIN, *DEFLATE)
        )

    @property
    def alpha(self) -> int | None:
        """Which of the channels beyond the colours is the alpha; None where none is."""
        return next((n for n, what in enumerate(self.extra) if what in (_PREMULTIPLIED, _ALPHA)), None)

    @property
    def premultiplied(self) -> bool:
        """Whether the colours have been multiplied by the alpha, and are handed over so: libvips divides them again,
        but not where they come from planes."""
        return self.alpha is not None and self.extra[self.alpha] == _PREMULTIPLIED and self.planes

    def __str__(self) -> str:
        form = {SIGNED: "signed ", FLOAT: "floating-point "}.get(self.sample_format, "")
        planes = " in separate planes" if self.planes else ""
        planes += " and tiles" if planes and self.tile else ""
        return f"{self.samples} x {max(self.bits)} {form}bits{planes}, photometric {self.photometric}"


def kind_of(content: Content) -> TiffKind | None:
    """What a TIFF's first page is; None where its tags cannot be read (Pillow will say what is damaged)."""
    import tifffile

    try:
        with content.open() as stream, tifffile.TiffFile(stream) as file:
            frames = _pages(file)
            number = next((n for n in range(frames) if not _secondary(file.pages[n])), None)
            page: Any = file.pages[number or 0]
            samples = int(page.samplesperpixel)
            bits = page.bitspersample
            sample_format = page.sampleformat
            largest = page.tags.get(281)
            return TiffKind(
                number or 0,
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
                tuple(int(one) for one in page.extrasamples),
                int(page.compression),
                int(page.photometric) == YCBCR
                and int(page.compression) not in _JPEGS
                and tuple(page.tags.valueof(530, (2, 2))) != (1, 1),
                _DNG_VERSION in page.tags or (number is None and _SUB_DIRECTORIES in page.tags),
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
