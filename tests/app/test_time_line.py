"""Where plates stand on a line of time, as its script says it in node."""

from __future__ import annotations

import json

from tests.app.node import module, needs_node, node

pytestmark = needs_node


def test_on_a_line_of_time_no_card_lies_on_another_and_round_years_are_named() -> None:
    source = f"import * as t from {module('timeline_places.js')};" + """
    const span = t.span([{ first_year: 1701, last_year: 1701 }, { first_year: 1750, last_year: 1796 }]);
    console.log(JSON.stringify({
      span, ends: [1701, 1796].map((year) => t.along(year, span, 950)), alone: t.along(1752, [1752, 1752], 950),
      rows: t.rows([0, 50, 100, 118, 130], 118),
      ticks: [[[1701, 1796], 12], [[1701, 1796], 5], [[1700, 1700], 9], [[1752, 1753], 9], [[1500, 1900], 4]].map(
        ([years, most]) => t.ticks(years, most)),
    }));
    """
    found = json.loads(node(source=source))
    assert found["span"] == [1701, 1796] and found["ends"] == [0, 950] and found["alone"] == 0
    assert found["rows"] == [0, 1, 2, 0, 3]
    assert found["ticks"] == [
        [1710, 1720, 1730, 1740, 1750, 1760, 1770, 1780, 1790], [1720, 1740, 1760, 1780], [1700], [1752, 1753],
        [1600, 1800],
    ]  # fmt: skip
