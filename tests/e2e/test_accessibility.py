"""Every page before axe-core: in light and dark on a desk, in light on a tablet held upright, in dark across."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from imgsim.collection import open_collection
from tests.e2e.covering import hidden
from tests.e2e.lending import DESK, Lent
from tests.e2e.scenes import SCENES, facts
from tests.e2e.serving import Served, settle
from tests.jargon import jargon

SEVERE = {"moderate", "serious", "critical"}
UPRIGHT: ViewportSize = {"width": 820, "height": 1180}
ACROSS: ViewportSize = {"width": 1024, "height": 768}
DOUBLED: ViewportSize = {"width": 640, "height": 400}  # a desk's window of 1280 by 800 at 200 %


@dataclass(frozen=True)
class Excepted:
    """A finding that is Streamlit's own and not ours to mend: its rule, where it is, why, and a scene that has it."""

    rule: str
    within: str  # a selector: the finding's element is in it
    why: str
    scene: str


EXCEPTED = (
    Excepted(
        "landmark-unique",
        ".stPagination",
        "st.pagination calls every one of its kind 'Pagination'; Browse has one above and one below its plates.",
        "browse, in pages",
    ),
)


@pytest.fixture(scope="module")
def known(prepared: Path) -> dict[str, str]:
    return facts(open_collection(prepared / "sample"))


@pytest.fixture(scope="module")
def tab(lent: Lent) -> Iterator[Page]:
    """One tab for all, used again as a reader does."""
    with lent.context(touch=True) as context:
        yield context.new_page()


def findings(page: Page) -> list[dict[str, Any]]:
    """What axe finds amiss: one dictionary a finding and element, with rule, impact, selector and message."""
    if not page.evaluate("() => 'axe' in window"):  # once a page, however often it is asked
        page.evaluate(Axe().axe_script)
    violations = page.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations")
    found = []
    for violation in violations:
        for node in violation["nodes"]:
            # An element inside a component is named by two selectors, the component's and its own.
            target = node["target"][0]
            found.append(
                {
                    "rule": violation["id"],
                    "impact": violation["impact"],
                    "target": target[0] if isinstance(target, list) else target,
                    "html": node["html"][:200],
                    "message": node["failureSummary"],
                }
            )
    return found


def excepted(page: Page, finding: dict[str, Any]) -> Excepted | None:
    """The exception that covers a finding, if one does."""
    for one in EXCEPTED:
        if one.rule == finding["rule"] and page.locator(finding["target"]).first.evaluate(
            "(element, within) => Boolean(element.closest(within))", one.within
        ):
            return one
    return None


def wrong(page: Page) -> list[dict[str, Any]]:
    return [
        one for one in findings(page) if one["impact"] in SEVERE and excepted(page, one) is None
    ]  # fmt: skip


SAID = r"""() => {
  const said = [];
  const listen = (node) => {
    if (node.nodeType === Node.TEXT_NODE) said.push(node.textContent);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.matches("code, pre, style, script, title, [role=tooltip]")) return;
    if (getComputedStyle(node).display === "none") return;
    for (const child of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]) listen(child);
  };
  listen(document.body);
  return said.join("\n");
}"""


def looked_at(page: Page, where: str, *lights: Literal["light", "dark"]) -> None:
    """Ask axe in these lights, and that nothing runs over the edge of the window."""
    for light in lights:
        page.emulate_media(color_scheme=light)
        page.wait_for_timeout(350)  # colours fade from one to the other
        assert wrong(page) == [], f"{where}, {light}"
    over = page.get_by_test_id("stMain").evaluate("(main) => main.scrollWidth - main.clientWidth")
    assert over == 0, f"{where}: {over} pixels run over the edge"


def resize(page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.wait_for_timeout(300)
    settle(page)


@pytest.mark.parametrize("name", SCENES)
def test_axe_finds_nothing(tab: Page, app: Served, known: dict[str, str], name: str) -> None:
    tab.set_viewport_size(UPRIGHT)
    SCENES[name].show(tab, app.url, known)
    looked_at(tab, f"{name}, 820", "light")
    resize(tab, ACROSS)
    looked_at(tab, f"{name}, 1024", "dark")
    resize(tab, DOUBLED)
    looked_at(tab, f"{name}, 200 %")
    assert hidden(tab) == [], f"{name}, 200 %"
    resize(tab, DESK)
    tab.get_by_test_id("stExpandSidebarButton").click()
    expect(tab.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")
    looked_at(tab, f"{name}, 1280", "dark", "light")
    said = tab.evaluate(SAID)
    assert "Finds plates that were used again" in said
    assert jargon(said) == set(), f"{name}: terms are for tooltips"


@pytest.mark.parametrize("one", EXCEPTED, ids=lambda one: one.rule)
def test_every_exception_is_still_needed(
    tab: Page, app: Served, known: dict[str, str], one: Excepted
) -> None:
    SCENES[one.scene].show(tab, app.url, known)
    met = [excepted(tab, finding) for finding in findings(tab)]
    assert one in met, f"axe no longer finds {one.rule} in {one.within}: take the exception out"


def test_axe_finds_what_is_amiss(tab: Page, app: Served, known: dict[str, str]) -> None:
    page = tab
    SCENES["about"].show(page, app.url, known)
    page.evaluate("""() => {
      const image = new Image();
      const words = document.createElement("p");
      words.style.cssText = "color: #ccc; background: #fff";
      words.textContent = "hardly to be read";
      document.querySelector("h1").after(image, words);
    }""")
    assert {one["rule"] for one in wrong(page)} == {"image-alt", "color-contrast"}


def test_what_lies_over_a_control_is_found(tab: Page, app: Served, known: dict[str, str]) -> None:
    tab.set_viewport_size(DOUBLED)
    SCENES["browse, with plates in the tray"].show(tab, app.url, known)
    assert hidden(tab) == []
    tab.add_style_tag(content=".stMain { scroll-padding: 0 !important }")
    for _ in range(10):  # on a busy machine the pictures that make the page long come late
        found = hidden(tab)
        if any("under stLayoutWrapper “Light table" in one for one in found):  # the tray
            return
        tab.wait_for_timeout(1000)
    raise AssertionError(found)
