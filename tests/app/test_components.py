"""The app's own components: what they refuse, and what they believe of what comes back.

How they behave in a browser is tested in tests/e2e.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app import components
from imgsim.app.components import plate_map, plate_viewer, thumbnail_grid
from imgsim.app.components.plate_map import clicked_row, pressed_entry, selected_rows, sought_text
from imgsim.app.components.plate_viewer import box_of, source_key
from imgsim.app.components.thumbnail_grid import picked
from imgsim.errors import ImgsimError

MAP: dict[str, Any] = {"key": "m", "points_url": "/p.bin", "count": 10}


# --- what the functions refuse --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": ""},
        {"points_url": "p.bin"},
        {"points_url": "//elsewhere/p.bin"},
        {"points_url": "/\\elsewhere/p.bin"},
        {"points_url": "https://elsewhere.invalid/p.bin"},
        {"labels_url": "javascript:alert(1)"},
        {"thumbnail_url": "data:text/html,x"},
        {"tones_url": "file:///etc/passwd"},
        {"count": 0},
        {"count": 1.5},
        {"query": 10},
        {"query": -1},
        {"query": 1.0},
        {"query": True},
        {"query": "1"},
        {"neighbours": [1, 10]},
        {"visible": np.ones(9, bool)},
        {"visible": np.ones(10, int)},
        {"selected": np.ones(11, bool)},
        {"palette": ["red"], "names": ["a"]},
        {"palette": ["#00000g"], "names": ["a"]},
        {"palette": ["#000000"]},
        {"palette": ["#000000"], "names": ["a"], "counts": [1, 2]},
        {"height": 0},
    ],
    ids=str,
)
def test_the_map_refuses(wrong: dict[str, Any]) -> None:
    with pytest.raises(ImgsimError):
        plate_map(**{**MAP, **wrong})


@pytest.mark.parametrize(
    "items",
    [
        [{"id": "a"}, {"id": "a"}],
        [{"title": "no id"}],
        [{"id": ""}],
        [{"id": "a", "src": "https://elsewhere.invalid/a.webp"}],
        [{"id": "a", "src": "thumbnails/a.webp"}],
        [{"id": "a", "lines": "one string"}],
        [{"id": "a", "onclick": "alert(1)"}],
        [{"id": "a", "mark": "winner"}],
        [{"id": "a", "more": -1}],
    ],
    ids=str,
)
def test_the_grid_refuses(items: list[dict[str, Any]]) -> None:
    with pytest.raises(ImgsimError):
        thumbnail_grid(key="g", items=items)


@pytest.mark.parametrize(
    "src",
    [
        "",
        "a.webp",
        "//elsewhere/a.webp",
        "https://elsewhere.invalid/a.webp",
        "data:image/svg+xml,<svg/>",
        "javascript:0",
    ],
)
def test_the_viewer_refuses(src: str) -> None:
    with pytest.raises(ImgsimError):
        plate_viewer(key="v", src=src, alt="")


def test_without_an_app_nothing_happens() -> None:
    visible = np.arange(10) < 5
    event = plate_map(**MAP, query=np.int64(3), neighbours=[np.int32(1)], visible=visible)  # type: ignore[arg-type, list-item]
    assert event.clicked is None and event.selected is None
    assert thumbnail_grid(key="g", items=[{"id": "a"}]) == components.GridEvent()
    assert plate_viewer(key="v", src="/a.webp", alt="", crop=True).box is None


# --- what comes back from the browser is asked, not believed ----------------------------------------------------


@pytest.mark.parametrize("value", [None, -1, 10, 2**60, 1.0, True, "1", [1], {"row": 1}])
def test_foreign_clicks_are_nothing(value: Any) -> None:
    assert clicked_row({"clicked": value}, 10) is None


def test_clicks_and_selections_are_read() -> None:
    assert clicked_row({"clicked": 9}, 10) == 9
    assert clicked_row(None, 10) is None
    mask = np.arange(10) % 3 == 0
    rows = selected_rows({"selected": components.encode_mask(mask)}, 10)
    assert rows is not None and rows.dtype == np.int64 and rows.tolist() == [0, 3, 6, 9]
    cleared = selected_rows({"selected": ""}, 10)
    assert cleared is not None and cleared.size == 0
    assert sought_text({"sought": "rose"}) == "rose" and sought_text({"sought": ""}) == ""
    assert sought_text({"sought": 5}) is None and sought_text(None) is None
    assert pressed_entry({"legend": [3, True]}) == (3, True) and pressed_entry({"legend": [-1, False]}) == (-1, False)
    for entry in (None, 3, [3], [3, 1], ["3", True], [True, True], [256, False], [-2, False]):
        assert pressed_entry({"legend": entry}) is None
    for value in (None, 5, ["AA=="], "not base64 !", components.encode_mask(np.ones(99, bool))):
        assert selected_rows({"selected": value}, 10) is None


def test_picked_cards_are_strings() -> None:
    assert picked({"clicked": "0904700600"}) == "0904700600"
    assert picked({"expand": "a"}, "expand") == "a"
    assert picked({"clicked": 904700600}) is None
    assert picked(None) is None


def test_a_box_counts_only_on_its_own_image() -> None:
    drawn = {"box": {"image": source_key("/a.webp"), "box": [0.1, 0, 0.5, 1]}}
    assert box_of(drawn, "/a.webp") == (0.1, 0.0, 0.5, 1.0)
    assert box_of(drawn, "/b.webp") is None
    assert box_of(None, "/a.webp") is None
    long = "data:image/png;base64," + "A" * 5000
    assert len(source_key(long)) < 250 and source_key(long) != source_key(long + "A")


@pytest.mark.parametrize(
    "box",
    [None, [], [0, 0, 1], [0, 0, 1, 2], [-0.1, 0, 1, 1], [0.5, 0, 0.5, 1], [0.6, 0, 0.5, 1], ["0", 0, 1, 1],
     [0, 0, True, 1], [0, 0, float("nan"), 1], "0011"],
    ids=str,
)  # fmt: skip
def test_foreign_boxes_are_nothing(box: Any) -> None:
    assert box_of({"box": {"image": "/a.webp", "box": box}}, "/a.webp") is None
    assert box_of({"box": box}, "/a.webp") is None


# --- in the app -------------------------------------------------------------------------------------------------


def page() -> None:
    import numpy as np
    import streamlit as st

    from imgsim.app.components import plate_map, plate_viewer, thumbnail_grid
    from imgsim.charts.colours import colour_by_category

    colours = colour_by_category(["a", "b", ""] * 10)
    event = plate_map(
        key="map",
        points_url="/points.bin",
        count=30,
        query=3,
        neighbours=[1, 2],
        visible=np.arange(30) > 4,
        palette=colours.palette,
        names=colours.names,
        counts=colours.counts,
        on_click=lambda: None,
    )
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) **b**"
    cards = [
        {
            "id": str(row),
            "src": "/t.webp",
            "alt": hostile,
            "title": hostile,
            "lines": [hostile],
            "rank": row + 1,
        }
        for row in range(5)
    ]
    picked = thumbnail_grid(key="grid", items=cards, selected="3")
    viewer = plate_viewer(key="viewer", src="/plate.webp", alt=hostile, crop=st.toggle("crop"))
    st.write(event.clicked, picked.clicked, picked.expand, viewer.box)
    st.session_state.runs = st.session_state.get("runs", 0) + 1


def test_a_page_with_all_three_runs_and_reruns() -> None:
    app = AppTest.from_function(page).run()
    assert not app.exception
    app.toggle[0].set_value(True).run()
    assert not app.exception
    assert app.session_state["runs"] == 2


def test_a_second_app_in_the_same_process_runs_too() -> None:
    # Each AppTest brings a runtime of its own, as a restarted server does.
    for _ in range(2):
        assert not AppTest.from_function(page).run().exception
