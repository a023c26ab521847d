"""The page Models, as Streamlit runs it without a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imgsim import export
from imgsim.app.parts import (
    models_verified,
)
from imgsim.app.services import text
from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.retrieval.neighbours import hubness
from imgsim.reviews import UNRELATED
from tests import pages
from tests.app.drawn import Drawn
from tests.app.models_scene import VERIFIED, shared, tables, visit
from tests.herbals import COUNT, HOSTILE
from tests.making import add_matches, make, match_values, write_plates
from tests.pages import check, param, words


@pytest.fixture(scope="session")
def folder(compared: Path) -> Path:
    return compared


def downloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """Catch what the download buttons would make."""
    import streamlit as st

    made: dict[str, Callable[[], bytes]] = {}

    def fake(label: str, data: Any, *, key: str, **more: Any) -> bool:
        made[key] = data
        return False

    monkeypatch.setattr(st, "download_button", fake)
    return made


# ---- scores


def test_the_ladder_shows_pairs_with_their_verdicts_and_what_the_other_network_says(
    herbals: Collection, drawn: Drawn
) -> None:
    app = visit(backbone="other", models="scores")
    items = drawn.given["ladder"]["items"]
    assert items
    rows = {name: herbals.embeddings(name).astype(float) for name in ("toy", "other")}
    for item in items:
        rung, _, ends = item["id"].partition(":")
        a, b = (int(end) for end in ends.split("-"))
        score = rows["other"][a] @ rows["other"][b]
        assert abs(score - float(rung)) <= 0.0051
        assert item["lines"][0].startswith(f"other: {score:.4f}")
        assert item["lines"][1].startswith(f"toy: {rows['toy'][a] @ rows['toy'][b]:.4f}")
    before = drawn.ids("ladder")
    check(next(button for button in app.button if button.label == "Other examples").click().run())
    assert param(app, "draw") == "1"
    assert [i.partition(":")[0] for i in drawn.ids("ladder")] == [i.partition(":")[0] for i in before]
    assert len(app.get("plotly_chart")) == 1


# ---- hubs


def test_the_largest_hubs_come_first_and_open_with_their_network(herbals: Collection, drawn: Drawn) -> None:
    app = visit(backbone="toy", models="hubs")
    for name in ("toy", "other"):
        indices = herbals.neighbour_table(name)[0]
        counts = [sum(row in near[:10] for near in indices.tolist()) for row in range(COUNT)]
        order = sorted(range(COUNT), key=lambda row: (-counts[row], row))[:12]
        assert drawn.ids(f"hubs_{name}") == [f"p{row:03}" for row in order]
        assert drawn.given[f"hubs_{name}"]["items"][0]["badge"] == f"{max(counts)} times"
    metrics = {(metric.label, metric.value) for metric in app.metric}
    assert ("Unevenness", f"{hubness(herbals.neighbour_table('toy')[0])['skew']:.1f}") in metrics
    drawn.answers["hubs_other"] = {"clicked": "p009"}
    app = visit(backbone="toy", models="hubs")
    assert (app.title[0].value, param(app, "plate"), param(app, "backbone")) == ("Plate", "p009", "other")


def test_about_leads_to_the_hubs(herbals: Collection, drawn: Drawn) -> None:
    app = pages.visit("about")
    check(next(button for button in app.button if button.label.startswith("See everybody")).click().run())
    assert (app.title[0].value, param(app, "models")) == ("Models", "hubs")


# ---- what is taken away


def test_every_part_can_be_taken_away_as_csv(
    herbals: Collection, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = downloads(monkeypatch)
    for part in ("verified", "agreement", "scores", "hubs"):
        visit(backbone="toy", models=part)
    tables = {key: export.read_back(make()) for key, make in made.items()}
    assert set(tables) == {"download_verified_ranks", "download_shared", "download_ladder", "download_hubs"}
    pairs = tables["download_verified_ranks"]
    assert [*zip(pairs["a_plate_id"], pairs["b_plate_id"], strict=True)] == [
        (f"p{a:03}", f"p{b:03}") for a, b in VERIFIED
    ]
    ranks = herbals.neighbour_table("toy")[0].tolist()
    assert [int(rank) for rank in pairs["toy_rank_b_of_a"]] == [ranks[a].index(b) + 1 for a, b in VERIFIED]
    assert [int(rank) for rank in pairs["toy_rank_a_of_b"]] == [ranks[b].index(a) + 1 for a, b in VERIFIED]
    plates = tables["download_shared"].set_index("plate_id")
    assert [int(plates["shared"][f"p{row:03}"]) for row in range(COUNT)] == shared(herbals, 4)
    first = plates["other_neighbour_ids"]["p003"].split(" | ")
    assert first == [f"p{near:03}" for near in herbals.neighbour_table("other")[0][3, :4]]
    hub = tables["download_hubs"]
    assert sum(map(int, hub["other_times_listed"])) == 10 * COUNT
    assert set(hub["title"]) == set(HOSTILE)  # as they stand
    assert set(map(float, tables["download_ladder"]["step"])) <= {0.5, 0.6, 0.7, 0.8, 0.9, 0.95}
    # Numbers stay numbers in a spreadsheet.
    assert b",'0." not in made["download_verified_ranks"]()


# ---- with less to show


def test_without_verified_pairs_the_page_says_what_to_run_and_shows_agreement(
    two_networks: Path, monkeypatch: pytest.MonkeyPatch, drawn: Drawn
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(two_networks))
    app = visit(models="verified")
    assert "Nothing is verified here" in words(app)
    assert app.code[0].value == "python precompute.py --name herbals"
    assert "disagreements" in drawn.given and "verified_pairs" not in drawn.given
    visit(models="scores")
    assert all(word["text"] != "not checked" for i in drawn.given["ladder"]["items"] for word in i["words"])


def test_a_collection_in_which_nothing_agrees_says_so(
    two_networks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawn: Drawn
) -> None:
    shutil.copytree(two_networks, tmp_path / "data")
    add_matches(tmp_path / "data" / "herbals", [match_values("p000", "p006", "look-alike")])
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    assert "No two plates of this collection have lines that agree" in words(visit(models="verified"))
    visit(models="scores")


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_one_network_alone_shows_what_it_can_and_how_to_add_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawn: Drawn, count: int
) -> None:
    make(tmp_path / "data" / "few", write_plates(tmp_path / "images", count))
    if count > 2:
        add_matches(tmp_path / "data" / "few", [match_values("p000", "p001")])
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    for part in ("verified", "agreement", "scores", "hubs"):
        app = visit(models=part)
        if count == 1:
            assert "one plate has no neighbours" in words(app)
            continue
        assert "Only **toy** has looked at these plates" in words(app)
        assert app.code[-1].value == "python precompute.py --name few --backbone toy plates18"
        assert "disagreements" not in drawn.given
        assert not app.selectbox or all(box.label != "with" for box in app.selectbox)
    if count > 2:
        app = visit(models="verified")
        assert "of 1 verified pair among its first" in words(app)


@pytest.mark.parametrize(
    "query",
    [
        {"versus": "../x", "models": "everything", "first": "many", "draw": "-3"},
        {"models": "agreement", "sharing": "9", "part": "99999", "first": "10"},
        {"models": "agreement", "sharing": "99", "first": "0", "plate": "nobody"},
        {"found": "all", "part": "-1"},
    ],
)
def test_a_mangled_link_opens_the_page(herbals: Collection, drawn: Drawn, query: dict[str, str]) -> None:
    assert visit(**query).title[0].value == "Models"


def test_a_share_is_none_or_all_only_if_it_is() -> None:
    assert [text.share(part, 13_151) for part in (0, 1, 204, 590, 5_103, 12_900, 13_150, 13_151)] == [
        "0 %", "under 0.1 %", "1.6 %", "4.5 %", "39 %", "98.1 %", "99.9 %", "100 %",
    ]  # fmt: skip
    assert text.share(0, 0) == "\N{EN DASH}"


def test_places_are_put_into_words() -> None:
    assert [models_verified.ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 22, 33, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "33rd", "111th",
    ]  # fmt: skip
    assert models_verified.place_in_words(0, 50) == "not among the first 50"


def test_a_pair_that_a_person_rejects_is_no_longer_counted(
    compared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawn: Drawn
) -> None:
    shutil.copytree(compared, tmp_path / "data")
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    assert "of 7 verified pairs" in words(visit())
    reviews = reviews_of(tmp_path / "data" / "herbals")
    reviews.record("p001", "p018", UNRELATED, reviewer="Ada")
    app = visit()
    assert "of 6 verified pairs" in words(app)
    assert "Mirrored" not in tables(app)
    reviews.undo("Ada")
    assert "of 7 verified pairs" in words(visit())
