"""The map as a page of its own."""

from __future__ import annotations

import re

import numpy as np

from imgsim import export
from imgsim.charts.colours import colour_by_category
from tests.families.lettered import plates


def test_the_legend_of_the_downloaded_map_has_every_book_and_what_is_not_known() -> None:
    books = [f"Herbal {number:02}" for number in range(20)]
    catalogue = plates(*[f"p{number}" for number in range(42)])
    colours = colour_by_category([*books, *books, "", ""])
    xy = np.random.default_rng(0).normal(size=(42, 2)).astype(np.float32)
    keep = np.ones(42, dtype=bool)
    keep[[3, 23]] = False  # all of one book
    page = export.map_html(catalogue, xy, colours, "by book", keep=keep).decode()
    named = re.findall(r'"name":"([^"]*)"', page)
    assert named == [book for book in books if book != "Herbal 03"] + ["not known"]
