"""A collection that is damaged: what the screen says of it, and the button that has it prepared again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.services import runs
from imgsim.collection import open_collection
from imgsim.generation import layout
from tests import pages
from tests.app.runs_scene import HEAD, ended, program
from tests.herbals import make_herbals

MEND = HEAD + """
shutil.copytree(sys.argv[1], FOLDER, dirs_exist_ok=True)
(FOLDER / "CURRENT").touch()
stage("plates", 1, 1)
say("done", name=FOLDER.name, path=str(FOLDER), plates=24)
"""
FAIL = HEAD + """
say("error", message="Run: it", what="The disk is full.", remedy={"kind": "StartAgain"}); sys.exit(1)
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_herbals(tmp_path)
    monkeypatch.setenv("IMGSIM_DATA", str(folder))
    return folder


@pytest.fixture
def whole(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What runs in place of the command puts a whole copy back."""
    shutil.copytree(data / "herbals", tmp_path / "whole")
    monkeypatch.setattr(runs, "COMMAND", [*program(MEND), str(tmp_path / "whole")])
    yield
    runs.stop_all()


def mended(app: AppTest, data: Path) -> AppTest:
    """The page once the run that a button began has ended."""
    pages.check(app.button(key="again_herbals").click().run())
    assert ended(data / "herbals").words == ()
    return pages.check(app.run())


def said(app: AppTest) -> str:
    return "\n".join(str(one.value) for group in (app.error, app.warning, app.markdown, app.caption) for one in group)


def cut(folder: Path, file: str) -> None:
    path = open_collection(folder).folder / file
    path.write_bytes(path.read_bytes()[:-7])


def test_the_only_collection_can_be_prepared_again(data: Path, whole: None) -> None:
    cut(data / "herbals", layout.CATALOGUE)
    app = pages.visit("browse")
    assert "catalogue" in app.error[0].value and not app.title
    assert app.button(key="open_own")  # another collection can be made all the same
    assert [block.value for block in app.code] == ["python precompute.py --name herbals"]
    mended(app, data)
    assert not app.error and app.title[0].value == "Browse"
    assert pages.param(app, "collection") == "herbals"


def test_beside_another_it_is_named_and_opened_once_it_is_whole(data: Path, whole: None) -> None:
    shutil.copytree(data / "herbals", data / "zz")
    cut(data / "herbals", layout.CATALOGUE)
    app = pages.visit("browse", collection="herbals")
    assert pages.param(app, "collection") == "zz"
    assert "catalogue" in app.warning[0].value and "precompute.py --name herbals" in said(app).replace("\\", "")
    mended(app, data)
    assert pages.param(app, "collection") == "herbals" and not app.warning


def test_what_fails_is_said_in_the_words_of_the_screen(
    data: Path, whole: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "COMMAND", program(FAIL))
    cut(data / "herbals", layout.CATALOGUE)
    app = mended(pages.visit("browse"), data)
    words = said(app).replace("\\", "")
    assert "The disk is full." in words and "Try again: it goes on where it stopped." in words
    assert "Run: it" not in words


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


def test_an_array_that_is_damaged_says_what_mends_it(data: Path, whole: None) -> None:
    path = next(open_collection(data / "herbals").folder.glob("toy/embeddings.npy"))
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    app = pages.check(AppTest.from_function(failing, default_timeout=60).run())
    assert "embeddings.npy" in app.error[0].value.replace("\\", "")
    assert [block.value for block in app.code] == ["python precompute.py --name herbals"]
    pages.check(app.button(key="again_page").click().run())
    assert "Preparing herbals again" in said(app) or not app.error
    assert ended(data / "herbals").words == ()


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
