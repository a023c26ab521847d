"""Books against books: a square for every two that share something, the darker the more; a click picks the two."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from imgsim.app.components.mounting import mount
from imgsim.app.components.thumbnail_grid import picked
from imgsim.errors import ImgsimError

# Of the square of all books, in pixels; the second for more books than the first has room for.
_SIDE, _WIDE_SIDE = 400, 480
_LEAST, _MOST = 10, 44  # of one square
_MARGIN = 56  # what years take, on the left and below, at least; longer dates take _LETTER pixels a letter
_LETTER = 6.5
_BESIDE = 5  # pixels that are left over


def book_matrix(
    *,
    key: str,
    counts: npt.NDArray[np.int64],
    labels: Sequence[str],
    dates: Sequence[str],
    selected: tuple[int, int] | None = None,
    on_click: Callable[[], None] | None = None,
) -> None:
    """Show the matrix.

    Parameters
    ----------
    key : the component's own key.
    counts : int64 (b, b), symmetric: what every two books share; 0 leaves a square empty.
    labels, dates : one a row of `counts`, in its order: short titles, and years for the axes.
    selected : row and column of the two books whose squares are outlined.
    on_click : called without arguments before the page reruns; `cell_of` says which square it was.

    Raises
    ------
    ImgsimError
        If `counts` is not such a matrix of as many books as there are labels and dates.
    """
    size = len(labels)
    if counts.shape != (size, size) or len(dates) != size or (counts != counts.T).any() or (counts < 0).any():
        shape = " x ".join(str(side) for side in counts.shape)
        raise ImgsimError(f"a matrix of {size} books is {size} x {size}, symmetric, and counts: not this one, {shape}")
    rows, columns = np.nonzero(counts)
    data = {
        "labels": [str(label) for label in labels],
        "dates": [str(date) for date in dates],
        "cells": np.stack([rows, columns, counts[rows, columns]], axis=1).tolist(),
        "cell": _cell_side(size),
        "room": _room(dates) - _BESIDE,
        "selected": list(selected) if selected else None,
    }
    mount("book_matrix", key=key, data=data, events={"clicked": on_click})


def cell_of(state: object, counts: npt.NDArray[np.int64]) -> tuple[int, int] | None:
    """The row and column that a matrix's state (``st.session_state[key]``) names; None for an empty square."""
    row, _, column = (picked(state) or "").partition(":")
    if not all(at.isascii() and at.isdecimal() and int(at) < len(counts) for at in (row, column)):
        return None
    return (int(row), int(column)) if counts[int(row), int(column)] else None


def matrix_width(dates: Sequence[str]) -> int:
    """How wide a matrix of books of these dates is with its axis, in CSS pixels."""
    return max(int(_cell_side(len(dates)) * len(dates)) + _room(dates), 300)


def _room(dates: Sequence[str]) -> int:
    """So that none is cut: `1752 or later` is thrice as long as `1752`."""
    return max(_MARGIN, round(max(map(len, dates), default=0) * _LETTER) + 14)


def _cell_side(size: int) -> float:
    return min(max(_SIDE / max(size, 1), _LEAST), _WIDE_SIDE / max(size, 1), _MOST)
