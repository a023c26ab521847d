"""What is drawn on a page of a PDF, as far as it tells whether the page is one scan, and how fine it is."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

MOST_OBJECTS = 50_000  # of a page with more it is not told what they are
_DEPTH = 5  # groups within groups
_COVERS = 0.02  # of the page: so much may a scan fall short of its edges, or reach over them
_LEAST_SHARE, _MOST_OF_IT = 0.02, 0.5
_STRAIGHT = 0.01
Matrix = tuple[float, float, float, float, float, float]
_UPRIGHT: Matrix = (1, 0, 0, 1, 0, 0)
# Where a scan's right and its up point on the page: the EXIF orientation that says the same.
_TURNS = {
    ((1, 0), (0, 1)): 1, ((-1, 0), (0, 1)): 2, ((-1, 0), (0, -1)): 3, ((1, 0), (0, -1)): 4,
    ((0, -1), (-1, 0)): 5, ((0, -1), (1, 0)): 6, ((0, 1), (1, 0)): 7, ((0, 1), (-1, 0)): 8,
}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """An image on a page.

    Attributes
    ----------
    width, height : pixels, as stored.
    bits : of a pixel, 0 where it does not say.
    box : left, top, right, bottom of where it lies on the page as it is shown, as fractions of the page.
    orientation : as EXIF has it, of what must be done to the stored pixels; 0 where they lie askew.
    resolution : dots an inch.
    """

    width: int
    height: int
    bits: int
    box: tuple[float, float, float, float]
    orientation: int
    resolution: float
    _object: pdfium.PdfImage

    @property
    def share(self) -> float:
        """How much of the page lies under it."""
        left, top, right, bottom = (min(max(value, 0.0), 1.0) for value in self.box)
        return (right - left) * (bottom - top)

    @property
    def covers(self) -> bool:
        """Whether it covers the page."""
        left, top, right, bottom = self.box
        return max(left, top) <= _COVERS and min(right, bottom) >= 1 - _COVERS

    @property
    def inside(self) -> bool:
        """Whether all of it is on the page."""
        left, top, right, bottom = self.box
        return min(left, top) >= -_COVERS and max(right, bottom) <= 1 + _COVERS

    @property
    def codec(self) -> str:
        """The last of the filters with which it is packed, "" for none that is meant for images."""
        filters = self._object.get_filters(skip_simple=True)
        return filters[0] if len(filters) == 1 else ""

    def data(self) -> bytes:
        """Its bytes, simple filters undone."""
        return bytes(self._object.get_data(decode_simple=True))

    def image(self) -> Image.Image | None:
        """Its pixels as "L" or "RGB", as stored; None where they cannot be had."""
        try:
            image = self._object.get_bitmap(render=False).to_pil()
        except pdfium.PdfiumError:
            return None
        return image if image.mode in ("L", "RGB") else image.convert("L" if image.mode == "1" else "RGB")


@dataclass(frozen=True)
class Drawn:
    """``images`` of a page; ``scan`` is the one that is all there is to see, None where there is more, or none."""

    images: tuple[Placed, ...]
    scan: Placed | None

    @property
    def resolution(self) -> float | None:
        """Dots an inch of the scan, or of the finest of several; None where there is no image that counts."""
        large = [image for image in self.images if image.share >= _LEAST_SHARE]
        finest = max((image.resolution for image in large), default=None)
        if finest is None or any(image.share >= _MOST_OF_IT for image in large):
            return finest
        return max(finest, 300.0)  # most of the page is drawn: letters, lines


def drawn(page: pdfium.PdfPage) -> Drawn:
    """What is to be seen on a page."""
    shown: list[Placed | None] = []  # None: something that is no image
    images = []
    for number, (kind, thing, matrix) in enumerate(_objects(page)):
        if number >= MOST_OBJECTS:
            shown.append(None)
            break
        if kind != raw.FPDF_PAGEOBJ_IMAGE:
            shown.append(None)
            continue
        placed = _placed(page, thing, matrix)
        images.append(placed)
        if placed.covers:
            shown.clear()  # what lies under it is not seen
        shown.append(placed)
    only = shown[0] if len(shown) == 1 else None
    return Drawn(tuple(images), only if only is not None and only.inside and only.orientation else None)


def _objects(page: pdfium.PdfPage) -> Iterator[tuple[int, object, Matrix]]:
    """(kind, object, its matrix on the page) of everything that can be seen, in the order in which it is drawn."""
    waiting = [_Group(page, False, _UPRIGHT)]
    while waiting:
        group = waiting[-1]
        if group.at >= group.count:
            waiting.pop()
            continue
        thing = group.next()
        kind = raw.FPDFPageObj_GetType(thing)
        matrix = _times(_matrix_of(thing), group.matrix) if kind in (3, 5) else _UPRIGHT
        if kind == raw.FPDF_PAGEOBJ_FORM and len(waiting) <= _DEPTH:
            waiting.append(_Group(thing, True, matrix))
        elif _visible(kind, thing):
            yield kind, thing, matrix


class _Group:
    """A page, or a group of objects within it, and how far it has been gone through."""

    def __init__(self, owner: object, form: bool, matrix: Matrix) -> None:
        self._owner, self._form, self.matrix, self.at = owner, form, matrix, 0
        self.count = int(raw.FPDFFormObj_CountObjects(owner) if form else raw.FPDFPage_CountObjects(owner))

    def next(self) -> object:
        self.at += 1
        find = raw.FPDFFormObj_GetObject if self._form else raw.FPDFPage_GetObject
        return find(self._owner, self.at - 1)


def _visible(kind: int, thing: object) -> bool:
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        hidden = {raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP}
        return raw.FPDFTextObj_GetTextRenderMode(thing) not in hidden
    if kind == raw.FPDF_PAGEOBJ_PATH:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(thing, fill, stroke)
        return bool(fill.value or stroke.value)
    return True


def _matrix_of(thing: object) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(thing, found):
        return _UPRIGHT
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _times(one: Matrix, two: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = two
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _placed(page: pdfium.PdfPage, thing: object, matrix: Matrix) -> Placed:
    a, b, c, d, e, f = matrix
    left, bottom, right, top = page.get_bbox()
    wide, high = (right - left) or 1.0, (top - bottom) or 1.0
    points = (e, f), (e + a, f + b), (e + c, f + d), (e + a + c, f + b + d)
    corners = [((x - left) / wide, (top - y) / high) for x, y in points]
    across, up = (a, b), (c, d)
    for _ in range(page.get_rotation() // 90):  # clockwise
        corners = [(1 - y, x) for x, y in corners]
        across, up = (across[1], -across[0]), (up[1], -up[0])
    xs, ys = zip(*corners, strict=True)
    width, height, bits = _stored(page, thing)
    inches = max(math.hypot(*across) / 72, 1e-6), max(math.hypot(*up) / 72, 1e-6)
    return Placed(
        width, height, bits, (min(xs), min(ys), max(xs), max(ys)), _TURNS.get((_axis(across), _axis(up)), 0),
        max(width / inches[0], height / inches[1]), pdfium.PdfImage(thing, page=page, pdf=page.pdf),
    )  # fmt: skip


def _stored(page: pdfium.PdfPage, thing: object) -> tuple[int, int, int]:
    facts = raw.FPDF_IMAGEOBJ_METADATA()
    raw.FPDFImageObj_GetImageMetadata(thing, page, facts)
    return int(facts.width), int(facts.height), int(facts.bits_per_pixel)


def _axis(vector: tuple[float, float]) -> tuple[int, int]:
    """The axis along which a vector points; (0, 0) for one that points along none."""
    x, y = vector
    if abs(y) <= _STRAIGHT * abs(x):
        return (int(math.copysign(1, x)), 0) if x else (0, 0)
    if abs(x) <= _STRAIGHT * abs(y):
        return (0, int(math.copysign(1, y)))
    return (0, 0)
