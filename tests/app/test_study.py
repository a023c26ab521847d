"""The study's view of a query."""

from __future__ import annotations

from typing import Any

from imgsim.collection import Collection
from tests.app.queried import QUERY
from tests.pages import button, check, param, visit, words


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
