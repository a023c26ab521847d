"""What rows have in several columns at once: each combination is looked at once, as plates of a book share so much."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt


def combined(
    columns: Iterable[npt.NDArray[np.integer]], count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Find the rows that are equal in all of some columns.

    Parameters
    ----------
    columns : codes of each column, integers from -1, (n,).
    count : n.

    Returns
    -------
    first : int64 (m,), a row of each combination.
    kind : int64 (n,), which combination each row has.
    """
    kind = np.zeros(count, dtype=np.int64)
    for codes in columns:
        # Numbered anew after each column: both numbers are below n, and their product fits.
        kind = np.unique(kind * (int(codes.max(initial=-1)) + 2) + codes + 1, return_inverse=True)[1]
    return np.unique(kind, return_index=True)[1].astype(np.int64), kind.astype(np.int64)
