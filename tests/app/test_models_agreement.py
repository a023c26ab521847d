"""On Models: how far two networks agree."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from imgsim.app.parts import (
    models_verified,
)
from imgsim.app.services import text
from imgsim.collection import Collection
from tests.app.drawn import Drawn
from tests.app.models_scene import shared, tables, visit
from tests.herbals import COUNT
from tests.pages import check, param, words


@pytest.fixture(scope="session")
def folder(compared: Path) -> Path:
    return compared


@pytest.mark.parametrize("k", [4, 7])
def test_the_table_counts_shared_neighbours_and_cites_the_study_where_it_counted_as_many(
    herbals: Collection, drawn: Drawn, k: int
) -> None:
    app = visit(backbone="toy", models="agreement", first=str(k))
    counts = [shared(herbals, k).count(number) for number in range(k, -1, -1)]
    row = " ".join(f"{count:,} {text.share(count, COUNT)}" for count in counts)
    shown = tables(app)
    assert re.sub(r"\s+", " ", f"toy, other {COUNT} {row}") in shown
    assert ("the DHH23 study: ResNet-18, ResNet-50 13,151 204 1.6 % 590" in shown) == (k == 4)
    high = counts[0] + counts[1]
    assert f"agree on {k - 1} or {k} of the first {k} neighbours for {text.share(high, COUNT)}" in words(app)


def test_disagreements_come_most_first_and_can_be_narrowed_down(herbals: Collection, drawn: Drawn) -> None:
    expected = shared(herbals, 4)
    visit(backbone="toy", models="agreement")
    listed = [expected[int(plate[1:])] for plate in drawn.ids("disagreements")]
    assert listed == sorted(listed) and listed[0] == min(expected)
    number = max(expected)
    visit(backbone="toy", models="agreement", sharing=str(number))
    assert {*drawn.ids("disagreements")} == {f"p{row:03}" for row, n in enumerate(expected) if n == number}


def test_both_lists_stand_side_by_side_with_what_they_share_marked(herbals: Collection, drawn: Drawn) -> None:
    row = int(np.argmax(shared(herbals, 4)))
    visit(backbone="toy", models="agreement", plate=f"p{row:03}")
    lists = {name: herbals.neighbour_table(name)[0][row].tolist() for name in ("toy", "other")}
    for name, other in (("toy", "other"), ("other", "toy")):
        items = drawn.given[f"list_{name}"]["items"]
        assert [item["id"] for item in items] == [f"p{near:03}" for near in lists[name][:4]]
        marked = {item["id"] for item in items if item["mark"] == "selected"}
        assert marked == {f"p{near:03}" for near in {*lists["toy"][:4]} & {*lists["other"][:4]}}
        assert marked
        for item in items:
            place = lists[other].index(int(item["id"][1:])) + 1
            assert item["lines"][-1] == f"{other}: {models_verified.ordinal(place)}"
        assert all("verdict" in item for item in items)


def test_a_plate_of_a_list_opens_with_the_network_that_lists_it(herbals: Collection, drawn: Drawn) -> None:
    near = f"p{int(herbals.neighbour_table('other')[0][3, 0]):03}"
    drawn.answers["list_other"] = {"clicked": near}
    app = visit(backbone="toy", models="agreement", plate="p003")
    assert (app.title[0].value, param(app, "plate"), param(app, "backbone")) == ("Plate", near, "other")


def test_the_networks_are_chosen_in_the_address(herbals: Collection, drawn: Drawn) -> None:
    app = visit(backbone="other", versus="other", models="agreement")  # with itself: with the first other one
    boxes = {box.label: box for box in app.selectbox}
    assert (boxes["Compare"].value, boxes["with"].value) == ("other", "toy")
    boxes["Compare"].set_value("toy")
    check(app.run())
    assert param(app, "backbone") == "toy"
    assert {box.label: box.value for box in app.selectbox}["with"] == "other"
