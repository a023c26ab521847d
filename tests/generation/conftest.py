"""What the tests of prepared states share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.making import make, write_plates


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared collection of 12 plates and one bad image; leave it as it is."""
    folder = tmp_path_factory.mktemp("pristine")
    images = write_plates(folder / "images", 12)
    (images / "bad.png").write_bytes(b"no image")
    make(folder / "plates", images, top_k=4)
    return folder / "plates"


@pytest.fixture
def copied(pristine: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(pristine, tmp_path / "plates"))
