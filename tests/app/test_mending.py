"""A collection that is damaged: what the screen says of it, and the button that has it prepared again."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.parts import preparing
from imgsim.collection import open_collection
from imgsim.generation import layout
from tests import pages
from tests.herbals import make_herbals

MEND = """
import json, pathlib, shutil, sys
shutil.copytree(sys.argv[1], sys.argv[2], dirs_exist_ok=True)
pathlib.Path(sys.argv[2], "CURRENT").touch()
print(json.dumps({"event": "progress", "stage": "plates", "done": 1, "total": 1}))
"""
FAIL = """
import json, sys
error = {"event": "error", "message": "Run: it", "what": "The disk is full.", "remedy": {"kind": "StartAgain"}}
print(json.dumps(error)); sys.exit(1)
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_herbals(tmp_path)
    monkeypatch.setenv("IMGSIM_DATA", str(folder))
    return folder


@pytest.fixture
def begun(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """The commands that were begun; what runs in their place puts a whole copy back."""
    shutil.copytree(data / "herbals", tmp_path / "whole")
    found: list[list[str]] = []
    started = preparing._started

    def stand_in(command: list[str]) -> preparing.Preparation:
        found.append(command)
        script = FAIL if len(found) > 1 else MEND
        return started([sys.executable, "-c", script, str(tmp_path / "whole"), str(data / "herbals")])

    monkeypatch.setattr(preparing, "_started", stand_in)
    yield found
    preparing._updates.clear()


def said(app: AppTest) -> str:
    return "\n".join(str(one.value) for group in (app.error, app.warning, app.markdown, app.caption) for one in group)


def cut(folder: Path, file: str) -> None:
    path = open_collection(folder).folder / file
    path.write_bytes(path.read_bytes()[:-7])


def test_the_only_collection_can_be_prepared_again(data: Path, begun: list[list[str]]) -> None:
    cut(data / "herbals", layout.CATALOGUE)
    app = pages.visit("browse")
    assert "catalogue" in app.error[0].value and not app.title
    assert [block.value for block in app.code] == ["python precompute.py --name herbals"]
    pages.check(app.button(key="again_herbals").click().run())
    assert begun and begun[0][-3:] == ["--out", str(data / "herbals"), "--json"]
    assert not app.error and app.title[0].value == "Browse"
    assert pages.param(app, "collection") == "herbals"


def test_beside_another_it_is_named_and_opened_once_it_is_whole(data: Path, begun: list[list[str]]) -> None:
    shutil.copytree(data / "herbals", data / "zz")
    cut(data / "herbals", layout.CATALOGUE)
    app = pages.visit("browse", collection="herbals")
    assert pages.param(app, "collection") == "zz"
    assert "catalogue" in app.warning[0].value and "precompute.py --name herbals" in said(app).replace("\\", "")
    pages.check(app.button(key="again_herbals").click().run())
    assert pages.param(app, "collection") == "herbals" and not app.warning


def test_what_fails_is_said_in_the_words_of_the_screen(data: Path, begun: list[list[str]]) -> None:
    begun.append([])  # from the second on they fail
    cut(data / "herbals", layout.CATALOGUE)
    app = pages.visit("browse")
    pages.check(app.button(key="again_herbals").click().run())
    words = said(app).replace("\\", "")
    assert "The disk is full. Try again: it goes on where it stopped." in words and "Run: it" not in words


def failing() -> None:
    """A page whose part fails as the collection of the environment does; the app hands such errors on like this."""
    import streamlit as st

    from imgsim.app.parts import mending
    from imgsim.app.services import caches
    from imgsim.errors import ImgsimError

    mending.going_on()

    @st.fragment
    def part() -> None:
        try:
            caches.opened("herbals").embeddings("toy")
            st.write("all is well")
        except ImgsimError as error:
            mending.on_script_error(error)

    part()


def test_an_array_that_is_damaged_says_what_mends_it(data: Path, begun: list[list[str]]) -> None:
    path = next(open_collection(data / "herbals").folder.glob("toy/embeddings.npy"))
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    app = pages.check(AppTest.from_function(failing, default_timeout=60).run())
    assert "embeddings.npy" in app.error[0].value.replace("\\", "")
    assert [block.value for block in app.code] == ["python precompute.py --name herbals"]
    pages.check(app.button(key="again_page").click().run())
    assert len(begun) == 1


def lacking() -> None:
    """A page that wants more than a collection has."""
    import os

    from imgsim.app.parts import mending
    from imgsim.errors import CollectionError, PrepareAgain

    folder = f"{os.environ['IMGSIM_DATA']}/herbals"
    mending.on_script_error(CollectionError("It has no such map.", PrepareAgain(folder, "resnet50", ("umap",))))


def test_what_a_collection_lacks_is_a_command_and_no_button(data: Path) -> None:
    app = pages.check(AppTest.from_function(lacking).run())
    assert app.error[0].value.replace("\\", "") == "It has no such map."
    wanted = "python precompute.py --name herbals --backbone resnet50 --projection umap"
    assert [block.value for block in app.code] == [wanted]
    assert not app.button
