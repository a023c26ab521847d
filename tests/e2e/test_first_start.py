"""A fresh machine: no collection yet, so there are three doors; the sample is prepared before the reader's eyes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.conftest import offline
from tests.e2e.lending import DESK
from tests.e2e.serving import ARGUMENTS, Served, find_browser, serve, settle


@pytest.mark.timeout(900)
def test_the_first_start_prepares_the_sample_and_opens_it(browser: Browser, tmp_path: Path) -> None:
    data, calls = tmp_path / "data", tmp_path / "calls.txt"
    environ = {**offline(calls), "PYTHONFAULTHANDLER": "1"}
    # A browser that never saw the app, as on a fresh machine: nothing is kept, nothing is shared with other tests.
    launched = browser.browser_type.launch(executable_path=find_browser(), args=ARGUMENTS)
    with serve(data, environ=environ) as served, launched as fresh, fresh.new_context(viewport=DESK) as context:
        page, other = context.new_page(), context.new_page()
        with explained(served, page, other):
            page.goto(served.url)
            page.get_by_role("button", name="Prepare the sample").click(timeout=60_000)
            expect(page.get_by_test_id("stProgress").first).to_be_visible(timeout=60_000)
            # a second reader sees the same run, not a second one
            other.goto(served.url)
            expect(other.get_by_test_id("stProgress").first).to_be_visible(timeout=60_000)
            for reader in (page, other):
                # Minutes on a busy machine.
                expect(reader.get_by_test_id("imgsim-grid").locator("li").first).to_be_visible(timeout=600_000)
            settle(page)
            expect(page.get_by_test_id("stException")).to_have_count(0)
            expect(page.get_by_text("240 plates").first).to_be_visible()
        assert "Traceback" not in served.said()
    assert not calls.exists(), calls.read_text(encoding="utf-8")
    assert [folder.name for folder in data.iterdir() if (folder / "CURRENT").exists()] == ["sample"]


@contextmanager
def explained(served: Served, *pages: Page) -> Iterator[None]:
    """Where a page shows something else than is expected: what its browser still waits for, and what the app does."""
    waiting: dict[Request, str] = {}

    def asked(request: Request) -> None:
        waiting[request] = "waits for"

    def failed(request: Request) -> None:
        waiting[request] = f"failed ({request.failure})"

    def answered(request: Request) -> None:
        waiting.pop(request, None)

    for page in pages:
        page.on("request", asked)
        page.on("requestfailed", failed)
        page.on("requestfinished", answered)
    try:
        yield
    except AssertionError as error:
        lines = [f"{what} {request.url}" for request, what in waiting.items()]
        with suppress(OSError):
            os.killpg(served.process.pid, signal.SIGABRT)  # the threads of the app write down where they are
            served.process.wait(20)
        raise AssertionError("\n".join([str(error), *lines, served.said()])) from error
