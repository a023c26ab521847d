"""Row 15: tabs that were closed leave nothing behind; a session keeps little, and the app's memory stays."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.benchmarks.load import tabs
from tests.e2e.serving import serve
from tests.herbals import COUNT, make_herbals
from tests.pages import visit
from tests.reliability.tally import Tally
from tests.reliability.uploading import memory

TABS = 400
MOST_RISE = 100 * 2**20  # a megabyte left behind by each tab would be four times as much
MOST_STATE = 10_000  # characters


def test_a_session_keeps_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(make_herbals(tmp_path)))
    for name in ("browse", "plate", "map", "compare", "models", "overview"):
        with tally.attempt(name):
            kept = visit(name, plate="p003", threshold="-1").session_state
            assert len(repr(kept)) < MOST_STATE


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads memory as Linux tells it")
def test_closed_tabs_give_their_memory_back(tmp_path: Path, tally: Tally) -> None:
    """tests/benchmarks/load.py opens thousands."""
    with serve(make_herbals(tmp_path)) as app:
        url = app.url.replace("http", "ws") + "/_stcore/stream"
        ids = [f"p{number:03}" for number in range(COUNT)]
        # What is kept for good (caches of a fixed number of entries) is filled first.
        asyncio.run(tabs(url, "herbals", ids, TABS // 4))
        before = memory(app.process.pid)
        with tally.attempt("tabs, opened and closed", times=TABS):
            asyncio.run(tabs(url, "herbals", ids, TABS))
            rise = memory(app.process.pid) - before
            assert rise < MOST_RISE, f"{rise >> 20} MB"
        assert "Traceback" not in app.said()
