"""What a run would do again, said without doing it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from imgsim.collection import open_collection
from imgsim.prepare.staleness import staleness
from tests.making import forge, make, write_plate, write_plates


def test_staleness_says_what_changed(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 5)
    table = tmp_path / "m.csv"
    table.write_text("plate_id,title\np001,Rosa\n")
    for file in images.iterdir():
        os.utime(file, (1_000_000, 1_000_000))
    make(tmp_path / "c", images, metadata=table)
    collection = open_collection(tmp_path / "c")
    assert staleness(collection) == []
    table.write_text("plate_id,title\np001,Rosa alba\n")
    write_plate(images / "p009.png", 9)
    (images / "p003.png").unlink()
    write_plate(images / "p000.png", 77, size=(80, 80))
    said = " ".join(staleness(collection))
    for words in (
        "1 image is new, such as p009.png",
        "no longer there, such as p003.png",
        "not as before, such as p000.png",
        "m.csv has changed",
    ):
        assert words in said
    forge(tmp_path / "c", lambda manifest: manifest.update(matching={"pairs": "of another version"}))
    assert any(
        "compares plates in another way" in text for text in staleness(open_collection(tmp_path / "c"))
    )
    shutil.rmtree(images)
    assert "no longer at" in staleness(collection)[0]
