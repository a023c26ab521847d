"""Row 2: what is no image of the kinds that are meant, but is called one, is refused with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.collection import open_collection
from imgsim.errors import ImageError
from imgsim.images.decoding import open_image
from imgsim.images.isolated import Isolated
from tests.hostile import not_images
from tests.making import make, write_plates
from tests.reliability.tally import Tally

NAMES = ("png", "jpg", "tif")


def test_they_are_refused_by_name(tally: Tally) -> None:
    opener = Isolated()
    try:
        for what, content in not_images().items():
            for door, call in (("a run's", open_image), ("the app's", lambda data: opener.webp(data, 300))):
                with tally.attempt(f"{what} at {door} door"), pytest.raises(ImageError, match=f"it is {what}"):
                    call(content)
    finally:
        opener.close()


def test_a_run_lists_each_and_goes_on(tmp_path: Path, tally: Tally) -> None:
    images = write_plates(tmp_path / "images", 3)
    for what, content in not_images().items():
        for ending in NAMES:
            (images / f"{what} as {ending}.{ending}").write_bytes(content)
    make(tmp_path / "c", images)
    collection = open_collection(tmp_path / "c")
    assert len(collection.catalogue) == 3
    reasons = dict(zip(collection.skipped["file"], collection.skipped["reason"], strict=True))
    for what in not_images():
        for ending in NAMES:
            with tally.attempt(f"{what} as {ending}.{ending}"):
                assert f"it is {what}" in reasons[f"{what} as {ending}.{ending}"]
