"""Boxes that people drew on a page, carried over to a better scan of it.

They lie beside the SHA-256 of the scan that they were drawn on. A file of other content is taken for a scan of the same
page only where both are of one shape and every picture that was cut out of the former scan is found, proven by its
lines, at its place on the later one. The boxes are then said anew of that scan, in the name of who drew them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.catalogue.book_pages import BookPage, Cut
from imgsim.collection.page_corrections import Correction, PageCorrections
from imgsim.errors import ImageError, ImgsimError
from imgsim.images.decoding import open_image
from imgsim.images.files import ImageFile, find_image
from imgsim.prepare.page_shards import PageFinding
from imgsim.verification.same_picture import same_picture

if TYPE_CHECKING:
    from PIL import Image

# Height to width may differ by so much, as a share: a scanner's trays, and rounding.
_SHAPE = 0.01
# Around a box so much of its longer side is looked at as well: scans of one page are never quite at one place.
_AROUND = 0.04


def carried(
    folder: Path, corrections: Mapping[str, Correction], former: Iterable[BookPage],
    files: Sequence[ImageFile], findings: Mapping[str, PageFinding],
) -> dict[str, Correction]:  # fmt: skip
    """Say the boxes of former scans of the later ones that show the same pages.

    Parameters
    ----------
    folder : of the collection, whose corrections are added to.
    corrections : those that stand, by the SHA-256 of the scan.
    former : the pages of the generation before.
    files, findings : the files of now, and what was found on each, by plate_id.

    Returns
    -------
    dict
        By the SHA-256 of the former scan, the correction of the later one.

    Raises
    ------
    ImgsimError
        They cannot be written.
    """
    here = {finding.sha256 for finding in findings.values()}
    now = {(file.root, file.file): file for file in files}
    said = PageCorrections(folder)
    found: dict[str, Correction] = {}
    for page in former:
        correction, file = corrections.get(page.sha256), now.get((page.root, page.file))
        if correction is None or page.sha256 in here or file is None or page.sha256 in found:
            continue
        finding = findings.get(file.plate_id)
        if finding is None or finding.reason or said.history(finding.sha256) or not _same_page(page, file, finding):
            continue
        size = finding.width, finding.height
        cuts = [_scaled(cut, (correction.width, correction.height), size) for cut in correction.cuts or ()]
        found[page.sha256] = said.add(finding.sha256, size, cuts, correction.reviewer, former=page.sha256)
    return found


def tell_of(absent: set[str], passed: int, note: Callable[[str], None]) -> None:
    """Say to how many better scans boxes were carried over, and of how many scans that are not here they are unused."""
    if passed:
        has = "has" if passed == 1 else "have"
        note(f"{_pages(passed)} {has} a better scan now: the boxes that people drew there were carried over.")
    if absent:
        count = _pages(len(absent))
        note(f"People drew boxes on {count} whose scan is not here any more: they are kept, and not used.")


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count:,} pages"


def _same_page(page: BookPage, file: ImageFile, finding: PageFinding) -> bool:
    """Whether a file shows the page of a former scan, as the pictures prove that were cut out of that."""
    shape = (finding.height / max(finding.width, 1)) / (page.height / max(page.width, 1))
    if abs(shape - 1) > _SHAPE or finding.turn != page.turn or not page.illustrations:
        return False
    try:
        scan = open_image(find_image(file.root, file.file)).image
        for cut in page.illustrations:
            before = Path(page.plate_root, (page.plates or {})[cut.number]).read_bytes()
            if not same_picture(before, _picture(scan, cut, (page.width, page.height), page.turn)):
                return False
    except (ImageError, ImgsimError, KeyError, OSError):
        return False
    return True


def _picture(scan: Image.Image, cut: Cut, size: tuple[int, int], turn: int) -> bytes:
    """What lies about where a box was, upright, as PNG."""
    x0, y0, x1, y1 = _scaled(cut, size, scan.size).box
    margin = round(_AROUND * max(x1 - x0, y1 - y0))
    part = scan.crop(
        (max(0, x0 - margin), max(0, y0 - margin), min(scan.width, x1 + margin), min(scan.height, y1 + margin))
    )
    stream = io.BytesIO()
    part.rotate(-turn, expand=True).save(stream, "PNG")
    return stream.getvalue()


def _scaled(cut: Cut, size: tuple[int, int], to: tuple[int, int]) -> Cut:
    """A box on a scan of another size; its number, kind and score stay."""
    x, y = to[0] / size[0], to[1] / size[1]
    x0, y0, x1, y1 = cut.box
    left, top = min(round(x0 * x), to[0] - 1), min(round(y0 * y), to[1] - 1)
    right, bottom = min(max(round(x1 * x), left + 1), to[0]), min(max(round(y1 * y), top + 1), to[1])
    return replace(cut, box=(left, top, right, bottom))
