"""The files of the components: plain, safe, valid, and their arithmetic right where node can run it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from imgsim.app.components import mounting
from imgsim.app.services import first_page
from tests.app.node import SCRIPTS, module, needs_node, node, script

ASSETS = sorted(path for path in mounting.FOLDER.glob("*/*") if path.suffix in mounting.SERVED)


def test_the_entries_exist() -> None:
    folders = {path.parent.name for path in mounting.FOLDER.glob("*/__init__.py")}
    assert folders == set(mounting.ENTRIES)  # one folder a component, and none forgotten
    for name, entry in mounting.ENTRIES.items():
        assert (mounting.FOLDER / name / entry).is_file()


def test_each_file_is_loaded_by_its_component_or_shared() -> None:
    for path in ASSETS:
        named = re.compile(rf"[\"/]{re.escape(path.name)}\"")
        loading = [other for other in SCRIPTS if named.search(other.read_text("utf-8")) and other != path]
        folders = {other.parent.name for other in loading}
        if path.parent.name == "shared":
            assert folders or path.name in first_page.SCRIPTS, f"nothing needs {path.name}"
        else:
            assert folders <= {path.parent.name}, f"{path.name} belongs into shared/"
            assert loading or mounting.ENTRIES[path.parent.name] == path.name, f"nothing needs {path.name}"


# The files that keep something: see browser_memory, what a grid marks as opened, the mode of Compare.
_KEEPING = {
    ("memory.js", r"document\.cookie"), ("trail.js", r"localStorage"), ("compare_modes.js", r"localStorage"),
}  # fmt: skip


@pytest.mark.parametrize("path", ASSETS, ids=lambda path: path.name)
def test_nothing_is_fetched_from_outside_and_no_markup_is_made_from_data(path: Path) -> None:
    # The namespace of SVG is written like an address, but is a name: nothing is fetched from it.
    text = path.read_text("utf-8").replace('"http://www.w3.org/2000/svg"', "")
    for forbidden in (
        r"https?:", r"//[a-z0-9-]+\.[a-z]", r"innerHTML", r"outerHTML", r"insertAdjacentHTML", r"document\.write",
        r"\beval\b", r"new Function", r"DOMParser", r"createContextualFragment", r"srcdoc", r"@import", r"url\(",
        r"localStorage", r"sessionStorage", r"document\.cookie", r"setInterval",
    ):  # fmt: skip
        if (path.name, forbidden) in _KEEPING:
            continue
        assert not re.search(forbidden, text), f"{path.name} has {forbidden}"
    assert len(text.splitlines()) <= 300


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_import_only_each_other(path: Path) -> None:
    for source in re.findall(r"""(?:from|import)\s*\(?\s*["']([^"']+)["']""", path.read_text("utf-8")):
        assert source.startswith(("./", "../shared/")) and (path.parent / source).is_file(), source


@needs_node
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_valid(path: Path) -> None:
    node("--check", source=path.read_text("utf-8"))


@needs_node
def test_the_index_finds_what_a_plain_search_finds() -> None:
    rng = np.random.default_rng(3)
    clouds = {
        "cloud": rng.normal(size=(800, 2)),
        "line": np.column_stack([np.linspace(0, 1, 300), np.zeros(300)]),
        "one": np.zeros((1, 2)),
        "same": np.ones((20, 2)),
        "far": np.vstack([rng.normal(size=(200, 2)), [[1e4, 1e4]]]),
    }
    given = {}
    for name, cloud in clouds.items():
        points = cloud.astype(np.float32).astype(float)
        low, high = points.min(axis=0), points.max(axis=0)
        given[name] = {
            "xy": points.ravel().tolist(),
            "shown": (rng.random(len(points)) < 0.8).astype(int).tolist(),
            "at": np.vstack([rng.uniform(low - 0.1, high + 0.1, (40, 2)), points[:40]]).tolist(),
            "radius": 0.2,
            "polygon": [[-0.7, -0.6], [1.1, -0.9], [0.3, 0.1], [0.8, 1.2], [-0.9, 0.9]],
        }
    source = f"""
      import {{ PointIndex }} from {module("map_index.js")};
      const given = {json.dumps(given)};
      const found = {{}};
      for (const [name, {{ xy, shown, at, radius, polygon }}] of Object.entries(given)) {{
        const index = new PointIndex(new Float32Array(xy));
        const states = new Uint8Array(shown);
        found[name] = {{
          near: at.map(([x, y]) => index.nearest(x, y, radius, states)),
          inside: index.inside(polygon, states).sort((a, b) => a - b),
        }};
      }}
      console.log(JSON.stringify(found));
    """
    for name, found in json.loads(node(source=source)).items():
        points = np.array(given[name]["xy"]).reshape(-1, 2)
        shown = np.array(given[name]["shown"], bool)
        for place, row in zip(np.array(given[name]["at"]), found["near"], strict=True):
            far = np.where(shown, np.hypot(*(points - place).T), np.inf)
            if row == -1:
                assert far.min() > given[name]["radius"] - 1e-9
            else:
                assert shown[row] and far[row] == pytest.approx(far.min(), abs=1e-9)
        inside = [row for row in np.flatnonzero(shown) if winding(given[name]["polygon"], points[row])]
        assert found["inside"] == inside


def winding(polygon: list[list[float]], point: np.ndarray) -> bool:
    """Tell whether a point lies in a simple polygon by the angle that its outline turns through, an oracle."""
    corners = np.array(polygon) - point
    angles = np.arctan2(corners[:, 1], corners[:, 0])
    turns = np.diff(np.append(angles, angles[0]))
    return bool(abs(((turns + np.pi) % (2 * np.pi) - np.pi).sum()) > np.pi)


@needs_node
def test_a_place_is_drawn_once_however_often_it_is_left_and_given_up_when_it_is_gone() -> None:
    source = f"""
      import {{ component }} from {module("common.js")};
      globalThis.getComputedStyle = () => ({{ getPropertyValue: () => "#ffffff" }});
      globalThis.setTimeout = (call) => call();
      let made = 0, over = 0, drawn = 0;
      class Part {{
        constructor() {{ made += 1; }}
        update() {{ drawn += 1; }}
        dispose() {{ over += 1; }}
      }}
      const root = {{ host: {{}}, adoptedStyleSheets: [], isConnected: true }};
      const draw = component(Part), place = {{ data: {{}}, parentElement: root }};
      const leave = draw(place);
      leave();
      const again = draw(place);
      leave();
      const staying = [made, drawn, over];
      root.isConnected = false;
      again();
      leave();
      console.log(JSON.stringify({{ staying, gone: [made, drawn, over] }}));
    """
    assert json.loads(node(source=source)) == {"staying": [1, 2, 0], "gone": [1, 2, 1]}


@needs_node
def test_two_entries_of_one_step_are_told_from_two_steps() -> None:
    source = script("history.js").read_text("utf-8") + """
    const first = { path: "/", search: "?plate=a", time: 1000 };
    const told = [
      [first, { path: "/plate", search: "?plate=a", time: 1300 }],
      [null, { path: "/plate", search: "?plate=a", time: 1300 }],
      [first, { path: "/plate", search: "?plate=b", time: 1300 }],
      [first, { path: "/", search: "?plate=a", time: 1300 }],
      [first, { path: "/plate", search: "?plate=a", time: 9000 }],
    ].map(([one, two]) => finishes(one, two));
    console.log(JSON.stringify(told));
    """
    assert json.loads(node(source=source)) == [True, False, False, False, False]


@needs_node
def test_what_differs_in_the_tray_alone_is_no_step() -> None:
    source = script("history.js").read_text("utf-8") + """
    const told = [
      ["?a=1", "?a=1&tray=x"], ["?tray=x%2Cy&a=1", "?a=1&tray=x"], ["?a=1", "?a=2&tray=x"], ["?a=1", "?a=1"],
    ];
    console.log(JSON.stringify(told.map(([one, two]) => sameButForTheTray(one, two))));
    """
    assert json.loads(node(source=source)) == [True, True, False, False]


@needs_node
def test_a_box_lies_on_the_plate_however_it_is_turned() -> None:
    source = f"import * as o from {module('orientation.js')};" + """
    const told = [];
    let lies = o.UPRIGHT;
    for (let step = 0; step < 8; step += 1) {
      const edges = [0.1, 0.2, 0.4, 0.9];
      const there = o.box(o.laid, lies, edges);
      const [wide, high] = o.sides(lies, 300, 200);
      told.push({ there, back: o.box(o.unlaid, lies, there), wide, high, css: o.transform(lies, 300, 200), lies });
      lies = step === 3 ? o.flipped(lies) : o.turned(lies);
    }
    console.log(JSON.stringify(told));
    """
    found = json.loads(node(source=source))
    for one in found:
        assert np.allclose(one["back"], [0.1, 0.2, 0.4, 0.9])
        # the style sheet's transform, multiplied by hand, puts the box where the fractions say
        matrix = np.eye(3)
        for name, values in re.findall(r"(\w+)\(([^)]*)\)", one["css"]):
            a, *b = (float(re.sub(r"px|deg", "", value)) for value in values.split(","))
            c, s = np.cos(np.radians(a)), np.sin(np.radians(a))
            matrix = matrix @ {
                "translate": lambda a=a, b=b: np.array([[1, 0, a], [0, 1, b[0]], [0, 0, 1]]),
                "scale": lambda a=a, b=b: np.diag([a, b[0], 1]),
                "rotate": lambda c=c, s=s: np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]),
            }[name]()
        corners = (matrix @ np.array([[30, 40, 1], [120, 180, 1]]).T)[:2].T / [one["wide"], one["high"]]
        assert np.allclose(np.concatenate([corners.min(axis=0), corners.max(axis=0)]), one["there"])
    seen = [one["there"] for one in found]
    # a quarter to the right: what was at the left is at the top, whether the plate is flipped or not
    for before, after in ((0, 1), (1, 2), (5, 6)):
        x0, y0, x1, y1 = seen[before]
        assert np.allclose(seen[after], [1 - y1, x0, 1 - y0, x1])
