"""A collection whose scans vanish, and runs that want a word for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from imgsim.collection import open_collection
from imgsim.collection.decided import reviews_of
from imgsim.collection.id_registry import Registry
from imgsim.errors import ImgsimError
from tests.making import make, write_plates

ALL = 60
TOY = """
import sys
from imgsim.cli import prepare_command as command
from imgsim.prepare import prepare
from tests.making import ToyProcessor
command.prepare = lambda options, progress, ask: prepare(options, progress, ask=ask, processor=ToyProcessor())
sys.exit(command.main(sys.argv[1:]))
"""


def lose(scans: Path, count: int) -> None:
    """Delete the last ``count`` scans."""
    for path in sorted(scans.rglob("*.png"))[-count:]:
        path.unlink()


def unchanged(collection: Path, attempt: Callable[[], object]) -> str:
    """What the run says that does not want to go on; nothing is changed by it, and no scan was opened in vain."""
    before = open_collection(collection).generation, Registry(collection).plates()
    with pytest.raises(ImgsimError) as raised:
        attempt()
    assert (open_collection(collection).generation, Registry(collection).plates()) == before
    return str(raised.value)


def decide(collection: Path, plate_a: str, plate_b: str) -> None:
    """Have somebody decide on a pair."""
    reviews_of(open_collection(collection)).record(plate_a, plate_b, "same plate", reviewer="Anna")


def made_herbals(folder: Path) -> Path:
    """A data folder with the collection herbals: 60 plates in two folders."""
    write_plates(folder / "scans" / "a", 40)
    write_plates(folder / "scans" / "b", 20, first=40)
    make(folder / "data" / "herbals", folder / "scans")
    return folder / "data"
