"""Row 16, in a real browser: titles stand verbatim on the screen, make no element, and no request leaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from imgsim.collection import open_collection
from imgsim.collection.corrected import families_of
from tests.conftest import offline
from tests.e2e.conftest import Watch, opened_browser
from tests.e2e.lending import Lent
from tests.e2e.looking import hover, lonely_rows, wait_for_map
from tests.e2e.serving import Served, serve, settle
from tests.pages import PAGES
from tests.reliability.hostile_titles import COUNT, NAME, TITLES, make_attacks, plate
from tests.reliability.tally import Tally

pytestmark = pytest.mark.browser

# Everything that is written on the page, inside components too.
WRITTEN = """() => {
    const texts = [];
    const walk = root => { for (const node of root.querySelectorAll('*')) {
        if (node.shadowRoot) walk(node.shadowRoot);
        if (!['SCRIPT', 'STYLE'].includes(node.tagName))
            for (const child of node.childNodes) if (child.nodeType === 3) texts.push(child.data);
    } };
    walk(document.body);
    return texts.join('\\n').replace(/\\s+/g, ' ');
}"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_attacks(tmp_path_factory.mktemp("markup"))


@pytest.fixture(scope="module")
def app(data: Path) -> Iterator[Served]:
    calls = data.parent / "calls.txt"
    with serve(data, environ=offline(calls)) as served:
        yield served
        assert "Traceback" not in served.said()
    assert not calls.exists()


@pytest.fixture(scope="module")
def lent() -> Iterator[Lent]:
    with opened_browser() as opened:
        yield Lent(opened)


@pytest.fixture
def context(lent: Lent) -> Iterator[BrowserContext]:
    with lent.context() as opened:
        yield opened


@pytest.fixture
def visit(context: BrowserContext, app: Served) -> Iterator[Callable[..., Page]]:
    """Open a page in a state; what it did behind its user's back fails the attempt."""
    page = context.new_page()
    watch = Watch(urlsplit(app.url).netloc)
    watch.attach(page)
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)

    def opened(name: str, **state: str) -> Page:
        page.goto(f"{app.url}/{'' if name == 'browse' else name}?{urlencode({'collection': NAME, **state})}")
        expect(page.locator("h1").first).to_be_visible()
        settle(page)
        nothing_made_of_markup(page)
        assert not (watch.foreign or watch.errors or dialogs), (watch.foreign, watch.errors, dialogs)
        return page

    yield opened


def nothing_made_of_markup(page: Page) -> None:
    """Titles made no element of their own; an address in a title may at most be a link to just that address."""
    assert page.locator("[src*='evil.invalid'], [style*='evil.invalid']").count() == 0
    assert page.locator("script", has_text="evil.invalid").count() == 0
    for link in page.locator("a[href*='evil.invalid']").all():  # our own links may carry a title in their query
        own = link.evaluate("link => link.hostname === location.hostname")
        assert own or (link.text_content() or "").startswith("http://evil.invalid")


def start(title: str) -> str:
    """As much of a title as is shown even where long ones are shortened."""
    return re.sub(r"\s+", " ", title)[:24]


def verbatim(page: Page, numbers: range, where: str, tally: Tally) -> None:
    """Each of these titles is written on the page, once its components are drawn."""
    written = ""
    for _ in range(20):
        written = str(page.evaluate(WRITTEN))
        if all(start(TITLES[number]) in written for number in numbers):
            break
        page.wait_for_timeout(250)
    nothing_made_of_markup(page)
    for number in numbers:
        with tally.attempt(f"{where}: {TITLES[number]}"):
            assert start(TITLES[number]) in written


def test_every_page_is_drawn_and_nothing_leaves(visit: Callable[..., Page], tally: Tally) -> None:
    for name in PAGES:
        with tally.attempt(name):
            visit(name, plate=plate(0), threshold="-1")


def test_lists_of_many_titles(data: Path, visit: Callable[..., Page], tally: Tally) -> None:
    families = families_of(open_collection(data / NAME))
    assert families is not None
    verbatim(visit("browse"), range(COUNT), "browse", tally)
    verbatim(visit("reuse"), range(0, COUNT, 2), "reuse", tally)
    verbatim(visit("plate", plate=plate(0), threshold="-1", fold="no"), range(COUNT), "neighbours", tally)
    for family in families.ordered()[::3]:
        rows = sorted(member.row for member in family.members)
        verbatim(visit("reuse", family=family.id), range(rows[0], rows[0] + 1), "family", tally)


def test_a_title_on_pages_of_its_own(visit: Callable[..., Page], tally: Tally) -> None:
    for number in range(0, COUNT, 7):
        other = number + 1 - 2 * (number % 2)  # of its family
        one = range(number, number + 1)
        for view in ("plates", "table"):
            verbatim(visit("plate", plate=plate(number), threshold="-1", view=view), one, f"plate, {view}", tally)
        state = {"plate": plate(number), "with": plate(other), "who": TITLES[0]}
        verbatim(visit("compare", **state), one, "compare", tally)
        verbatim(visit("book", book=TITLES[number]), one, "book", tally)


def test_the_map(visit: Callable[..., Page], tally: Tally) -> None:
    page = visit("map", plate=plate(0), threshold="-1", map="pca", colour="place")
    wait_for_map(page)
    alone = lonely_rows(page, 0, COUNT)
    for number, title in enumerate(TITLES):
        with tally.attempt(f"map: {title}"):
            tooltip = hover(page, number)
            if number in alone:
                expect(tooltip).to_contain_text(start(title))
    nothing_made_of_markup(page)
