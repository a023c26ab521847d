"""Pages of a PDF as images: the scan as it lies in the page where the page is one, else the page as it is shown.

PDFs come from anywhere, and their parser is large: this module is only ever run by a child process that may die
(:mod:`imgsim.images.documents`). No script of a document is run, and nothing attached to it is opened.
"""

from __future__ import annotations

import io
import math

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, JpegImagePlugin

from imgsim.errors import ImageError
from imgsim.images import jbig2, pdf_objects, pixels, tiff_writing
from imgsim.images.decoding import MAX_PIXELS, open_image
from imgsim.images.pdf_objects import Placed

MAX_PAGES = 5_000
RENDERED = 40_000_000  # pixels of a page at most: A4 at 650 dots an inch
LONGEST = 20_000  # pixels of its longer side
WITHOUT_A_SCAN, MOST = 300.0, 1200.0  # dots an inch
_COMPARED = 64  # pixels a side
_MOST_DIFFERENT = 10.0  # grey levels on average
_JPEG, _JPEG_2000 = "DCTDecode", "JPXDecode"


class Book:
    """An open PDF. Raises ImageError for one that is not read."""

    def __init__(self, source: str | bytes) -> None:
        try:
            self._pdf = pdfium.PdfDocument(source)
            self.count = len(self._pdf)
        except pdfium.PdfiumError as error:
            if "password" in str(error).lower() or "security" in str(error).lower():
                raise ImageError("the PDF is encrypted with a password. Save it without one.") from None
            raise ImageError("damaged PDF, or none: it cannot be opened. Copy it again, or save it anew.") from None
        if self.count > MAX_PAGES:
            raise ImageError(
                f"the PDF has {self.count:,} pages, more than the {MAX_PAGES:,} that imgsim reads of one. Split it."
            )
        if not self.count:
            raise ImageError("the PDF has no page.")

    @property
    def attached(self) -> int:
        """How many files are attached to it; none of them is opened."""
        return max(0, int(raw.FPDFDoc_GetAttachmentCount(self._pdf)))

    def page(self, number: int) -> bytes:
        """Page ``number`` (from 1) as the bytes of an image."""
        if not 1 <= number <= self.count:
            raise ImageError(f"the PDF has {self.count:,} pages, and no page {number:,} any more.")
        try:
            page = self._pdf[number - 1]
        except pdfium.PdfiumError as error:
            raise ImageError(f"damaged PDF: page {number:,} cannot be opened ({error}).") from None
        try:
            return _image(page)
        except pdfium.PdfiumError as error:
            raise ImageError(f"damaged PDF: page {number:,} cannot be shown ({error}).") from None
        finally:
            page.close()

    def close(self) -> None:
        self._pdf.close()


def _image(page: pdfium.PdfPage) -> bytes:
    drawn = pdf_objects.drawn(page)
    for placed in drawn.images:
        if placed.width * placed.height > MAX_PIXELS:
            raise ImageError(
                f"the page holds an image of {placed.width:,} x {placed.height:,} pixels, more than the {MAX_PIXELS:,} "
                "that imgsim opens of a PDF. Save it as a TIFF or JPEG of its own."
            )
        if placed.codec == jbig2.CODEC and not jbig2.is_whole(placed.data()):
            raise ImageError("damaged PDF: the page holds a JBIG2 image that is cut short. Copy it again.")
    scan = drawn.scan
    if scan is not None:
        seen = _shown(page, scan)
        for way in (_as_it_is, _decoded):
            found = way(scan)
            # What the parts of a PDF say can be wrong, and a mask or a table of colours is easily missed: what is given
            # out must look like the page.
            if found is not None and _alike(found, seen):
                return found
    return _rendered(page, drawn.resolution or WITHOUT_A_SCAN)


def _as_it_is(scan: Placed) -> bytes | None:
    """The bytes of a JPEG or JPEG 2000 as they are in the document; None for another kind.

    Of a JPEG that the page turns only the EXIF orientation is set anew.
    """
    codec = scan.codec
    if codec not in (_JPEG, _JPEG_2000):
        return None
    data = scan.data()
    if codec == _JPEG_2000:
        return data if scan.orientation == 1 else None
    try:
        with JpegImagePlugin.JpegImageFile(io.BytesIO(data)) as image:
            said = int(image.getexif().get(0x0112, 1))
    except Exception:  # the other ways will do, or the reason is given when it is opened
        return None
    return data if said == scan.orientation else _turned(data, scan.orientation)


def _turned(data: bytes, orientation: int) -> bytes:
    """A JPEG with another EXIF orientation; what else its EXIF says goes."""
    kept, at = [], 2
    while data[at : at + 1] == b"\xff" and 0xE0 <= data[at + 1] <= 0xEF:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if not data[at + 4 : end].startswith(b"Exif\x00"):
            kept.append(data[at:end])
        at = end
    exif = Image.Exif()
    exif[0x0112] = orientation
    said = exif.tobytes()
    segment = b"\xff\xe1" + (len(said) + 2).to_bytes(2, "big") + said
    return b"".join((data[:2], segment, *kept, data[at:]))


def _decoded(scan: Placed) -> bytes | None:
    """The pixels of a scan that is packed in another way (fax, JBIG2, Flate), upright, as a TIFF."""
    image = scan.image()
    if image is None:
        return None
    turn = pixels.ORIENTATIONS.get(scan.orientation)
    flat = pixels.grey_if_equal(image if turn is None else image.transpose(turn))
    if scan.bits == 1 and flat.mode == "L" and not sum(flat.histogram()[1:255]):
        flat = flat.convert("1", dither=Image.Dither.NONE)
    return tiff_writing.from_pixels(flat)


def _shown(page: pdfium.PdfPage, scan: Placed) -> np.ndarray:
    """The part of the page where the scan lies, as it is shown: grey, float (64, 64)."""
    width, height = page.get_size()
    bitmap = page.render(scale=min(1.0, 400 / max(width, height)), grayscale=True, draw_annots=False)
    image = bitmap.to_pil().convert("L")
    left, top, right, bottom = scan.box  # as fractions of the page as it is shown
    box = (left * image.width, top * image.height, right * image.width, bottom * image.height)
    inside = tuple(min(max(value, 0.0), limit) for value, limit in zip(box, image.size * 2, strict=True))
    if inside[2] - inside[0] < 1 or inside[3] - inside[1] < 1:
        return np.zeros((_COMPARED, _COMPARED))
    small = image.resize((_COMPARED, _COMPARED), Image.Resampling.BOX, box=inside)
    return np.asarray(small, dtype=float)


def _alike(data: bytes, seen: np.ndarray) -> bool:
    try:
        image = open_image(data, reduce_to=4 * _COMPARED).image.convert("L")
    except ImageError:
        return False
    small = np.asarray(image.resize((_COMPARED, _COMPARED), Image.Resampling.BOX), dtype=float)
    return float(np.abs(small - seen).mean()) < _MOST_DIFFERENT


def _rendered(page: pdfium.PdfPage, resolution: float) -> bytes:
    width, height = page.get_size()
    if not (width > 0 and height > 0 and math.isfinite(width * height)):
        raise ImageError("the page has no size: there is nothing to see.")
    scale = min(resolution, MOST) / 72
    scale = min(scale, math.sqrt(RENDERED / (width * height)), LONGEST / max(width, height))
    bitmap = page.render(scale=scale, rev_byteorder=True, draw_annots=False)
    image = bitmap.to_pil()
    flat = pixels.grey_if_equal(image if image.mode in ("L", "RGB") else image.convert("RGB"))
    return tiff_writing.from_pixels(flat)
