"""The toy network that made a collection, in the place of a real one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from imgsim.backbones import BACKBONES
from imgsim.collection import Collection
from tests.making import ToyProcessor
from tests.tiny import TINY, run_tiny


def use_toy(monkeypatch: pytest.MonkeyPatch, collection: Collection) -> None:
    """Give the search page the toy network that made the collection."""
    key = collection.manifest["backbones"]["toy"]["key"]

    class Toy:
        def key(self, weights: Path | None = None) -> str:
            return str(key)

    class Embedder:
        def __init__(self, *_: object) -> None:
            self.backbone = TINY

        def embed_arrays(self, arrays: np.ndarray) -> np.ndarray:
            rows = run_tiny(None)(arrays)
            rows = np.roll(rows, sum(map(ord, "toy")) + ToyProcessor().preprocessing, axis=1)
            return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    monkeypatch.setitem(BACKBONES, "toy", Toy())
    monkeypatch.setattr("imgsim.backbones.embedder.Embedder", Embedder)
