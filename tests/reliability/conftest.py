"""The fixture that counts, and what is copied and then damaged."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imgsim.reviews import FILE, Review
from tests.making import make
from tests.prepare.verifying import draw_plates
from tests.reliability.counting import sums_of
from tests.reliability.deciding import filled
from tests.reliability.sums import row_of
from tests.reliability.tally import Tally


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """Counts attempts; the test fails in the end if one of them was not survived."""
    counted = sums_of(request.config).start(row_of(request.path.name))
    yield counted
    counted.check()


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[Review]]:
    """A file of decisions as it lies on the disk, and what it holds."""
    reviews = filled(tmp_path_factory.mktemp("sound") / FILE, 130)
    return reviews.path.read_bytes(), reviews.all()


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection with everything that there is, of drawn plates, two of which are the same."""
    folder = tmp_path_factory.mktemp("pristine")
    images = draw_plates(folder / "images", 5)
    first = sorted(images.iterdir())[0]
    shutil.copy(first, images / f"again{first.suffix}")
    (images / "bad.png").write_bytes(b"no image")
    table = folder / "table.csv"
    table.write_text("plate_id,title,year\nagain,Rosa,1752\nnobody,Lilium,1760\n")
    make(folder / "data" / "plates", images, matching=True, metadata=table)
    return folder / "data" / "plates"


@pytest.fixture
def attempt(pristine: Path, tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """Makes a new copy of it at each call, in a data folder of its own."""
    count = 0

    def anew() -> Path:
        nonlocal count
        count += 1
        return Path(shutil.copytree(pristine, tmp_path / f"{count}" / "plates", symlinks=True))

    yield anew
    shutil.rmtree(tmp_path, ignore_errors=True)
