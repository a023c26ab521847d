"""Ranking by geometry: how many matches of a query with each of many plates agree with one similarity transform?"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

MOST_MATCHES = 40  # of one plate, the heaviest
TURN, STRETCH = 0.45, 0.45  # radians; natural logarithm of a ratio of sizes
SHIFT = 0.06  # share of the diagonal


def best_votes(
    group: npt.NDArray[Any],
    features: npt.NDArray[Any],
    weights: npt.NDArray[np.float32],
    here: npt.NDArray[np.float32],
    there: npt.NDArray[np.float32],
    groups: int,
) -> npt.NDArray[np.float32]:
    """For each plate (group), the weight of the matches that agree with the best similarity any of them proposes.

    Every match gives a whole similarity by itself: place, turn and change of size. All are tried, none at random.

    Parameters
    ----------
    group : int (m,)
        Which plate each match is with, 0 to ``groups`` - 1.
    features : int (m,)
        Which feature of the query is matched; each counts once.
    weights : float32 (m,), above 0.
    here, there : float32 (m, 4)
        Places of the matched features: x, y as shares of the diagonal, log2 of the diameter, angle.

    Returns float32 (groups,).
    """
    order = np.lexsort((-weights, group))
    counts = np.bincount(group, minlength=groups)
    within = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    keep = within < MOST_MATCHES
    at, within = order[keep], within[keep]
    slot = (group[at], within)
    most = int(within.max()) + 1 if len(within) else 1

    def spread(values: npt.NDArray[Any], empty: float, dtype: Any) -> npt.NDArray[Any]:
        table = np.full((groups, most), empty, dtype)
        table[slot] = values[at]
        return table

    p = spread(here[:, 0] + 1j * here[:, 1], 0, np.complex64)
    q = spread(there[:, 0] + 1j * there[:, 1], 0, np.complex64)
    size = spread((there[:, 2] - here[:, 2]) * np.log(2), 0, np.float32)
    turn = spread(there[:, 3] - here[:, 3], 0, np.float32)
    weight = spread(weights, 0, np.float32)
    similarity = np.exp(size + 1j * turn).astype(np.complex64)
    shift = q - similarity * p
    off = similarity[:, :, None] * p[:, None, :]
    off += shift[:, :, None]
    off -= q[:, None, :]
    agree = (off.real**2 + off.imag**2) < SHIFT**2
    agree &= np.abs(size[:, :, None] - size[:, None, :]) < STRETCH
    direction = similarity / np.abs(similarity)
    agree &= (direction[:, :, None] * direction.conj()[:, None, :]).real > np.cos(TURN)
    support = np.einsum("gij,gj->gi", agree.astype(np.float32), weight)
    support[weight == 0] = 0
    best = agree[np.arange(groups), support.argmax(1)]
    # A feature counts once, however many of its matches agree.
    g, j = np.nonzero(best & (weight > 0))
    owner = np.zeros((groups, most), np.int64)
    owner[slot] = features[at]
    key = g * (int(features.max(initial=0)) + 1) + owner[g, j]
    strongest = np.lexsort((-weight[g, j], key))
    once = strongest[np.concatenate([[True], np.diff(key[strongest]) > 0])] if len(key) else strongest
    return np.bincount(g[once], weight[g[once], j[once]], minlength=groups).astype(np.float32)
