"""The colours of the map's points, and what the legend calls them."""

from __future__ import annotations

from dataclasses import replace

from imgsim.app.parts import family_words
from imgsim.app.services import caches
from imgsim.base.translation import tr
from imgsim.charts.colours import MORE, Colouring
from imgsim.charts.decided_colours import FAMILY, REVIEWED, VERDICT, titled
from imgsim.collection import Collection


def colouring(collection: Collection, column: str) -> Colouring:
    """The colours by a column, with the legend in the reader's language."""
    colours = in_english(collection, column)
    return replace(colours, names=_names(colours, column), unknown=tr(colours.unknown))


def in_english(collection: Collection, column: str) -> Colouring:
    """The same as files have it; families go by the titles that people gave them, where they did."""
    colours = caches.colouring(collection, column)
    return titled(colours, family_words.notes(collection)) if column == FAMILY else colours


def _names(colours: Colouring, column: str) -> tuple[str, ...]:
    """The legend; what is data stays as it is."""
    if column in (VERDICT, REVIEWED):
        return tuple(tr(name) for name in colours.names)
    if column == "decade":
        return tuple(tr("{decade}s", decade=key) for key in colours.keys)
    if colours.keys[-1:] == (MORE,):
        return (*colours.names[:-1], tr("{number:,} more", number=colours.more))
    return colours.names
