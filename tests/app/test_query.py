"""A query always shows its nearest plates: the line, what is left out, the study's view, an image from outside."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from imgsim.app.parts import left_out, line, neighbour_query
from imgsim.app.services import state, verdict_words
from imgsim.collection import Collection, open_collection
from imgsim.collection.calibration import RANDOM, Calibration
from imgsim.collection.evidence import Evidence, evidence_columns, evidence_of
from imgsim.collection.listing import (
    ABOVE,
    BELOW,
    OTHER_BOOKS,
    VERDICTS,
    VERIFIED,
    WHEN,
    Conditions,
    Hidden,
    list_under,
)
from imgsim.collection.query import plate_query
from tests.app.queried import QUERY, scores_of
from tests.app.toy_network import use_toy
from tests.herbals import COUNT
from tests.pages import button, check, param, visit, words
from tests.tiny import TINY


@pytest.fixture(scope="session")
def folder(near_matches: Path) -> Path:
    return near_matches


# ---- the line


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


def test_one_click_goes_back_to_the_calibrated_line(
    herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_it_is = herbals.calibration("toy")
    calibrated = Calibration(0.75, RANDOM, as_it_is.compared, as_it_is.background)
    monkeypatch.setattr(Collection, "calibration", lambda self, backbone: calibrated)
    app = visit("plate", plate=QUERY)
    assert (app.number_input[0].label, app.number_input[0].value) == ("Line, calibrated", 0.75)
    assert "threshold" not in app.query_params
    assert "The line at 0.75 is calibrated for toy here by random pairs" in words(app)
    assert not [found for found in app.button if found.label.startswith("↺")]
    check(app.number_input[0].set_value(0.9).run())
    assert (app.number_input[0].label, param(app, "threshold")) == ("Line, chosen", "0.9")
    assert "The line at 0.9 is chosen (calibrated: 0.75)" in words(app)
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


# ---- what conditions leave out


def test_copies_in_the_same_book_are_counted_and_shown_with_one_click(
    herbals: Collection, cards: list[dict[str, Any]]
) -> None:
    app = visit("plate", plate=QUERY, fold="no", threshold="1")
    assert "**2 plates in the same book** are verified." in words(app)
    assert not {"p001", "p004"} & {card["id"] for card in cards}
    check(button(app, "Show them").click().run())
    assert param(app, "other_books") == "no"
    assert {"p001", "p004"} <= {card["id"] for card in cards}
    assert "in the same book" not in words(app)


@pytest.mark.parametrize("page", ["plate", "map"])
def test_what_reaches_the_line_at_another_time_is_counted(herbals: Collection, page: str) -> None:
    scores = scores_of(herbals, "p008")
    app = visit(page, plate="p008", when="later", threshold="0.3", other_books="no")
    years = [herbals.catalogue.record(row)["year"] for row in range(COUNT)]
    left = sum(
        1
        for row, year in enumerate(years)
        if row != 8 and scores[row] >= np.float32(0.3) and (year is None or int(str(year)) <= 1710)
    )
    assert left > 1
    assert f"**{left} plates not known to be later** reach 0.3." in words(app)
    check(button(app, "Show them").click().run())
    assert "when" not in app.query_params


def test_a_plate_that_two_conditions_leave_out_is_counted_too(herbals: Collection) -> None:
    app = visit("plate", plate=QUERY, when="later", threshold="1")  # the copies are of its own book and year
    assert "**2 plates left out by more than one condition** are verified." in words(app)
    check(button(app, "Show them").click().run())
    assert param(app, "other_books") == "no" and "when" not in app.query_params


def test_the_earliest_book_and_the_only_one_are_answered_all_the_same(
    bare: Collection, cards: list[dict[str, Any]]
) -> None:
    app = visit("plate", plate=QUERY, when="earlier")
    assert "No plate is known to be earlier" in words(app) and cards
    check(button(app, "Allow any time").click().run())
    assert "when" not in app.query_params
    app = visit("plate", collection="x_one", plate="p001")
    assert len(cards) == 3
    alone = open_collection(bare.path.parent / "x_one")
    if alone.catalogue.books_known:
        assert "No plate is of another book" in words(app)
    assert "There is no other plate in this collection" in words(
        visit("plate", collection="x_alone", plate="p000")
    )


@pytest.mark.parametrize(
    ("hidden", "threshold", "expected"),
    [
        (Hidden((OTHER_BOOKS,), 4, 0), 0.94, "**4 plates in the same book** reach 0.94."),
        (Hidden((OTHER_BOOKS,), 1, 0), 0.94, "**1 plate in the same book** reaches 0.94."),
        (Hidden((WHEN,), 3, 1), 0.9, "**3 plates not known to be earlier** reach 0.9 or are verified."),
        (Hidden((VERDICTS,), 1, 1), 0.9, "**1 plate with another verdict** is verified."),
        (
            Hidden((WHEN, OTHER_BOOKS), 2, 0),
            None,
            "**2 plates left out by more than one condition** score more than any of these.",
        ),
    ],
)  # fmt: skip
def test_what_is_left_out_in_words(hidden: Hidden, threshold: float | None, expected: str) -> None:
    assert left_out.sentence(hidden, Conditions(4, threshold, True, "earlier")) == expected


def test_neighbours_that_do_not_pass_the_filters_are_said_on_the_map(bare: Collection) -> None:
    app = visit("map", plate=QUERY, in_place="London", fold="no")
    found = list_under(
        {}, scores_of(bare), Conditions(20, None, False, "any"), exclude=bare.catalogue.row(QUERY)
    )
    assert len(found.rows) == 20
    assert "9 of these do not pass your filters" in words(app)  # 18 of other books, every other one of London


# ---- the study's view


def test_the_study_s_view_is_one_click_away_and_one_back(bare: Collection) -> None:
    app = visit(
        "plate", collection="x_study", plate="p003", top_k="9", when="any", fold="no", threshold="0.5"
    )
    assert param(app, "backbone") == "toy"
    check(button(app, "The study's view").click().run())
    assert {name: param(app, name) for name in ("backbone", "top_k", "threshold", "other_books", "order")} == {
        "backbone": "resnet18", "top_k": "4", "threshold": "0.94", "other_books": "no", "order": "similarity"
    }  # fmt: skip
    assert "**The study's view:**" in words(app)
    assert button(app, "✓ The study's view")
    check(button(app, "Back to your view").click().run())
    assert {name: param(app, name) for name in ("backbone", "top_k", "threshold", "other_books", "order")} == {
        "backbone": "toy", "top_k": "9", "threshold": "0.5", "other_books": "", "order": ""
    }  # fmt: skip
    assert "**The study's view:**" not in words(app)


def test_a_link_to_the_study_s_view_has_a_way_back_too(bare: Collection, cards: list[dict[str, Any]]) -> None:
    app = visit(
        "plate", collection="x_study", plate="p003", backbone="resnet18", top_k="4", threshold="0.94",
        other_books="no", order="similarity", fold="no",
    )  # fmt: skip
    assert "**The study's view:**" in words(app) and len(cards) == 4
    check(button(app, "Back to your view").click().run())
    assert param(app, "backbone") == "toy"
    assert not {"top_k", "threshold", "other_books", "order", "fold"} & set(app.query_params)


def test_without_the_study_s_networks_it_says_how_to_add_one(bare: Collection) -> None:
    app = visit("plate", plate=QUERY)
    assert "python precompute.py --name herbals --backbone resnet18" in [block.value for block in app.code]


# ---- an image from outside


@pytest.fixture
def sample(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collection]:
    monkeypatch.setenv("IMGSIM_DATA", str(prepared))
    yield open_collection(prepared / "sample")
    st.cache_resource.clear()  # it keeps the network that a test put there


def seek(
    monkeypatch: pytest.MonkeyPatch, collection: Collection, content: bytes, vector: np.ndarray
) -> AppTest:
    """Bring an image, whose embedding is given: the network has tests of its own."""

    class Embedder:
        def __init__(self, *_: object) -> None:
            self.backbone = TINY

        def embed_arrays(self, arrays: np.ndarray) -> np.ndarray:
            return np.stack([vector] * len(arrays))

    monkeypatch.setattr("imgsim.backbones.embedder.Embedder", Embedder)
    st.cache_resource.clear()
    app = visit("search", view="table", fold="no")
    app.file_uploader[0].upload("scan.png", content, "image/png")
    return check(app.run(timeout=120))


def test_both_searches_are_merged_and_what_is_proven_comes_first(
    sample: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    matches = sample.matches
    assert matches is not None
    row = max(range(len(sample.catalogue)), key=lambda row: sum(one.verified for one in matches.of(row)))
    known = {one.b: one for one in matches.of(row) if one.verified}
    # a network that sees nothing in it, so that the lines have to find it
    vector = -sample.embeddings("plates18").mean(axis=0)
    vector /= np.linalg.norm(vector)
    app = seek(monkeypatch, sample, sample.plate_bytes(row), vector)
    table = app.dataframe[0].value
    ids = sample.catalogue.plate_ids
    assert table["Id"].iloc[0] == ids[row]
    assert set(table["Id"][1 : 1 + len(known)]) == {ids[other] for other in known}
    for plate_id, verdict, inliers in zip(table["Id"], table["Verdict"], table["Inliers"], strict=True):
        other = known.get(sample.catalogue.row(plate_id))
        if other is not None:
            assert (verdict.lower(), inliers) == (other.verdict, other.inliers)
    assert len(table) == 20 and (table["Verdict"][1 + len(known) :].isin(["Look-alike", "Not checked"])).all()


def test_without_local_features_likeness_alone_answers_and_says_so(
    bare: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_toy(monkeypatch, bare)
    app = visit("search", view="table")
    app.file_uploader[0].upload("scan.png", bare.plate_bytes(5), "image/png")
    check(app.run())
    assert app.dataframe[0].value["Id"].iloc[0] == "p005" and len(app.dataframe[0].value) == 20
    assert "the lines of these plates were never compared" in words(app)
    assert "python precompute.py --name herbals" in words(app)


def test_an_image_without_lines_is_answered_by_likeness_and_says_why(
    sample: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.BytesIO()
    Image.new("L", (300, 400), 250).save(stream, "PNG")
    app = seek(monkeypatch, sample, stream.getvalue(), sample.embeddings("plates18")[4])
    assert len(app.dataframe[0].value) == 20
    assert app.dataframe[0].value["Id"].iloc[0] == sample.catalogue.plate_ids[4]
    assert "By its lines nothing can be looked for" in words(app)


def test_a_detail_that_is_nowhere_else_leads_to_the_nearest_of_the_whole_plate(
    bare: Collection, cards: list[dict[str, Any]]
) -> None:
    app = visit("plate", plate=QUERY, box="0.1-0.1-0.2-0.2")  # never prepared for details
    assert "## Nearest to the whole plate" in words(app) and len(cards) == 18


def test_evidence_without_coverage_has_words_and_cells(herbals: Collection) -> None:
    row = herbals.catalogue.row
    known = evidence_of(herbals, row(QUERY))
    assert known is not None
    found = replace(known.known[row("p014")], coverage_a=float("nan"), coverage_b=float("nan"))
    half = Evidence(-1, {row("p014"): found})
    assert verdict_words.sentence(found).endswith("60 points agree.")
    assert evidence_columns(half, [row("p014")])["coverage_query"] == [None]
    assert verdict_words.badge(half, row("p014"))["kind"] == "detail"
