"""Plates of one letter, and families as words."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from imgsim.catalogue import Catalogue
from imgsim.families import (
    find_families,
)
from imgsim.families.finding import STRONG_WHOLE
from tests.kin import catalogue_of, matches_of

WEAK = STRONG_WHOLE - 1
SAID = "probably the same plate"


def plates(*names: str) -> Catalogue:
    """Plates of a book each, printed in the order of their names."""
    return catalogue_of({name: (f"book {name}", 1700 + at) for at, name in enumerate(sorted(names))})


def found(catalogue: Catalogue, pairs: list[dict[str, Any]]) -> list[str]:
    """The families as words of plates' letters, in alphabetical order."""
    frame = find_families(catalogue.frame, matches_of(catalogue, pairs))
    groups: dict[str, set[str]] = defaultdict(set)
    for family_id, plate_id in zip(frame["family_id"], frame["plate_id"], strict=True):
        groups[family_id].add(plate_id)
    assert set(groups) == {min(group) for group in groups.values()}
    return sorted("".join(sorted(group)) for group in groups.values())
