"""Row 4: PDFs and TIFFs of several pages that are cut or damaged are refused, or their good pages read; none hangs."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from imgsim.errors import ImageError
from imgsim.images.decoding import open_image
from imgsim.images.documents import Documents
from imgsim.sources.folders import find_images
from tests import pdfs
from tests.hostile import drawing, encode, mutations
from tests.reliability.tally import Tally

PAGES = [drawing(288, 384, seed) for seed in range(3)]
HANG = 60.0  # seconds


def book() -> bytes:
    made = pdfs.Pdf()
    for plate in PAGES:
        scan = made.image(pdfs.jpeg(plate.copy()), plate.size, f"{pdfs.GREY} /Filter /DCTDecode")
        made.page("q 288 0 0 384 0 0 cm /I Do Q", f"/XObject << /I {scan} 0 R >>")
    return made.written()


def looped(whole: bytes) -> dict[str, bytes]:
    """Documents whose parts lead to themselves."""
    table = whole.rindex(b"xref\n0")
    return {
        "a table that leads to itself": whole.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % table),
        "pages that hold themselves": whole.replace(b"/Kids [", b"/Kids [2 0 R "),
        "an image that is its own mask": whole.replace(b"/Subtype /Image", b"/Subtype /Image /SMask 3 0 R", 1),
        "a table beyond the end": whole.replace(b"startxref\n%d" % table, b"startxref\n99999999"),
        "a length beyond the end": whole.replace(b"/Length ", b"/Length 9", 1),
    }


@pytest.fixture(scope="module")
def reader() -> Iterator[Documents]:
    found = Documents(idle=60)
    yield found
    found.close()


def read(reader: Documents, path: Path) -> int:
    """How many pages of a document are right; ImageError where it is refused as a whole."""
    right = 0
    for number in range(1, reader.contents(str(path)).pages + 1):
        try:
            seen = np.asarray(open_image(reader.page(str(path), "", number)).image.convert("L"), float)
        except ImageError as error:
            assert str(error).strip()
        else:
            right += any(
                seen.shape == (384, 288) and np.abs(seen - np.asarray(plate, float)).mean() < 4 for plate in PAGES
            )
    return right


def test_cut_and_looped_documents(reader: Documents, tmp_path: Path, tally: Tally) -> None:
    whole = book()
    kinds = {f"{count} bytes": whole[:count] for count in (0, 1, 10, len(whole) // 2, len(whole) - 3)}
    kinds |= looped(whole) | {"the whole": whole, "a line in front of it": b"\x1b%-12345X@PJL\n" + whole}
    for name, content in kinds.items():
        (tmp_path / "a.pdf").write_bytes(content)
        start = time.monotonic()
        with tally.attempt(name):
            try:
                right = read(reader, tmp_path / "a.pdf")
            except ImageError as error:
                assert str(error).strip() and name not in ("the whole", "a line in front of it")
            else:
                assert right == 3 or name not in ("the whole", "a line in front of it")
            assert time.monotonic() - start < HANG


def test_mutations_of_documents_open_or_are_refused(reader: Documents, tmp_path: Path, tally: Tally) -> None:
    refused = 0
    for number, content in enumerate(mutations(book(), 150, seed=7)):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(content)
        start = time.monotonic()
        with tally.attempt(f"mutation {number}"):
            try:
                read(reader, path)
            except ImageError as error:
                assert str(error).strip()
                refused += 1
            assert time.monotonic() - start < HANG
    assert refused > 10


def test_mutations_of_tiffs_of_several_pages(tmp_path: Path, tally: Tally) -> None:
    whole = encode(PAGES[0], "TIFF", save_all=True, append_images=PAGES[1:], compression="tiff_adobe_deflate")
    for number, content in enumerate(mutations(whole, 100, seed=8)):
        path = tmp_path / f"{number}.tif"
        path.write_bytes(content)
        with tally.attempt(f"mutation {number}"):
            images, _ = find_images([path])
            assert images
            for image in images:
                try:
                    assert open_image(image.read()).image.mode in {"L", "RGB"}
                except ImageError as error:
                    assert str(error).strip()


def test_cut_tiffs_keep_the_pages_that_are_there(tmp_path: Path, tally: Tally) -> None:
    whole = encode(PAGES[0], "TIFF", save_all=True, append_images=PAGES[1:])
    for cut in (1, 100, len(whole) // 3, len(whole) // 2):
        with tally.attempt(f"{cut} bytes less"):
            path = tmp_path / f"{cut}.zip"
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("scan.tif", whole[:-cut])
            images, skipped = find_images([path])
            right, wrong = 0, len(skipped)
            for image in images:
                try:
                    right += open_image(image.read()).size == (288, 384)
                except ImageError:
                    wrong += 1
            assert right >= 1 and (right < 3) == bool(wrong)
