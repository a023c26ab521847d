"""How the map's points fill a stage, and how large and faint they are. Run by node."""

from __future__ import annotations

import json

import pytest

from tests.app.node import module, needs_node, node

pytestmark = needs_node


def said(expression: str) -> object:
    return json.loads(node(source=f"""
      import {{ border, dots, widened, widening }} from {module("map_spread.js")};
      console.log(JSON.stringify({expression}));
    """))


@pytest.mark.parametrize(
    ("bounds", "stage", "factor"),
    [
        ([0, 0, 10, 10], (1300, 1000), 1.3),  # as wide as the stage
        ([0, 0, 10, 10], (1300, 600), 1.6),  # never torn further
        ([0, 0, 20, 10], (900, 600), 1),  # never made narrower
        ([-5, 2, 5, 12], (600, 900), 1),
    ],
)
def test_a_wide_stage_widens_the_map(bounds: list[int], stage: tuple[int, int], factor: float) -> None:
    assert said(f"widening({bounds}, ...{list(stage)})") == pytest.approx(factor)
    assert said("[...widened(new Float32Array([1, 2, -3, 4]), 1.5)]") == [1.5, 2, -4.5, 4]


def test_the_denser_the_points_lie_the_smaller_and_fainter_they_are() -> None:
    looks = said("[0.1, 1, 3, 10, Infinity].map((spacing) => dots(13151, 1, spacing))")
    assert isinstance(looks, list)
    sizes, opacities = ([look[name] for look in looks] for name in ("size", "opacity"))
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1] and sizes[0] >= 2.4
    assert opacities == sorted(opacities) and 0.5 <= opacities[0] < 0.55 and opacities[-1] == pytest.approx(0.85)
    pair = said("[dots(60, 1, Infinity), dots(13151, 20, 100)]")
    assert isinstance(pair, list)
    few, near = pair
    assert few["size"] > sizes[-1] and near["size"] > sizes[-1] and near["opacity"] == few["opacity"]


def test_the_pictures_of_plates_at_the_edge_are_whole_where_few_are_and_many_points_fill_the_stage() -> None:
    assert said("[1, 2, 100, 240, 400, 1000, 1001].map(border)") == [84, 84, 65, 42, 42, 42, 0]
    source = f"""
      import {{ Camera }} from {module("map_camera.js")};
      const edges = (border, width, height) => {{
        const camera = Object.assign(new Camera(), {{ border, bounds: [0, 0, 2, 1] }});
        camera.resize(width, height);
        camera.fit();
        return [...camera.toScreen(0, 1), ...camera.toScreen(2, 0)].map(Math.round);
      }};
      console.log(JSON.stringify([edges(84, 800, 600), edges(0, 800, 600), edges(84, 200, 200)]));
    """
    few, many, small = json.loads(node(source=source))
    assert few == [84, 142, 716, 458] and many == [32, 116, 768, 484]
    assert small == [50, 75, 150, 125]  # never so wide that nothing is left
