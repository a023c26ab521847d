"""The arithmetic of the map's scripts, where node can run it: its camera, its steps by keyboard, what is in view."""

from __future__ import annotations

import json

import numpy as np
import pytest

from imgsim.app import components
from tests.app.node import module, needs_node, node


@needs_node
def test_the_camera_zooms_at_the_pointer_and_masks_agree_with_python() -> None:
    mask = np.random.default_rng(4).random(20_001) < 0.5
    source = f"""
      import {{ Camera }} from {module("map_camera.js")};
      import {{ base64, bytes, rgb }} from {module("common.js")};
      const camera = new Camera();
      camera.bounds = [-3, 1, 9, 4];
      camera.resize(700, 500);
      camera.fit();
      const corners = [camera.toScreen(-3, 1), camera.toScreen(9, 4)];
      const before = camera.toData(300, 240);
      camera.zoomAt(300, 240, 3);
      const after = camera.toData(300, 240);
      const saved = camera.save();
      camera.resize(1400, 1000);
      const mask = "{components.encode_mask(mask)}";
      console.log(JSON.stringify({{
        corners, before, after, saved, zoom: camera.zoom, same: base64(bytes(mask)) === mask,
        colours: ["#0fa", "#00FFAA", "rgb(0, 255, 170)", "nonsense"].map(rgb),
      }}));
    """
    got = json.loads(node(source=source))
    for left, top in got["corners"]:
        assert 0 <= left <= 700 and 0 <= top <= 500
    assert got["before"] == pytest.approx(got["after"])
    assert got["zoom"] == got["saved"]["zoom"] == 3
    assert got["same"] is True
    assert got["colours"] == [[0, 255, 170]] * 3 + [None]


@needs_node
def test_the_arrow_keys_reach_every_point_of_the_map() -> None:
    rng = np.random.default_rng(5)
    points = np.vstack(
        [rng.normal(size=(150, 2)), rng.normal(size=(20, 2)).repeat(3, axis=0), np.zeros((4, 2))]
    )
    shown = (rng.random(len(points)) < 0.8).astype(int)
    source = f"""
      import {{ Picture }} from {module("map_picture.js")};
      import {{ beyond, nearestTo }} from {module("map_steps.js")};
      const picture = Object.create(Picture.prototype);
      Object.assign(picture, {{
        xy: new Float32Array({json.dumps(points.ravel().tolist())}), count: {len(points)},
        states: new Uint8Array({json.dumps(shown.tolist())}),
        camera: {{ toScreen: (x, y) => [300 + 80 * x, 200 - 80 * y] }},
      }});
      const ways = {{ right: [1, 0], left: [-1, 0], down: [0, 1], up: [0, -1] }};
      const next = Array.from({{ length: picture.count }}, (_, row) =>
        Object.fromEntries(Object.entries(ways).map(([name, way]) => [name, beyond(picture, row, ...way)])));
      console.log(JSON.stringify({{ next, middle: nearestTo(picture, 300, 200) }}));
    """
    got = json.loads(node(source=source))
    on_screen = np.column_stack([300 + 80 * points[:, 0], 200 - 80 * points[:, 1]])
    there = np.flatnonzero(shown)
    far = np.hypot(*(on_screen - [300, 200]).T)
    assert far[got["middle"]] == far[there].min()
    for row in there:
        for name, way in {"right": (1, 0), "left": (-1, 0), "down": (0, 1), "up": (0, -1)}.items():
            ahead = (on_screen[there] - on_screen[row]) @ way
            found = got["next"][row][name]
            if found == -1:
                assert ahead.max() <= 1e-3, "nothing lies that way"
            else:
                assert shown[found] and found != row
                assert (on_screen[found] - on_screen[row]) @ way >= -1e-3
    reached, waiting = {int(there[0])}, [int(there[0])]
    while waiting:
        for row in got["next"][waiting.pop()].values():
            if row >= 0 and row not in reached:
                reached.add(row)
                waiting.append(row)
    assert reached == set(there.tolist())


@needs_node
def test_points_out_of_view_are_not_drawn_once_the_map_is_zoomed_in_and_none_in_view_is_missed() -> None:
    points = np.random.default_rng(6).normal(size=(500, 2)).astype(np.float32)
    shown = (np.arange(500) % 7 > 0).astype(int)
    source = f"""
      import {{ Camera }} from {module("map_camera.js")};
      import {{ PointIndex }} from {module("map_index.js")};
      import {{ Picture }} from {module("map_picture.js")};
      const picture = Object.create(Picture.prototype);
      const index = new PointIndex(new Float32Array({json.dumps(points.ravel().tolist())}));
      const camera = Object.assign(new Camera(), {{ bounds: index.bounds }});
      camera.resize(600, 400);
      Object.assign(picture, {{ camera, index, states: new Uint8Array({json.dumps(shown.tolist())}) }});
      camera.fit();
      const all = picture.inView();
      camera.zoomAt(200, 150, 4);
      const place = (_, row) => camera.toScreen(index.xy[2 * row], index.xy[2 * row + 1]);
      const places = Array.from({{ length: index.count }}, place);
      console.log(JSON.stringify({{ all, rows: [...picture.inView()], places }}));
    """
    got = json.loads(node(source=source))
    left, top = np.array(got["places"]).T
    near = (left >= -20) & (left <= 620) & (top >= -20) & (top <= 420) & (shown == 1)
    assert got["all"] is None
    assert got["rows"] == np.flatnonzero(near).tolist()  # in the order in which all are drawn
    assert 0 < len(got["rows"]) < shown.sum()
