"""The first start while plates come about elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgsim.app.parts import adding
from tests import pages
from tests.herbals import make_herbals


def test_plates_that_come_about_meanwhile_are_browsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    monkeypatch.setenv("IMGSIM_DATA", str(data))
    whole = make_herbals(tmp_path / "elsewhere") / "herbals"
    drawn = adding.draw
    moments: list[str] = []

    def draw(*given: Any, **named: Any) -> None:
        moments.append("doors")
        data.mkdir(exist_ok=True)
        whole.rename(data / "herbals")
        drawn(*given, **named)

    monkeypatch.setattr(adding, "draw", draw)
    app = pages.visit("browse")
    assert moments == ["doors"] and app.title[0].value == "Browse" and pages.param(app, "collection") == "herbals"
