"""What is verified of a plate: its words, its columns, and the pages that tell of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.parts import map_neighbours, neighbour_query
from imgsim.app.services import caches, state, verdict_labels
from imgsim.catalogue import Catalogue
from imgsim.collection import Collection
from imgsim.collection.evidence import Evidence, evidence_columns, evidence_of, reused
from imgsim.collection.query import plate_query
from imgsim.export import neighbours_csv
from tests.app.queried import ALIKE, PART, QUERY, SAME, TURNED, known
from tests.herbals import COUNT
from tests.pages import button, check, words


@pytest.fixture(scope="session")
def folder(evidenced: Path) -> Path:
    return evidenced


# ---- words


def test_every_verdict_has_words_and_numbers_and_is_seen_from_the_query(herbals: Collection) -> None:
    evidence_of, row = known(herbals), herbals.catalogue.row
    codes = [evidence_of.code(row(other)) for other in (SAME, TURNED, PART, ALIKE, "p010")]
    assert codes == [code for code in verdict_labels.WORDS if code not in ("negative", "copy")]
    assert verdict_labels.badge(evidence_of, row(TURNED))["text"] == "mirrored · 1,234"
    assert verdict_labels.badge(evidence_of, row(PART))["text"] == "shared detail, mirrored · 60"
    assert verdict_labels.badge(evidence_of, row(ALIKE))["text"] == "look-alike"
    assert verdict_labels.badge(evidence_of, row("p010"))["text"] == "not checked"
    assert "25 % of your plate and 75 % of this one" in verdict_labels.badge(evidence_of, row(TURNED))["title"]
    # the other way round the shares change places
    assert (
        "75 % of your plate and 25 % of this one"
        in verdict_labels.badge(known(herbals, TURNED), row(QUERY))["title"]
    )
    for other in range(COUNT):
        assert set(verdict_labels.badge(evidence_of, other)) == {"kind", "text", "title"}
    assert verdict_labels.summary(evidence_of, [row(ALIKE), row(SAME), row("p010"), row("p011")]) == (
        "1 same image, 1 look-alike, 2 not checked"
    )
    assert all(word in verdict_labels.explanation() for word in verdict_labels.WORDS.values())


def test_the_best_evidence_comes_first(herbals: Collection) -> None:
    row = herbals.catalogue.row
    assert known(herbals).verified == (row(TURNED), row(SAME), row(PART))


def test_only_another_book_is_a_re_use(herbals: Collection) -> None:
    assert herbals.matches is not None
    found = np.flatnonzero(reused(herbals.matches, herbals.catalogue))
    assert [herbals.catalogue.plate_ids[row] for row in found] == [QUERY, SAME, TURNED, PART]


# ---- the list


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
    names = ("verdict", "inliers", "mirrored", "negative", "coverage_query", "coverage_neighbour")
    table = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [[line[name] for name in names] for line in table] == [
        ["mirrored", "1234", "yes", "no", "0.25", "0.75"],
        ["look-alike", "4", "", "", "0.0", "0.0"],
        ["not checked", "", "", "", "", ""],
    ]


# ---- the other pages


def test_the_map_knows_which_of_its_neighbours_are_verified(herbals: Collection) -> None:
    row = herbals.catalogue.row(QUERY)
    query = plate_query(herbals, row, caches.similarities_of(herbals, "toy", row))
    found = neighbour_query.find(herbals, query, state.State(collection="herbals", threshold=-1))
    ids = herbals.catalogue.plate_ids
    assert len(found.rows) == 18
    assert [ids[other] for other in map_neighbours.verified(query, found) or []] == [TURNED, SAME, PART]


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


# ---- components


def test_the_conditions_on_books_agree_with_the_catalogue(herbals: Collection) -> None:
    from imgsim.collection.listing import meets

    catalogue: Catalogue = herbals.catalogue
    row, every = int(catalogue.book_rows("book1")[0]), np.arange(len(catalogue))
    mask = meets(catalogue, np.array([row]), every, other_books=True)
    assert np.array_equal(mask, catalogue.frame["book"].to_numpy() != "book1")


def test_evidence_without_coverage_has_words_and_cells(herbals: Collection) -> None:
    row = herbals.catalogue.row
    known = evidence_of(herbals, row(QUERY))
    assert known is not None
    found = replace(known.known[row(PART)], coverage_a=float("nan"), coverage_b=float("nan"))
    half = Evidence(-1, {row(PART): found})
    assert verdict_labels.sentence(found).endswith("60 points agree.")
    assert evidence_columns(half, [row(PART)])["coverage_query"] == [None]
    assert verdict_labels.badge(half, row(PART))["kind"] == "detail"
