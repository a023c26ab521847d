"""Folders of pages and of plates: what is told of files that come later."""

from __future__ import annotations

from pathlib import Path

from imgsim.collection import open_collection
from tests.making import make, write_plates
from tests.toy_pages import write_page

LEFT, BELOW = (20, 20, 90, 120), (40, 150, 160, 250)


def test_new_pages_in_a_folder_of_plates_stay_whole_and_that_is_said(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 4)
    assert not any("pages of books" in note for note in make(tmp_path / "out", images).notes)
    write_plates(images, 1, first=7)
    assert not any("seem" in note for note in make(tmp_path / "out", images).notes)
    write_page(images / "page1.png", [BELOW], 1)
    write_page(images / "page2.png", [LEFT], 2)
    told = [note for note in make(tmp_path / "out", images).notes if "seem to be pages" in note]
    assert len(told) == 1 and told[0].startswith("images: 2 new images")
    assert "page1" in open_collection(tmp_path / "out").catalogue.plate_ids
