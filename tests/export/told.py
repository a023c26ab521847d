"""A family's dossier, and what stands in it."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from PIL import Image

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED
from imgsim.catalogue import Catalogue
from imgsim.collection import Collection
from tests.in_memory import in_memory
from tests.kin import box, catalogue_of, matches_of, pair

MANIFEST = {
    "created": "2026-11-22T21:19:47Z", "imgsim": "0.1.0", "versions": {"numpy": "2.4.6"},
    "parameters": {"top_k": 50, "verify_top": 20, "backbones": {"plates18": "/home/somebody/weights.pth"}},
    "backbones": {"plates18": {}}, "inputs": {"images": ["/home/somebody/scans"]},
}  # fmt: skip


class Page(HTMLParser):
    """What stands in a page: its text, and its elements with their attributes."""

    void = frozenset({"meta", "img", "br", "hr", "link"})

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.tables: list[tuple[str, list[list[str]]]] = []  # caption and cells of each
        self._caption, self._rows = "", list[list[str]]()
        self.open: list[str] = []
        self.feed(content.decode("utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "table":
            self._caption, self._rows = "", []
        elif tag == "tr" and "tbody" in self.open:
            self._rows.append([])
        elif tag == "td":
            self._rows[-1].append("")
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

        if tag == "table":
            self.tables.append((self._caption, self._rows))

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data
        if self.open[-1:] == ["caption"]:
            self._caption += data
        if "td" in self.open:
            self._rows[-1][-1] += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of all elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def collection_of(
    catalogue: Catalogue, pairs: list[dict[str, Any]], folder: Path, name: str = "herbals"
) -> Collection:
    """What a dossier needs of a collection, with a grey thumbnail for every plate."""
    folder.mkdir(parents=True, exist_ok=True)
    for row in range(len(catalogue)):
        Image.new("L", (20, 30), 200 - row % 100).save(folder / f"{row}.webp")
    return in_memory(
        catalogue,
        matches_of(catalogue, pairs),
        manifest=MANIFEST,
        name=name,
        generation="20261122-1",
        thumbnails=lambda row: folder / f"{row}.webp",
    )


def told_herbals(folder: Path) -> Collection:
    """A family of five plates, one of them without a date, and a plate beside it."""
    catalogue = catalogue_of(
        {
            "a": ("one", 1752), "b": ("two", 1760), "c": ("three", 1790), "d": ("four", None), "e": ("five", 1795),
            "x": ("six", 1800),
        },
        place=["London", "Dublin", "", "Paris", "London", ""],
        title=["Flora Anglica", "Plants", "", "Herbes", "A garden", "Other"],
        author=["Ray, John", "", "", "", "", ""],
    )  # fmt: skip
    pairs = [
        pair("a", "b", MIRRORED, 180, region_b=box(10, 20, 300, 400)),
        pair("b", "c", printing="probably re-engraved"),
    ]
    pairs += [
        pair("a", "c", LOOK_ALIKE),
        pair("b", "d"),
        pair("a", "e", DETAIL, 60),
        pair("c", "x", inliers=14),
    ]
    return collection_of(catalogue, pairs, folder / "thumbnails")
