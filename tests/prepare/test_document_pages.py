"""Pages of documents in a run: plates of a book, known again while the document looks the same, wherever it goes."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.prepare.staleness import staleness
from tests import pdfs
from tests.hostile import drawing, encode
from tests.making import ToyProcessor, make


def document(seeds: range) -> bytes:
    made = pdfs.Pdf()
    for seed in seeds:
        plate = drawing(144, 192, seed)
        scan = made.image(pdfs.jpeg(plate), plate.size, f"{pdfs.GREY} /Filter /DCTDecode")
        made.page("q 288 0 0 384 0 0 cm /I Do Q", f"/XObject << /I {scan} 0 R >>")
    return made.written()


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A PDF, a TIFF of three pages, and a zip with a PDF in it; and files that are no images."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "book.pdf").write_bytes(document(range(3)))
    pages = [drawing(144, 192, seed) for seed in range(10, 13)]
    (folder / "scan.tif").write_bytes(encode(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    with zipfile.ZipFile(folder / "more.cbz", "w") as archive:
        archive.writestr("in/other.pdf", document(range(20, 22)))
    (folder / "readme.txt").write_text("words")
    aged(folder)
    return folder


def aged(folder: Path) -> None:
    """Files that changed a moment ago are looked into again; these shall have lain for a while."""
    for path in folder.iterdir():
        os.utime(path, ns=(10**18, 10**18))


def test_pages_are_plates_and_documents_are_books(shelf: Path, tmp_path: Path) -> None:
    make(tmp_path / "c", shelf)
    collection = open_collection(tmp_path / "c")
    frame = collection.catalogue.frame
    assert dict(zip(frame["plate_id"], frame["book"], strict=True)) == {
        "book_0001": "book", "book_0002": "book", "book_0003": "book",
        "other_0001": "other", "other_0002": "other",
        "scan": "scan", "scan_0002": "scan", "scan_0003": "scan",
    }  # fmt: skip
    assert frame["file"].tolist()[3] == "more.cbz!in/other.pdf!other_0001"
    for row in range(len(frame)):
        content = collection.plate_bytes(row)
        assert hashlib.sha256(content).hexdigest() == frame["sha256"].iloc[row]
        assert len(content) == frame["bytes"].iloc[row]
    assert staleness(collection) == []


def test_only_a_document_that_changed_is_read_again(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imgsim.prepare.known_files._COARSE_CLOCK_NS", 0)  # nothing counts as fresh
    make(tmp_path / "c", shelf)
    processor = ToyProcessor()
    assert not make(tmp_path / "c", shelf, processor).changed and not processor.asked
    monkeypatch.setattr("imgsim.images.files.find_image", lambda root, file: pytest.fail(f"{file} was read"))
    assert not make(tmp_path / "c", shelf, processor).changed
    monkeypatch.undo()
    (shelf / "book.pdf").write_bytes(document(range(1, 5)))
    assert staleness(open_collection(tmp_path / "c"))[-1:] != []
    summary = make(tmp_path / "c", shelf, processor)
    # Two of the four pages show what two others showed before.
    assert summary.changed and {name for name, _ in processor.asked} <= {"book_0003", "book_0004"}
    files = open_collection(tmp_path / "c").catalogue.frame["file"].tolist()
    assert "book.pdf!book_0004" in files and len(files) == 9


def test_a_document_that_goes_elsewhere_keeps_its_plates(shelf: Path, tmp_path: Path) -> None:
    make(tmp_path / "c", shelf)
    ids = open_collection(tmp_path / "c").catalogue.plate_ids
    (shelf / "deep").mkdir()
    (shelf / "book.pdf").rename(shelf / "deep" / "herbal.pdf")
    (shelf / "scan.tif").rename(shelf / "deep" / "tiff.tif")
    processor = ToyProcessor()
    make(tmp_path / "c", shelf, processor, accept_missing=False)
    collection = open_collection(tmp_path / "c")
    assert collection.catalogue.plate_ids == ids and not processor.asked
    assert "deep/herbal.pdf!herbal_0002" in set(collection.catalogue.frame["file"])
    (shelf / "deep" / "herbal.pdf").unlink()
    with pytest.raises(ImgsimError, match="3 of the 8 plates"):
        make(tmp_path / "c", shelf, accept_missing=False)


def test_what_is_no_image_is_counted_in_a_line(shelf: Path, tmp_path: Path) -> None:
    summary = make(tmp_path / "c", shelf)
    assert summary.skipped == 0
    (shelf / "old.djvu").write_bytes(b"AT&TFORM")
    assert make(tmp_path / "c", shelf).skipped == 1
    skipped = open_collection(tmp_path / "c").skipped
    assert skipped["file"].tolist() == ["old.djvu"] and "ddjvu" in skipped["reason"].iloc[0]
