"""A new user's way, timed step by step: from an empty start to a reviewed, exported, citable family.

    python -m tests.benchmarks.journey [--out FOLDER]

Starts the app without any collection, as the README says, and goes through it in a browser by what is on the screen:
no address is typed. Prints how long each step took until the page stood still, and leaves a picture of each in
--out. Seconds of thought are not counted, for nobody thinks here.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.serving import Served, launch, needed_browser, serve, settle

_NAME = "A. Reader"
_WAIT = 600_000  # milliseconds, for what prepares


class Journey:
    """One reader's steps, each timed and photographed."""

    def __init__(self, page: Page, out: Path | None) -> None:
        self.page, self.out, self.steps = page, out, 0

    @contextmanager
    def step(self, what: str, *, still: bool = True) -> Iterator[None]:
        start = time.perf_counter()
        yield
        if still:
            settle(self.page)
        seconds = time.perf_counter() - start
        self.steps += 1
        print(f"{self.steps:2}  {seconds:6.1f} s  {what}", flush=True)
        if self.out is not None:
            self.page.wait_for_timeout(600)  # pictures fade in
            picture = Image.open(io.BytesIO(self.page.screenshot()))
            # 256 colours: half the size, and grey plates lose nothing.
            fewer = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE)
            fewer.save(self.out / f"{self.steps:02}.png", optimize=True)


def arrive(journey: Journey, served: Served) -> None:
    """From nothing to plates that can be browsed."""
    page = journey.page
    with journey.step("the app opens; the sample's door is chosen, and it is prepared", still=False):
        page.goto(served.url)
        page.get_by_role("button", name="Prepare the sample").click()
        expect(page.get_by_test_id("stProgress").first).to_be_visible(timeout=_WAIT)
    with journey.step("the plates can be browsed"):
        expect(page.get_by_test_id("imgsim-grid").locator("li").first).to_be_visible(timeout=_WAIT)


def work(journey: Journey) -> None:
    """From plates to a reviewed, cited and exported family."""
    page = journey.page
    strips = page.locator("[data-testid=imgsim-strips] .family")
    with journey.step("every pair has its verdict, and the families are there"):
        page.locator(".st-key-pages").get_by_role("link", name="Re-use", exact=True).click()
        expect(strips.first).to_be_visible(timeout=_WAIT)  # it opens by itself
    with journey.step("a first hint is read"):
        page.get_by_role("button", name="Got it").click()
    with journey.step("the first family opens"):
        strips.first.get_by_test_id("imgsim-open").click()
        expect(page.get_by_role("heading", name="What ties them together")).to_be_visible()
    with journey.step("its second plate is laid on the first"):
        strips.first.get_by_test_id("imgsim-compare").first.click()
        expect(page.locator("[data-testid=imgsim-compare][data-state=ready]")).to_be_visible(timeout=60_000)
    with journey.step("the two are swapped with the space bar"):
        page.keyboard.press("Space")
    with journey.step("the reader gives a name"):
        name = page.get_by_placeholder("Your name, then Enter")
        name.fill(_NAME)
        name.press("Enter")
        expect(page.get_by_role("button", name=_NAME)).to_be_visible()
    with journey.step("and decides: same plate"):
        page.get_by_role("button", name=re.compile("^Same plate")).click()
        expect(
            page.get_by_text(re.compile("same plate.*A. Reader|A. Reader.*same plate", re.S)).first
        ).to_be_visible()
    with journey.step("back to the family, which says what was decided"):
        page.go_back()
        expect(page.get_by_role("heading", name="What ties them together")).to_be_visible()
    with journey.step("its citation is there to be copied"):
        citation = page.get_by_test_id("stCode").last
        citation.scroll_into_view_if_needed()
        print(f"            {citation.inner_text().strip()[:160]}", flush=True)
    with journey.step("the family is exported as one zip"):
        page.get_by_role("button", name="Export …").click()
        page.get_by_role("button", name="Prepare").click()
        link = page.locator("a.download")
        expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as waiting, journey.step("and downloaded"):
        link.click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        print("            " + ", ".join(entry.split("/")[-1] for entry in archive.namelist()), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.journey", description=__doc__)
    parser.add_argument("--out", type=Path, help="the folder for the pictures")
    options = parser.parse_args()
    browser_path = needed_browser()
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        start = time.perf_counter()
        with serve(Path(data)) as served:
            print(f"    {time.perf_counter() - start:6.1f} s  the app starts", flush=True)
            browser = launch(playwright, browser_path)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            journey = Journey(page, options.out)
            arrive(journey, served)
            work(journey)
            browser.close()
            print(f"    {time.perf_counter() - start:6.1f} s  in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
