"""The app's own components: what they send, what they refuse, and that their files are plain and safe.

How they behave in a browser is tested in tests/e2e.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app import components
from imgsim.app.components import plate_map, plate_viewer, thumbnail_grid
from imgsim.app.components.plate_map import clicked_row, selected_rows
from imgsim.app.components.plate_viewer import box_of, source_key
from imgsim.app.components.thumbnail_grid import picked
from imgsim.charts.colours import CATEGORIES, MISSING, RAMP
from imgsim.errors import ImgsimError

# --- the files that travel to the browser ---------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 7, 1000])
def test_points_have_the_documented_layout(count: int) -> None:
    xy = np.random.default_rng(1).normal(size=(count, 2))
    data = components.encode_points(xy)
    assert data[:4] == b"IMGP"
    assert struct.unpack("<III", data[4:16]) == (1, count, 0)
    flat = struct.unpack(f"<{2 * count}f", data[16:])
    np.testing.assert_array_equal(np.array(flat, np.float32).reshape(-1, 2), xy.astype(np.float32))
    np.testing.assert_array_equal(components.decode_points(data), xy.astype(np.float32))


def test_tones_have_the_documented_layout() -> None:
    tones = np.array([0, 3, 255, 1], dtype=np.int64)
    data = components.encode_tones(tones)
    assert data == b"IMGT" + struct.pack("<III", 1, 4, 0) + bytes([0, 3, 255, 1])
    np.testing.assert_array_equal(components.decode_tones(data), tones)


@pytest.mark.parametrize("count", [1, 7, 8, 9, 13_151])
def test_masks_round_trip(count: int) -> None:
    mask = np.random.default_rng(2).random(count) < 0.3
    text = components.encode_mask(mask)
    np.testing.assert_array_equal(components.decode_mask(text, count), mask)
    packed = base64.b64decode(text)
    assert len(packed) == -(-count // 8)
    assert [bool(packed[row // 8] >> (row % 8) & 1) for row in range(count)] == mask.tolist()


def test_a_rerun_is_small() -> None:
    assert len(components.encode_mask(np.ones(13_151, bool))) < 2_500


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:10],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: b"IMGX" + data[4:],
        lambda data: data[:4] + struct.pack("<I", 2) + data[8:],
        lambda data: data[:8] + struct.pack("<I", 2**31) + data[12:],
        lambda data: b"",
    ],
)
def test_spoilt_files_are_refused(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ImgsimError):
        components.decode_points(spoil(components.encode_points(np.ones((5, 2)))))
    with pytest.raises(ImgsimError):
        components.decode_tones(spoil(components.encode_tones(np.ones(5, int))))


@pytest.mark.parametrize(
    "xy", [np.zeros(4), np.zeros((3, 3)), np.zeros((2, 2, 2)), [[0, np.nan]], [[np.inf, 1]]]
)
def test_points_of_another_shape_or_not_finite_are_refused(xy: Any) -> None:
    with pytest.raises(ImgsimError):
        components.encode_points(xy)


@pytest.mark.parametrize("tones", [[-1], [256], [0.5], [[1, 2]]])
def test_tones_out_of_range_are_refused(tones: Any) -> None:
    with pytest.raises(ImgsimError):
        components.encode_tones(np.array(tones))


@pytest.mark.parametrize("text", ["", "AAA", "====", "AAAAAAAA", "é"])
def test_damaged_masks_are_refused(text: str) -> None:
    with pytest.raises(ImgsimError):
        components.decode_mask(text, 17)


def test_labels_are_lists_by_row_and_keep_hostile_titles() -> None:
    title = '<img src=x onerror="alert(1)"> é 🌿 "quoted" \u2028'
    data = components.encode_labels(["0904700600", "b"], [title, "NA"], ["x", "y"], ["1752", ""])
    assert json.loads(data.decode("utf-8")) == {
        "id": ["0904700600", "b"],
        "title": [title, "NA"],
        "thumbnail": ["x", "y"],
        "detail": ["1752", ""],
    }
    with pytest.raises(ImgsimError, match="equally many"):
        components.encode_labels(["a", "b"], ["one"], ["x", "y"])


# --- colours --------------------------------------------------------------------------------------------------


def test_categories_are_ranked_and_the_rest_is_other() -> None:
    values = ["London"] * 5 + ["Paris"] * 3 + ["Bath"] * 3 + ["Rome", "Leiden"] + [""] * 2
    colouring = components.colour_by_category(values, most=3)
    assert colouring.names == ("London", "Bath", "Paris", "other (2)")
    assert colouring.counts == (5, 3, 3, 2)
    assert colouring.palette == (*CATEGORIES[:3], components.OTHER)
    assert colouring.tones.tolist() == [0] * 5 + [2] * 3 + [1] * 3 + [3, 3] + [255, 255]
    assert colouring.missing == 2
    assert not colouring.tones.flags.writeable


def test_every_category_counts_once() -> None:
    values = [str(number % 23) for number in range(1000)]
    colouring = components.colour_by_category(values)
    assert len(colouring.palette) == len(CATEGORIES) + 1
    assert sum(colouring.counts) == 1000
    assert np.bincount(colouring.tones).tolist() == list(colouring.counts)


@pytest.mark.parametrize("none", [None, np.nan, pd.NA])
def test_decades_run_from_the_first_colour_to_the_last(none: Any) -> None:
    colouring = components.colour_by_order([1790, 1700, none, 1750, 1700], suffix="s")
    assert colouring.names == ("1700s", "1750s", "1790s")
    assert colouring.counts == (2, 1, 1)
    assert colouring.tones.tolist() == [2, 0, 255, 1, 0]
    assert colouring.palette[0] == RAMP[0] and colouring.palette[-1] == RAMP[-1]
    assert colouring.missing == 1


def test_colours_of_nothing() -> None:
    for colouring in (components.colour_by_category([]), components.colour_by_order([])):
        assert colouring.tones.size == 0 and colouring.palette == () and colouring.missing == 0
    assert components.colour_by_order([None, None]).missing == 2
    assert components.colour_by_order(pd.array([1700, pd.NA], dtype="Int32")).missing == 1
    with pytest.raises(ImgsimError):
        components.colour_by_category(["a"], most=9)
    with pytest.raises(ImgsimError, match="too many"):
        components.colour_by_order(list(range(300)))


def luminance(colour: str) -> float:
    """Relative luminance by WCAG, 0..1."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_ramp_gets_lighter_step_by_step_and_no_colour_is_the_marks() -> None:
    assert (np.diff([luminance(colour) for colour in RAMP]) > 0).all()
    for colour in (*CATEGORIES, *RAMP, components.OTHER, MISSING):
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        assert red + green + blue > 120, "black is the query"
        assert not (red > 180 and green < 80 and blue < 80), "red are the neighbours"


# --- what the functions refuse --------------------------------------------------------------------------------

MAP: dict[str, Any] = {"key": "m", "points_url": "/p.bin", "count": 10}


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
