"""The first start, with a stand-in for precompute.py."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.parts import preparing

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    preparing._shared.clear()
    yield
    for preparation in preparing._shared:
        preparation.process.kill()
        preparation.process.wait()
    preparing._shared.clear()


def run(script: str) -> preparing.Preparation:
    """Start a stand-in and wait for its end."""
    preparation = preparing.start([sys.executable, "-u", "-c", script])
    deadline = time.monotonic() + 20
    while (preparation.running or not preparation.finished) and time.monotonic() < deadline:
        time.sleep(0.02)
    return preparation


def test_its_lines_become_stages_in_their_order() -> None:
    preparation = run(
        "import json\n"
        "for stage, done in (('plates', 3), ('plates', 9), ('maps', 1)):\n"
        "    print(json.dumps({'event': 'progress', 'stage': stage, 'done': done, 'total': 9, 'remaining_s': 4.2}))\n"
        "print('a warning of some library')\n"
        "print(json.dumps({'event': 'done'}))\n"
    )
    assert preparation.failure() == ""
    assert {stage: event["done"] for stage, event in preparation.stages.items()} == {"plates": 9, "maps": 1}


def test_a_collection_is_ready_before_the_run_ends() -> None:
    preparation = preparing.start(
        [sys.executable, "-u", "-c", "import time; print('{\"event\": \"ready\"}'); time.sleep(60)"]
    )
    deadline = time.monotonic() + 20
    while not preparation.ready and time.monotonic() < deadline:
        time.sleep(0.02)
    assert preparation.ready and preparation.running and not preparation.finished


def test_an_error_is_said_in_its_own_words() -> None:
    preparation = run(
        "import json, sys; print(json.dumps({'event': 'error', 'message': 'The disk is full.'})); sys.exit(1)"
    )
    assert preparation.failure() == "The disk is full."


def test_a_crash_is_said_in_its_last_words() -> None:
    assert run("import nothing_like_this").failure().startswith("ModuleNotFoundError")


def test_all_readers_share_one_run_until_it_fails() -> None:
    script = "import time; time.sleep(20)"
    first = preparing.start([sys.executable, "-c", script])
    assert preparing.start([sys.executable, "-c", script]) is first
    first.process.kill()
    first.process.wait()
    assert preparing.start([sys.executable, "-c", script]) is not first


@pytest.mark.parametrize(
    ("event", "share", "label"),
    [
        ({"done": 3, "total": 12, "remaining_s": 8.6}, 0.25, "Plates · 3 of 12 · 9 s left"),
        ({"done": 12, "total": 12, "remaining_s": 0}, 1.0, "Plates · 12 of 12"),
        ({"done": 5, "total": None}, 0.0, "Plates"),
        ({"done": "x", "total": "y"}, 0.0, "Plates"),
        ({"done": 50, "total": 12}, 1.0, "Plates · 50 of 12"),
    ],
)
def test_a_bar_says_how_far_and_how_long(event: dict, share: float, label: str) -> None:
    assert preparing.progress("plates", event) == (share, label)


def test_a_failed_preparation_says_what_to_do_and_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path))
    started = []
    real = preparing.start

    def start() -> preparing.Preparation:
        started.append(1)
        return real([sys.executable, "-c", "raise SystemExit('the weights are missing')"])

    monkeypatch.setattr(preparing, "start", start)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    assert not app.exception
    assert "the weights are missing" in app.error[0].value.replace("\\", "")
    assert "precompute.py --sample" in app.code[0].value
    app.run()
    assert len(started) == 1  # a failed run is not begun again by itself
    app.button[0].click().run()
    assert not app.exception
    assert len(started) == 2


def test_a_collection_makes_preparation_unnecessary(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(plain))
    monkeypatch.setattr(preparing, "start", lambda: pytest.fail("the sample was prepared"))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    assert not app.exception
    assert app.title[0].value == "Browse"


def test_a_damaged_collection_is_said_and_not_prepared_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path))
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "CURRENT").write_text("nowhere\n", encoding="utf-8")
    monkeypatch.setattr(preparing, "start", lambda: pytest.fail("the sample was prepared"))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    assert not app.exception
    assert "old" in app.error[0].value
