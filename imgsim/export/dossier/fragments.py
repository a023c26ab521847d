"""Small parts of a dossier: a table, a region, numbers in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Table:
    """A table: its heads, its rows of cells, a caption; the columns of numbers, set to the right, and of ids."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    numbers: Collection[int] = ()
    ids: Collection[int] = ()
    hints: Mapping[int, str] = field(default_factory=dict)  # tooltips of heads


def outline(size: tuple[int, int], region: npt.NDArray[np.float32]) -> str:
    """The corners of a region in pixels of its plate, as SVG wants them; '' where they are not finite."""
    corners = np.clip(np.asarray(region, dtype=float).reshape(-1, 2)[:400], 0, size)
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in corners) if np.isfinite(corners).all() else ""


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 plate`, `1,024 plates`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def flat(value: object) -> str:
    """A value of the manifest on one line."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {flat(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(flat(inner) for inner in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
