"""Colours for the points of the map: few, distinct, safe for colour-blind eyes, on paper and on dark.

Black and red are kept free: black is the query, red are its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from imgsim.base.translation import marked
from imgsim.catalogue import Catalogue
from imgsim.errors import ImgsimError

NO_TONE = 255  # a plate without a value

# Okabe and Ito's colours without black and vermilion, and two more that stay apart from them (Paul Tol's).
CATEGORIES = ("#0072B2", "#E69F00", "#009E73", "#56B4E9", "#CC79A7", "#F0E442", "#882255", "#8A7A2E")
OTHER = "#8F8F8F"
MORE = "*"  # the key of the entry of all values that have none of their own
MISSING = "#C6C0B6"  # a plate without a value: paler than "other", on either ground
# From early to late, dark blue to yellow: the middle of viridis, which colour-blind eyes read in order; its ends are
# left out because they vanish on a dark and on a white ground.
RAMP = ("#443A83", "#31688E", "#21908C", "#3FAE73", "#86C348", "#C8C62A")


@dataclass(frozen=True)
class Colouring:
    """Which colour each plate has, and the legend that says so.

    tones: uint8 (n,), an index into `palette`; 255 is a plate without a value. palette: "#rrggbb" each; values beyond
    the first few share the grey of `OTHER`. names, counts: the legend, one entry a palette colour; keys: the value that
    each entry stands for. `missing` plates have no value, and `unknown` is what the legend calls that. `more` is how
    many values share the last entry, whose key is `MORE` then. The legend is English.
    """

    tones: np.ndarray
    palette: tuple[str, ...]
    names: tuple[str, ...]
    counts: tuple[int, ...]
    missing: int
    keys: tuple[str, ...]
    unknown: str = marked("not known")
    more: int = 0

    def groups(self) -> list[tuple[str, str, np.ndarray]]:
        """Name, colour and bool (n,) of each entry of the legend, those that share a grey too, and of what has none."""
        named = list(zip(self.names, self.palette, strict=True))
        return [
            *((name, colour, self.tones == tone) for tone, (name, colour) in enumerate(named)),
            (self.unknown, MISSING, self.tones == NO_TONE),
        ]


def colour_plates(catalogue: Catalogue, column: str) -> Colouring:
    """Colour the plates of a catalogue by one of its columns: years and decades by their order, all else by kind."""
    values = catalogue.frame[column]
    if column in ("decade", "year"):
        return colour_by_order(values.tolist(), suffix="s" if column == "decade" else "")
    named = catalogue.book_label if column == "book" else str
    return colour_by_category(values.astype(str).tolist(), named=named)


def colour_by_category(
    values: Sequence[str],
    most: int = len(CATEGORIES),
    named: Callable[[str], str] = str,
    unknown: str = "not known",
) -> Colouring:
    """Give the `most` most frequent values a colour each; the rest share a grey, and have entries of their own.

    Parameters
    ----------
    values : one string a plate; "" has no value. Ties in frequency go by the alphabet.
    most : 1 to 8.
    named : what the legend calls a value. Where there are more than 255 values, the last entry is "n more".
    unknown : what it calls plates without a value.
    """
    if not 1 <= most <= len(CATEGORIES):
        raise ImgsimError(f"{most} categories cannot be told apart by colour: ask for 1 to {len(CATEGORIES)}")
    column = np.asarray([str(value) for value in values], dtype=object)
    names, inverse, counts = _unique(column)
    kinds = [index for index in range(len(names)) if names[index] != ""]
    ranked = sorted(kinds, key=lambda index: (-counts[index], names[index]))
    own = ranked if len(ranked) <= NO_TONE else ranked[: NO_TONE - 1]
    rest = ranked[len(own) :]
    table = np.full(len(names), NO_TONE, dtype=np.uint8)
    table[own] = np.arange(len(own), dtype=np.uint8)
    table[rest] = len(own)
    legend = [
        (CATEGORIES[place] if place < most else OTHER, named(str(names[index])), int(counts[index]), str(names[index]))
        for place, index in enumerate(own)
    ]
    if rest:
        legend.append((OTHER, f"{len(rest):,} more", int(counts[rest].sum()), MORE))
    found = _colouring(table[inverse] if len(column) else np.empty(0, np.uint8), legend)
    return replace(found, unknown=unknown, more=len(rest))


def colour_in_order(values: Sequence[Hashable], legend: Sequence[tuple[Hashable, str, str]]) -> Colouring:
    """Colour each plate by its value, in the order of a legend: value, colour and name of each entry.

    Raises
    ------
    KeyError
        If the legend has no entry for a value.
    """
    places = {value: place for place, (value, _, _) in enumerate(legend)}
    tones = np.array([places[value] for value in values], dtype=np.uint8)
    counts = np.bincount(tones, minlength=len(legend)).tolist()
    return _colouring(
        tones, [(colour, name, count, name) for (_, colour, name), count in zip(legend, counts, strict=True)]
    )


def colour_by_order(values: Sequence[int | None], suffix: str = "") -> Colouring:
    """Colour numbers (decades) by their order, blue for the earliest to yellow for the latest.

    Parameters
    ----------
    values : one whole number a plate; None, NaN or pandas.NA has no value.
    suffix : put behind each number in the legend, such as "s" in "1750s".
    """
    numbers = np.array([np.nan if value is None or _missing(value) else float(value) for value in values])
    known = np.flatnonzero(~np.isnan(numbers))
    steps, inverse, counts = np.unique(numbers[known], return_inverse=True, return_counts=True)
    if len(steps) >= NO_TONE:
        raise ImgsimError(f"{len(steps)} different values are too many for one colour each: group them first")
    tones = np.full(len(numbers), NO_TONE, dtype=np.uint8)
    tones[known] = inverse
    # By rank, not by distance: one book of 1538 among those of the 1700s would leave these all one colour.
    places = np.linspace(0, 1, len(steps)) if len(steps) > 1 else np.zeros(len(steps))
    legend = [
        (_ramp(place), f"{int(step)}{suffix}", int(count), str(int(step)))
        for place, step, count in zip(places, steps, counts, strict=True)
    ]
    return _colouring(tones, legend)


def _colouring(tones: np.ndarray, legend: list[tuple[str, str, int, str]]) -> Colouring:
    tones.setflags(write=False)
    return Colouring(
        tones=tones,
        palette=tuple(colour for colour, _, _, _ in legend),
        names=tuple(name for _, name, _, _ in legend),
        counts=tuple(count for _, _, count, _ in legend),
        missing=int(np.count_nonzero(tones == NO_TONE)),
        keys=tuple(key for _, _, _, key in legend),
    )


def _unique(column: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    names, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
    return names, inverse.reshape(-1), counts


def _missing(value: object) -> bool:
    # pandas.NA answers neither to == nor to bool, so it is known by its name.
    return type(value).__name__ in ("NAType", "NaTType") or value != value


def _ramp(place: float) -> str:
    stops = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in RAMP], dtype=float)
    channels = [np.interp(place * (len(RAMP) - 1), range(len(RAMP)), stops[:, i]) for i in range(3)]
    return "#" + "".join(f"{round(channel):02X}" for channel in channels)
