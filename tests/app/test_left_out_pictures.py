"""What a run left out is shown where there is something to see."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.app.services import left_out_pictures, server
from imgsim.collection import Collection, open_collection
from imgsim.prepare import Options, prepare
from tests.app.asking import ask
from tests.conftest import draw_plate
from tests.making import ToyProcessor, make


@pytest.fixture
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """Of two plates; left out are one of the same name, a damaged one, and one of another kind."""
    scans = tmp_path / "scans"
    scans.mkdir()
    for number, name in enumerate(("a.png", "a.jpg", "b.png")):
        draw_plate(number).save(scans / name)
    (scans / "cut.png").write_bytes((scans / "b.png").read_bytes()[:200])
    (scans / "raw.cr2").write_bytes(b"x")
    make(tmp_path / "data" / "mine", scans)
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    return open_collection(tmp_path / "data" / "mine")


def test_only_what_can_be_opened_has_a_picture(collection: Collection) -> None:
    files = collection.skipped["file"].tolist()
    assert sorted(files) == ["a.png", "cut.png", "raw.cr2"]
    found = left_out_pictures.pictures(collection)
    assert [files[row] for row in found] == ["a.png"]
    for row in range(len(files)):
        status, headers, body = ask(server.left_out_url(collection, row))
        if row in found:
            assert status == 200 and headers["content-type"] == "image/webp" and body == found[row]
        else:
            assert status == 404
    assert ask(f"{server.left_out_url(collection, 0)}x")[0] == 404


def test_a_scan_that_is_gone_by_now_has_none(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "scans" / "a.png").unlink()
    assert left_out_pictures.pictures(collection) == {}


def test_a_plate_of_the_same_name_in_another_folder_is_no_picture_of_it(tmp_path: Path) -> None:
    for number, folder in enumerate(("one", "two")):
        (tmp_path / folder).mkdir()
        draw_plate(number).save(tmp_path / folder / "a.png")
    (tmp_path / "two" / "a.png").write_bytes((tmp_path / "one" / "a.png").read_bytes()[:200])
    inputs = [tmp_path / "one", tmp_path / "two"]
    options = Options(out=tmp_path / "out", inputs=inputs, backbones=["toy"], projections=["pca"], matching=False)
    prepare(options, processor=ToyProcessor())
    collection = open_collection(tmp_path / "out")
    assert collection.skipped["file"].tolist() == ["a.png"]
    assert left_out_pictures.pictures(collection) == {}
