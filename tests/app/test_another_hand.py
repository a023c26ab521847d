"""A pair that is asked about by the verifier of copies, on Compare and on Review."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.pages import compare
from imgsim.app.parts.another_hand import ASK, GAIN, said
from imgsim.base.verdict_words import COPY, LOOK_ALIKE
from imgsim.collection import Collection, open_collection
from imgsim.collection.asked_copies import asked_copy
from imgsim.collection.decided import reviews_of
from imgsim.verification import geometry
from imgsim.verification.copies.copy_networks import FOLDER_VARIABLE, RECORD
from tests.app.review_scene import press, visit
from tests.copying import COMPOSITIONS, plate, redrawn
from tests.making import add_matches, make, match_values
from tests.pages import param, replace_component, words


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two plates and what another hand made of the first, each in a book of its own."""
    base = tmp_path_factory.mktemp("hands")
    pictures = {"a": plate(COMPOSITIONS[0], 1), "b": redrawn(COMPOSITIONS[0]), "c": plate(COMPOSITIONS[1], 1)}
    for name, picture in pictures.items():
        (base / "images" / f"book_{name}").mkdir(parents=True)
        picture.save(base / "images" / f"book_{name}" / f"{name}.png")
    make(base / "data" / "herbals", base / "images")
    alike = [match_values("a", other, LOOK_ALIKE, inliers=19) for other in "bc"]
    add_matches(base / "data" / "herbals", alike)
    return base / "data"


@pytest.fixture
def hands(folder: Path, networks: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    monkeypatch.setenv("IMGSIM_DATA", str(folder))
    monkeypatch.setenv(FOLDER_VARIABLE, str(networks))
    return open_collection(folder / "herbals")


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What Compare's view was given last."""
    kept: dict[str, Any] = {}
    real = compare.compare_view

    def fake(**given: Any) -> Any:
        kept.update(given)
        return real(**given)

    replace_component(monkeypatch, "compare_view", fake)
    return kept


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_compare_bends_what_is_found_by_asking(hands: Collection, laid: dict[str, Any]) -> None:
    app = visit("compare", plate="a", with_="b")
    assert ASK in labels(app) and "No shared lines found" in words(app) and laid["transform"] is None
    press(app, ASK)
    assert "## Copy by another hand" in words(app) and "Asked for now" in words(app) and "--copies 3" in words(app)
    assert param(app, "hand") == "yes" and ASK not in labels(app)
    assert laid["bend"] is not None and len(laid["points"]) >= 12 and "copy by another hand" in laid["finding"]
    a, first = np.asarray([place[:2] for place in laid["points"].values()]), np.asarray(laid["transform"])
    # From the other side it is the same finding, and nobody asks again.
    press(app, "A ⇄ B")
    assert "## Copy by another hand" in words(app) and param(app, "hand") == "yes"
    there = geometry.moved(np.asarray(laid["transform"]), geometry.moved(first, a))
    np.testing.assert_allclose(there, a, atol=0.5)
    assert open_collection(hands.path).copies is None and open_collection(hands.path).generation == hands.generation


def test_the_address_asks_and_a_decision_says_what_was_shown(hands: Collection) -> None:
    app = visit("compare", plate="a", with_="b", hand="yes")
    assert "## Copy by another hand" in words(app)
    press(app, "Re-engraved copy")
    shown = reviews_of(hands.path).all()[-1].evidence
    assert shown["verdict"] == COPY and shown["inliers"] >= 25 and shown["coverage_a"] > 0.2
    press(app, "Undo")


def test_what_is_not_found_is_said_with_its_figures(hands: Collection, laid: dict[str, Any]) -> None:
    app = visit("compare", plate="a", with_="c", hand="yes")
    assert "No copy by another hand was found" in words(app) and "25 are needed" in words(app)
    assert "No shared lines found" in words(app) and laid["transform"] is None
    found = asked_copy(open_collection(hands.path), 0, 1)
    assert found is None  # of another opening of the collection nobody has asked


def test_review_asks_in_its_place(hands: Collection) -> None:
    app = visit("review")
    said_of = []
    for _ in range(2):
        if ASK in labels(app):  # else it was asked about on Compare, and the answer stands here
            press(app, ASK)
        said_of.append("A copy by another hand:" in words(app))
        assert said_of[-1] != ("No copy by another hand was found" in words(app))
        press(app, "Skip")
    assert sorted(said_of) == [False, True]


def test_without_networks_it_says_what_would_be_gained(
    hands: Collection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr("imgsim.verification.copies.copy_export.PACKAGES", ("no_such_package",))
    app = press(visit("compare", plate="a", with_="b"), ASK)
    assert GAIN in words(app) and any("imgsim[copies]" in code.value for code in app.code)
    assert "No shared lines found" in words(app)
    # Networks that are there and not what they should be are another matter.
    (tmp_path / RECORD).write_text("{}", "utf-8")
    app = press(visit("compare", plate="a", with_="b"), ASK)
    assert GAIN not in words(app) and "cannot be used" in words(app)


def test_within_a_book_more_is_asked(hands: Collection) -> None:
    from imgsim.collection.registration.result import Registration

    none = np.zeros((0, 2), np.float32)
    found = Registration(
        LOOK_ALIKE, 34, False, 0.0, 0.0, "", np.full((3, 3), np.nan), none, none, float("nan"), "none"
    )
    assert "too few of all that both pictures show" in said(hands, 0, 1, found)
    assert "60 are needed within a book" in said(hands, 0, 0, found)
