"""From a click to new neighbours, and how soon each page is there, in a browser on a prepared collection.

    python -m tests.benchmarks.clicks DATA COLLECTION [--clicks 20]

DATA is the folder of collections. The time is counted inside the browser, from the release of the mouse button to
the frame in which other neighbours are marked on the map (Map) or listed (Plate). Pages are opened in new tabs of a
browser that has seen the app before: until the heading is there, and until the page stands still; Streamlit's own
start is part of it.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from imgsim.collection import open_collection
from tests.e2e.serving import Served, launch, needed_browser, serve, settle
from tests.pages import PAGES

# Keeps watch for a change of what the page says of its neighbours, from the next release of the button on.
_WATCH = """() => {
  const deep = (selector) => {
    const found = [], roots = [document];
    while (roots.length) {
      const root = roots.pop();
      for (const node of root.querySelectorAll("*")) if (node.shadowRoot) roots.push(node.shadowRoot);
      found.push(...root.querySelectorAll(selector));
    }
    return found;
  };
  const map = deep("[data-testid=imgsim-map]")[0];
  const told = () => map
    ? map.dataset.query + ":" + map.dataset.neighbours
    : deep("[data-testid=imgsim-grid] li[data-rank]").map((item) => item.dataset.id).join();
  window.took = null;
  addEventListener("pointerup", () => {
    const start = performance.now(), before = told();
    const look = () => {
      const [query, near] = told().split(":");
      const [old, were] = before.split(":");
      if (map ? near !== were && query !== old : told() !== before && told()) window.took = performance.now() - start;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true });
}"""


def visit(page: Page, served: Served, name: str, state: dict[str, str]) -> None:
    page.goto(f"{served.url}/{'' if name == 'browse' else name}?{urlencode(state)}")
    settle(page)


def took(page: Page) -> float:
    page.wait_for_function("window.took !== null", timeout=60_000)
    settle(page)
    return float(page.evaluate("window.took"))


def map_clicks(page: Page, served: Served, state: dict[str, str], clicks: int, plates: int) -> list[float]:
    """Milliseconds of so many clicks on points of the map."""
    visit(page, served, "map", state)
    expect(page.get_by_test_id("imgsim-map")).to_have_attribute("data-points", str(plates), timeout=60_000)
    drawn = random.Random(0)
    waits: list[float] = []
    while len(waits) < clicks:
        row = drawn.randrange(plates)
        place = page.get_by_test_id("imgsim-map").evaluate("(canvas, row) => canvas.imgsimLocate(row)", row)
        if not place["inside"]:
            continue
        page.mouse.move(place["x"], place["y"])
        page.evaluate(_WATCH)
        page.mouse.click(place["x"], place["y"])
        waits.append(took(page))
    return waits


def plate_clicks(page: Page, served: Served, state: dict[str, str], clicks: int) -> list[float]:
    """Milliseconds of so many clicks on neighbours."""
    visit(page, served, "plate", state)
    cards = page.locator("[data-testid=imgsim-grid] li[data-rank] [data-testid=imgsim-card]")
    waits = []
    for number in range(clicks):
        expect(cards.first).to_be_visible()
        card = cards.nth(number % 4 + 1)
        card.scroll_into_view_if_needed()
        card.hover()
        page.evaluate(_WATCH)
        card.click()
        waits.append(took(page))
    return waits


def openings(context: BrowserContext, served: Served, state: dict[str, str]) -> None:
    """Print how soon each page is there."""
    for name in PAGES:
        page = context.new_page()
        start = time.perf_counter()
        page.goto(f"{served.url}/{'' if name == 'browse' else name}?{urlencode(state)}")
        expect(page.locator("h1")).to_be_visible(timeout=60_000)
        heading = time.perf_counter() - start
        settle(page)
        print(
            f"  {name:9} heading after {heading:.2f} s, still after {time.perf_counter() - start:.2f} s",
            flush=True,
        )
        page.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.clicks", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of collections")
    parser.add_argument("collection", help="the collection's name")
    parser.add_argument("--clicks", type=int, default=20)
    options = parser.parse_args()
    catalogue = open_collection(options.data / options.collection).catalogue
    book = str(catalogue.record(0)["book"])
    state = {"collection": options.collection, "plate": str(catalogue.plate_ids[0]), "book": book}
    state["threshold"] = "-1"  # so that every plate has neighbours to be listed
    path = needed_browser()
    print(f"{options.collection}: {len(catalogue):,} plates")
    with serve(options.data) as served, sync_playwright() as playwright:
        browser = launch(playwright, path)
        context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        for where in ("Map", "Plate"):
            waits = (
                map_clicks(page, served, state, options.clicks, len(catalogue))
                if where == "Map"
                else plate_clicks(page, served, state, options.clicks)
            )
            middle, high = np.percentile(waits, [50, 95])
            print(
                f"{where}: {len(waits)} clicks, median {middle:.0f} ms, 95 % within {high:.0f} ms", flush=True
            )
        print("pages, at the first visit after the start and again:")
        openings(context, served, state)
        openings(context, served, state)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
