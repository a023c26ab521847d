"""The page Browse, as Streamlit runs it without a browser."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.herbals import COUNT
from tests.pages import check, param, words


def test_browse_shows_all_plates_and_filters_them(visit: Callable[..., AppTest]) -> None:
    app = visit()
    assert f"{COUNT} plates" in words(app)
    place = next(widget for widget in app.multiselect if widget.label == "Place")
    place.set_value(["London"])
    check(app.run())
    assert param(app, "in.place") == "London"
    assert "12 plates that pass the filters" in words(app)
    check(next(button for button in app.button if button.label == "Clear all").click().run())
    assert "in.place" not in app.query_params
    assert f"{COUNT} plates" in words(app)


def test_browse_offers_facets_for_metadata_columns_of_any_name(visit: Callable[..., AppTest]) -> None:
    assert [slider.label for slider in visit().slider] == ["Decade"]
    # facets beyond the first few are drawn once they are opened, or used
    app = visit(in_style="woodcut")
    assert {"Place", "Author", "Book", "Style"} <= {widget.label for widget in app.multiselect}
    assert next(widget for widget in app.multiselect if widget.label == "Style").value == ["woodcut"]
    assert "12 plates that pass the filters" in words(app)


def test_browse_searches_words_without_accents_and_says_when_nothing_is_found(
    visit: Callable[..., AppTest],
) -> None:
    app = visit()
    app.text_input[0].set_value("elizabeth")
    check(app.run())
    assert "8 plates that pass" in words(app)
    app.text_input[0].set_value("no such word anywhere")
    check(app.run())
    assert "No plate passes these filters" in words(app)
    check(next(button for button in app.button if button.label == "Clear all filters").click().run())
    assert f"{COUNT} plates" in words(app)


def test_the_decade_slider_leaves_the_address_when_it_is_wide_open(visit: Callable[..., AppTest]) -> None:
    app = visit()
    app.slider[0].set_value((1700, 1710))
    check(app.run())
    assert param(app, "decades") == "1700-1710"
    assert "12 plates that pass" in words(app)
    app.slider[0].set_value((1700, 1720))
    check(app.run())
    assert "decades" not in app.query_params
