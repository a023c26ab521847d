"""The map as a page of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim import export
from imgsim.base.verdict_words import MIRRORED
from imgsim.charts.colours import colour_by_category
from imgsim.charts.decided_colours import FAMILY, REVIEWED, VERDICT
from imgsim.collection.family_notes import FamilyNotes
from imgsim.collection.map_labels import RegionLabel
from imgsim.export import Request, files_of
from tests.exports import collection_of, request_of
from tests.families.lettered import plates
from tests.kin import catalogue_of, pair


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


def test_a_region_without_a_plate_has_no_label_on_the_downloaded_map() -> None:
    xy = np.array([[0, 0], [10, 10]], np.float32)
    labels = [RegionLabel((word,), at, at, (at - 1, at - 1, at + 1, at + 1), 0, None, 5) for word, at in WORDS]
    colours = colour_by_category(["Herbal", "Herbal"])
    for keep, said in ((None, ["here", "there"]), (np.array([True, False]), ["here"])):
        page = export.map_html(plates("a", "b"), xy, colours, "by book", keep=keep, labels=labels).decode()
        (written,) = re.findall(r'"annotations":(\[.*?\]),"', page)
        assert [one["text"] for one in json.loads(written)] == said


WORDS = [("here", 0.0), ("there", 10.0), ("nowhere", 20.0)]
PLATES = {name: (f"book {name}", 1700 + 10 * at) for at, name in enumerate("abcdef")}
PAIRS = [pair("a", "b"), pair("b", "c"), pair("d", "e", MIRRORED)]


def legend_of(request: Request) -> tuple[str, list[str], int]:
    """Title, entries and number of tied pairs of the page that an export holds."""
    (file,) = files_of(["map-page"], request)
    page = b"".join(chunk.data for chunk in file.chunks(request)).decode()
    (traces,) = re.findall(r"newPlot\(\s*\"map\",\s*(\[.*?\}\]),\s*\{\"template\"", page, re.DOTALL)
    drawn = json.loads(traces)
    ends = [len(one["x"]["bdata"]) for one in drawn if one["mode"] == "lines"]
    title = re.findall(r"<title>(.*)</title>", page)[0]
    return title, [one["name"] for one in drawn if one["mode"] == "markers"], len(ends)


@pytest.mark.parametrize("pairs", [PAIRS, None])
def test_an_exported_map_is_coloured_by_what_the_screen_shows(
    tmp_path: Path, pairs: list[dict[str, Any]] | None
) -> None:
    collection = collection_of(catalogue_of(PLATES), pairs, path=tmp_path)
    said = {colour: legend_of(request_of(collection, colour=colour)) for colour in (FAMILY, VERDICT, REVIEWED, "year")}
    assert said["year"][1][0] == "1700"
    assert said[REVIEWED][:2] == ("herbals: PCA of toy, by reviewed or not", ["not reviewed"])
    if pairs is None:  # never compared: by decades, as on the screen
        assert said[FAMILY] == said[VERDICT] == legend_of(request_of(collection, colour="decade"))
        return
    assert said[VERDICT][0].endswith("by what is proven")
    assert said[VERDICT][1] == ["same image", "mirrored", "nothing proven"]
    title, names, lines = said[FAMILY]
    assert title.endswith("by family") and len(names) == 3 and names[-1] == "in no family" and lines == 2
    families = collection.families
    assert families is not None
    FamilyNotes(tmp_path).write(families.ids[0], "Ada", title="The strawberry", note="", tags=[])
    assert "The strawberry" in legend_of(request_of(collection, colour=FAMILY))[1]
    apart = request_of(collection, colour=FAMILY, rows=np.array([0, 2, 3, 4]))  # a and c are tied by b alone
    assert legend_of(apart)[2] == 1
