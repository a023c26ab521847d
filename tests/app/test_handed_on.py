"""What a colleague's imgsim exported, taken in on the page Review."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.collection import open_collection
from imgsim.collection.decided import reviews_of
from imgsim.export import Request, files_of, zip_chunks
from tests.herbals import make_herbals
from tests.making import make
from tests.pages import check, visit, words


def test_the_zip_of_a_colleague_who_calls_plates_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make_herbals(tmp_path)
    monkeypatch.setenv("IMGSIM_DATA", str(data))
    herbals = open_collection(data / "herbals")
    images = tmp_path / "renamed"
    images.mkdir()
    catalogue = herbals.catalogue
    rows = [catalogue.row(plate) for plate in ("p000", "p006", "p018")]
    for number, row in enumerate(rows):
        (images / f"x{number}.png").write_bytes(herbals.plate_bytes(row))
    make(tmp_path / "theirs", images)
    theirs = open_collection(tmp_path / "theirs")
    reviews_of(theirs).record("x0", "x1", "same plate", reviewer="Paul")
    request = Request(theirs, "2026-11-22", theirs.backbones[0])
    content = b"".join(zip_chunks(request, files_of(["reviews"], request)))
    app = visit("review", section="all", collection="herbals")
    app.file_uploader[0].upload("export.zip", content, "application/zip")
    told = words(check(app.run()))
    assert "Imported: 1 new record" in told and "2 plates are called otherwise here" in told and "refused" not in told
    frame = next(frame.value for frame in app.dataframe if "Plate" in frame.value.columns)
    assert frame["Plate"].tolist() == ["x0 → p000", "x1 → p006"]
    assert reviews_of(herbals).all()[0].pair == ("p000", "p006")
    app.file_uploader[0].upload("export.zip", content[:-40], "application/zip")
    app = check(app.run())
    assert any("This zip cannot be read" in error.value for error in app.error)
