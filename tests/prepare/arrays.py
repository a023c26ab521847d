"""The arrays of collections whose plates were not compared line by line."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from imgsim.collection import open_collection


def arrays(collection: Path) -> dict[str, np.ndarray]:
    found = open_collection(collection)
    result: dict[str, np.ndarray] = {"ids": np.array(found.catalogue.plate_ids)}
    for name in found.backbones:
        indices, similarities = found.neighbour_table(name)
        result |= {
            f"{name} embeddings": found.embeddings(name),
            f"{name} indices": indices,
            f"{name} similarities": similarities,
            f"{name} background": found.background(name),
        }
        result |= {f"{name} {method}": found.projection(name, method) for method in found.projections(name)}
    return result


def assert_equal(left: Path, right: Path) -> None:
    """Two collections hold the same arrays, bit for bit."""
    first, second = arrays(left), arrays(right)
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)
