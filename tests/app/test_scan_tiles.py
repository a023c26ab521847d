"""The pyramids of large scans while the app runs: the latest stay, and what cannot be made leaves nothing behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from imgsim.app.services import scan_tiles
from imgsim.app.services.scan_tiles import Pyramids
from imgsim.collection import Collection
from imgsim.errors import ImageError, ImgsimError
from imgsim.export.iiif.image_service import Tile
from imgsim.images import pyramid

TILE = Tile(1, (0, 0, 8, 4))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the pyramids are put."""
    monkeypatch.setattr(scan_tiles, "lasting_folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders into which a scan was cut, one for each time."""
    found: list[Path] = []
    real = pyramid.build

    def build(data: bytes | Path, folder: Path) -> None:
        found.append(folder)
        real(data, folder)

    monkeypatch.setattr(pyramid, "build", build)
    return found


def test_a_scan_is_cut_once_however_many_ask_and_makes_room_for_the_next(
    odd: Collection, root: Path, built: list[Path]
) -> None:
    kept = Pyramids(most_bytes=1)
    large, long = odd.catalogue.row("large"), odd.catalogue.row("long")
    with ThreadPoolExecutor(6) as people:
        tiles = list(people.map(lambda _: kept.tile(odd, large, TILE), range(12)))
    assert len(set(tiles)) == 1 and len(built) == 1
    kept.tile(odd, long, Tile(1, (0, 0, 8, 4)))
    assert len(built) == 2 and list(root.iterdir()) == built[1:]
    assert kept.tile(odd, large, TILE) == tiles[0] and len(built) == 3


@pytest.mark.parametrize(
    ("error", "kind"), [(OSError(28, "No space left on device"), ImgsimError), (ImageError("damaged"), ImageError)]
)
def test_what_cannot_be_cut_leaves_nothing_behind(
    odd: Collection, root: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[Exception]
) -> None:
    def fails(data: bytes | Path, folder: Path) -> None:
        (folder / "1.tif").write_bytes(b"begun")
        raise error

    monkeypatch.setattr(pyramid, "build", fails)
    with pytest.raises(kind, match=r"No space|damaged"):
        Pyramids().tile(odd, odd.catalogue.row("large"), TILE)
    assert list(root.iterdir()) == []


def test_another_file_at_the_place_of_a_scan_is_not_cut(
    odd: Collection, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Collection, "plate_content", lambda _self, _row: b"another file")
    with pytest.raises(ImgsimError, match="The scan of large has changed"):
        Pyramids().tile(odd, odd.catalogue.row("large"), TILE)
