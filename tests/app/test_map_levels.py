"""From which zoom on the map draws a plate's picture. Run by node."""

from __future__ import annotations

import json

import numpy as np

from tests.app.node import module, needs_node, node

pytestmark = needs_node
SLOT = 72


def rated(xy: np.ndarray, hidden: list[int]) -> dict[str, np.ndarray]:
    """The scale from which each row has its picture, its room, and whether it lies on top of its spot."""
    said = json.loads(node(source=f"""
      import {{ Levels }} from {module("map_levels.js")};
      import {{ PointIndex }} from {module("map_index.js")};
      const index = new PointIndex(new Float32Array({json.dumps(xy.ravel().tolist())}));
      const states = new Uint8Array(index.count).fill(1);
      for (const row of {json.dumps(hidden)}) states[row] = 0;
      await new Promise((done) => {{
        const levels = new Levels(() => {{
          const from = [...levels.from].map((scale) => (scale === Infinity ? -1 : scale));
          console.log(JSON.stringify({{ from, room: [...levels.room], front: [...levels.front] }}));
          done();
        }});
        levels.rate(index, states);
      }});
    """))
    return {name: np.array(values) for name, values in said.items()}


def test_no_two_pictures_ever_overlap_and_every_plate_gets_one_in_the_end() -> None:
    rng = np.random.default_rng(3)
    xy = np.concatenate([rng.normal(size=(150, 2)), 5 + 0.1 * rng.normal(size=(150, 2))]).astype(np.float32)
    xy[40:50] = xy[40]  # copies of one picture on one spot
    hidden = [7, 49, 200]
    found = rated(xy, hidden)
    seen = np.flatnonzero(found["from"] > 0)
    away = {*hidden, *range(40, 48)}  # of the copies the last one that is shown lies on top
    assert set(range(300)) - set(seen.tolist()) == away == set(np.flatnonzero(found["front"] == 0).tolist())
    assert len(set(found["from"][seen])) > 10  # some soon, some late

    apart = np.abs(xy[:, None] - xy[None]).max(axis=2)
    alone = apart.copy()
    alone[:, sorted(away)] = np.inf
    np.fill_diagonal(alone, np.inf)
    np.testing.assert_allclose(found["room"][seen], alone.min(axis=1)[seen], rtol=1e-5)
    for scale in np.unique(found["from"][seen]):
        drawn = seen[found["from"][seen] <= scale]
        sides = np.maximum(SLOT, found["room"][drawn] * scale)  # the largest that is ever drawn
        far = apart[np.ix_(drawn, drawn)] * scale
        np.fill_diagonal(far, np.inf)
        assert (far >= (sides[:, None] + sides[None]) / 2 - 1e-3).all()


def test_where_too_many_plates_lie_points_are_drawn_until_one_is_nearer() -> None:
    rng = np.random.default_rng(4)
    crowd = rng.uniform(0, 0.1, size=(60, 2))
    xy = np.concatenate([[[-1.0, -1.0]], crowd]).astype(np.float32)
    found = rated(xy, [])
    assert found["from"][0] < SLOT / 1.1 * 1.01  # alone: as soon as there is a picture at all
    first = found["from"][1:].min()
    within = np.abs(xy[1:, None] - xy[None, 1:]).max(axis=2) <= SLOT / first / 2
    assert within.sum(axis=1).min() <= 5
