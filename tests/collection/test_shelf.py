"""The shelf of collections: how much room one takes, the trash, and what outlasts it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imgsim.collection import open_collection, settings, shelf
from imgsim.collection.decided import reviews_of
from imgsim.errors import BusyError, CollectionError, ImgsimError
from imgsim.generation.locking import locked
from imgsim.reviews import FILE
from tests.herbals import make_herbals


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return make_herbals(tmp_path)


def test_files_that_generations_share_count_once(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    (folder / "b").mkdir(parents=True)
    (folder / "a").write_bytes(b"x" * 1000)
    os.link(folder / "a", folder / "b" / "a")
    (folder / "b" / "c").write_bytes(b"y" * 10)
    assert shelf.size_of(folder) == 1010
    assert shelf.size_of(tmp_path / "nowhere") == 0


def test_it_goes_to_the_trash_and_comes_back_with_its_decisions(data: Path) -> None:
    reviews_of(open_collection(data / "herbals")).record("p000", "p006", "same plate", reviewer="Anna")
    generation = open_collection(data / "herbals").generation
    thrown = shelf.throw_away(data / "herbals")
    assert not (data / "herbals").exists() and shelf.in_trash(data) == [thrown]
    shelf.put_back(thrown)
    back = open_collection(data / "herbals")
    assert back.generation == generation and len(reviews_of(back).all()) == 1
    assert shelf.in_trash(data) == []


def test_decisions_outlast_the_trash(data: Path) -> None:
    reviews_of(open_collection(data / "herbals")).record("p000", "p006", "same plate", reviewer="Anna")
    kept = (data / "herbals" / FILE).read_bytes()
    shelf.throw_away(data / "herbals")
    shelf.empty_trash(data)
    assert shelf.in_trash(data) == [] and list((data / shelf.TRASH).iterdir()) == []
    aside = list((data / shelf.ASIDE).glob(f"herbals.*/{FILE}"))
    assert len(aside) == 1 and aside[0].read_bytes() == kept


def test_another_of_its_name_is_not_written_over(data: Path) -> None:
    thrown = shelf.throw_away(data / "herbals")
    (data / "herbals").mkdir()
    with pytest.raises(ImgsimError, match="another collection “herbals”"):
        shelf.put_back(thrown)
    assert shelf.in_trash(data) == [thrown]


def test_one_that_is_being_prepared_stays(data: Path) -> None:
    with locked(data / "herbals"), pytest.raises(BusyError):
        shelf.throw_away(data / "herbals")
    assert open_collection(data / "herbals")


def test_nothing_else_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").write_bytes(b"x")
    for folder in (tmp_path / "photos", tmp_path / "nowhere"):
        with pytest.raises(CollectionError, match="no collection"):
            shelf.throw_away(folder)
    assert (tmp_path / "photos" / "a.png").exists()


def test_what_else_lies_in_the_trash_is_left_alone(data: Path) -> None:
    shelf.throw_away(data / "herbals")
    (data / shelf.TRASH / "my notes").mkdir()
    shelf.empty_trash(data)
    assert [path.name for path in (data / shelf.TRASH).iterdir()] == ["my notes"]


# ---- what it is called


def test_it_is_called_otherwise_and_its_folder_stays(tmp_path: Path) -> None:
    folder = tmp_path / "herbals"
    folder.mkdir()
    assert settings.title(folder) == "herbals"
    settings.open_iiif(folder, True)
    settings.call(folder, "  Kräuterbücher, 18. Jh. ")
    assert settings.title(folder) == "Kräuterbücher, 18. Jh." and settings.iiif_open(folder)
    settings.call(folder, "")
    assert settings.title(folder) == "herbals" and settings.iiif_open(folder)


@pytest.mark.parametrize("name", ["x" * 121, "two\nlines", "bell\x07"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImgsimError, match="cannot be called"):
        settings.call(tmp_path, name)
    assert settings.title(tmp_path) == tmp_path.name
