"""The map's legend, which chooses too: only these values, or all but these, as the address says.

A choice is written ``only|1750|1760`` or ``not|London``, each value quoted; what is not known is the empty value.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

import numpy as np

from imgsim.charts.colours import CATEGORIES, NO_TONE, OTHER, Colouring

ONLY, BUT = "only", "not"
_UNKNOWN = ""


@dataclass(frozen=True)
class Choice:
    """Which values are chosen, and whether they alone are shown or all but they. Without values all are shown."""

    values: tuple[str, ...] = ()
    but: bool = False


def read(text: str) -> Choice:
    """A choice as it stands in an address; nothing is chosen where it cannot be read, for links get mangled."""
    kind, sign, values = text.partition("|")
    if kind not in (ONLY, BUT) or not sign:
        return Choice()
    return Choice(tuple(dict.fromkeys(unquote(value) for value in values.split("|"))), kind == BUT)


def written(choice: Choice) -> str:
    """A choice as it goes into an address."""
    if not choice.values:
        return ""
    return "|".join([BUT if choice.but else ONLY, *(quote(value, safe="") for value in choice.values)])


def pressed(colours: Colouring, choice: Choice, tone: int, but: bool) -> Choice:
    """The choice after an entry of the legend was pressed.

    Pressed once more an entry leaves the choice. One that would show nothing, or hide nothing, is none at all.
    """
    keys = _keys(colours)
    if tone not in keys:
        return choice
    key = keys[tone]
    if but and not choice.but and key in choice.values:  # one of those that alone are shown is not wanted either
        return Choice(tuple(value for value in choice.values if value != key))
    held = [value for value in choice.values if value in keys.values()] if choice.but == but else []
    held = [value for value in held if value != key] if key in held else [*held, key]
    return Choice() if set(held) == set(keys.values()) else Choice(tuple(held), but and bool(held))


def shown(colours: Colouring, choice: Choice) -> np.ndarray:
    """Which entries the choice shows: bool (256,), by their place in the palette; 255 is what is not known."""
    held = np.zeros(NO_TONE + 1, dtype=bool)
    held[chosen(colours, choice)] = True
    if not held.any():  # nothing chosen, or values of another colouring
        return np.ones(NO_TONE + 1, dtype=bool)
    return ~held if choice.but else held


def chosen(colours: Colouring, choice: Choice) -> list[int]:
    """The entries that are chosen, by their place in the palette, 255 for what is not known."""
    return [tone for tone, key in _keys(colours).items() if key in choice.values]


def counts(colours: Colouring, visible: np.ndarray | None) -> tuple[list[int], int]:
    """How many plates each entry has among those that pass the filters (bool (n,); None: all), and how many none."""
    if visible is None:
        return list(colours.counts), colours.missing
    found = np.bincount(colours.tones[visible], minlength=NO_TONE + 1)
    return found[: len(colours.palette)].tolist(), int(found[NO_TONE])


def palette(colours: Colouring, choice: Choice) -> list[str]:
    """The colours: grey entries that are shown alone get colours that are free then, as far as they go."""
    found = list(colours.palette)
    if choice.but or not choice.values:
        return found
    alone = [tone for tone in chosen(colours, choice) if tone < len(found)]
    taken = {found[tone] for tone in alone}
    free = [colour for colour in CATEGORIES if colour not in taken]
    for tone, colour in zip([tone for tone in alone if found[tone] == OTHER], free, strict=False):
        found[tone] = colour
    return found


def _keys(colours: Colouring) -> dict[int, str]:
    keys = dict(enumerate(colours.keys))
    return {**keys, NO_TONE: _UNKNOWN} if colours.missing else keys
