"""Embeddings that need not be made again, by the content of their plates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imgsim.errors import CollectionError

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation
    from imgsim.prepare.context import ChosenBackbone
    from imgsim.prepare.work_folder import WorkStore


class VectorLookup:
    """Embeddings by content: those of the live generation, then those of the work folder."""

    def __init__(
        self,
        live: Generation | None,
        store: WorkStore,
        backbones: Sequence[ChosenBackbone],
        note: Callable[[str], None],
    ) -> None:
        self._work = store.vectors
        self._live: dict[str, tuple[dict[str, int], npt.NDArray[np.float32]]] = {}
        if live is None:
            return
        for backbone in backbones:
            facts = live.manifest["backbones"].get(backbone.name)
            if facts is None or facts["key"] != backbone.key:
                continue
            try:
                matrix = live.embeddings(backbone.name)
                rows = {content: row for row, content in enumerate(live.catalogue.frame["sha256"])}
            except CollectionError as error:
                note(f"The embeddings of {backbone.name} are made again: {error}")
                continue
            self._live[backbone.key] = rows, matrix

    def has(self, key: str, content: str) -> bool:
        return content in self._live.get(key, ({}, None))[0] or content in self._work.get(key, {})

    def get(self, key: str, content: str) -> npt.NDArray[np.float32]:
        """float32 (dim,); KeyError if there is none."""
        rows, matrix = self._live.get(key, ({}, None))
        if matrix is not None and content in rows:
            return matrix[rows[content]]
        return self._work[key][content]
