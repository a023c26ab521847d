"""Plotly figures: what they draw, and that data in them stays data."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from imgsim.charts import plate_figures
from imgsim.collection.map_labels import RegionLabel
from tests.herbals import HOSTILE


def test_the_scores_of_a_query_stand_beside_those_of_random_pairs() -> None:
    numbers = np.random.default_rng(0)
    query = numbers.uniform(0.2, 0.9, 500).astype(np.float32)
    background = np.sort(numbers.uniform(0.0, 0.7, 10_001)).astype(np.float32)
    listed = np.sort(query)[::-1][:10]
    figure = plate_figures.similarity_figure(query, background, listed, threshold=0.8)
    traces = {trace.name: trace for trace in figure.data}
    assert list(traces) == ["Random pairs", "This query", "Listed neighbours"]
    for name in ("Random pairs", "This query"):
        assert sum(traces[name].y) == pytest.approx(100)  # shares of all, none lost at the edges
    assert list(traces["Listed neighbours"].x) == listed.tolist()
    assert figure.layout.shapes[0].x0 == 0.8


def test_the_scores_can_be_drawn_without_a_background_or_a_list() -> None:
    nothing = np.empty(0, np.float32)
    assert len(plate_figures.similarity_figure(nothing, nothing, nothing).data) == 0
    one = np.array([1.0], np.float32)
    assert len(plate_figures.similarity_figure(one, nothing, one, threshold=-1).data) == 2


@pytest.mark.parametrize("most", [0, 3, 60, 61, 5000])
def test_every_plate_is_in_one_bar_of_the_hubs(most: int) -> None:
    counts = np.random.default_rng(1).integers(0, most + 1, 1000)
    counts[0] = most
    figure = plate_figures.hubness_figure(counts, 10)
    assert sum(figure.data[0].y) == 1000
    assert len(figure.data[0].y) <= 61


def the_map() -> plate_figures.go.Figure:
    count = len(HOSTILE)
    xy = np.random.default_rng(2).normal(size=(count, 2)).astype(np.float32)
    half = np.arange(count // 2)
    groups = [
        (HOSTILE[0], "#0072B2", half),
        (HOSTILE[1], "#E69F00", half + count // 2),
        ("empty", "#000", half[:0]),
    ]
    ids = [f"p{number:03}" for number in range(count)]
    return plate_figures.map_figure(xy, ids, HOSTILE, groups, query=3, neighbours=[4, 5], heading="<b>herbals</b>")


def test_the_map_carries_ids_and_draws_query_and_neighbours_on_top() -> None:
    figure = the_map()
    assert [trace.name for trace in figure.data][-2:] == ["Neighbours", "Query"]
    assert len(figure.data) == 4
    assert [row[0] for row in figure.data[-2].customdata] == ["p004", "p005"]
    assert figure.data[-1].marker.color == "#000000"


def test_verified_matches_are_filled_and_tied_to_the_query_and_others_are_rings() -> None:
    xy = np.arange(12, dtype=np.float32).reshape(6, 2)
    ids = [f"p{number}" for number in range(6)]
    figure = plate_figures.map_figure(xy, ids, ids, [], query=3, neighbours=[4, 1, 5], verified=[5, 4])
    ties, rings, filled, query = figure.data
    assert [[float(v) for v in axis] for axis in (ties.x[:2], ties.x[3:5])] == [[6, 8], [6, 10]]
    assert not ties.showlegend and rings.marker.symbol == "circle-open" and filled.marker.symbol == "circle"
    assert [row[0] for row in rings.customdata] == ["p1"]
    assert [row[0] for row in filled.customdata] == ["p4", "p5"]
    assert query.name == "Query"
    assert "not verified" not in str(
        plate_figures.map_figure(xy, ids, ids, [], query=3, neighbours=[4], verified=[4]).data
    )


def test_labels_of_regions_stand_on_the_map_and_say_from_which_zoom_they_are_seen() -> None:
    xy = np.arange(12, dtype=np.float32).reshape(6, 2)
    labels = [
        RegionLabel(("roses", "<b>tulips</b>"), 1.0, 2.0, (0, 0, 4, 4), 0, 1, 5),
        RegionLabel(("ferns",), 3.0, 4.0, (0, 0, 4, 4), 1, None, 3),
    ]
    figure = plate_figures.map_figure(xy, list("abcdef"), list("abcdef"), [], labels=labels)
    said = [(one.text, one.x, one.y, one.visible) for one in figure.layout.annotations]
    assert said == [("roses, &lt;b&gt;tulips&lt;/b&gt;", 1, 2, True), ("ferns", 3, 4, False)]
    assert figure.layout.meta["labels"] == [{"level": 0, "until": 1}, {"level": 1, "until": None}]


def test_the_map_as_a_file_needs_no_network_and_holds_no_markup_from_titles() -> None:
    page = plate_figures.as_html(the_map(), "</title><script>alert(2)</script>").decode("utf-8")
    assert len(page) > 3_000_000  # Plotly itself is inside
    own = page[: page.index("<script")] + page[page.rindex("Plotly.newPlot") :]
    assert "<script>alert" not in own.lower()
    assert "<img" not in own.lower()
    assert not re.search(r"<script[^>]+src=", page)
    text = json.dumps(the_map().to_plotly_json(), default=lambda value: np.asarray(value).tolist())
    for title in HOSTILE:
        if "<" in title:
            assert title not in text
    assert "%{x}" not in text


def test_colours_are_safe_for_colour_blind_eyes() -> None:
    assert {plate_figures.BLUE, plate_figures.ORANGE, plate_figures.VERMILION} <= {
        "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
    }  # fmt: skip
