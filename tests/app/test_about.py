"""The page About, as Streamlit runs it without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.herbals import COUNT
from tests.making import make, write_plates
from tests.pages import words


def test_about_lists_what_was_skipped_and_what_it_was_made_with(visit: Callable[..., AppTest]) -> None:
    app = visit("about")
    skipped = app.dataframe[0].value
    assert list(skipped["File"]) == ["book0/broken.png"]
    assert {metric.label: metric.value for metric in app.metric}["Plates"] == str(COUNT)


def test_about_tells_how_the_table_was_understood(
    visit: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = write_plates(tmp_path / "images", 4)
    table = tmp_path / "table.csv"
    table.write_bytes("file,title\np000.png,Gärten\np001.png,Gärten\nlost*.png,Höfe\n".encode("mac_roman"))
    make(tmp_path / "mine", images, metadata=table)
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path))
    app = visit("about", collection="mine")
    shown = words(app)
    assert "Books are not told apart" in shown and "2 of 4 plates found their row in the table" in shown
    assert "1 row without a plate" in shown and "read as Mac Roman" in shown and "Gärten" in shown
    listed = next(frame.value for frame in app.dataframe if "Reason" in frame.value and "What" in frame.value)
    assert listed["Name"].tolist() == ["lost*.png", "p002", "p003"]
    make(tmp_path / "mine", None, book_by="title")
    shown = words(visit("about", collection="mine"))
    assert "1 book, by the column" in shown and "2 plates of no known book" in shown
