"""What is verified of a plate, in the app: words, order, filters, table, CSV, map, and the pages that tell of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.components import plate_map, thumbnail_grid
from imgsim.app.pages import map as map_page
from imgsim.app.parts import neighbour_query
from imgsim.app.services import caches, state, verdict_words
from imgsim.catalogue import Catalogue
from imgsim.collection import Collection, open_collection
from imgsim.collection.evidence import evidence_columns, evidence_of, reused
from imgsim.collection.listing import Conditions, make_listing
from imgsim.collection.query import plate_query
from imgsim.errors import ImgsimError
from imgsim.export import neighbours_csv
from tests import pages
from tests.app.queried import ALIKE, PART, QUERY, SAME, TURNED, known
from tests.herbals import COUNT, make_herbals
from tests.pages import button, check, words


@pytest.fixture(scope="session")
def folder(evidenced: Path) -> Path:
    return evidenced


# ---- words


def test_every_verdict_has_words_and_numbers_and_is_seen_from_the_query(herbals: Collection) -> None:
    evidence_of, row = known(herbals), herbals.catalogue.row
    assert [evidence_of.code(row(other)) for other in (SAME, TURNED, PART, ALIKE, "p010")] == list(
        verdict_words.WORDS
    )
    assert verdict_words.badge(evidence_of, row(TURNED))["text"] == "mirrored · 1,234"
    assert verdict_words.badge(evidence_of, row(PART))["text"] == "shared detail, mirrored · 60"
    assert verdict_words.badge(evidence_of, row(ALIKE))["text"] == "look-alike"
    assert verdict_words.badge(evidence_of, row("p010"))["text"] == "not checked"
    assert "25 % of your plate and 75 % of this one" in verdict_words.badge(evidence_of, row(TURNED))["title"]
    # the other way round the shares change places
    assert (
        "75 % of your plate and 25 % of this one"
        in verdict_words.badge(known(herbals, TURNED), row(QUERY))["title"]
    )
    for other in range(COUNT):
        assert set(verdict_words.badge(evidence_of, other)) == {"kind", "text", "title"}
    assert verdict_words.summary(evidence_of, [row(ALIKE), row(SAME), row("p010"), row("p011")]) == (
        "1 same image, 1 look-alike, 2 not checked"
    )
    assert all(word in verdict_words.explanation() for word in verdict_words.WORDS.values())


def test_the_best_evidence_comes_first(herbals: Collection) -> None:
    row = herbals.catalogue.row
    assert known(herbals).verified == (row(TURNED), row(SAME), row(PART))


def test_only_another_book_is_a_re_use(herbals: Collection) -> None:
    assert herbals.matches is not None
    found = np.flatnonzero(reused(herbals.matches, herbals.catalogue))
    assert [herbals.catalogue.plate_ids[row] for row in found] == [QUERY, SAME, TURNED, PART]


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
    assert list(table["Inliers"][:3]) == [1234, 90, 60]
    assert list(table["Mirrored"][:3]) == ["yes", "no", "yes"]
    assert table["Coverage"][0] == "25 %, 75 %"
    rest = table["Verdict"][3:].tolist()
    assert rest.count("Look-alike") == 1 and rest.count("Not checked") == len(rest) - 1


def test_the_csv_gains_verdict_inliers_mirrored_and_both_coverages(herbals: Collection) -> None:
    rows = [herbals.catalogue.row(other) for other in (TURNED, ALIKE, "p010")]
    content = neighbours_csv(
        herbals.catalogue,
        herbals.catalogue.row(QUERY),
        QUERY,
        rows,
        [0.5, 0.4, 0.3],
        backbone="toy",
        collection="herbals",
        date="2026-11-22",
        extra=evidence_columns(known(herbals), rows),
    )
    names = ("verdict", "inliers", "mirrored", "coverage_query", "coverage_neighbour")
    table = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [[line[name] for name in names] for line in table] == [
        ["mirrored", "1234", "yes", "0.25", "0.75"],
        ["look-alike", "4", "", "0.0", "0.0"],
        ["not checked", "", "", "", ""],
    ]


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


def test_the_map_knows_which_of_its_neighbours_are_verified(herbals: Collection) -> None:
    row = herbals.catalogue.row(QUERY)
    query = plate_query(herbals, row, caches.similarities_of(herbals, "toy", row))
    found = neighbour_query.find(herbals, query, state.State(collection="herbals", threshold=-1))
    ids = herbals.catalogue.plate_ids
    assert len(found.rows) == 18
    assert [ids[other] for other in map_page._verified(query, found) or []] == [TURNED, SAME, PART]


def test_browse_narrows_to_verified_re_use_and_clears(visit: Callable[..., AppTest]) -> None:
    app = visit()
    check(next(toggle for toggle in app.toggle if toggle.label == "Verified re-use").set_value(True).run())
    assert app.query_params["reused"] in ("yes", ["yes"])
    assert "4 plates that pass the filters" in words(app)
    check(button(app, "Clear all").click().run())
    assert "reused" not in app.query_params
    assert "Showing 4 of" in words(visit("map", reused="yes"))


def test_about_counts_what_was_verified(visit: Callable[..., AppTest]) -> None:
    app = visit("about")
    numbers = {metric.label: metric.value for metric in app.metric}
    assert [numbers[name] for name in ("Same image", "Mirrored", "Shared detail", "Look-alikes")] == list(
        "2111"
    )
    assert "4 plates were found again in another book" in words(app)


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(make_herbals(tmp_path)))
    app = pages.visit("plate", **{"plate": QUERY, "threshold": "-1", "order": "evidence", "verdict": "same"})
    assert "python precompute.py --name herbals" in words(app)
    assert not [widget for widget in app.selectbox if widget.label == "Order"]
    collection = open_collection(tmp_path / "data" / "herbals")
    assert evidence_of(collection, 3) is None
    query = plate_query(collection, 3, caches.similarities_of(collection, "toy", 3))
    found = neighbour_query.find(collection, query, state.State(threshold=-1, verdicts=("same",)))
    assert len(found.rows) == 18
    assert map_page._verified(query, found) is None


# ---- components


@pytest.mark.parametrize(
    "verdict",
    [
        "same",
        {"kind": "same"},
        {"kind": "proof", "text": "x", "title": ""},
        {"kind": "same", "text": "", "title": ""},
        {"kind": "same", "text": "x", "title": "", "onclick": "y"},
    ],
    ids=str,
)
def test_the_grid_refuses_a_verdict_without_words(verdict: Any) -> None:
    with pytest.raises(ImgsimError):
        thumbnail_grid(key="g", items=[{"id": "a", "verdict": verdict}])


def test_the_map_refuses_foreign_rows_as_verified() -> None:
    with pytest.raises(ImgsimError):
        plate_map(key="m", points_url="/p.bin", count=10, query=1, neighbours=[2], verified=[10])
    assert (
        plate_map(key="m", points_url="/p.bin", count=10, query=1, neighbours=[2], verified=[]).clicked
        is None
    )


def test_the_conditions_on_books_agree_with_the_catalogue(herbals: Collection) -> None:
    from imgsim.collection.listing import meets

    catalogue: Catalogue = herbals.catalogue
    row, every = int(catalogue.book_rows("book1")[0]), np.arange(len(catalogue))
    mask = meets(catalogue, np.array([row]), every, other_books=True)
    assert np.array_equal(mask, catalogue.frame["book"].to_numpy() != "book1")
