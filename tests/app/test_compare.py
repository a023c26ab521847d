"""The page Compare, as Streamlit runs it without a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.components import ComparedPlate
from imgsim.app.parts import compare_words, counterpart, observing
from imgsim.app.services import state
from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.collection import Collection
from imgsim.collection.registration import NODES, Registration
from imgsim.errors import ImgsimError
from tests import pages
from tests.in_memory import in_memory
from tests.kin import box, matches_of, pair
from tests.pages import param, words

A = ComparedPlate("a", "/a.webp", "Plate a", 400, 600)
B = ComparedPlate("b", "/b.webp", "Plate b", 800, 1000)


def found(**changes: Any) -> Registration:
    values: dict[str, Any] = {
        "verdict": "mirrored",
        "inliers": 349,
        "mirrored": True,
        "coverage_a": 0.914,
        "coverage_b": 0.87,
        "printing": "probably re-engraved",
        "transform": np.array([[-1.0, 0, 400], [0, 1, 0], [0, 0, 1]]),
        "points_a": np.zeros((0, 2), np.float32),
        "points_b": np.zeros((0, 2), np.float32),
        "residual": 3.24,
        "source": "computed now",
    }
    return Registration(**{**values, **changes})


def test_the_numbers_are_said_in_words() -> None:
    bend = np.zeros((NODES, NODES, 2), np.float32)
    bend[3, 4] = (6, 8)
    said = " / ".join(compare_words.numbers(found(bend=bend, bent_residual=0.96)))
    assert "349 places agree, over 91 % of A and 87 % of B" in said
    assert "flipped" in said and "laid on A to 3.2 px" in said and "bent by up to 10 px, to 1.0 px" in said
    assert "Probably re-engraved" in said
    assert "turned" not in said and "bent" not in " ".join(compare_words.numbers(found()))
    nothing = compare_words.numbers(found(source="none", inliers=1, verdict="look-alike"))
    assert "at best 1 place would agree" in nothing[0] and "by hand" in nothing[1]
    assert compare_words.numbers(None) == []


def test_telling_points_are_few_spread_and_in_pairs() -> None:
    rng = np.random.default_rng(2)
    a = np.concatenate([rng.normal(100, 5, (300, 2)), [[0, 0], [400, 0], [400, 600], [0, 600]]])
    points = observing.telling_points(found(points_a=a.astype(np.float32), points_b=(a * 2).astype(np.float32)))
    assert points.shape == (24, 4)
    np.testing.assert_allclose(points[:, 2:], 2 * points[:, :2], rtol=1e-5)
    for corner in a[-4:]:
        assert np.abs(points[:, :2] - corner).sum(axis=1).min() < 1e-3
    assert (np.diff(points[:, 1]) >= 0).all()
    assert observing.telling_points(found()).shape == (0, 4)


@pytest.fixture
def visit(herbals: Collection) -> Callable[..., AppTest]:
    def open_page(**query: str) -> AppTest:
        return pages.visit("compare", **query)

    return open_page


def test_the_page_leads_from_nothing_to_a_pair(visit: Callable[..., AppTest]) -> None:
    assert "No plate is chosen" in words(visit())
    assert "Choose plate B" in words(visit(plate="p003"))
    assert "Choose plate B" in words(visit(plate="p003", with_="p003"))
    assert "There is no plate" in visit(plate="p003", with_="../../etc/passwd").warning[0].value
    app = visit(plate="p003", with_="p004", other_books="no", compare="swipe")
    assert "similarity" in words(app).lower()
    assert any(button.label == "A ⇄ B" for button in app.button)
    exchanged = next(button for button in app.button if button.label == "A ⇄ B").click().run()
    assert not exchanged.exception
    assert (param(exchanged, "plate"), param(exchanged, "with")) == ("p004", "p003")


def test_arrows_walk_through_the_neighbours(visit: Callable[..., AppTest], herbals: Collection) -> None:
    now = state.State(collection="herbals", backbone="toy", plate="p003", other_books=False)
    row = herbals.catalogue.row("p003")
    rows = counterpart.neighbours(herbals, now, row)
    assert row not in rows and len(set(rows)) == len(rows) >= 4
    ids = [str(herbals.catalogue.plate_ids[other]) for other in rows]
    app = visit(plate="p003", with_=ids[0], other_books="no")
    first, last = (next(button for button in app.button if button.label == label) for label in "←→")
    assert first.disabled and not last.disabled
    assert param(last.click().run(), "with") == ids[1]
    # neighbours of other books only, unless the reader wants all
    books = herbals.catalogue.frame["book"].to_numpy()
    apart = counterpart.neighbours(herbals, state.State(collection="herbals", backbone="toy", plate="p003"), row)
    assert apart and all(books[other] != books[row] for other in apart)


def test_verified_plates_come_first(herbals: Collection) -> None:
    row = herbals.catalogue.row("p003")
    far = counterpart.neighbours(herbals, state.State(backbone="toy", other_books=False, top_k=50), row)[-1]
    ids, region = herbals.catalogue.plate_ids, box(0, 0, 30, 40)
    inside: dict[str, Any] = {"region_a": region, "region_b": region}
    matches = matches_of(herbals.catalogue, [pair("p003", ids[far], **inside), pair("p003", "p004", LOOK_ALIKE)])
    stub = in_memory(
        herbals.catalogue, matches, manifest={}, path=herbals.path, embeddings=herbals.embeddings("toy")
    )
    rows = counterpart.neighbours(stub, state.State(backbone="toy", other_books=False, top_k=4), row)
    assert rows[0] == far and len(rows) == 5 and row not in rows


def test_a_plate_whose_scan_is_gone_is_said_to_be(
    visit: Callable[..., AppTest], herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> Registration:
        raise ImgsimError("The scan of p005 is no longer where it was")

    monkeypatch.setattr("imgsim.collection.registration.register", gone)
    app = visit(plate="p005", with_="p006", other_books="no")
    assert len(app.error) == 1 and "no longer" in app.error[0].value
