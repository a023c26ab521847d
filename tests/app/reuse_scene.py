"""Families of the herbals, and how the page Re-use shows them."""

from __future__ import annotations

import numpy as np

from tests.app.drawn import Drawn
from tests.making import match_values

# Books: p000-p005 book0 1700, p006-p011 book1 1710, p012-p017 book2 1720, p018-p023 book3 without a year.
# Even plates were printed in London, odd ones in Edinburgh.
PAIRS = [
    match_values("p000", "p006", inliers=200),
    match_values("p006", "p012", inliers=150),
    match_values("p000", "p012", inliers=120),
    match_values("p001", "p018", "mirrored", inliers=90),
    match_values("p002", "p008", inliers=80, printing="probably re-engraved"),
    match_values("p003", "p007", inliers=70),
    match_values(
        "p004",
        "p014",
        "shared detail",
        inliers=60,
        coverage_a=0.2,
        coverage_b=0.9,
        transform=np.diag([2.0, 2.0, 1.0]).ravel(),
    ),
    match_values("p005", "p022", "look-alike"),
]
# By their earliest plates: most books, then the longest span, then by id. Ids were given in the order of these plates.
FAMILIES = ["p000", "p004", "p002", "p003", "p001"]


def shown(drawn: Drawn) -> list[str]:
    """The families that are shown, by their earliest plates."""
    return [family["members"][0]["id"] for family in drawn.given["families"]["families"]]
