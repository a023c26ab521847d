"""Make the pictures in docs/: every page of the app on one collection, 1280 and 1920 pixels wide.

.venv/bin/python -m tests.e2e.screenshots data/sample [--plate ID] [--image FILE] [--only map search]
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from imgsim.app.parts import tour
from imgsim.cli import environment
from imgsim.collection import Collection, open_collection
from tests.e2e.serving import find_browser, launch, serve, settle
from tests.pages import PAGES

SIZES = {1280: 900, 1920: 1080}
# What of the state a page's picture is taken with, where it is not all of it.
_OF_PAGE = {name: {"collection"} for name in ("browse", "books", "review", "add", "manage")}


def telling_plate(collection: Collection) -> int:
    """Return the row of a plate that shows what the app is for: proven in most ways, then in most other books."""
    matches = collection.matches
    if matches is None:
        return 0
    books = collection.catalogue.frame["book"].to_numpy()

    def worth(row: int) -> tuple[int, int]:
        found = [match for match in matches.of(row) if match.verified and books[match.b] != books[row]]
        return len({match.verdict for match in found}), len({books[match.b] for match in found})

    return max(range(len(books)), key=worth)


def counterpart(collection: Collection, row: int) -> int:
    """Return the plate to lay on this one: a verified one, mirrored if there is any, else the nearest."""
    verified = [match for match in collection.matches.of(row) if match.verified] if collection.matches else []
    best = next((match for match in verified if match.mirrored), verified[0] if verified else None)
    return best.other(row) if best else int(collection.neighbour_table(collection.backbones[0])[0][row][0])


def wait_for_pictures(page: Page) -> None:
    """Wait until every thumbnail in sight and the large plate are drawn."""
    settle(page)
    page.wait_for_function(
        """() => {
            const roots = [document], seen = [];
            while (roots.length) {
                const root = roots.pop();
                for (const node of root.querySelectorAll("*")) {
                    if (node.shadowRoot) roots.push(node.shadowRoot);
                    if (node.tagName === "IMG") seen.push(node);
                }
            }
            return seen.every((image) => {
                const box = image.getBoundingClientRect();
                const inSight = box.width && box.top < innerHeight && box.bottom > 0;
                return !inSight || (image.complete && image.naturalWidth > 0);
            });
        }""",
        timeout=60_000,
    )
    page.wait_for_timeout(800)


def take(page: Page, file: Path) -> None:
    """Save what is in the window."""
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(file, optimize=True)
    print(f"{file}: {file.stat().st_size / 1024:.0f} kB", flush=True)


def show(page: Page, url: str, name: str, state: dict[str, str], image: Path, data: Path) -> None:
    page.goto(f"{url}/{'' if name == 'browse' else name}?{urlencode(state)}")
    settle(page)
    if name == "map":
        expect(page.get_by_test_id("imgsim-map")).to_have_attribute(
            "data-points", re.compile("[1-9]"), timeout=60_000
        )
    if name == "plate":
        expect(page.get_by_test_id("imgsim-viewer")).to_have_attribute("data-state", "ready", timeout=60_000)
    if name == "compare":
        expect(page.get_by_test_id("imgsim-compare")).to_have_attribute("data-state", "ready", timeout=60_000)
    if name == "add":
        inputs = open_collection(data / state["collection"]).manifest["inputs"]
        page.goto(f"{url}/add?{urlencode({**state, 'door': 'own'})}")
        for label, path in (("Or a folder", inputs["images"][0]), ("A table on", inputs["metadata"])):
            page.get_by_role("textbox", name=label).fill(str(path))
            page.keyboard.press("Enter")
            settle(page)
    if name == "pages" and "page_id" in state:
        expect(page.get_by_test_id("imgsim-page")).to_have_attribute("data-state", "ready", timeout=60_000)
        page.get_by_test_id("imgsim-cut").last.focus()
    if name == "search":
        page.locator("input[type=file]").set_input_files(image)
        expect(page.locator("[data-testid=imgsim-grid] li[data-rank]").first).to_be_visible(timeout=120_000)
    wait_for_pictures(page)


def picture_all(
    browser: Browser, url: str, names: list[str], state: dict[str, str], image: Path, data: Path, out: Path
) -> None:
    for width, height in SIZES.items():
        for name in names:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="light")
            # not the hints of a first visit
            context.add_cookies([{"name": "imgsim.tour", "value": tour.READ, "url": url}])
            page = context.new_page()
            chosen = {key: value for key, value in state.items() if key in _OF_PAGE.get(name, state)}
            show(page, url, name, chosen, image, data)
            take(page, out / f"{name}-{width}.png")
            context.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.screenshots", description=__doc__)
    parser.add_argument("collection", type=Path, help="a prepared collection's folder")
    parser.add_argument("--plate", help="the plate to show (default: one that was used again in most ways)")
    parser.add_argument("--image", type=Path, help="the image to search by (default: its nearest neighbour)")
    parser.add_argument("--map", default="umap", help="the projection to show")
    parser.add_argument("--out", type=Path, default=environment.REPOSITORY / "docs")
    parser.add_argument("--only", nargs="+", choices=PAGES, default=list(PAGES))
    options = parser.parse_args()
    folder = options.collection.resolve()
    collection = open_collection(folder)
    row = collection.catalogue.row(options.plate) if options.plate else telling_plate(collection)
    state = {
        "collection": folder.name,
        "plate": str(collection.catalogue.plate_ids[row]),
        "map": options.map,
    }
    other = str(collection.catalogue.plate_ids[counterpart(collection, row)])
    book = str(collection.catalogue.record(row)["book"])
    state |= {"with": other, "compare": "overlay", "book": book}
    boxes = [(cut.score, one.page_id) for one in collection.pages or () for cut in one.cuts]
    if boxes:
        state["page_id"] = min(boxes)[1]  # the page that most wants correcting
    print(state)
    path = find_browser()
    if path is None:
        print("no Chromium or Chrome found on the PATH", file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        image = options.image
        if image is None:
            nearest = int(collection.neighbour_table(collection.backbones[0])[0][row][0])
            image = (
                Path(temporary)
                / f"photograph{Path(str(collection.catalogue.record(nearest)['file'])).suffix}"
            )
            image.write_bytes(collection.plate_bytes(nearest))
        with serve(folder.parent) as served, sync_playwright() as playwright:
            browser = launch(playwright, path)
            picture_all(browser, served.url, options.only, state, image, folder.parent, options.out)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
