"""The search for a detail, as Streamlit runs it without a browser."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from imgsim.app.pages import plate
from imgsim.app.services import state, text
from imgsim.collection import Collection
from imgsim.errors import ImgsimError
from tests.app.drawn import Drawn
from tests.app.queried import QUERY
from tests.pages import check, param, visit, words


@pytest.fixture(scope="session")
def folder(verified: Path) -> Path:
    return verified


@dataclass(frozen=True)
class FakeHit:
    row: int
    mirrored: bool
    inliers: int
    score: float
    region: np.ndarray
    transform: np.ndarray


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A search for details that finds p004 and, mirrored, p018, and keeps what it was asked."""
    asked: list[dict[str, Any]] = []
    region = np.array([[4, 4], [30, 4], [30, 50]], np.float32)

    def motif_features(image: Image.Image, box: tuple[float, ...], size: tuple[int, int], verifier: Any) -> range:
        asked.append({"box": box, "size": size})
        return range(30)

    def find_motif(query: Any, store: Any, index: Any, **more: Any) -> list[FakeHit]:
        asked[-1] |= more
        return [FakeHit(4, False, 44, 9.0, region, np.eye(3)), FakeHit(18, True, 21, 5.0, region, np.eye(3))]

    module = types.ModuleType("imgsim.verification.motif_search")
    module.find_motif = find_motif  # type: ignore[attr-defined]
    module.motif_features = motif_features  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "imgsim.verification.motif_search", module)
    monkeypatch.setattr(Collection, "features", property(lambda self: object()))
    monkeypatch.setattr(Collection, "feature_index", property(lambda self: object()))
    st.cache_resource.clear()  # the collection goes, with all answers that it has
    return asked


def test_a_box_in_the_address_shows_the_plates_with_that_detail(
    herbals: Collection, drawn: Drawn, finder: list[dict[str, Any]]
) -> None:
    app = visit("plate", plate="p003", box="0.1-0.2-0.9-0.8", tray="p018")
    assert "Plates with this detail" in words(app)
    assert drawn.given["motif_grid"]["tray"] == ("p018",)
    cards = drawn.given["motif_grid"]["items"]
    assert [(card["id"], card["badge"]) for card in cards] == [("p004", "found"), ("p018", "found, mirrored")]
    assert "44 points agree" in cards[0]["lines"] and cards[0]["action"] == "Compare"
    assert cards[0]["outline"] == {
        "width": 40, "height": 56, "points": [[4.0, 4.0], [30.0, 4.0], [30.0, 50.0]]
    }  # fmt: skip
    assert finder[0]["exclude"] == herbals.catalogue.row("p003")
    assert finder[0]["box"] == pytest.approx((4, 11.2, 36, 44.8)) and finder[0]["size"] == (40, 56)
    check(app.run())
    assert len(finder) == 1, "an answer is kept"
    check(next(button for button in app.button if button.label == "Back to its neighbours").click().run())
    assert "box" not in app.query_params
    assert "Plates with this detail" not in words(app)


def test_another_plate_leaves_the_box_behind() -> None:
    before = plate.State(plate="p003", box=(0.1, 0.1, 0.5, 0.5))
    assert state.changed(before, plate="p004").box is None
    assert state.changed(before, other="p004").box == before.box


@pytest.mark.parametrize(
    "written", ["0.5-0.1-0.2-0.9", "0-0-1", "a-b-c-d", "0-0-2-1", "nan-0-1-1", "-1-0-1-1", "0-0-0-0"]
)
def test_a_mangled_box_is_none(written: str) -> None:
    assert state.from_query({"box": [written]}, plate.State).box is None


def test_a_hit_is_opened_or_compared(herbals: Collection, drawn: Drawn, finder: list[dict[str, Any]]) -> None:
    drawn.answers["motif_grid"] = {"action": "p018"}
    app = visit("plate", plate="p003", box="0.1-0.2-0.9-0.8")
    assert (param(app, "plate"), param(app, "with")) == ("p003", "p018")


def test_without_features_the_page_says_what_to_run(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(plain))
    app = visit("plate", plate="p003", box="0.1-0.2-0.9-0.8")
    assert "Prepare them in a terminal" in words(app)
    assert "python precompute.py --name herbals" in [block.value for block in app.code]


def test_a_box_with_too_little_in_it_is_refused_in_a_sentence(
    herbals: Collection, drawn: Drawn, finder: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ImgsimError("There is too little in the box. Draw a larger one.")

    monkeypatch.setattr(sys.modules["imgsim.verification.motif_search"], "motif_features", refuse)
    app = visit("plate", plate="p003", box="0.1-0.2-0.9-0.8")
    assert [str(message.value) for message in app.warning] == [
        text.plain("There is too little in the box. Draw a larger one.")
    ]


def test_a_detail_that_is_nowhere_else_leads_to_the_nearest_of_the_whole_plate(
    bare: Collection, cards: list[dict[str, Any]]
) -> None:
    app = visit("plate", plate=QUERY, box="0.1-0.1-0.2-0.2")  # never prepared for details
    assert "## Nearest to the whole plate" in words(app) and len(cards) == 18
