"""The list of neighbours with what is verified of them: order, verdicts, table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.parts import map_neighbours, neighbour_query
from imgsim.app.services import caches, state
from imgsim.collection import Collection, open_collection
from imgsim.collection.evidence import evidence_of
from imgsim.collection.listing import Conditions, make_listing
from imgsim.collection.query import plate_query
from tests import pages
from tests.app.queried import ALIKE, PART, QUERY, SAME, TURNED
from tests.herbals import COUNT
from tests.pages import button, check, words


@pytest.fixture(scope="session")
def folder(evidenced: Path) -> Path:
    return evidenced


# ---- the list


def test_verified_plates_come_first_whatever_they_score_against_a_plain_loop() -> None:
    numbers = np.random.default_rng(8)
    for top_k in (4, 10, 50):
        for threshold in (-1.0, 0.3, 0.9, 1.0):
            similarities = numbers.uniform(-1, 1, 40).round(1).astype(np.float32)
            mask = numbers.random(40) < 0.8
            verified = [int(row) for row in numbers.permutation(40)[:6] if row != 7]
            conditions = Conditions(top_k, threshold, False, "any")
            found = make_listing(
                similarities, mask, conditions, exclude=7, verified=verified, verified_first=True
            )
            allowed = [row for row in range(40) if mask[row] and row != 7]
            first = [row for row in verified if row in allowed]
            rest = sorted(
                (row for row in allowed if row not in first), key=lambda row: (-similarities[row], row)
            )
            expected = first + rest
            assert found.rows.tolist() == expected[:top_k]
            assert found.similarities.tolist() == similarities[expected[:top_k]].tolist()
            reach = similarities >= np.float32(threshold)
            assert (found.reaching, found.verified) == (reach[allowed].sum(), len(first))
            assert found.first == len(first[:top_k])
            assert found.above == reach[expected[len(first) : top_k]].sum()
            assert found.unlisted == len(set(first) - set(expected[:top_k]))
            plain = make_listing(similarities, mask, conditions, exclude=7, verified=verified)
            bare = make_listing(similarities, mask, conditions, exclude=7)
            assert plain.rows.tolist() == bare.rows.tolist()
            assert plain.unlisted == len(set(first) - set(plain.rows.tolist()))


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ({}, [TURNED, SAME, PART], 18),
        ({"order": "similarity"}, [], 18),
        ({"verdict": "detail-mirrored"}, [TURNED, PART], 2),
        ({"verdict": "nonsense"}, [TURNED, SAME, PART], 18),
        ({"verdict": "alike"}, [ALIKE], 1),
        ({"when": "earlier"}, [TURNED, SAME, PART], 18),  # nothing is earlier, so any time is listed
        ({"when": "later"}, [TURNED, SAME], 12),  # the fourth book has no date
        ({"top_k": "4"}, [TURNED, SAME, PART], 4),
    ],
)
@pytest.mark.parametrize("threshold", ["1", "-1", ""])
def test_order_and_verdicts_make_the_list_and_the_line_leaves_nothing_out(
    visit: Callable[..., AppTest], query: dict[str, str], first: list[str], count: int, threshold: str
) -> None:
    app = visit("plate", plate=QUERY, view="table", **{"top_k": "50", "threshold": threshold, **query})
    table = app.dataframe[0].value
    assert list(table["Id"])[: len(first)] == first and len(table) == count
    rest = table["Similarity"].tolist()[len(first) :]
    assert rest == sorted(rest, reverse=True)


def test_similarity_leaves_out_what_it_ranks_low_says_so_and_offers_it(
    visit: Callable[..., AppTest], herbals: Collection
) -> None:
    row = herbals.catalogue.row
    scores = caches.similarities_of(herbals, "toy", row(QUERY))
    others = [other for other in range(COUNT) if herbals.catalogue.record(other)["book"] != "book0"]
    nearest = sorted(others, key=lambda other: (-scores[other], other))[:4]
    missing = len({row(TURNED), row(SAME), row(PART)} - set(nearest))
    assert missing > 1, "the test needs matches that look unlike"
    app = visit("plate", plate=QUERY, top_k="4", order="similarity", view="table")
    assert f"{missing} verified matches score lower than this list reaches" in words(app)
    check(button(app, "Show them first").click().run())
    assert "order" not in app.query_params
    assert list(app.dataframe[0].value["Id"])[:3] == [TURNED, SAME, PART]
    assert "score lower than this list" not in words(app)


def test_a_verdict_that_nothing_has_is_not_applied_and_offers_every_verdict_again(
    visit: Callable[..., AppTest],
) -> None:
    app = visit("plate", plate="p000", verdict="alike-same", view="table", top_k="50")
    assert "No plate is marked same image or look-alike" in words(app)
    assert len(app.dataframe[0].value) == 18
    check(button(app, "Show every verdict").click().run())
    assert "verdict" not in app.query_params
    assert "No plate is marked" not in words(app)


def test_the_controls_write_the_address_and_the_default_leaves_it(visit: Callable[..., AppTest]) -> None:
    app = visit("plate", plate=QUERY)
    order = next(widget for widget in app.selectbox if widget.label == "Order")
    assert order.value == "evidence"
    check(order.set_value("similarity").run())
    assert app.query_params["order"] in ("similarity", ["similarity"])
    order = next(widget for widget in app.selectbox if widget.label == "Order")
    check(order.set_value("evidence").run())
    assert "order" not in app.query_params


def test_the_table_tells_the_evidence(visit: Callable[..., AppTest]) -> None:
    table = (
        visit("plate", plate=QUERY, threshold="-1", view="table", other_books="no", top_k="50")
        .dataframe[0]
        .value
    )
    assert list(table["Verdict"][:3]) == ["Mirrored", "Same image", "Shared detail"]
    assert list(table["Points"][:3]) == [1234, 90, 60]
    assert list(table["Mirrored"][:3]) == ["yes", "no", "yes"]
    assert table["Coverage"][0] == "25 %, 75 %"
    rest = table["Verdict"][3:].tolist()
    assert rest.count("Look-alike") == 1 and rest.count("Not checked") == len(rest) - 1


def test_a_plate_leads_to_its_family(visit: Callable[..., AppTest], herbals: Collection) -> None:
    families = caches.families(herbals)
    assert families is not None
    family_id = families.of(herbals.catalogue.row(QUERY))
    assert family_id is not None
    app = visit("plate", plate=QUERY)
    check(button(app, "Family of ").click().run())
    assert app.title[0].value == "Re-use"
    assert app.query_params["family"] in (family_id, [family_id])
    assert not any(found.label.startswith("Family of ") for found in visit("plate", plate="p000").button)


# ---- the other pages


@pytest.mark.parametrize(("name", "view"), [("plate", "plates"), ("plate", "scores"), ("map", "plates")])
def test_every_page_lists_only_the_verdicts_that_are_asked_for_and_counts_the_others(
    visit: Callable[..., AppTest], herbals: Collection, cards: list[dict[str, Any]], name: str, view: str
) -> None:
    asked = {"threshold": "-1", "view": view, "verdict": "same-unchecked", "order": "similarity", "fold": "no"}
    app = visit(name, plate=QUERY, **asked)
    # Of 18 plates of other books one is mirrored, one shares a detail, one only looks alike.
    assert "1 same image, 14 not checked" in words(app)
    assert "**3 plates with another verdict** reach -1." in words(app)
    assert "**5 plates in the same book** reach -1." in words(app)
    if view == "scores":
        assert len(app.get("plotly_chart")) == 1 and not cards
        return
    scores = caches.similarities_of(herbals, "toy", herbals.catalogue.row(QUERY))
    assert len(cards) == 15
    assert {card["verdict"]["kind"] for card in cards} == {"same", "unchecked"}
    assert [card["id"] for card in cards if card["verdict"]["kind"] == "same"] == [SAME]
    shown = [scores[herbals.catalogue.row(card["id"])] for card in cards]
    assert shown == sorted(shown, reverse=True)


def test_search_without_an_image_lists_nothing_whatever_is_asked_for(
    visit: Callable[..., AppTest], cards: list[dict[str, Any]]
) -> None:
    app = visit("search", plate=QUERY, threshold="-1", verdict="same-unchecked", order="similarity")
    assert "**No image yet.**" in words(app) and not cards and "not checked" not in words(app)


# ---- without matches


def test_without_matches_all_is_as_before_and_one_line_says_how_to_get_them(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(plain))
    app = pages.visit("plate", **{"plate": QUERY, "threshold": "-1", "order": "evidence", "verdict": "same"})
    assert "python precompute.py --name herbals" in words(app)
    assert not [widget for widget in app.selectbox if widget.label == "Order"]
    collection = open_collection(plain / "herbals")
    assert evidence_of(collection, 3) is None
    query = plate_query(collection, 3, caches.similarities_of(collection, "toy", 3))
    found = neighbour_query.find(collection, query, state.State(threshold=-1, verdicts=("same",)))
    assert len(found.rows) == 18
    assert map_neighbours.verified(query, found) is None
