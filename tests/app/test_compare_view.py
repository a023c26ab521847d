"""The component of Compare: what it is given and gives back, and its arithmetic."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imgsim.app.components import ComparedPlate, CompareEvent, compare_view
from imgsim.app.components.compare_view import MODES, wished
from imgsim.app.pages import compare
from imgsim.app.services import state
from imgsim.collection.registration import NODES, bent
from imgsim.errors import ImgsimError
from tests.app.node import module, needs_node, node

A = ComparedPlate("a", "/a.webp", "Plate a", 400, 600)
B = ComparedPlate("b", "/b.webp", "Plate b", 800, 1000)


# ---- the component


@pytest.mark.parametrize("mode", MODES)
def test_the_modes_are_those_of_the_address(mode: str) -> None:
    assert state.from_query({"compare": [mode]}, compare.State).compare == mode
    assert state.from_query({}, compare.State).compare == ""  # the browser knows which one it showed last


def test_without_an_app_nothing_happens() -> None:
    bend = np.zeros((NODES, NODES, 2), np.float32)
    event = compare_view(key="c", a=A, b=B, transform=np.eye(3), bend=bend, points={3: (1, 2, 3, 4)})
    assert event == CompareEvent()
    assert compare_view(key="c", a=A, b=B, transform=None) == CompareEvent()


@pytest.mark.parametrize(
    "spoilt",
    [
        {"mode": "blink"},
        {"transform": np.eye(2)},
        {"transform": np.full((3, 3), np.nan)},
        {"bend": np.zeros((5, 4, 2))},
        {"bend": np.full((5, 5, 2), np.inf)},
        {"preload": ["https://elsewhere.invalid/x.webp"]},
        {"a": ComparedPlate("a", "//elsewhere/a.webp", "", 4, 6)},
        {"b": ComparedPlate("b", "/b.webp", "", 0, 6)},
    ],
    ids=str,
)
def test_the_component_refuses(spoilt: dict[str, Any]) -> None:
    with pytest.raises(ImgsimError):
        compare_view(**{"key": "c", "a": A, "b": B, "transform": np.eye(3), **spoilt})


@pytest.mark.parametrize(
    ("value", "event"),
    [
        ({"asked": {"what": "next", "mode": "swipe"}}, CompareEvent("next", "swipe")),
        ({"asked": {"what": "back"}}, CompareEvent("back", None)),
        ({"asked": {"what": "rm -rf", "mode": "<b>"}}, CompareEvent()),
        ({"asked": {"what": ["next"], "mode": {"a": 1}}}, CompareEvent()),
        (
            {"asked": {"what": "observe", "mode": "side", "number": 3, "text": "a"}},
            CompareEvent("observe", "side", 3, "a"),
        ),
        ({"asked": {"what": "observe", "number": "3", "text": "a"}}, CompareEvent()),
        ({"asked": {"what": "observe", "number": 3, "text": ["a"]}}, CompareEvent()),
        ({"asked": {"what": "forget", "number": 3}}, CompareEvent("forget")),
        ({"asked": "next"}, CompareEvent()),
        ({}, CompareEvent()),
        (None, CompareEvent()),
    ],
    ids=str,
)
def test_what_comes_from_the_browser_is_asked_not_believed(value: Any, event: CompareEvent) -> None:
    assert wished(value) == event


# ---- its arithmetic, run by node


@needs_node
def test_matrices_bend_and_camera_agree_with_numpy() -> None:
    rng = np.random.default_rng(8)
    m, n = np.eye(3) + rng.normal(0, 0.2, (2, 3, 3)) * [[1, 1, 50], [1, 1, 50], [1e-3, 1e-3, 0.1]]
    bend = rng.normal(0, 4, (NODES, NODES, 2)).astype(np.float32)
    points = rng.uniform(0, 1, (20, 2)) * (400, 600)
    source = f"""
      import * as camera from {module("compare_camera.js")};
      const m = {m.ravel().tolist()}, n = {n.ravel().tolist()}, points = {points.tolist()};
      const bend = new camera.Bend(new Float32Array({bend.ravel().tolist()}), {NODES}, {{ width: 400, height: 600 }});
      const size = {{ width: 400, height: 600 }};
      const view = new camera.Camera();
      view.bounds = [-10, -20, 410, 620];
      view.resize(700, 500);
      view.reset();
      const corners = [view.toPane(-10, -20), view.toPane(410, 620)];
      const before = view.toPlate(300, 240);
      view.zoomAt(300, 240, 3);
      const fits = camera.fitted({{ width: 400, height: 600 }}, {{ width: 800, height: 1000 }});
      const flip = camera.moved({{ flip: -1 }}, 200, 300), turn = camera.moved({{ quarters: 1 }}, 200, 300);
      console.log(JSON.stringify({{
        times: camera.times(m, n), inverse: camera.inverse(m), apply: points.map(([x, y]) => camera.apply(m, x, y)),
        scale: camera.scaleAt(n, 30, 40), bend: points.map(([x, y]) => bend.at(x, y)),
        corners, before, after: view.toPlate(300, 240), zoom: view.zoom,
        fits: [[0, 0], [400, 600]].map(([x, y]) => camera.apply(fits, x, y)),
        flipped: camera.apply(flip, 0, 10), turned: camera.apply(turn, 200, 0),
        bounds: camera.boundsOf(size, size, [1, 0, 30, 0, 1, -9000, 0, 0, 1]),
      }}));
    """
    got = json.loads(node(source=source))
    np.testing.assert_allclose(np.reshape(got["times"], (3, 3)), m @ n, rtol=1e-9)
    np.testing.assert_allclose(np.reshape(got["inverse"], (3, 3)), np.linalg.inv(m), rtol=1e-6, atol=1e-9)
    moved = np.column_stack((points, np.ones(20))) @ m.T
    np.testing.assert_allclose(got["apply"], moved[:, :2] / moved[:, 2:], rtol=1e-9)
    np.testing.assert_allclose(got["bend"], bent(np.eye(3), bend, (400, 600), points) - points, atol=1e-4)
    for left, top in got["corners"]:
        assert -1e-6 <= left <= 700 + 1e-6 and -1e-6 <= top <= 500 + 1e-6
    assert got["before"] == pytest.approx(got["after"])
    assert got["zoom"] == 3
    # B, 4:5, is laid whole in the middle of A, 2:3
    assert got["fits"][0][0] <= 0 and got["fits"][1][0] >= 800
    assert np.mean(got["fits"], axis=0).tolist() == pytest.approx([400, 500])
    assert got["flipped"] == pytest.approx([400, 10]) and got["turned"] == pytest.approx([500, 300])
    assert got["bounds"] == pytest.approx([-30, 0, 400, 900])


def ink_of(image: Image.Image) -> np.ndarray:
    """The ink that the browser finds in an image: uint8 (h, w)."""
    rgba = np.asarray(image.convert("RGBA"))
    source = f"""
      import {{ inkOf }} from {module("compare_ink.js")};
      import {{ base64, bytes }} from {module("common.js")};
      const rgba = bytes({json.dumps(base64.b64encode(rgba.tobytes()).decode())});
      console.log(base64(inkOf(rgba, {image.width}, {image.height})));
    """
    data = base64.b64decode(node(source=source))
    return np.frombuffer(data, np.uint8).reshape(image.height, image.width)


@needs_node
def test_ink_is_found_on_any_paper_and_however_faint() -> None:
    rng = np.random.default_rng(3)
    lines = np.zeros((240, 180), bool)
    lines[40:200, 30:150:9] = True
    lines[40:200:31, 20:160] = True
    y, x = np.mgrid[0:240, 0:180]
    clean = ink_of(Image.fromarray(np.where(lines, 0, 255).astype(np.uint8)))
    assert (clean[lines] == 255).all() and (clean[~lines] == 0).all()
    toned = 205 - 60 * x / 180 + rng.normal(0, 3, lines.shape)
    faint = np.clip(np.where(lines, toned - 75 + 20 * y / 240, toned), 0, 255)
    for image in (
        Image.fromarray(faint.astype(np.uint8)),
        Image.fromarray(np.dstack([faint, faint * 0.9, faint * 0.7]).astype(np.uint8)),
    ):
        ink = ink_of(image)
        assert np.median(ink[lines]) > 170
        assert np.percentile(ink[~lines], 99) < 64
    assert ink_of(Image.new("L", (50, 70), 180)).max() == 0
    assert ink_of(Image.new("L", (1, 1), 0)).shape == (1, 1)


@needs_node
def test_panes_show_each_plate_where_it_belongs() -> None:
    source = f"""
      import {{ panesOf, placesOn }} from {module("compare_panes.js")};
      import {{ apply, Camera }} from {module("compare_camera.js")};
      const camera = new Camera();
      camera.bounds = [0, 0, 400, 600];
      const matrix = [-2, 0, 800, 0, 2, 10, 0, 0, 1];
      const view = {{
        camera, dpr: 2, canvas: {{ width: 1600, height: 1000 }}, shown: "b", split: 0.25, matrix, printed: false,
        exchanged: false, mode: "flicker", toB: (x, y) => apply(matrix, x, y),
      }};
      const found = {{}};
      camera.resize(800, 500);
      for (const mode of ["flicker", "opacity", "swipe"]) found[mode] = panesOf({{ ...view, mode }});
      found.exchanged = panesOf({{ ...view, mode: "swipe", exchanged: true }});
      camera.resize(397, 500);
      found.side = panesOf({{ ...view, mode: "side" }});
      found.printed = panesOf({{ ...view, mode: "side", printed: true }});
      const place = [100, 150, ...apply(matrix, 100, 150)];
      found.places = [placesOn(found.side, [place]), placesOn(found.printed, [place])];
      found.middle = [camera.x, camera.y];
      console.log(JSON.stringify(found));
    """
    got = json.loads(node(source=source))
    kinds = {
        name: [pane["kind"] for pane in got[name]]
        for name in ("flicker", "opacity", "swipe", "exchanged", "side", "printed")
    }
    assert kinds == {
        "flicker": ["b"],
        "opacity": ["mix"],
        "swipe": ["swipe"],
        "exchanged": ["b", "a"],
        "side": ["a", "b"],
        "printed": ["a", "printed"],
    }
    assert [pane["rect"] for pane in got["exchanged"]] == [[0, 0, 400, 1000], [400, 0, 1200, 1000]]
    (side,), (printed,) = got["places"]
    # side by side, the same place lies at the same height, one pane further to the right
    assert side[1][1] == pytest.approx(side[0][1]) and side[1][0] - side[0][0] == pytest.approx(1600 - 794)
    # as printed, what is left of the middle in A is right of it in a mirrored B, equally far
    left = got["side"][0]["rect"][2] / 2 - side[0][0]
    right = printed[1][0] - (1600 - 397)
    assert left > 0 and right == pytest.approx(left, abs=1)
