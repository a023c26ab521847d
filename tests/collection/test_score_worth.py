"""What a score is worth: against scikit-learn, Wilson's own formula, and a count by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from imgsim.base.terms import REACHED, RIGHT
from imgsim.charts.review_figures import worth_figure
from imgsim.collection.score_worth import labels, needed, shown, suggest, wilson, worth
from imgsim.reviews import standing_frame
from imgsim.reviews.decision_record import made


def test_precision_and_recall_agree_with_scikit_learn() -> None:
    from sklearn.metrics import precision_recall_curve

    rng = np.random.default_rng(3)
    for _ in range(20):
        scores = np.round(rng.normal(size=60), 1)  # with ties
        truth = rng.random(60) < 1 / (1 + np.exp(-2 * scores))
        found = worth("x", scores, truth)
        precision, recall, thresholds = precision_recall_curve(truth, scores)
        assert np.allclose(found.thresholds, thresholds)
        assert np.allclose(found.precision, precision[:-1])
        assert np.allclose(found.recall, recall[:-1])


def test_a_count_by_hand() -> None:
    found = worth("inliers", [10, 20, 20, 30, 40, math.nan], [False, True, False, True, True, True])
    assert found.thresholds.tolist() == [10, 20, 30, 40]
    assert found.chosen.tolist() == [5, 4, 2, 1]
    assert found.right.tolist() == [3, 3, 2, 1]
    assert (found.confirmed, found.rejected, found.judged) == (3, 2, 5)
    assert found.precision.tolist() == [0.6, 0.75, 1, 1]
    assert np.allclose(found.recall, [1, 1, 2 / 3, 1 / 3])


def test_the_interval_is_wilsons() -> None:
    # The ends p solve |k/n - p| = z sqrt(p (1 - p) / n): checked as roots, not by the closed form.
    z = 1.959963984540054
    for k, n in [(0, 5), (1, 7), (3, 5), (8, 10), (45, 50), (73, 73)]:
        low, high = (float(end) for end in wilson(k, n))
        for end in (low, high):
            if 0 < end < 1:
                assert abs(k / n - end) == pytest.approx(z * math.sqrt(end * (1 - end) / n))
        assert 0 <= low <= k / n <= high <= 1
    # Wilson 1927 in the usual tables: 8 of 10 is 0.490 to 0.943.
    assert np.allclose(wilson(8, 10), (0.4902, 0.9433), atol=1e-4)
    assert [float(end) for end in wilson(0, 0)] == [0.0, 1.0]


def test_the_suggested_threshold_is_the_lowest_that_is_safe() -> None:
    scores = np.concatenate([np.linspace(0.9, 1, 100), np.linspace(0.5, 0.89, 40)])
    truth = np.concatenate([np.ones(100, bool), np.zeros(40, bool)])
    found = worth("similarity", scores, truth)
    suggestion = suggest(found, 0.95)
    assert suggestion.threshold is not None and suggestion.at >= 0
    low, _ = found.precision_interval
    assert low[suggestion.at] >= 0.95
    assert np.all(low[: suggestion.at] < 0.95)
    assert suggestion.estimate is not None and suggestion.estimate <= suggestion.threshold
    assert "at least 95 %" in suggestion.words and "confirmed" in suggestion.words


def test_too_few_judgements_say_how_many_are_needed() -> None:
    assert needed(0.95) == 73
    for n in (needed(0.95) - 1, needed(0.95)):
        found = worth("x", np.ones(n), np.ones(n, bool))
        assert (suggest(found, 0.95).threshold is not None) == (n == needed(0.95))
    suggestion = suggest(worth("x", [0.9, 0.8, 0.7], [True, True, False]), 0.95)
    assert suggestion.threshold is None and suggestion.at == -1
    assert suggestion.words == (
        "Not enough judgements for 95 %: 3, need about 73 above the line, hardly any of them rejected. "
        "Without room for chance it would be 0.8000."
    )
    # Plenty of judgements, and the score does not separate them.
    mixed = suggest(worth("x", np.arange(400.0), np.arange(400) % 2 == 0), 0.9)
    assert mixed.threshold is None and mixed.words.startswith("No line")
    for wrong in (0, 1, -0.5, 2):
        with pytest.raises(ValueError, match="precision"):
            suggest(worth("x", [], []), wrong)


def test_nothing_confirmed_and_nothing_at_all() -> None:
    nothing = worth("x", [], [])
    assert nothing.judged == 0 and suggest(nothing, 0.9).threshold is None
    rejected = worth("x", [0.5, 0.6], [False, False])
    assert np.isnan(rejected.recall).all() and rejected.precision.tolist() == [0, 0]
    assert "Not enough" in suggest(rejected, 0.9).words


def test_a_threshold_can_be_typed_and_loses_nothing() -> None:
    assert shown(47.0) == "47" and shown(0.94567) == "0.9456" and float(shown(0.1 + 0.2)) <= 0.1 + 0.2


def test_unsure_and_disputed_pairs_do_not_count() -> None:
    said = [
        made("a", "b", "same plate", reviewer="A"), made("a", "c", "unrelated", reviewer="A"),
        made("a", "d", "unsure", reviewer="A"), made("a", "e", "shared motif", reviewer="A"),
        made("a", "f", "same plate", reviewer="A"), made("a", "f", "unrelated", reviewer="B"),
    ]  # fmt: skip
    frame = labels(standing_frame(said))
    assert dict(zip(frame["plate_b"], frame["confirmed"], strict=True)) == {"b": True, "c": False, "e": True}
    assert labels(standing_frame([])).empty


def test_the_figure_shows_both_curves_with_their_intervals_and_the_threshold() -> None:
    found = worth("similarity", np.linspace(0, 1, 200), np.arange(200) > 60)
    figure = worth_figure(found, suggest(found, 0.9), precision=0.9)
    named = {trace.name: trace for trace in figure.data if trace.name}
    assert set(named) == {RIGHT.title, REACHED.title}
    assert np.allclose(named[RIGHT.title].y, 100 * found.precision)
    assert len(figure.layout.shapes) == 2
    few = worth_figure(worth("x", [1, 2], [False, False]), suggest(worth("x", [], []), 0.9), precision=0.9)
    assert [trace.name for trace in few.data if trace.name] == [RIGHT.title]
