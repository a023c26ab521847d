"""Row 1: PDFs that ask for too much are refused with a sentence, in little memory, and cost nothing else."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from imgsim.collection import open_collection
from imgsim.errors import ImageError
from imgsim.images.documents import BUDGET, Documents
from tests import pdfs
from tests.hostile import drawing, write_tree
from tests.making import make, write_plates
from tests.reliability.tally import Tally
from tests.reliability.uploading import Peak, memory

BOMBS = {name: (cache(bomb), word) for name, (bomb, word) in pdfs.bombs().items()}
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is bounded on Linux")


@pytest.fixture(scope="module")
def reader() -> Iterator[Documents]:
    found = Documents()
    yield found
    found.close()


@LINUX
def test_documents_that_ask_for_too_much_are_refused(reader: Documents, tmp_path: Path, tally: Tally) -> None:
    sound = tmp_path / "sound.pdf"
    sound.write_bytes(pdfs.scans(drawing(288, 384))["JPEG"][0])
    for name, (content, word) in BOMBS.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(content())
        start = time.monotonic()
        with tally.attempt(name), pytest.raises(ImageError, match=word):
            for number in range(1, reader.contents(str(path)).pages + 1):
                reader.page(str(path), "", number)
        with tally.attempt(f"{name}: in time, and the next document is read"):
            assert time.monotonic() - start < 60
            assert reader.page(str(sound), "", 1)


@LINUX
def test_the_memory_of_a_document_is_bounded(tmp_path: Path, tally: Tally) -> None:
    import os

    reader = Documents()
    path = tmp_path / "a.pdf"
    path.write_bytes(BOMBS["drawing of two gigabytes"][0]())
    before = memory(os.getpid())
    try:
        with tally.attempt("the child's memory"), Peak(os.getpid()) as peak:
            with pytest.raises(ImageError):
                reader.page(str(path), "", 1)
            assert peak.bytes - before < BUDGET + 150 * 2**20, f"{(peak.bytes - before) >> 20} MB"
    finally:
        reader.close()


@LINUX
def test_a_run_lists_them_and_goes_on(tmp_path: Path, tally: Tally) -> None:
    images = write_plates(tmp_path / "images", 3)
    write_tree(images, {f"{name}.pdf": content() for name, (content, _) in BOMBS.items()})
    write_tree(images, {"encrypted.pdf": pdfs.encrypted(), "scripted.pdf": pdfs.scripted()})
    make(tmp_path / "c", images)
    collection = open_collection(tmp_path / "c")
    listed = list(zip(collection.skipped["file"], collection.skipped["reason"], strict=True))
    for name, word in {**{name: word for name, (_, word) in BOMBS.items()}, "encrypted": "password"}.items():
        with tally.attempt(f"{name} is listed"):
            assert any(file.startswith(f"{name}.pdf") and re.search(word, reason) for file, reason in listed), listed
    with tally.attempt("what is attached is listed, and not opened"):
        assert any(file == "scripted.pdf" and "attached" in reason for file, reason in listed)
    with tally.attempt("the good plates and the page with scripts are there"):
        assert collection.catalogue.plate_ids == ("p000", "p001", "p002", "scripted_0001")
