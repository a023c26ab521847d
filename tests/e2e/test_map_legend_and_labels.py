"""What stands on and beside the points of the map, in a real browser: colours with their legend, labels of regions."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from imgsim.app.components import mounting
from imgsim.collection import Collection
from imgsim.collection.map_labels import map_labels
from imgsim.collection.proven import proven
from tests.e2e.looking import download, state_of, visit, wait_for_map
from tests.e2e.serving import Served, settle


def test_families_and_verdicts_colour_the_map_and_a_long_legend_opens(
    page: Page, app: Served, sample: Collection
) -> None:
    families = sample.families
    assert families is not None and len(families) > 1
    sizes = [len(family) for family in families.ordered()]
    refused: list[str] = []

    def changed_meanwhile(route: Route) -> None:
        # As the server answers where somebody decided between the page's legend and its colours.
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=204)

    page.route("**/tones/**", changed_meanwhile)
    visit(page, app, "map", map="pca", colour="*family")
    canvas = wait_for_map(page)
    expect(canvas).to_have_attribute("data-ties", str(sum(sizes) - len(sizes)))
    legend = page.get_by_test_id("imgsim-legend")
    expect(legend).to_contain_text("in no family")
    legend.locator(".entry").first.click()  # the largest alone, with its ties alone
    expect(canvas).to_have_attribute("data-shown", str(max(sizes)))
    expect(canvas).to_have_attribute("data-ties", str(max(sizes) - 1))
    settle(page)

    assert refused  # and the page was drawn anew: the legend comes with its colours only
    page.unroute("**/tones/**")

    # What is proven: counts of the whole sample, and one entry alone.
    values = proven(sample)
    choice = page.get_by_role("combobox", name=re.compile("Colour by"))
    choice.click()
    page.get_by_role("option", name="What is proven").click()
    entry = legend.locator("[data-entry='mirrored']")
    expect(entry).to_contain_text(str(values.count("mirrored")))
    expect(legend.locator("[data-entry='nothing proven']")).to_contain_text(str(values.count("nothing proven")))
    entry.click()
    expect(canvas).to_have_attribute("data-shown", str(values.count("mirrored")))
    settle(page)
    assert (state_of(page)["colour"], state_of(page)["legend"]) == ("*verdict", "only|mirrored")

    # A legend of 30 entries, built by the page's own script, for the sample has no so many values.
    page.evaluate(
        """async (script) => {
          const { Legend } = await import(script);
          const pressed = [];
          const legend = new Legend((place, but) => pressed.push([place, but]));
          legend.node.id = "long";
          const names = Array.from({ length: 30 }, (_, number) => `Herbal ${number}`);
          const data = { palette: names, names, counts: null, missing: 2, unknown: "not known", none: "#ccc" };
          const marks = { neighbours: [], verified: null, query: null };
          legend.update({ ...data, ...marks, legend: "Book", chosen: [], but: false }, names.map(() => [90, 90, 90]));
          Object.assign(window, { pressed });
          document.body.prepend(legend.node);
        }""",
        mounting.address("plate_map", "plate_map/map_legend.js"),
    )
    long = page.locator("#long")
    more = long.get_by_test_id("imgsim-legend-more")
    expect(more).to_have_text("19 more")
    for opened in ("true", "false", "true"):
        assert more.get_attribute("aria-expanded") != opened
        more.evaluate("(button) => button.click()") if opened == "false" else more.press("Enter")
        expect(more).to_have_attribute("aria-expanded", opened)
        expect(long.locator("[data-entry='Herbal 29']")).to_be_visible(visible=opened == "true")
    expect(long.locator("[data-entry='not known']")).to_be_visible()
    long.locator("[data-entry='Herbal 29']").press("Enter")
    assert page.evaluate("window.pressed") == [[29, False]]
    alike = "30 names share one colour: click one to see only its plates."
    expect(long.get_by_test_id("imgsim-legend-alike")).to_have_text(alike)
    expect(legend.last.get_by_test_id("imgsim-legend-alike")).to_be_hidden()  # what is proven: a colour each


def test_regions_are_labelled_until_the_labels_are_switched_off(
    page: Page, app: Served, sample: Collection, tmp_path: Path
) -> None:
    labels = map_labels(sample.catalogue, sample.projection(sample.backbones[0], "pca"))
    assert labels
    visit(page, app, "map", map="pca")
    canvas = wait_for_map(page)
    over = page.get_by_test_id("imgsim-regions").locator("span")
    expect(canvas).to_have_attribute("data-regions", re.compile("[1-9]"))
    said = over.all_inner_texts()
    assert {*said} <= {", ".join(label.words) for label in labels}
    boxes = [box for box in (one.bounding_box() for one in over.all()) if box]
    for at, one in enumerate(boxes):
        for other in boxes[:at]:
            aside = abs(one["x"] + one["width"] / 2 - other["x"] - other["width"] / 2)
            above = abs(one["y"] + one["height"] / 2 - other["y"] - other["height"] / 2)
            assert aside >= (one["width"] + other["width"]) / 2 or above >= (one["height"] + other["height"]) / 2
    expect(page.get_by_text("Labels on the map:")).to_be_visible()
    taken = page.get_by_role("button", name="Download this map")
    name, away = download(page, taken)
    page.get_by_test_id("imgsim-labelled").click()
    expect(over).to_have_count(0)
    settle(page)
    assert state_of(page)["labels"] == "no"
    expect(page.get_by_text("Labels on the map:")).to_have_count(0)
    assert b'"annotations":[{' in away and b'"annotations":[{' not in download(page, taken)[1]
    page.get_by_test_id("imgsim-labelled").click()
    expect(over).to_have_text(said)

    # The page that was taken away shows them, too, none on another, and others from nearer.
    file = tmp_path / name
    file.write_bytes(away)
    page.goto(file.as_uri())
    written = page.locator("#map .annotation-text")
    expect(written.first).to_be_visible()
    far = written.all_text_contents()
    assert {*far} <= {", ".join(label.words) for label in labels}
    assert {*far} & {*said}
    page.evaluate(
        """() => {
          const { xaxis, yaxis } = document.getElementById("map")._fullLayout;
          const near = ({ range: [from, to] }) => [from + (to - from) * 0.4, to - (to - from) * 0.4];
          Plotly.relayout("map", { "xaxis.range": near(xaxis), "yaxis.range": near(yaxis) });
        }"""
    )
    expect(written).not_to_have_text(far)
