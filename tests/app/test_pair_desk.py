"""The desk of Review: what it is given and gives back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from imgsim.app.components import outline, pair_desk
from imgsim.app.components.pair_desk import DeskEvent, _back
from imgsim.errors import ImgsimError


def side(name: str, **more: Any) -> dict[str, Any]:
    values = {"src": f"/{name}.webp", "alt": name, "title": name, "lines": ["1752"], "outline": None}
    return {"id": name, **values, "width": 400, "height": 600, **more}


def test_without_an_app_nothing_happens() -> None:
    region = outline(np.array([[0, 0], [9, 0], [9, 9]]), 400, 600)
    shown = [side("a", outline=region), side("b")]
    assert pair_desk(key="d", sides=shown, transform=np.eye(3)) == DeskEvent()


def test_b_is_laid_by_the_transform_turned_round_or_only_fitted() -> None:
    matrix = np.array([[-2.0, 0, 800], [0, 2, 10], [1e-5, 0, 1]])
    laid = _back(matrix)
    assert laid is not None
    back = np.array(laid).reshape(3, 3)
    there = matrix @ (100, 150, 1)
    here = back @ (there / there[2])
    np.testing.assert_allclose(here[:2] / here[2], (100, 150), atol=1e-6)
    assert _back(None) is None and _back(np.full((3, 3), np.nan)) is None and _back(np.zeros((3, 3))) is None


@pytest.mark.parametrize(
    ("sides", "transform"),
    [
        ([side("a")], None),
        ([side("a"), side("a")], None),
        ([side("a"), side("b", src="https://elsewhere.invalid/b.webp")], None),
        ([side("a"), side("b", more=1)], None),
        ([side("a"), side("b", width=0)], None),
        ([side("a"), side("b", outline={"points": []})], None),
        ([side("a"), side("b")], np.eye(2)),
    ],
)
def test_it_refuses(sides: list[dict[str, Any]], transform: Any) -> None:
    with pytest.raises(ImgsimError):
        pair_desk(key="d", sides=sides, transform=transform)
