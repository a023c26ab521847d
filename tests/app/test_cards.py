"""What a thumbnail says about its plate."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.app.parts import cards
from imgsim.app.services import server
from imgsim.collection import Collection, open_collection
from tests.book_scans import NAME, make_scans


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    monkeypatch.setattr(server, "prefix", lambda: "")
    return open_collection(make_scans(tmp_path) / NAME)


def test_plates_without_a_page_number_say_which_scan_they_were_cut_out_of(scans: Collection) -> None:
    frame = scans.catalogue.frame
    lines = {card["id"]: card["lines"] for card in cards.cards(scans, range(len(frame)))}
    assert lines["p001_0"] == lines["p001_1"] == ["no year · scan p001"] and lines["q001_2"] == ["no year · scan q001"]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"book": "flora", "page": 12, "page_scan": "flora_0014.png", "canvas": "f. 6"}, "p. 12"),
        ({"book": "flora", "page_scan": "flora.pdf!flora_0012"}, "scan 0012"),
        ({"book": "a", "page_scan": "b/001.jpg", "canvas": "fol. 2r"}, "fol. 2r"),
        ({"book": "a", "page_scan": None}, ""),
        ({"book": ""}, ""),
    ],
)
def test_a_scan_is_called_as_briefly_as_can_be(record: dict[str, str | int | None], said: str) -> None:
    assert cards.page_of({"page": None, **record}) == said
