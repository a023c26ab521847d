"""What is known of pages from earlier runs: which files are read again, and which are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.prepare import kept_pages
from tests.making import ToyProcessor, make
from tests.toy_pages import write_page

BOX = (20, 20, 90, 120)


def test_only_what_may_be_known_is_read_to_know_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_page(tmp_path / "flora" / "p001.png", [BOX]).parent
    make(tmp_path / "out", folder)
    read: list[str] = []
    real = kept_pages.hash_files
    monkeypatch.setattr(
        kept_pages, "hash_files", lambda files, told: (read.extend(one.file for one in files), real(files, told))[1]
    )
    write_page(folder / "p009.png", [BOX, (20, 150, 200, 250)], 9, size=(310, 440))
    make(tmp_path / "out", folder)
    assert "p009.png" not in read  # no page of its size is known
    (folder / "p001.png").rename(folder / "p002.png")
    processor = ToyProcessor()
    make(tmp_path / "out", folder, processor)
    assert "p002.png" in read and processor.paged == []
