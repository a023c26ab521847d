"""Pairs that lie near to one another, or are copies, and whose lines were never compared."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def never_compared(
    a: npt.NDArray[np.int64],
    b: npt.NDArray[np.int64],
    neighbours: npt.NDArray[np.int32],
    copied_a: npt.NDArray[np.int64],
    copied_b: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The pairs of near neighbours and of copies that are not among the pairs given, each once, in order of rows."""
    count, k = neighbours.shape
    here = np.concatenate([np.repeat(np.arange(count, dtype=np.int64), k), copied_a])
    there = np.concatenate([neighbours.astype(np.int64).ravel(), copied_b])
    codes = np.unique(np.minimum(here, there) * max(1, count) + np.maximum(here, there))
    known = np.sort(a * max(1, count) + b)
    codes = codes[np.searchsorted(known, codes, "left") == np.searchsorted(known, codes, "right")]
    return codes // max(1, count), codes % max(1, count)
