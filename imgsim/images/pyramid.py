"""A scan at its full size, halved again and again, to be looked at piece by piece in little memory.

The scan is read once, from top to bottom (:mod:`imgsim.images.strips`), and each size of it is written to a file of
pieces, without loss; later only the pieces that are asked for are read. What no decoder gives out from top to bottom is
opened whole, if it is small enough for that.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, ImageFile

from imgsim.errors import ImageError
from imgsim.images import codecs, large, strips
from imgsim.images.completeness import check_complete
from imgsim.images.content import Content
from imgsim.images.decoding import MAX_PIXELS, open_image, orientation_of
from imgsim.images.signatures import identify
from imgsim.images.tiff_kinds import kind_of

PIECE = 512  # pixels a side
# Of a larger scan the pieces of all sizes would fill the disk.
MOST_PIXELS = 200_000_000
Size = tuple[int, int]
Box = tuple[int, int, int, int]
_UPRIGHT = {
    Image.Transpose.FLIP_LEFT_RIGHT: ("fliphor",),
    Image.Transpose.ROTATE_180: ("rot180",),
    Image.Transpose.FLIP_TOP_BOTTOM: ("flipver",),
    Image.Transpose.TRANSPOSE: ("rot90", "fliphor"),
    Image.Transpose.ROTATE_270: ("rot90",),
    Image.Transpose.TRANSVERSE: ("rot270", "fliphor"),
    Image.Transpose.ROTATE_90: ("rot270",),
}


def factors(size: Size) -> tuple[int, ...]:
    """By what a scan of that width and height is divided: 1, 2, 4 ... until all of it is one piece."""
    found = [1]
    while max(reduced_size(size, found[-1])) > PIECE:
        found.append(2 * found[-1])
    return tuple(found)


def reduced_size(size: Size, factor: int) -> Size:
    """Width and height after a division, rounded up: what is left over at an edge is part of the last pixel."""
    return -(-size[0] // factor), -(-size[1] // factor)


def can_be_cut(data: bytes | Path) -> bool:
    """Whether a scan can be read piece by piece in little memory. Looks at its header alone.

    Raises ImageError where that cannot be read.
    """
    content = Content(data)
    size, streamed, _, _ = _looked_at(content, identify(content.head))
    return size[0] * size[1] <= (MOST_PIXELS if streamed else large.OPENED)


def build(data: bytes | Path, folder: Path) -> None:
    """Write a scan, upright and as it looks, at every size of :func:`factors` into an empty folder.

    Raises
    ------
    ImageError
        It is damaged, or cannot be read in little memory (see :func:`can_be_cut`).
    OSError
        It cannot be written, e.g. because the disk is full.
    """
    vips = strips.load()
    content = Content(data)
    kind = identify(content.head)
    with content.open() as stream:
        check_complete(kind, stream)
    size, streamed, page, turn = _looked_at(content, kind)
    if size[0] * size[1] > (MOST_PIXELS if streamed else large.OPENED):
        raise ImageError(
            f"{size[0]:,} x {size[1]:,} pixels of this {kind} cannot be read piece by piece. Save it as TIFF or PNG, "
            "or as a plain (baseline) JPEG."
        )
    try:
        if streamed:
            large.check(kind, size, content.size, MAX_PIXELS)
            image = strips.eight_bits(strips.streamed(content, kind, page))
        else:
            opened, turn = open_image(data).image, None
            image = vips.Image.new_from_memory(
                opened.tobytes(), opened.width, opened.height, len(opened.getbands()), "uchar"
            )
        _write(image, _level(folder, 1))
        if turn is not None:
            _turn(folder, turn)
        before = _read(folder, 1)
        for factor in factors((before.width, before.height))[1:]:
            # Of whole numbers libvips would round down each time, and the smallest would be darker.
            halved = before.cast("float").shrink(2, 2, ceil=True).rint().cast("uchar")
            _write(halved, _level(folder, factor))
            before = _read(folder, factor)
    except vips.Error as error:
        if "No space" in str(error):
            raise OSError(str(error)) from None
        raise strips.explained(error, kind) from None


def piece(folder: Path, factor: int, box: Box) -> Image.Image:
    """A part of what :func:`build` wrote: left, top, width and height in pixels of that size; mode "L" or "RGB"."""
    image = _read(folder, factor).crop(*box)
    return Image.frombytes("L" if image.bands == 1 else "RGB", box[2:], bytes(image.write_to_memory()))


def _looked_at(content: Content, kind: str) -> tuple[Size, bool, int, Image.Transpose | None]:
    """(width and height as stored, whether it is read from top to bottom, its page, how it is turned upright)."""
    tiff = kind_of(content) if kind == "TIFF" else None
    if tiff is not None and not tiff.pillow:
        return tiff.size, False, 0, None
    if (promised := codecs.promised_size(kind, content.head)) is not None:
        return promised, False, 0, None
    with content.open() as stream, codecs.opened(kind, stream) as image:
        if tiff is not None and tiff.page:
            image.seek(tiff.page)
        streamed = _streams(image, kind, tiff is not None and tiff.plain)
        turn = orientation_of(image, kind, content) if streamed else None
        return image.size, streamed, tiff.page if tiff is not None else 0, turn


def _streams(image: ImageFile.ImageFile, kind: str, plain_tiff: bool) -> bool:
    if kind == "JPEG":
        return image.mode in ("L", "RGB") and large.coefficients(image) <= large.MOST_COEFFICIENTS  # type: ignore[arg-type]
    return strips.streams(image, kind, plain_tiff) and not image.info.get("interlace")


def _turn(folder: Path, turn: Image.Transpose) -> None:
    stored = folder / "stored.tif"
    _level(folder, 1).rename(stored)
    image = strips.load().Image.tiffload(str(stored))
    for step in _UPRIGHT[turn]:
        image = getattr(image, step)()
    _write(image, _level(folder, 1))
    stored.unlink()


def _level(folder: Path, factor: int) -> Path:
    return folder / f"{factor}.tif"


def _read(folder: Path, factor: int) -> Any:
    return strips.load().Image.tiffload(str(_level(folder, factor)))


def _write(image: Any, path: Path) -> None:
    # Not packed: the grain of paper hardly packs, and somebody is waiting.
    image.tiffsave(str(path), tile=True, tile_width=PIECE, tile_height=PIECE, bigtiff=True, strip=True)
