"""Two networks compared in a real browser: click a disagreement, see both lists, open a plate, take it away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from safetensors.numpy import save_file

from imgsim.base.spreadsheets import read_back
from imgsim.collection import Collection, open_collection
from tests.conftest import SAMPLE, precompute
from tests.e2e.conftest import Watch
from tests.e2e.looking import arrive, card, cards, download, ids, state_of, visit
from tests.e2e.serving import Served, serve, settle
from tests.tiny import random_state


@pytest.fixture(scope="module")
def folder(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the collection "sample", seen by plates18 and by an untrained ResNet-18."""
    data = tmp_path_factory.mktemp("models") / "data"
    shutil.copytree(prepared / "sample", data / "sample")
    weights = data.parent / "untrained.safetensors"
    save_file(random_state("resnet18", 3), weights)
    precompute(
        "--name", "sample", "--backbone", "resnet18", "--weights", f"resnet18={weights}", "--projection", "pca",
        data=data,
    )  # fmt: skip
    return data


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serve(folder) as found:
        yield found
        assert "Traceback" not in found.said()


@pytest.fixture
def page(context: BrowserContext, served: Served) -> Iterator[Page]:
    opened = context.new_page()
    watch = Watch(urlsplit(served.url).netloc)
    watch.attach(opened)
    yield opened
    assert (watch.foreign, watch.errors, watch.failed) == ([], [], [])


@pytest.fixture(scope="module")
def sample(folder: Path) -> Collection:
    return open_collection(folder / "sample")


def first_four(sample: Collection, backbone: str, plate: str) -> list[str]:
    row = sample.catalogue.row(plate)
    return [str(sample.catalogue.plate_ids[near]) for near in sample.neighbour_table(backbone)[0][row, :4]]


def test_a_click_on_a_disagreement_shows_both_lists(page: Page, served: Served, sample: Collection) -> None:
    visit(page, served, "models", models="agreement")
    listed = ids(cards(page, "Plates, most disagreement first"))
    assert len(listed) > 5
    for plate in (listed[4], listed[1]):
        card(page, plate).click()
        expect(page.get_by_role("heading", name=f"{plate}:")).to_be_visible()
        settle(page)
        assert state_of(page)["plate"] == plate
        lists = {name: first_four(sample, name, plate) for name in ("plates18", "resnet18")}
        common = {*lists["plates18"]} & {*lists["resnet18"]}
        for name, expected in lists.items():
            found = cards(page, f"First neighbours by {name}")
            assert ids(found) == expected
            marked = {
                item.get_attribute("data-id") for item in found.all() if item.get_attribute("data-mark")
            }
            assert marked == common
    # A plate of the second list opens as that network sees it, and back leads back.
    near = first_four(sample, "resnet18", listed[1])[2]
    cards(page, "First neighbours by resnet18").nth(2).get_by_test_id("imgsim-card").click()
    arrive(page, "plate")
    assert (state_of(page)["plate"], state_of(page)["backbone"]) == (near, "resnet18")
    page.go_back()
    arrive(page, "models")
    expect(page.get_by_role("heading", name=f"{listed[1]}:")).to_be_visible()
    assert state_of(page)["backbone"] == "plates18"


def test_pairs_that_one_network_finds_are_seen_compared_and_taken_away(
    page: Page, served: Served, sample: Collection
) -> None:
    visit(page, served, "models")
    assert sample.matches is not None
    frame = sample.matches.frame[sample.matches.verified]
    assert len(frame) > 3
    expect(page.get_by_text(f"of {len(frame)} verified pairs").first).to_be_visible()
    expect(page.locator(".facts table")).to_contain_text("All verified pairs")
    pairs = page.locator("[data-testid=imgsim-pairs] li")
    expect(pairs.first).to_be_visible()
    name, content = download(page, page.get_by_role("button", name="Download CSV"))
    assert name == "imgsim_verified_ranks_sample.csv"
    table = read_back(content)
    assert table["a_plate_id"].tolist() == frame["plate_a"].tolist()
    first = str(pairs.first.get_attribute("data-id"))
    left, right = (str(sample.catalogue.plate_ids[int(row)]) for row in first.split("-"))
    pairs.first.get_by_test_id("imgsim-compare").click()
    arrive(page, "compare")
    assert (state_of(page)["plate"], state_of(page)["with"]) == (left, right)


def test_scores_and_hubs_are_drawn_for_both_networks(page: Page, served: Served) -> None:
    visit(page, served, "models", models="scores")
    chart = page.locator(".js-plotly-plot")
    expect(chart).to_have_count(1)
    for words in ("plates18", "resnet18", "Same image", "Random pairs", "First 4 neighbours"):
        expect(chart.get_by_text(words, exact=True)).to_be_visible()
    named = "Everybody's neighbours"
    page.get_by_role("radio", name=named).or_(page.get_by_role("button", name=named)).first.click()
    page.wait_for_url(lambda address: "models=hubs" in address)
    settle(page)
    assert state_of(page)["models"] == "hubs"
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    for name in ("plates18", "resnet18"):
        assert len(ids(cards(page, f"Listed most often by {name}"))) == min(12, SAMPLE)
