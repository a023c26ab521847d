"""What the map's points can be coloured by, and what the legend calls it."""

from __future__ import annotations

from dataclasses import replace

from imgsim.app.parts import family_words
from imgsim.app.services import caches
from imgsim.charts.colours import Colouring
from imgsim.charts.decided_colours import FAMILY, LABELS
from imgsim.collection import Collection

_MOST_COLOURS = 200  # a column with more values than this says little as colours


def columns(collection: Collection) -> dict[str, str]:
    """What the points can be coloured by: column -> label. Families only where plates were compared."""
    found = {
        facet.column: facet.label
        for facet in collection.catalogue.facets()
        if facet.kind == "range" or len(facet.values) <= _MOST_COLOURS or facet.column in ("book", "place")
    }
    found = found or {"folder": "Folder"}
    return found | {column: label for column, label in LABELS.items() if column != FAMILY or _has_families(collection)}


def colouring(collection: Collection, column: str) -> Colouring:
    """The colours by one of them; families go by the titles that people gave them, where they did."""
    colours = caches.colouring(collection, column)
    if column != FAMILY:
        return colours
    said = family_words.notes(collection)
    titles = [said[key].title if key in said else "" for key in colours.keys]
    return replace(colours, names=tuple(title or name for title, name in zip(titles, colours.names, strict=True)))


def _has_families(collection: Collection) -> bool:
    families = caches.families(collection)
    return families is not None and len(families) > 0
