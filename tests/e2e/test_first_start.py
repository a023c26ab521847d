"""A fresh machine: no collection yet, so there are three doors; the sample is prepared before the reader's eyes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.conftest import offline
from tests.e2e.serving import serve, settle


@pytest.mark.timeout(400)
def test_the_first_start_prepares_the_sample_and_opens_it(context: BrowserContext, tmp_path: Path) -> None:
    data, calls = tmp_path / "data", tmp_path / "calls.txt"
    with serve(data, environ=offline(calls)) as served:
        page = context.new_page()
        page.goto(served.url)
        page.get_by_role("button", name="Prepare the sample").click(timeout=60_000)
        expect(page.get_by_test_id("stProgress").first).to_be_visible(timeout=60_000)
        # a second reader sees the same run, not a second one
        other = context.new_page()
        other.goto(served.url)
        expect(other.get_by_test_id("stProgress").first).to_be_visible(timeout=60_000)
        grid = page.get_by_test_id("imgsim-grid")
        expect(grid.locator("li").first).to_be_visible(timeout=300_000)
        settle(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        expect(page.get_by_text("240 plates").first).to_be_visible()
        expect(other.get_by_test_id("imgsim-grid").locator("li").first).to_be_visible(timeout=60_000)
        assert "Traceback" not in served.said()
    assert not calls.exists(), calls.read_text(encoding="utf-8")
    assert [folder.name for folder in data.iterdir() if (folder / "CURRENT").exists()] == ["sample"]
