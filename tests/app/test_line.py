"""A query always shows its nearest plates: the line divides the list, and leaves nothing out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.app.parts import line, neighbour_query
from imgsim.app.services import caches, state
from imgsim.collection import Collection
from imgsim.collection.calibration import RANDOM, Calibration
from imgsim.collection.listing import (
    ABOVE,
    BELOW,
    VERIFIED,
)
from imgsim.collection.parts_seen import near_plate
from imgsim.collection.query import plate_query
from imgsim.images.plate_parts import PARTS
from tests.app.queried import QUERY, scores_of
from tests.herbals import COUNT
from tests.pages import button, check, param, visit, words


@pytest.fixture(scope="session")
def folder(near_matches: Path) -> Path:
    return near_matches


@pytest.mark.parametrize("page", ["plate", "map"])
@pytest.mark.parametrize("threshold", ["1", "0.5", "-1", None])
def test_no_page_answers_with_an_empty_list(
    bare: Collection, cards: list[dict[str, Any]], page: str, threshold: str | None
) -> None:
    visit(page, plate=QUERY, fold="no", **({} if threshold is None else {"threshold": threshold}))
    scores = scores_of(bare)
    others = [row for row in range(COUNT) if bare.catalogue.record(row)["book"] != "book0"]
    nearest = sorted(others, key=lambda row: (-scores[row], row))
    assert [card["id"] for card in cards] == [
        bare.catalogue.plate_ids[row] for row in nearest
    ]  # 18 of at most 20
    headings = [(card["rank"], card["heading"]) for card in cards if "heading" in card]
    above = 0 if threshold is None else int((scores[nearest] >= np.float32(threshold)).sum())
    wanted = [(1, False)] * (above > 0) + [(above + 1, True)] * (above < len(nearest))
    assert [(rank, heading["line"]) for rank, heading in headings] == wanted
    if threshold is not None and above:
        assert headings[0][1]["text"] == f"{above} at {float(threshold):g} or more"


def test_verified_plates_stand_over_the_line_whatever_they_score(
    herbals: Collection, cards: list[dict[str, Any]]
) -> None:
    visit("plate", plate=QUERY, fold="no", threshold="1", other_books="no")
    headings = {card["rank"]: card["heading"] for card in cards if "heading" in card}
    assert headings == {
        1: {"text": "3 verified", "means": "their lines agree, whatever they score", "line": False},
        4: {
            "text": "Below the line at 1",
            "means": "none of the others reaches it: these are the nearest",
            "line": True,
        },
    }
    assert {card["id"] for card in cards[:3]} == {"p001", "p004", "p014"}


@pytest.mark.parametrize("page", ["plate", "map"])
def test_what_a_part_finds_stands_before_what_is_less_near_and_says_so(
    herbals: Collection, cards: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    embeddings = herbals.embeddings("toy")
    parts = np.repeat(embeddings[:, None], PARTS, axis=1)
    found, row = herbals.catalogue.row("p009"), herbals.catalogue.row(QUERY)
    parts[found, 2] = embeddings[row]
    monkeypatch.setattr(Collection, "part_embeddings", lambda self, backbone: parts)
    # As the cache has it, which knows this collection without parts.
    monkeypatch.setattr(caches, "near_by_parts", lambda of, name, plate: near_plate(of, name, scores_of(of), plate))
    at = max(float(scores_of(herbals)[found]) + 0.001, 0.5)
    assert at < 0.95, "the part is nearer by more than it counts lower"
    visit(page, plate=QUERY, fold="no", threshold=f"{at:g}", other_books="no")
    by_part = [card["id"] for card in cards if "found by a part of it" in card["lines"]]
    assert by_part == ["p009"]
    headings = [card["heading"]["text"] for card in cards if "heading" in card]
    assert headings.index("1 found by a part") == headings.index(f"Below the line at {at:g}") - 1
    (card,) = [card for card in cards if card["id"] == "p009"]
    assert card["badge"] == f"{scores_of(herbals)[found]:.3f}", "the similarity is that of the whole plate"


def test_one_click_goes_back_to_the_calibrated_line(
    herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_it_is = herbals.calibration("toy")
    calibrated = Calibration(0.75, RANDOM, as_it_is.compared, as_it_is.background)
    monkeypatch.setattr(Collection, "calibration", lambda self, backbone: calibrated)
    app = visit("plate", plate=QUERY)
    assert (app.number_input[0].label, app.number_input[0].value) == ("Line, measured", 0.75)
    assert "threshold" not in app.query_params
    assert "The line at 0.75 is measured for toy here by random pairs" in words(app)
    assert not [found for found in app.button if found.label.startswith("↺")]
    check(app.number_input[0].set_value(0.9).run())
    assert (app.number_input[0].label, param(app, "threshold")) == ("Line, chosen", "0.9")
    assert "The line at 0.9 is chosen (measured: 0.75)" in words(app)
    check(button(app, "↺ 0.75").click().run())
    assert "threshold" not in app.query_params and app.number_input[0].value == 0.75
    # to type the calibrated value is to take it
    check(app.number_input[0].set_value(0.9).run())
    check(app.number_input[0].set_value(0.75).run())
    assert "threshold" not in app.query_params


def test_what_stands_over_the_parts_of_a_list(herbals: Collection) -> None:
    row = herbals.catalogue.row(QUERY)
    query = plate_query(herbals, row, scores_of(herbals))
    at = float(np.sort(scores_of(herbals))[-6])
    for top_k, threshold in ((4, None), (8, at), (50, -1.0), (50, 1.0)):
        now = state.State(
            collection="herbals", backbone="toy", top_k=top_k, threshold=threshold, other_books=False
        )
        found = neighbour_query.find(herbals, query, now)
        headings = line.headings(herbals, found, now)
        assert list(headings) == sorted(set(found.sections))
        assert headings[VERIFIED][0] == "3 verified"
        if threshold is None:
            assert headings[BELOW] == ("The nearest of the others", "")
        elif ABOVE in headings:
            assert headings[ABOVE][0] == f"{found.sections.count(ABOVE)} more at {threshold:g} or more"
