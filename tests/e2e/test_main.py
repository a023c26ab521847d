"""The app in a real browser: every page opens clean, whatever its address asks for, and the start is light."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from imgsim.app.components import mounting
from imgsim.app.services import first_page, page_registry, preloads
from imgsim.collection import Collection
from tests.e2e.looking import arrive, card, cards, ids, state_of, visit
from tests.e2e.serving import Served


@pytest.mark.parametrize("name", ["", "reuse", "books", "plate", "map", "search", "about", "overview", "models"])
def test_every_page_opens_clean_and_says_what_it_is(
    page: Page, app: Served, name: str, sample: Collection
) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url.removeprefix(app.url)))
    visit(page, app, name, **({"plate": str(sample.catalogue.plate_ids[0])} if name == "plate" else {}))
    # The 4.7 MB that draw a figure come with a figure, and none of these shows one at first.
    assert "/history.js" in fetched and not [one for one in fetched if "plotly" in one.lower()]
    # Nothing is fetched twice; scripts are those that the page's document has, but for the two that are too large for
    # that; all of ours that it has are wanted; and Streamlit asks for the server at the right place at once.
    assert len({*fetched}) == len(fetched)
    document = first_page.document("", page=name or "browse")
    later = preloads.addresses("", ("DataFrame", "StreamlitSyntaxHighlighter", "TableChart"))
    scripts = [one for one in fetched if one.endswith(".js")]
    assert [one for one in scripts if one not in document and one not in later] == []
    for part in page_registry.loads(name or "browse"):
        if part in mounting.ENTRIES:  # Streamlit puts a script of its own there for what is drawn
            entry = mounting.address(part, f"{part}/{mounting.ENTRIES[part]}")
            page.wait_for_function("(src) => document.querySelectorAll(`script[src$='${src}']`).length > 0", arg=entry)
    assert [one for one in fetched if "_stcore/h" in one] == ["/_stcore/health", "/_stcore/host-config"]
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Traceback")).to_have_count(0)
    for image in page.locator("img").all():
        # A picture in what is hidden from screen readers as a whole, as the map's hint is, needs no words of its own.
        hidden = image.evaluate("image => image.closest('[aria-hidden=true]') !== null")
        assert (image.get_attribute("alt") or "") or hidden, image


@pytest.mark.parametrize(
    "query", ["plate=../../etc/passwd", "plate=%00", "page=-7&top_k=x", "collection=%3Cb%3E", "map=nope"]
)
def test_a_mangled_link_is_answered_with_a_page(page: Page, app: Served, query: str) -> None:
    for name in ("", "plate", "map"):
        page.goto(f"{app.url}/{name}?{query}")
        arrive(page, name)
        expect(page.get_by_test_id("stException")).to_have_count(0)


BEFORE = "data:text/html,another page"


@pytest.mark.parametrize("address", ["", "plate?plate=nope"])
def test_a_first_visit_is_one_step_for_the_back_button(page: Page, app: Served, address: str) -> None:
    page.goto(BEFORE)
    page.goto(f"{app.url}/{address}")
    arrive(page, address.partition("?")[0])
    page.wait_for_url(lambda url: "backbone=" in url and "nope" not in url)  # spelt out, and put right
    page.go_back()
    assert page.url == BEFORE


def test_what_the_reader_does_then_are_steps(page: Page, app: Served) -> None:
    page.goto(BEFORE)
    page.goto(app.url)
    arrive(page, "")
    first = ids(cards(page))[0]
    card(page, first).click()
    arrive(page, "plate")
    assert state_of(page)["plate"] == first
    page.go_back()
    arrive(page, "")
    page.go_back()
    assert page.url == BEFORE


def test_the_running_app_holds_no_torch_until_an_image_is_searched(
    prepared: Path, context: BrowserContext
) -> None:
    from tests.e2e.serving import serve

    with serve(prepared) as served:
        maps = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
        if not maps.exists():
            pytest.skip("needs Linux's /proc")
        page = context.new_page()
        for name in ("", "reuse", "books", "plate", "map", "about"):
            visit(page, served, name)
        # python -m imgsim starts the server as its child
        for pid in maps.read_text().split() or [str(served.process.pid)]:
            loaded = Path(f"/proc/{pid}/maps").read_text()
            assert "streamlit" in Path(f"/proc/{pid}/cmdline").read_text()
            for library in ("libtorch", "llvmlite", "cv2", "onnxruntime", "openvino"):
                assert library not in loaded
