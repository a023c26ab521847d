"""Bars that count something: what each piece of a bar counts and says, with nothing of how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """One piece of a bar.

    Attributes
    ----------
    kind : which of the chart's kinds it is.
    count : how many there are, 0 or more; of none nothing is drawn.
    told : what a reader hears of it, and what a click opens.
    """

    kind: str
    count: int
    told: str


@dataclass(frozen=True)
class Bar:
    """One bar of a chart.

    Attributes
    ----------
    name : what it counts.
    pieces : what it is made of, from its foot on.
    beside : a few words at its end, or none.
    apart : whether it stands apart from those before it.
    """

    name: str
    pieces: tuple[Piece, ...]
    beside: str = ""
    apart: bool = False

    @property
    def total(self) -> int:
        """How long the bar is."""
        return sum(piece.count for piece in self.pieces)
