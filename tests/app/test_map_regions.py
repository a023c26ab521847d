"""Which labels of the map's regions are seen at which zoom. Run by node."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from tests.app.node import module, needs_node, node

pytestmark = needs_node
ZOOMS = (0, 2, 4, 8)


def test_no_two_labels_ever_lie_on_each_other_and_what_is_seen_stays_until_it_makes_way() -> None:
    rng = np.random.default_rng(6)
    labels: list[dict[str, Any]] = []
    for level, count in enumerate((12, 40, 120, 300)):
        for x, y in rng.normal(size=(count, 2)).tolist():
            until = int(rng.integers(level + 1, 4)) if level < 3 and rng.random() < 0.7 else None
            size = [float(rng.uniform(30, 200)), 20]
            labels.append({"x": x, "y": y, "size": size, "level": level, "until": until})
    labels[1] |= {"x": labels[0]["x"], "y": labels[0]["y"]}  # on one spot
    fit = 150.0
    source = f"""
      import {{ startsOf, endOf }} from {module("map_regions.js")};
      const labels = {json.dumps(labels)};
      const seen = startsOf(labels, {fit}).map((start) => (start === Infinity ? -1 : start));
      console.log(JSON.stringify([seen, labels.map((label) => (endOf(label) === Infinity ? -1 : endOf(label)))]));
    """
    starts, ends = json.loads(node(source=source))
    assert ends == [-1 if label["until"] is None else ZOOMS[label["until"]] for label in labels]
    starts = np.where(np.array(starts) < 0, np.inf, starts)
    ends = np.where(np.array(ends) < 0, np.inf, ends)
    assert starts[0] == 0 and all(start >= ZOOMS[label["level"]] for start, label in zip(starts, labels, strict=True))
    middles = np.array([[label["x"], label["y"]] for label in labels])
    sizes = np.array([label["size"] for label in labels])
    apart = np.abs(middles[:, None] - middles[None])
    room = (sizes[:, None] + sizes[None]) / 2
    for zoom in np.unique(np.concatenate([starts[np.isfinite(starts)], [1, 3, 7.9, 8, 100]])):
        seen = np.flatnonzero((starts <= zoom) & (zoom < ends))
        assert len(seen)
        clear = (apart[np.ix_(seen, seen)] * fit * zoom >= room[np.ix_(seen, seen)] - 1e-6).any(axis=2)
        np.fill_diagonal(clear, True)
        assert clear.all()
    # Those of the finest level come in the end, all but those on one spot with another that stays.
    assert np.isfinite(starts[np.array([label["level"] == 3 for label in labels])]).all()


def test_a_label_makes_way_for_the_pictures_of_plates() -> None:
    label, picture = [100, 100, 200, 120], [150, 60, 190, 130]
    cases = [
        (label, [], 600),  # nothing in its way
        (label, [picture], 600),  # below is nearer than above
        (label, [picture, [90, 131, 210, 151]], 600),  # another label lies there
        (label, [picture, [90, 131, 210, 400]], 600),  # above
        (label, [picture], 140),  # no room below
        (label, [[0, 0, 600, 600]], 600),  # nowhere: it is not seen
        ([100, 4, 200, 24], [[90, -60, 190, 40], [90, 44, 210, 200]], 600),  # a picture that the edge cuts lies there
    ]
    source = f"""
      import {{ clearOf }} from {module("map_regions.js")};
      console.log(JSON.stringify({json.dumps(cases)}.map((one) => clearOf(...one)?.[1] ?? null)));
    """
    assert json.loads(node(source=source)) == [100, 132, 153, 38, 38, None, None]
