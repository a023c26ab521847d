"""Pages as a list: every box, every page, and which plate was cut from it."""

from __future__ import annotations

import numpy as np

from imgsim.base.spreadsheets import read_back
from imgsim.export import available, files_of
from tests.exports import collection_of, content, request_of
from tests.kin import catalogue_of

CATALOGUE = catalogue_of({"0904700600_0": ("b", 1700), "p2": ("b", 1700), "p3": ("c", None)})


def test_every_box_is_a_row_and_so_is_a_page_without_any() -> None:
    request = request_of(collection_of(CATALOGUE, paged=True))
    (file,) = files_of(["pages"], request)
    table = read_back(content(file, request))
    assert len(table) == file.count(request) == 7
    assert table["page_id"].tolist() == ["empty"] + [f"page00{n}" for n in range(3) for _ in range(2)]
    assert table["plate_id"].tolist() == ["", "0904700600_0", "", "p2", "", "p3", ""]
    assert table["number"].tolist() == ["", *["0", "1"] * 3]
    assert table["box"].tolist()[:3] == ["", "5 5 60 80", "5 85 60 95"]
    assert table["kind"].tolist()[:3] == ["", "illustration", "ornament"]
    assert table["score"].tolist()[:3] == ["", "0.75", "1.0"]
    assert table["by"].tolist()[:4] == ["", "", "", "Ada"]


def test_of_a_selection_there_are_the_pages_of_its_plates() -> None:
    request = request_of(collection_of(CATALOGUE, paged=True), rows=np.array([2]))
    (file,) = files_of(["pages"], request)
    assert set(read_back(content(file, request))["page_id"]) == {"page002"}


def test_a_collection_of_plates_has_none() -> None:
    assert "pages" not in available(request_of(collection_of(CATALOGUE)))
