"""The parameters of an address: under which name a field of a state travels, how it is read and written, and what may
be chosen on more than one page.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from imgsim.base.translation import marked

SORTS = {
    "year": marked("Year"), "book": marked("Book and page"), "plate_id": marked("Plate id"), "random": marked("Random"),
}  # fmt: skip
TIMES = {"any": marked("Any time"), "earlier": marked("Earlier only"), "later": marked("Later only")}
MIN_TOP_K, MAX_TOP_K = 4, 50
VIEWS = {"plates": marked("Plates"), "table": marked("Table"), "scores": marked("Scores")}
ORDERS = {"similarity": marked("Similarity"), "evidence": marked("Evidence")}
MAX_TEXT = 300  # letters of any other field
MOST_TEXT = 1000  # of the search box: a whole citation fits
MOST_SELECTION = 4000  # of the plates selected on the map: any lasso round 13,000 plates fits
MOST_CHOICES = 200  # values of one facet that fit in a link
MOST_PAGES = 1_000_000
MOST_IDS = 100  # plates of a tray: so many fit in a link

Box = tuple[float, float, float, float]
_KEY = "parameter"


def written(value: object) -> str:
    """A field's value as it stands in an address."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "-".join(str(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def written_ids(ids: Sequence[str]) -> str:
    """Ids as they stand in an address, one after the other; see :func:`ids`."""
    return ",".join(one.replace("%", "%25").replace(",", "%2C").replace(";", "%3B") for one in ids)


@dataclass(frozen=True)
class Parameter:
    """How a field of a state travels in an address."""

    name: str  # in the address
    read: Callable[[str], Any]  # raises ValueError, KeyError or OverflowError for what cannot be read
    after: frozenset[str] = frozenset()  # fields after whose change this one begins anew
    lasting: bool = False  # whether it outlasts the choice of another collection
    write: Callable[[Any], str] = written


def parameter(
    default: Any,
    name: str,
    read: Callable[[str], Any],
    *,
    after: Sequence[str] = (),
    lasting: bool = False,
    write: Callable[[Any], str] = written,
) -> Any:
    """A field of a state: ``page: int = parameter(1, "page", integer(1, 99))``. See :class:`Parameter`."""
    known = Parameter(name, read, frozenset(after), lasting, write)
    return dataclasses.field(default=default, metadata={_KEY: known})


def parameter_of(field: dataclasses.Field[Any]) -> Parameter | None:
    """How a field travels; None for one that travels in a way of its own."""
    return field.metadata.get(_KEY)


# ---- reading


def integer(low: int, high: int) -> Callable[[str], int]:
    """A whole number, brought within the bounds."""

    def parse(text: str) -> int:
        return min(max(int(text), low), high)

    return parse


def decimal(low: float, high: float, digits: int) -> Callable[[str], float]:
    """A number within the bounds, rounded."""

    def parse(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise ValueError(text)
        return round(value, digits)

    return parse


@dataclass(frozen=True)
class OneOf:
    """One of these words."""

    options: tuple[str, ...]

    def __call__(self, text: str) -> str:
        if text not in self.options:
            raise ValueError(text)
        return text


def flag(text: str) -> bool:
    """`yes` or `no`."""
    return {"yes": True, "no": False}[text]


def span(text: str) -> tuple[int, int]:
    """Two whole numbers, the smaller first: `1750-1790`."""
    first, last = (int(part) for part in text.split("-"))
    return (min(first, last), max(first, last))


def short(text: str) -> str:
    """A text; what is too long is cut."""
    return text[:MAX_TEXT]


def words(text: str) -> str:
    """What somebody types in the search box, a whole citation it may be."""
    return text[:MOST_TEXT]


def rows(text: str) -> str:
    """Rows of a catalogue, as they are packed; what is too long is cut, and then of no catalogue."""
    return text if len(text) <= MOST_SELECTION else "-"


def verdicts(text: str) -> tuple[str, ...]:
    """Codes of verdicts, each once and in order: `mirrored-same`."""
    return tuple(sorted({part for part in text.split("-") if part.isalpha()}))


def ids(text: str) -> tuple[str, ...]:
    """Ids of plates, each once and in the order given, as :func:`written_ids` writes them; at most `MOST_IDS`."""
    parts = [part.replace("%3B", ";").replace("%2C", ",").replace("%25", "%")[:MAX_TEXT] for part in text.split(",")]
    return tuple(dict.fromkeys(part for part in parts if part))[:MOST_IDS]


def box(text: str) -> Box:
    """A part of a plate: x0, y0, x1, y1 in fractions of it."""
    x0, y0, x1, y1 = (round(float(part), 4) for part in text.split("-"))
    if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
        raise ValueError(text)
    return (x0, y0, x1, y1)
