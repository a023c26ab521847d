"""The app on a prepared collection, and a browser page that notices what must not happen."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from imgsim.collection import Collection, open_collection
from tests.conftest import draw_plate, offline, once, precompute
from tests.e2e import lending
from tests.e2e.serving import Served, find_browser, launch, serve
from tests.pages import PAGES

HOSTILE = [
    '<img src="http://evil.invalid/a.png">',
    "<script>fetch('http://evil.invalid/b')</script>",
    "![a](http://evil.invalid/c.png)",
    "[click](http://evil.invalid/d)",
    "**bold** _under_ ~~gone~~ `code`",
    "$\\frac{1}{2}$ :red[colour] :material/home:",
    "# heading",
    "1. list",
    "<b>bold</b><br><a href='http://evil.invalid/e'>a</a>",
    "\"quotes' and \\ back",
    '=HYPERLINK("http://evil.invalid/f")',
    "Œuvres d'histoire naturelle, été & hiver",
]

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """A browser; the test fails, or is skipped, where there is none."""
    path = find_browser()
    if path is None:
        message = "no Chromium or Chrome found on the PATH (IMGSIM_BROWSER may name one)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        started = launch(playwright, path, lending.ARGUMENT)
        yield started
        started.close()


# Not longer than this folder's tests: playwright keeps an event loop running, and other tests need their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


@pytest.fixture(scope="package")
def lent(browser: Browser) -> lending.Lent:
    """The contexts that this folder's tests lend each other."""
    return lending.Lent(browser)


@pytest.fixture(scope="session")
def app(prepared: Path, hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with the collections "sample" and "hostile", offline."""
    assert hostile.parent == prepared
    calls = tmp_path_factory.mktemp("app") / "calls.txt"
    with serve(prepared, environ=offline(calls)) as served:
        yield served
        said = served.said()
    assert "Traceback" not in said, said
    assert not calls.exists(), calls.read_text(encoding="utf-8")


def _prepare_hostile(folder: Path) -> None:
    (folder / "images").mkdir()
    with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["plate_id", "title", "author", "year", "place", "note"])
        for number, title in enumerate(HOSTILE):
            draw_plate(number).save(folder / "images" / f"plate_{number:02}.png")
            table.writerow([f"plate_{number:02}", title, title, 1750 + number, title, title])
    words = ("--metadata", folder / "metadata.csv", "--name", "hostile", "--projection", "pca", "--no-verify")
    precompute(folder / "images", *words, data=folder / "data")


@pytest.fixture(scope="session")
def hostile(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection "hostile": plates whose titles try to be markup, formulas and requests."""
    made = once(tmp_path_factory, "hostile", _prepare_hostile)
    return Path(shutil.copytree(made / "data" / "hostile", prepared / "hostile"))


def probe(url: str) -> bool:
    """Whether Streamlit asks here where it is: on a deep link it tries the page's own address first, and gets a 404."""
    return bool(re.search(rf"/({'|'.join(PAGES)})/_stcore/(health|host-config)$", urlsplit(url).path))


@dataclass
class Watch:
    """What a page did behind its user's back."""

    host: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.foreign.append(request.url)

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not probe(str(message.location.get("url", ""))):
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def attach(self, page: Page) -> None:
        page.on("request", self.request)
        page.on(
            "websocket",
            lambda socket: self.foreign.append(socket.url) if self.host not in socket.url else None,
        )
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("response", self.response)

    def response(self, response: Response) -> None:
        if response.status >= 400 and not probe(response.url):
            self.failed.append(f"{response.status} {response.url}")


@pytest.fixture
def context(lent: lending.Lent) -> Iterator[BrowserContext]:
    """A browser in which nobody has been, with a desk's window."""
    with lent.context() as opened:
        yield opened


@contextmanager
def watched(context: BrowserContext, served: Served) -> Iterator[Page]:
    """A page that fails its test at the end if it asked another host, met an error, or missed a file."""
    opened = context.new_page()
    watch = Watch(urlsplit(served.url).netloc)
    watch.attach(opened)
    yield opened
    assert (watch.foreign, watch.errors, watch.failed) == ([], [], [])


@pytest.fixture
def page(context: BrowserContext, app: Served) -> Iterator[Page]:
    """A page of the app that all tests share, watched."""
    with watched(context, app) as opened:
        yield opened


@pytest.fixture(scope="session")
def sample(prepared: Path) -> Collection:
    """What the app shows."""
    return open_collection(prepared / "sample")


@pytest.fixture(scope="module")
def desk(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    """An app with a copy of the sample, each module's own, for decisions are written there; and its folder."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(prepared / "sample", folder / "sample")
    calls = folder / "calls.txt"
    with serve(folder, environ=offline(calls)) as served:
        yield served, folder / "sample"
        said = served.said()
    assert "Traceback" not in said, said
    assert not calls.exists(), calls.read_text(encoding="utf-8")


@pytest.fixture
def desk_page(context: BrowserContext, desk: tuple[Served, Path]) -> Iterator[Page]:
    """A page of that app, watched."""
    with watched(context, desk[0]) as opened:
        yield opened
