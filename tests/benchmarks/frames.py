"""How smoothly the map moves, and how soon it is there, in a browser on a prepared collection.

    python -m tests.benchmarks.frames DATA COLLECTION [--map umap]

DATA is the folder of collections. The browser draws without a graphics card, as Chromium does where there is none.
Three movements: the wheel zooms from all plates to few, so that their pictures come; a drag moves the map among
pictures; the wheel zooms out again. Between two frames of each the time is taken inside the browser: the median, the
95th percentile, and the frames a second that the median stands for. First, how long it takes from the address until the
heading is there and the points are drawn, in new tabs of a browser that has seen the app before (medians, by the
browser's clock), by turns with the heading of an empty page of Streamlit, which no page can be faster than; and until
the first picture of a plate is.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from tests.e2e.looking import on_map, wait_for_map
from tests.e2e.serving import (
    Served,
    free_port,
    launch,
    needed_browser,
    serve,
    settle,
    stop,
    wait_until_healthy,
)

_COUNT = """() => {
  window.frames = [];
  let before = performance.now();
  const next = (now) => {
    window.frames.push(now - before);
    before = now;
    window.counting = requestAnimationFrame(next);
  };
  window.counting = requestAnimationFrame((now) => { before = now; window.counting = requestAnimationFrame(next); });
}"""
_COUNTED = "() => { cancelAnimationFrame(window.counting); return window.frames; }"
# When the heading is there, and when the map has drawn its points, by the browser's clock: whoever asks from outside
# asks once in a while. The canvas lies in a shadow root, which is watched from its beginning on.
_WATCH = """(() => {
  const seen = (window.seen = {});
  const options = { subtree: true, childList: true, attributes: true };
  new MutationObserver(() => {
    if (document.querySelector("h1")) seen.heading ??= performance.now();
  }).observe(document, options);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (...given) {
    const root = attach.apply(this, given);
    new MutationObserver(() => {
      const map = root.querySelector("[data-testid=imgsim-map]");
      if (Number(map?.dataset.points) > 0 && map.dataset.zoom) seen.points ??= performance.now();
    }).observe(root, options);
    return root;
  };
})();"""
# Where the plate lies that is nearest to the middle of the canvas: zooming in must not end where nothing is.
_CENTRAL = """(canvas) => {
  const box = canvas.getBoundingClientRect();
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  const all = Array.from({ length: Number(canvas.dataset.points) }, (_, row) => canvas.imgsimLocate(row));
  const away = (place) => Math.hypot(place.x - middle[0], place.y - middle[1]);
  const best = all.reduce((one, other) => (away(other) < away(one) ? other : one));
  return [best.x, best.y];
}"""
_TABS = 7
_STEPS = 60  # of a movement, one each 16 ms


def measured(page: Page, what: str, move: Callable[[int], None]) -> None:
    """Print the times between frames while something moves."""
    page.evaluate(_COUNT)
    for step in range(_STEPS):
        move(step)
        page.wait_for_timeout(16)
    times = np.array(page.evaluate(_COUNTED))
    middle, most = np.percentile(times, (50, 95))
    print(
        f"{what:44} {middle:6.1f} ms, 95 % within {most:6.1f} ms: {1000 / middle:4.0f} a second "
        f"({len(times)} frames; zoom {on_map(page, 'zoom')}, {on_map(page, 'pictures')} pictures at the end)",
        flush=True,
    )


@contextmanager
def empty() -> Iterator[str]:
    """An app of Streamlit's whose page has a heading and nothing else: its address."""
    with tempfile.TemporaryDirectory() as folder:
        file, log = Path(folder) / "app.py", Path(folder) / "app.log"
        file.write_text("import streamlit as st\n\nst.title('Empty')\n", encoding="utf-8")
        port = free_port()
        options = ["--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.port", str(port)]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", file.name, *options],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            served = Served(f"http://127.0.0.1:{port}", process, log)
            try:
                wait_until_healthy(served, 90.0)
                yield served.url
            finally:
                stop(process)


def arrived(context: BrowserContext, address: str, floor: str) -> Page:
    """Print how soon the heading and the points are there, in one new tab after the other; returns the last."""
    seen: list[dict[str, float]] = []
    page = context.new_page()
    for _ in range(_TABS):
        page.goto(floor)
        expect(page.locator("h1")).to_be_visible()
        settle(page)
        least = page.evaluate("window.seen.heading")
        page.close()
        page = context.new_page()
        page.goto(address)
        wait_for_map(page)
        settle(page)
        seen.append({**page.evaluate("window.seen"), "floor": least})
        page.close()
        page = context.new_page()
    seen.pop(0)  # of the empty page it was the first visit
    for what, name in (
        ("an empty page's heading is there after", "floor"),
        ("the heading is there after", "heading"),
        ("the points are drawn after", "points"),
    ):
        times = sorted(one[name] / 1000 for one in seen)
        print(f"{what:44} {np.median(times):6.2f} s ({times[0]:.2f} to {times[-1]:.2f}, {len(times)} tabs)", flush=True)
    page.goto(address)
    wait_for_map(page)
    settle(page)
    return page


def moves(page: Page) -> None:
    """The three movements."""
    x, y = page.get_by_test_id("imgsim-map").evaluate(_CENTRAL)
    page.mouse.move(x, y)
    measured(page, "zooming in, until pictures are seen", lambda _: page.mouse.wheel(0, -30))
    start = time.perf_counter()
    while int(on_map(page, "pictures") or 0) == 0 and time.perf_counter() - start < 10:
        page.wait_for_timeout(20)
    print(f"{'a first picture after that':44} {time.perf_counter() - start:6.2f} s", flush=True)
    page.wait_for_timeout(1500)
    page.mouse.down()
    measured(page, "moving among pictures", lambda step: page.mouse.move(x + (step % 30) * 6 - 90, y + step))
    page.mouse.up()
    measured(page, "zooming out", lambda _: page.mouse.wheel(0, 30))


def measure(served: Served, state: dict[str, str]) -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright, needed_browser())
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        address = f"{served.url}/map?{urlencode(state)}"
        first = context.new_page()
        first.goto(address)
        wait_for_map(first)
        first.close()
        context.add_init_script(_WATCH)
        with empty() as floor:
            page = arrived(context, address, floor)
        moves(page)
        browser.close()


def main() -> int:
    """Run the command line."""
    told = (__doc__ or "").split(".")[0]
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.frames", description=told)
    parser.add_argument("data", type=Path, help="the folder of collections")
    parser.add_argument("collection", help="the collection's name")
    parser.add_argument("--map", default="umap", help="how the plates are arranged (default: %(default)s)")
    given = parser.parse_args()
    with serve(given.data) as served:
        measure(served, {"collection": given.collection, "map": given.map})
    return 0


if __name__ == "__main__":
    sys.exit(main())
