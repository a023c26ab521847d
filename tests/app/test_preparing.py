"""Runs as pages show them: how far, how they ended, what can be done; with stand-ins for the command."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.services import nearby, runs
from tests import pages
from tests.app.runs_scene import DONE, HEAD, WAITING, ended, program, until


@pytest.fixture
def data(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "data"
    shutil.copytree(plain, folder)
    monkeypatch.setenv("IMGSIM_DATA", str(folder))
    monkeypatch.setattr(runs, "COMMAND", program(WAITING))
    yield folder
    runs.stop_all()


def said(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.error, app.warning, app.info, app.success)
    return "\n".join(str(one.value) for group in groups for one in group).replace("\\", "")


def bars(app: AppTest) -> list[str]:
    return [one.proto.text.replace("\\", "") for one in app.get("progress")]


def under_way(folder: Path) -> None:
    runs.start(folder, ["--", "/scans"], "again")
    until(lambda: bool(runs.of(folder).story.stages))  # type: ignore[union-attr]


@pytest.mark.parametrize("page", ["browse", "map", "about", "help", "plate"])
def test_every_page_says_small_how_far_a_run_is(data: Path, page: str) -> None:
    under_way(data / "herbals")
    app = pages.visit(page)
    assert "**herbals** is being prepared" in said(app)
    assert "Reading plates · 3 of 12 · 2.0 a second · 4.5 s left" in bars(app)


def test_nothing_is_said_where_nothing_runs(data: Path) -> None:
    app = pages.visit("browse")
    assert not bars(app) and "being prepared" not in said(app)


@pytest.mark.parametrize("page", ["reuse", "books", "review", "overview"])
def test_pages_that_wait_for_verdicts_show_how_far_and_open_by_themselves(data: Path, page: str) -> None:
    from imgsim.generation.locking import locked

    under_way(data / "herbals")
    with locked(data / "herbals"):
        app = pages.visit(page)
    assert "This page opens by itself" in said(app) and "Reload" not in said(app)
    assert bars(app).count("Reading plates · 3 of 12 · 2.0 a second · 4.5 s left") == 2  # here, and in the sidebar


def test_one_from_a_terminal_is_said_too(data: Path) -> None:
    from imgsim.generation.locking import locked

    with locked(data / "herbals"):
        app = pages.visit("reuse")
    assert "being prepared in a terminal" in said(app) and "This page opens by itself" in said(app)


def test_the_comparison_begins_with_a_button(data: Path) -> None:
    app = pages.visit("reuse")
    pages.check(app.button(key="compare_now").click().run())
    run = runs.of(data / "herbals")
    assert run is not None and run.running and run.words == () and run.kind == "again"


def test_another_run_on_it_is_refused_with_a_sentence(data: Path) -> None:
    app = pages.visit("reuse")
    under_way(data / "herbals")
    pages.check(app.button(key="compare_now").click().run())
    pages.check(app.switch_page("imgsim/app/pages/add.py").run())
    assert "“herbals” is being prepared already" in said(app)


def test_it_is_cancelled_and_goes_on_from_the_page(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way(data / "herbals")
    app = pages.visit("add")
    pages.check(app.button(key="cancel_add_herbals").click().run())
    ended(data / "herbals")
    pages.check(app.run())
    assert "was cancelled" in said(app) and "**herbals**: cancelled" in said(app)
    monkeypatch.setattr(runs, "COMMAND", program(DONE))
    pages.check(app.button(key="resume_herbals").click().run())
    assert ended(data / "herbals").words == ("--", "/scans")
    pages.check(app.run())
    assert "“herbals” is ready" in said(app) and app.metric[0].value == "12"
    pages.check(app.button(key="close_herbals").click().run())
    assert "is ready" not in said(app)


def test_what_went_wrong_is_said_with_what_to_do(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail = "say('error', message='Run: it', what='The disk is full.', remedy={'kind': 'StartAgain'}); sys.exit(1)"
    monkeypatch.setattr(runs, "COMMAND", program(HEAD + fail))
    runs.start(data / "herbals", [], "again")
    ended(data / "herbals")
    app = pages.visit("add")
    assert "could not be prepared.** The disk is full." in said(app) and "Try again: it goes on" in said(app)
    assert "Run: it" not in said(app)


def test_one_that_was_broken_off_waits_for_a_word(data: Path) -> None:
    under_way(data / "herbals")
    runs.stop_all()
    app = pages.visit("add")
    assert "was broken off" in said(app)
    assert app.button(key="resume_herbals").label == "Go on"


def test_the_end_says_what_came_and_what_was_understood(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = """
say("done", name="herbals", path=str(FOLDER), changed=True, plates=24, skipped=2, families=3, notes=["a remark"],
    join={"plates": 24, "joined": 20, "key": "book", "key_column": "Signatur", "unused": 1, "notes": [],
          "books": {"count": 4, "by": "folder", "unnamed": 1},
          "years": {"plates": 24, "read": 22, "intervals": 0, "undated": 1, "unread": {"oft": 1}}},
    changes={"counts": {"new": 5, "gone": 1, "moved": 0, "replaced": 0}},
    naming={"decisions_gone": 2, "decisions_replaced": 0})
"""
    monkeypatch.setattr(runs, "COMMAND", program(HEAD + summary))
    runs.start(data / "herbals", [], "more")
    ended(data / "herbals")
    app = pages.visit("add")
    assert [(one.label, one.value) for one in app.metric] == [
        ("Plates", "24"), ("Books", "4"), ("Years read", "22 of 24"), ("Families", "3"), ("Left out", "2"),
    ]  # fmt: skip
    words = said(app)
    for sentence in (
        "20 of 24 plates found their row, by the column Signatur; 1 row without a plate.", "not read: `oft`",
        "1 plate of no known book.", "5 new, 1 gone; every plate keeps its id.",
        "2 decisions name plates that are gone", "a remark",
    ):  # fmt: skip
        assert sentence in words, (sentence, words)


def test_elsewhere_nothing_can_be_begun_or_ended(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way(data / "herbals")
    monkeypatch.setattr(nearby, "reads", lambda: False)
    for page in ("add", "manage", "reuse", "about"):
        app = pages.visit(page)
        keys = [str(one.key) for one in app.button]
        wanted = ("cancel", "resume", "close_", "begin", "open_own", "again_", "trash", "call_", "compare_now")
        assert not [key for key in keys if key.startswith(wanted)], keys
    assert nearby.ELSEWHERE in said(pages.visit("add"))
