"""A reader's tasks on a prepared collection, each timed, its clicks and keys counted, and photographed at its end.

    python -m tests.benchmarks.walk DATA [--name sample] [--out FOLDER] [--only a b c d e]

DATA is a folder of collections, one of them called as `--name` says and with verdicts; it is copied first, for the
tasks write reviews. Everything is done by what is on the screen, as a reader would; no address is typed but where the
task is one that somebody sent. Seconds run from the first click of a task until its last answer stands still, and
hold what a browser needs to say so (a quarter of a second after each step); nobody thinks here.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from imgsim.collection import Collection, open_collection
from imgsim.collection.corrected import families_of
from imgsim.images.decoding import open_image
from tests.e2e.looking import download, wait_for_map
from tests.e2e.serving import Served, launch, needed_browser, serve, settle

_LONG = 60_000  # milliseconds


class Reader:
    """Whoever does the tasks: each click, key and field is counted."""

    def __init__(self, page: Page, served: Served, collection: Collection, out: Path | None) -> None:
        self.page, self.served, self.collection, self.out = page, served, collection, out
        self.clicks = self.keys = 0

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()
        settle(self.page)

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)
        settle(self.page)

    def write(self, field: Locator, text: str) -> None:
        """A field filled, as one key: how long a word is says nothing of the app."""
        self.keys += 1
        field.fill(text)
        field.press("Enter")
        settle(self.page)

    def go(self, name: str) -> None:
        self.click(self.page.locator(".st-key-pages").get_by_role("link", name=name, exact=True))

    def take(self, button: Locator) -> str:
        """Download what a button gives; the file's name, which must hold something."""
        self.clicks += 1
        name, content = download(self.page, button)
        assert len(content) > 100, name
        return name

    def picture(self, name: str) -> None:
        if self.out is not None:
            self.page.wait_for_timeout(700)  # pictures fade in
            file = self.out / f"{name}.png"
            self.page.screenshot(path=file)
            shown = Image.open(file).convert("RGB")
            # The method that keeps a colour of which there is little: a swatch of a legend.
            shown.quantize(256, Image.Quantize.MAXCOVERAGE).save(file, optimize=True)

    @contextmanager
    def task(self, name: str, what: str) -> Iterator[None]:
        self.clicks = self.keys = 0
        start = time.perf_counter()
        try:
            yield
        except BaseException:
            self.picture(f"{name}-failed")
            raise
        seconds = time.perf_counter() - start
        self.picture(name)
        print(f"| {name} | {what} | {seconds:.1f} | {self.clicks} | {self.keys} |", flush=True)


def grid_of(page: Page) -> Locator:
    return page.get_by_test_id("imgsim-grid").last.get_by_test_id("imgsim-card")


def copied_plate(collection: Collection) -> str:
    """The first plate of the largest family."""
    families = families_of(collection)
    assert families is not None
    return str(collection.catalogue.plate_ids[families.ordered()[0].members[0].row])


def pick(reader: Reader) -> None:
    """A plate is picked, the line lowered, other books asked for, a neighbour opened, and back to the list as CSV."""
    page = reader.page
    with reader.task("a", pick.__doc__ or ""):
        reader.click(grid_of(page).nth(5))
        expect(page.get_by_test_id("imgsim-viewer")).to_have_attribute("data-state", "ready", timeout=_LONG)
        condition = page.get_by_role("button", name=re.compile("nearest,"))
        reader.click(condition)
        reader.write(page.get_by_role("spinbutton", name=re.compile("^Line")), "0.5")
        toggle = page.get_by_text("Other books only")
        reader.click(toggle)
        reader.click(toggle)
        reader.press("Escape")
        reader.click(page.locator("[data-testid=imgsim-grid] li[data-rank] [data-testid=imgsim-card]").nth(1))
        reader.keys += 1
        page.go_back()
        settle(page)
        expect(page.get_by_role("button", name=re.compile("line at 0.5"))).to_be_visible()
        reader.take(page.get_by_role("button", name="Download CSV"))


def on_the_map(reader: Reader) -> None:
    """A given plate is found on the map, its family seen, a lasso drawn round its neighbourhood, and the list taken."""
    page, collection = reader.page, reader.collection
    plate = copied_plate(collection)
    with reader.task("b", on_the_map.__doc__ or ""):
        reader.go("Map")
        canvas = wait_for_map(page)
        reader.write(page.get_by_test_id("imgsim-map-search"), plate)
        expect(page.get_by_test_id("imgsim-map-found")).to_have_text("1 of 1")
        box = canvas.bounding_box()
        assert box
        page.wait_for_timeout(700)  # the flight
        reader.clicks += 1
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        row = str(collection.catalogue.row(plate))
        expect(canvas).to_have_attribute("data-query", row)
        settle(page)
        page.get_by_label("Colour by").click()
        reader.clicks += 1
        reader.click(page.get_by_role("option", name=re.compile("family", re.I)))
        reader.click(page.get_by_test_id("imgsim-mode-lasso"))
        box = canvas.bounding_box()
        assert box
        centre = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        far = min(box["width"], box["height"]) * 0.35
        page.mouse.move(centre[0] + far, centre[1] + far)  # not from where the small map lies
        page.mouse.down()
        for right, down in ((1, -1), (-0.5, -1), (-1, 1), (1, 1)):
            page.mouse.move(centre[0] + right * far, centre[1] + down * far, steps=6)
        page.mouse.up()
        reader.clicks += 1
        expect(canvas).to_have_attribute("data-selected", re.compile("[1-9]"))
        settle(page)
        reader.take(page.get_by_role("button", name="Download CSV").last)


def by_photograph(reader: Reader) -> None:
    """A photograph of a plate, askew and small, finds the plate."""
    page, collection = reader.page, reader.collection
    row = collection.catalogue.row(copied_plate(collection))
    plate = open_image(collection.plate_bytes(row)).image.convert("L")
    shot = plate.rotate(3, expand=True, fillcolor=205).resize((plate.width * 2 // 3, plate.height * 2 // 3))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "photograph.jpg"
        shot.save(file, quality=70)
        with reader.task("c", by_photograph.__doc__ or ""):
            reader.go("Search by image")
            reader.clicks += 1
            page.locator("input[type=file]").set_input_files(file)
            first = page.locator("[data-testid=imgsim-grid] li[data-rank]").first
            expect(first).to_have_attribute("data-verdict", "same", timeout=_LONG)
            settle(page)
            assert first.get_attribute("data-id") == collection.catalogue.plate_ids[row]


def study(reader: Reader) -> None:
    """Mirrored copies; what a book shares with earlier ones; a family's dossier; ten reviews, and one taken back."""
    page = reader.page
    with reader.task("d", study.__doc__ or ""):
        reader.go("Re-use")
        reader.click(page.get_by_text("Mirrored among them", exact=True).first)
        expect(page.locator("[data-testid=imgsim-strips] .family").first).to_be_visible()
        reader.click(page.get_by_role("button", name="Clear all"))
        reader.go("Books")
        reader.clicks += 1
        page.get_by_test_id("imgsim-matrix").focus()
        for key in ("ArrowDown", "Enter"):
            reader.press(key)
        expect(page.get_by_test_id("imgsim-title-left").first).to_be_visible(timeout=_LONG)
        reader.go("Re-use")
        reader.click(page.get_by_test_id("imgsim-open").first)
        reader.take(page.get_by_role("button", name="Download dossier"))
        reader.go("Review")
        reader.write(page.get_by_placeholder("Your name, then Enter"), "A. Reader")
        for key in "suqsuqsuqs":
            before = desk(page)
            reader.press(key)
            expect_other(page, before)
        reader.press("z")


def desk(page: Page) -> list[str | None]:
    return [one.get_attribute("data-id") for one in page.get_by_test_id("imgsim-desk").locator("li").all()]


def expect_other(page: Page, before: list[str | None]) -> None:
    end = time.perf_counter() + 30
    while desk(page) == before:
        assert time.perf_counter() < end, "the next pair does not come"
        page.wait_for_timeout(30)


def anywhere(reader: Reader) -> None:
    """A link in a second tab, reloaded; its list by keyboard alone; dark, at 200 %, on an upright tablet."""
    page, served = reader.page, reader.served
    plate = copied_plate(reader.collection)
    with reader.task("e", anywhere.__doc__ or ""):
        page.goto(f"{served.url}/plate?collection={reader.collection.name}&plate={plate}")  # a link that somebody sent
        settle(page)
        second = page.context.new_page()
        second.goto(page.url)
        settle(second)
        second.reload()
        settle(second)
        expect(second.get_by_test_id("imgsim-viewer")).to_have_attribute("data-state", "ready", timeout=_LONG)
        assert plate in second.url
        second.close()
        page.emulate_media(color_scheme="dark")
        for width, height in ((640, 400), (820, 1180), (1280, 900)):
            page.set_viewport_size({"width": width, "height": height})
            settle(page)
            over = page.get_by_test_id("stMain").evaluate("(main) => main.scrollWidth - main.clientWidth")
            assert over == 0, f"{over} pixels run over the edge at {width}"
            if width != 1280:
                reader.picture(f"e-{width}")
        page.locator("[data-testid=imgsim-grid] li[data-rank] [data-testid=imgsim-card]").first.focus()
        reader.press("ArrowRight")
        reader.press("Enter")
        expect(page).not_to_have_url(re.compile(f"plate={plate}(&|$)"))


TASKS: dict[str, Callable[[Reader], None]] = {
    "a": pick, "b": on_the_map, "c": by_photograph, "d": study, "e": anywhere,
}  # fmt: skip


def walk(browser: Browser, served: Served, collection: Collection, out: Path | None, only: list[str]) -> None:
    """Do the tasks, each in a browser that was never here before."""
    print("| | task | seconds | clicks | keys and fields |\n| --- | --- | --- | --- | --- |")
    for name in only:
        with browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True) as context:
            page = context.new_page()
            page.goto(f"{served.url}/?collection={collection.name}")
            expect(page.get_by_test_id("imgsim-card").first).to_be_visible(timeout=_LONG)
            settle(page)
            TASKS[name](Reader(page, served, collection, out))


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.walk", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path, help="a folder of collections")
    parser.add_argument("--name", default="sample", help="the collection (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="the folder for the pictures")
    parser.add_argument("--only", nargs="+", choices=list(TASKS), default=list(TASKS), help="tasks (default: all)")
    options = parser.parse_args()
    browser_path = needed_browser()
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        shutil.copytree(options.data / options.name, Path(folder) / options.name)
        with serve(Path(folder)) as served:
            browser = launch(playwright, browser_path)
            walk(browser, served, open_collection(Path(folder) / options.name), options.out, options.only)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
