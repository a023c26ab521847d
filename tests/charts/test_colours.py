"""Colours of the map: by category, by order, and told apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from imgsim.app import components
from imgsim.charts.colours import CATEGORIES, MISSING, RAMP
from imgsim.errors import ImgsimError


def test_categories_are_ranked_and_the_rest_is_grey() -> None:
    values = ["London"] * 5 + ["Paris"] * 3 + ["Bath"] * 3 + ["Rome", "Leiden"] + [""] * 2
    colouring = components.colour_by_category(values, most=3)
    assert colouring.names == colouring.keys == ("London", "Bath", "Paris", "Leiden", "Rome")
    assert colouring.counts == (5, 3, 3, 1, 1)
    assert colouring.palette == (*CATEGORIES[:3], components.OTHER, components.OTHER)
    assert colouring.tones.tolist() == [0] * 5 + [2] * 3 + [1] * 3 + [4, 3] + [255, 255]
    groups = [(name, colour, int(theirs.sum())) for name, colour, theirs in colouring.groups()]
    assert groups[:3] == list(zip(("London", "Bath", "Paris"), CATEGORIES, (5, 3, 3), strict=False))
    # None is folded into "other": the downloaded map's legend has them all, as the page's has.
    assert groups[3:] == [("Leiden", components.OTHER, 1), ("Rome", components.OTHER, 1), ("not known", MISSING, 2)]
    assert colouring.missing == 2
    assert not colouring.tones.flags.writeable


def test_every_category_counts_once() -> None:
    values = [str(number % 23) for number in range(1000)]
    colouring = components.colour_by_category(values)
    assert colouring.palette == (*CATEGORIES, *[components.OTHER] * (23 - len(CATEGORIES)))
    assert sum(colouring.counts) == 1000
    assert np.bincount(colouring.tones).tolist() == list(colouring.counts)


def test_more_values_than_a_legend_holds_share_its_last_entry() -> None:
    values = [str(number) for number in range(300) for _ in range(2 if number < 200 else 1)]
    colouring = components.colour_by_category(values, named=lambda value: f"Book {value}")
    assert len(colouring.names) == 255 and colouring.names[-1] == "46 more" and colouring.counts[-1] == 46
    assert colouring.names[0] == f"Book {colouring.keys[0]}"
    assert np.bincount(colouring.tones).tolist() == list(colouring.counts) and sum(colouring.counts) == len(values)
    full = components.colour_by_category([str(number) for number in range(255)])
    assert len(full.names) == 255 and full.missing == 0 and full.counts == (1,) * 255


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
