"""The order in which the pictures of a page are read."""

from __future__ import annotations

from collections.abc import Sequence

from imgsim.sources.pages.regions import Region

# Pictures stand in one row where they share so much of the lower one's height.
IN_ROW = 0.5


def reading_order(regions: Sequence[Region]) -> list[Region]:
    """Regions row by row, from left to right in each."""
    rows: list[list[Region]] = []
    for region in sorted(regions, key=lambda r: (r.box[1], r.box[0])):
        row = next((row for row in rows if _beside(row[0], region)), None)
        if row is None:
            rows.append([region])
        else:
            row.append(region)
    return [region for row in rows for region in sorted(row, key=lambda r: (r.box[0], r.box[1]))]


def _beside(a: Region, b: Region) -> bool:
    shared = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
    return shared >= IN_ROW * min(a.box[3] - a.box[1], b.box[3] - b.box[1])
