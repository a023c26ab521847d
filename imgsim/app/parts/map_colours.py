"""The colours of the map's points, and what the legend calls them."""

from __future__ import annotations

from imgsim.app.parts import family_words
from imgsim.app.services import caches
from imgsim.charts.colours import Colouring
from imgsim.charts.decided_colours import FAMILY, titled
from imgsim.collection import Collection


def colouring(collection: Collection, column: str) -> Colouring:
    """The colours by a column; families go by the titles that people gave them, where they did."""
    colours = caches.colouring(collection, column)
    return titled(colours, family_words.notes(collection)) if column == FAMILY else colours
