"""The page Collections: names, sizes and places, prepare again, the trash and the way back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.services import runs
from imgsim.collection import settings, shelf
from tests import pages
from tests.app.runs_scene import DONE, ended, program
from tests.app.test_preparing import said


@pytest.fixture
def data(several: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "data"
    shutil.copytree(several / "herbals", folder / "herbals")
    shutil.copytree(several / "x_one", folder / "other")
    monkeypatch.setenv("IMGSIM_DATA", str(folder))
    monkeypatch.setattr(runs, "COMMAND", program(DONE))
    yield folder
    runs.stop_all()


def keys(app: AppTest) -> list[str]:
    return [str(one.key) for one in app.button]


def test_each_says_its_plates_its_size_and_its_place(data: Path) -> None:
    words = said(pages.visit("manage"))
    for name, plates in (("herbals", 24), ("other", 4)):
        assert f"## {name}" in words and f"{plates} plates · prepared 20" in words and str(data / name) in words
    assert words.count(" MB") == 2 and "open now" in words


def test_it_is_called_otherwise_everywhere(data: Path) -> None:
    app = pages.visit("manage")
    app.text_input(key="title_herbals").set_value("Kräuter *1737*")
    pages.check(app.button(key="call_herbals").click().run())
    assert settings.title(data / "herbals") == "Kräuter *1737*"
    assert "## Kräuter *1737*" in said(app)
    assert "Kräuter *1737*" in app.sidebar.selectbox[0].options and pages.param(app, "collection") == "herbals"
    app.text_input(key="title_herbals").set_value("")
    pages.check(app.button(key="call_herbals").click().run())
    assert settings.title(data / "herbals") == "herbals"


def test_it_is_prepared_again_with_other_settings(data: Path) -> None:
    app = pages.visit("manage")
    app.multiselect(key="again_backbones_herbals").set_value(["resnet18"])
    app.text_input(key="again_books_herbals").set_value("folder")
    app.text_input(key="again_table_herbals").set_value("/tables/new.csv")
    app.checkbox(key="again_matching_herbals").set_value(False)
    app.checkbox(key="again_missing_herbals").set_value(True)
    pages.check(app.button(key="again_herbals").click().run())
    run = ended(data / "herbals")
    assert run.kind == "again" and list(run.words) == [
        "--backbone", "resnet18", "--book-by", "folder", "--no-verify", "--metadata", "/tables/new.csv",
        "--accept-missing",
    ]  # fmt: skip


def test_to_the_trash_and_back(data: Path) -> None:
    app = pages.visit("manage", collection="herbals")
    pages.check(app.button(key="trash_herbals").click().run())
    assert not (data / "herbals").exists() and pages.param(app, "collection") == "other"
    assert "In the trash" in said(app) and "“herbals” lies in the trash now" in said(app)
    back = next(key for key in keys(app) if key.startswith("back_"))
    pages.check(app.button(key=back).click().run())
    assert (data / "herbals").is_dir() and "“herbals” is back" in said(app) and "In the trash" not in said(app)


def test_the_last_one_may_go_too_and_the_trash_is_emptied(data: Path) -> None:
    app = pages.visit("manage", collection="herbals")
    pages.check(app.button(key="trash_herbals").click().run())
    pages.check(app.button(key="empty_trash").click().run())
    assert shelf.in_trash(data) == [] and "The trash is empty" in said(app)
    pages.check(app.button(key="trash_other").click().run())
    assert [one.value for one in app.title] == ["Which books do you want to look at?"]


def test_one_that_is_at_work_is_not_thrown_away(data: Path) -> None:
    from imgsim.generation.locking import locked

    app = pages.visit("manage", collection="herbals")
    with locked(data / "other"):
        pages.check(app.button(key="trash_other").click().run())
    assert (data / "other").is_dir() and "Another run is writing" in said(app)


def test_a_damaged_one_is_listed_and_can_go(data: Path) -> None:
    (data / "bad").mkdir()
    (data / "bad" / "CURRENT").write_text("nowhere\n", encoding="utf-8")
    app = pages.visit("manage")
    assert "## bad" in said(app) and "open_bad" not in keys(app)
    pages.check(app.button(key="trash_bad").click().run())
    assert not (data / "bad").exists()
