"""What the map's points can be coloured by."""

from __future__ import annotations

from imgsim.app.services import caches
from imgsim.base.translation import marked
from imgsim.charts import decided_colours
from imgsim.collection import Collection

_MOST_COLOURS = 200  # a column with more values than this says little as colours


def columns(collection: Collection) -> dict[str, str]:
    """What the points can be coloured by: column -> label, in English."""
    found = {
        facet.column: facet.label
        for facet in collection.catalogue.facets()
        if facet.kind == "range" or len(facet.values) <= _MOST_COLOURS or facet.column in ("book", "place")
    }
    return (found or {"folder": marked("Folder")}) | decided_colours.offered(caches.counted(collection))


def chosen(collection: Collection, column: str) -> str:
    """The column itself if the points can be coloured by it, else the first that they can."""
    possible = columns(collection)
    return column if column in possible else next(iter(possible))
