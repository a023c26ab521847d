"""Figures of networks compared."""

from __future__ import annotations

import json

import numpy as np
import pytest

from imgsim.charts import backbone_figures
from tests.herbals import HOSTILE


def test_every_kind_of_pairs_is_a_hill_of_its_own_with_its_median() -> None:
    numbers = np.random.default_rng(3)
    kinds = {
        "random pairs": np.sort(numbers.uniform(0.1, 0.7, 10_001)).astype(np.float32),
        "first 4 neighbours": numbers.uniform(0.5, 0.9, 400).astype(np.float32),
        "same image": numbers.uniform(0.9, 1.0, 31).astype(np.float32),
    }
    other = {name: kinds[name] for name in ("random pairs", "same image")}
    figure = backbone_figures.distributions_figure(
        {"toy": kinds, "other": other}, lines={"toy": 0.8, "other": 0.7}
    )
    hills = [trace for trace in figure.data if trace.customdata is not None]
    assert [trace.name for trace in hills] == [*kinds, *other]
    for trace in hills:
        assert sum(trace.customdata) == pytest.approx(100)  # shares of all, none lost at the edges
    # The same kind stands on the same height in both, and no hill reaches into the row above.
    bottoms = [int(np.floor(min(trace.y))) for trace in hills]
    assert bottoms == [0, 1, 2, 0, 2]
    assert all(max(trace.y) < bottom + 1 for trace, bottom in zip(hills, bottoms, strict=True))
    medians = [trace.x[0] for trace in figure.data if len(trace.x) == 2 and trace.x[0] == trace.x[1]]
    assert medians == pytest.approx([np.median(values) for values in (*kinds.values(), *other.values())])
    assert list(figure.layout.yaxis.ticktext) == ["Random pairs", "First 4 neighbours", "Same image"]
    assert [shape.x0 for shape in figure.layout.shapes] == [0.8, 0.7]


def test_names_of_networks_stay_text_in_the_distributions() -> None:
    values = np.array([0.5, 1.0], np.float32)
    for name in HOSTILE:
        figure = backbone_figures.distributions_figure({name: {"same image": values}, "b": {name: values}})
        drawn = json.dumps(figure.to_plotly_json(), default=str)
        assert "<script" not in drawn and "<img" not in drawn and "<b>" not in drawn
    assert len(backbone_figures.distributions_figure({}).data) == 0
    assert len(backbone_figures.distributions_figure({"a": {"same image": values[1:]}}).data) == 3
