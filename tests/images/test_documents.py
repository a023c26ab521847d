"""Pages of PDFs: the scan as it is where a page is one, else the page as it is shown; at worst a reason."""

from __future__ import annotations

import multiprocessing
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsim.errors import ImageError
from imgsim.images.decoding import open_image
from imgsim.images.documents import Documents
from imgsim.images.files import ImageFile, read_image
from imgsim.sources.folders import find_images
from tests import jbig2, pdfs
from tests.hostile import drawing, write_tree

PLATE = drawing(288, 384)
SCANS = pdfs.scans(PLATE)
TURNED = pdfs.turned(PLATE)


@pytest.fixture(scope="module")
def reader() -> Iterator[Documents]:
    found = Documents(patience=20, idle=60)
    yield found
    found.close()


def page(reader: Documents, folder: Path, content: bytes, number: int = 1) -> bytes:
    (folder / "a.pdf").write_bytes(content)
    return reader.page(str(folder / "a.pdf"), "", number)


def difference(data: bytes, plate: Image.Image) -> float:
    seen, wanted = (np.asarray(one.convert("L"), float) for one in (open_image(data).image, plate))
    assert seen.shape == wanted.shape, "another size"
    return float(np.abs(seen - wanted).mean())


@pytest.mark.parametrize("name", SCANS)
def test_a_page_that_is_one_scan_gives_that_scan(reader: Documents, tmp_path: Path, name: str) -> None:
    content, scan = SCANS[name]
    given = page(reader, tmp_path, content)
    if scan is not None:
        assert given == scan
    one_bit = name in {"one bit", "fax", "JBIG2 in 1", "JBIG2 in 3"}
    wanted = PLATE.convert("1", dither=Image.Dither.NONE) if one_bit else PLATE
    # Inks are not made light by every program alike.
    assert difference(given, wanted) < (6 if name == "CMYK" else 2.5 if "JPEG" in name else 0.01)
    assert (open_image(given).original_mode == "1") == one_bit


@pytest.mark.parametrize("name", TURNED)
def test_a_turned_scan_is_upright(reader: Documents, tmp_path: Path, name: str) -> None:
    given = page(reader, tmp_path, TURNED[name])
    assert difference(given, PLATE) < 2.5
    assert given.startswith(b"\xff\xd8") == ("Flate" not in name and "2000" not in name), "JPEGs are not decoded"


def test_a_page_of_more_than_a_scan_is_shown_at_the_scans_resolution(reader: Documents, tmp_path: Path) -> None:
    photo = pdfs.jpeg(drawing(600, 800))
    facts = f"{pdfs.GREY} /Filter /DCTDecode"
    made = pdfs.Pdf()
    image = f"/XObject << /I {made.image(photo, (600, 800), facts)} 0 R >> {pdfs.FONT}"
    made.page(f"q 288 0 0 384 0 0 cm /I Do Q {pdfs.text('Digitised by us')}", image)  # 150 dots an inch
    made.page(f"q 144 0 0 192 40 40 cm /I Do Q {pdfs.text('A small figure')}", image)  # 300, and less than half of it
    made.page(pdfs.text("Only letters"), image)
    made.page("q 288 0 0 384 0 0 cm /I Do Q", image, more="/CropBox [0 0 144 384]")
    sizes = [open_image(page(reader, tmp_path, made.written(), number)).size for number in (1, 2, 3, 4)]
    assert sizes == [(600, 800), (1200, 1600), (1200, 1600), (300, 800)]
    lettered = np.asarray(open_image(page(reader, tmp_path, made.written(), 1)).image)
    assert np.abs(lettered.astype(float) - np.asarray(drawing(600, 800))).max() > 100, "the letters are there"


def test_a_mask_or_an_overlay_is_not_lost(reader: Documents, tmp_path: Path) -> None:
    """Letters as a mask in front of a picture, as archives pack scans: both are seen."""
    paper = Image.new("L", PLATE.size, 240)
    ink = np.where(np.asarray(PLATE) < 128, 255, 0).astype(np.uint8)
    made = pdfs.Pdf()
    mask = made.image(zlib.compress(ink.tobytes()), PLATE.size, f"{pdfs.GREY} /Filter /FlateDecode")
    black = made.image(
        zlib.compress(bytes(ink.size)), PLATE.size, f"{pdfs.GREY} /Filter /FlateDecode /SMask {mask} 0 R"
    )
    back = made.image(pdfs.jpeg(paper), PLATE.size, f"{pdfs.GREY} /Filter /DCTDecode")
    both = f"/XObject << /B {back} 0 R /I {black} 0 R >>"
    made.page("q 288 0 0 384 0 0 cm /B Do /I Do Q", both)
    made.page("q 288 0 0 384 0 0 cm /I Do Q", both)
    wanted = np.where(ink > 0, 0, 240).astype(float)
    for number, paper_is in ((1, 240), (2, 255)):
        seen = np.asarray(open_image(page(reader, tmp_path, made.written(), number)).image, float)
        assert np.abs(seen - np.where(wanted > 0, paper_is, 0)).mean() < 6


def test_a_huge_page_is_bounded_in_pixels(reader: Documents, tmp_path: Path) -> None:
    made = pdfs.Pdf()
    made.page(pdfs.text("large"), pdfs.FONT, box="[0 0 14400 14400]")
    made.page(pdfs.text("long"), pdfs.FONT, box="[0 0 100000 20]")
    for number in (1, 2):
        width, height = open_image(page(reader, tmp_path, made.written(), number)).size
        assert width * height <= 40_100_000 and max(width, height) <= 20_000


def test_pages_are_found_named_and_read(tmp_path: Path) -> None:
    book = pdfs.Pdf()
    for seed in range(3):
        plate = drawing(288, 384, seed)
        scan = book.image(pdfs.jpeg(plate), plate.size, f"{pdfs.GREY} /Filter /DCTDecode")
        book.page("q 288 0 0 384 0 0 cm /I Do Q", f"/XObject << /I {scan} 0 R >>")
    content = book.written()
    write_tree(tmp_path, {"in/book.pdf": content, "nameless": content, "wrong.pdf": b"no document"})
    with zipfile.ZipFile(tmp_path / "more.cbz", "w") as archive:
        archive.writestr("deep/other.pdf", content)
    images, skipped = find_images([tmp_path])
    assert [one.file for one in skipped] == ["wrong.pdf"] and "damaged PDF" in skipped[0].reason
    assert [(image.plate_id, image.file, image.folder) for image in images] == [
        *((f"book_000{n}", f"in/book.pdf!book_000{n}", "book") for n in (1, 2, 3)),
        *((f"nameless_000{n}", f"nameless!nameless_000{n}", "nameless") for n in (1, 2, 3)),
        *((f"other_000{n}", f"more.cbz!deep/other.pdf!other_000{n}", "other") for n in (1, 2, 3)),
    ]
    first = images[0].read()
    for image in images:
        assert read_image(image.root, image.file) == image.read()
        assert difference(image.read(), drawing(288, 384, int(image.plate_id[-1]) - 1)) < 2.5
        assert (image.read() == first) == (image.plate_id[-1] == "1")
    # Named itself, and by many at once.
    alone, _ = find_images([tmp_path / "in" / "book.pdf"])
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda image: image.read(), alone * 4))) == 3
    if "fork" in multiprocessing.get_all_start_methods():
        with multiprocessing.get_context("fork").Pool(2) as processes:
            assert processes.map(_read, alone) == [image.read() for image in alone]


def _read(image: ImageFile) -> bytes:
    return image.read()


@pytest.mark.parametrize("inner", ["book_0009", "book_1", "other_0001", "book_0001/..", "book_00001", "", "book_0000"])
def test_a_page_that_is_not_is_refused(tmp_path: Path, inner: str) -> None:
    write_tree(tmp_path, {"book.pdf": SCANS["JPEG"][0]})
    with pytest.raises(ImageError):
        read_image(str(tmp_path), f"book.pdf!{inner}")


def test_a_document_that_changed_or_went_is_noticed(reader: Documents, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(SCANS["JPEG"][0])
    first = reader.page(str(path), "", 1)
    path.write_bytes(SCANS["Flate"][0])
    assert reader.page(str(path), "", 1) != first
    path.unlink()
    with pytest.raises(ImageError, match="no longer there"):
        reader.page(str(path), "", 1)


def test_a_reader_that_dies_or_is_late_costs_one_question(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(SCANS["JPEG"][0])
    reader = Documents()
    try:
        assert reader.page(str(tmp_path / "a.pdf"), "", 1)
        assert reader._process is not None
        reader._process.kill()
        reader._process.wait()
        assert reader.page(str(tmp_path / "a.pdf"), "", 1)
        reader.patience = 0.0
        with pytest.raises(ImageError, match="more than 0 seconds"):
            reader.contents(str(tmp_path / "a.pdf"))
        reader.patience = 20.0
        assert reader.contents(str(tmp_path / "a.pdf")).pages == 1
    finally:
        reader.close()


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_a_jbig2_scan_that_is_cut_short_is_never_taken_for_a_whole_one(
    reader: Documents, tmp_path: Path, share: float
) -> None:
    data = jbig2.packed(PLATE.convert("1", dither=Image.Dither.NONE))
    facts = "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode"
    cut = pdfs.scanned(data[: int(len(data) * share)], PLATE.size, facts)
    with pytest.raises(ImageError):
        page(reader, tmp_path, cut)


def test_what_is_packed_once_and_repeated_is_what_zlib_packs() -> None:
    block = b"0 0 m 9 9 l S\n" * 999
    assert [zlib.decompress(pdfs.repeated(block, times)) == block * times for times in (1, 2, 50)] == [True] * 3
