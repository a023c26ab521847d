"""Books that share images."""

from __future__ import annotations

from typing import Any

from imgsim.base.verdict_words import DETAIL, MIRRORED
from imgsim.catalogue import Catalogue
from imgsim.collection.book_network import BookNetwork
from imgsim.families import Families, find_families
from tests.kin import catalogue_of, clique, matches_of, pair


def made(catalogue: Catalogue, pairs: list[dict[str, Any]]) -> BookNetwork:
    """The network of books that follows from pairs of plates."""
    matches = matches_of(catalogue, pairs)
    return BookNetwork.from_families(
        Families(find_families(catalogue.frame, matches), catalogue), matches, catalogue
    )


def copied_books() -> BookNetwork:
    """Book two (1760) copies five plates of book one (1752), all but one in order; book three (undated) has one."""
    plates: dict[str, tuple[str, int | None]] = {f"a{n}": ("one", 1752) for n in range(6)}
    plates |= {f"b{n}": ("two", 1760) for n in range(5)} | {"c0": ("three", None), "d0": ("four", 1760)}
    pages = {f"a{n}": 10 + 3 * n for n in range(6)} | {f"b{n}": 5 + n for n in range(5)} | {"c0": 1, "d0": 1}
    names = sorted(plates)
    catalogue = catalogue_of(
        plates,
        page=[pages[name] for name in names],
        title=[f"Title of {plates[name][0]}" for name in names],
        place=["London" if plates[name][0] == "one" else "" for name in names],
    )
    pairs = [
        pair("a0", "b0"),
        pair("a1", "b1", MIRRORED),
        pair("a2", "b3"),
        pair("a3", "b2", DETAIL),
        pair("a4", "b4"),
    ]
    pairs += clique(["a4", "b4", "c0"])[1:] + [pair("a5", "d0")]
    return made(catalogue, [p for at, p in enumerate(pairs) if p not in pairs[:at]])
