"""Books that share images."""

from __future__ import annotations

from typing import Any

from imgsim.catalogue import Catalogue
from imgsim.collection.book_network import BookNetwork
from imgsim.families import Families, find_families
from tests.kin import matches_of


def made(catalogue: Catalogue, pairs: list[dict[str, Any]]) -> BookNetwork:
    """The network of books that follows from pairs of plates."""
    matches = matches_of(catalogue, pairs)
    return BookNetwork.from_families(
        Families(find_families(catalogue.frame, matches), catalogue), matches, catalogue
    )
