"""The page Plate, as Streamlit runs it without a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.parts.neighbour_controls import sentence
from imgsim.app.services import state
from imgsim.collection import Collection
from imgsim.collection.citing import plate_citation
from tests.herbals import COUNT
from tests.pages import button, check, param, words


def test_a_plate_has_its_record_its_citation_and_its_neighbours_in_the_book(
    visit: Callable[..., AppTest], herbals: Collection
) -> None:
    app = visit("plate", plate="p003")
    assert app.code[0].value == plate_citation(herbals, herbals.catalogue.row("p003"))
    check(next(button for button in app.button if "Next" in button.label).click().run())
    assert param(app, "plate") == "p004"
    check(next(button for button in app.button if "Previous" in button.label).click().run())
    assert param(app, "plate") == "p003"


def test_the_nearest_are_listed_though_nothing_reaches_the_line(
    visit: Callable[..., AppTest], herbals: Collection
) -> None:
    app = visit("plate", plate="p003", threshold="1", other_books="no", top_k="50", view="table")
    indices, similarities = herbals.neighbour_table("toy")
    row = herbals.catalogue.row("p003")
    table = app.dataframe[0].value
    ids = herbals.catalogue.plate_ids
    assert table["Id"].tolist() == [ids[other] for other in indices[row]] and len(table) == COUNT - 1
    assert table["Similarity"].tolist() == pytest.approx(similarities[row].tolist())
    assert set(table["Line"]) == {"below"}
    assert "**Below the line at 1** none reaches it: these are the nearest" in words(app).replace("\\", "")
    assert f"every plate that meets the conditions: {COUNT - 1}" in words(app)


def test_the_line_divides_the_list(visit: Callable[..., AppTest], herbals: Collection) -> None:
    _, similarities = herbals.neighbour_table("toy")
    scores = similarities[herbals.catalogue.row("p003")]
    at = round(float(scores[4] + scores[5]) / 2, 6)
    app = visit("plate", plate="p003", threshold=f"{at}", other_books="no", top_k="10", view="table")
    assert app.dataframe[0].value["Line"].tolist() == ["above"] * 5 + ["below"] * 5
    assert f"5 at {at:g} or more" in words(app).replace("\\", "")
    app = visit("plate", plate="p003", threshold=f"{at}", other_books="no", top_k="4", view="table")
    assert f"1 more plate reaches {at:g}" in words(app)


def test_a_chosen_line_is_in_the_address_and_emptying_the_field_takes_it_out(
    visit: Callable[..., AppTest], herbals: Collection
) -> None:
    app = visit("plate", plate="p003")
    assert "threshold" not in app.query_params
    assert herbals.calibration("toy").threshold is None and app.number_input[0].value is None
    assert "too few to tell which scores" in words(app)  # 24 plates
    check(app.number_input[0].set_value(0.5).run())
    assert param(app, "threshold") == "0.5"
    assert "The line at 0.5 is chosen" in words(app)
    check(app.number_input[0].set_value(None).run())
    assert "threshold" not in app.query_params


def test_the_table_has_every_plate_of_the_list(visit: Callable[..., AppTest]) -> None:
    app = visit("plate", plate="p003", threshold="-1", top_k="50", view="table")
    table = app.dataframe[0].value
    # other books only: the 18 plates of the three other books
    assert len(table) == 18
    assert "book0" not in set(table["Book"])
    assert list(table["Similarity"]) == sorted(table["Similarity"], reverse=True)
    assert table["Above"].str.fullmatch(r"\d+(\.\d+)? %").all()


def test_earlier_and_later_leave_out_plates_without_a_year(visit: Callable[..., AppTest]) -> None:
    query = {"plate": "p008", "threshold": "-1", "top_k": "50", "view": "table", "other_books": "no"}
    earlier = visit("plate", **query, when="earlier").dataframe[0].value
    assert set(earlier["Year"]) == {"1700"} and len(earlier) == 6
    later = visit("plate", **query, when="later").dataframe[0].value
    assert set(later["Year"]) == {"1720"} and len(later) == 6


def test_what_the_list_is_asked_for_is_said_in_a_sentence(
    visit: Callable[..., AppTest], herbals: Collection
) -> None:
    app = visit("plate", plate="p003", top_k="7", when="earlier", threshold="0.5")
    [popover] = [one for one in app.get("popover") if "nearest" in one.proto.popover.label]
    assert popover.proto.popover.label == "7 nearest, in other books, printed earlier; line at 0.5"
    now = state.State(collection="herbals", backbone="toy", other_books=False, threshold=0.25)
    assert sentence(herbals, now, of_plate=True, timed=False) == "20 nearest, in any book; line at 0.25"
    assert sentence(herbals, now, of_plate=False, timed=False) == "20 nearest; line at 0.25"
    check(button(app, "Show on the map").click().run())
    assert app.title[0].value == "Map" and param(app, "plate") == "p003"
