"""What is made of the embeddings: matrices, neighbours, background, projections; each under a key of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import npy_bytes, npz_bytes
from imgsim.base.hashing import key_of
from imgsim.errors import ImgsimError, StartAgain
from imgsim.generation import layout
from imgsim.prepare.stage import Stage
from imgsim.prepare.vector_lookup import VectorLookup
from imgsim.retrieval.neighbours import all_neighbours, hubness, random_pair_quantiles
from imgsim.retrieval.projections import method_key, neighbours_wanted, project

if TYPE_CHECKING:
    from imgsim.base.progress import Reporter
    from imgsim.generation.generation import Generation
    from imgsim.prepare.context import ChosenBackbone
    from imgsim.prepare.work_folder import WorkStore

# Raise a number when the code of that stage gives another result for the same embeddings.
NEIGHBOURS_VERSION = 1
BACKGROUND_VERSION = 1

Neighbours = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]


class VectorStages:
    """The files of every backbone: their keys at once, their contents when asked for.

    ``contents`` is the SHA-256 of each row's plate: rows with the same contents in the same order give the same files.
    """

    def __init__(
        self,
        reporter: Reporter,
        live: Generation | None,
        store: WorkStore,
        contents: Sequence[str],
        backbones: Sequence[ChosenBackbone],
        vectors: VectorLookup,
        top_k: int,
        projections: Sequence[str],
    ) -> None:
        self._reporter, self._live = reporter, live
        self._store, self._contents, self._vectors = store, contents, vectors
        self._top_k, self._projections = top_k, projections
        self._backbones = {b.name: b for b in backbones}
        self._matrices: dict[str, npt.NDArray[np.float32]] = {}
        self._neighbours: dict[str, Neighbours] = {}
        self._hubness: dict[str, dict[str, Any]] = {}
        self._makers: dict[str, Callable[[], bytes]] = {}
        self.keys: dict[str, str] = {}
        for backbone in backbones:
            self._plan(backbone)

    def stages(self) -> list[Stage]:
        """A stage for each file."""
        return [
            Stage({file: key}, partial(lambda file: {file: self._makers[file]()}, file))
            for file, key in self.keys.items()
        ]

    def hubness(self, name: str) -> dict[str, Any]:
        """How unevenly plates are listed as neighbours, see :func:`imgsim.retrieval.neighbours.hubness`."""
        if name not in self._hubness:
            if self._live is None:
                raise RuntimeError(f"the neighbours of {name} were neither made nor taken over")
            self._hubness[name] = self._live.manifest["backbones"][name]["hubness"]
        return self._hubness[name]

    def _plan(self, backbone: ChosenBackbone) -> None:
        name = backbone.name
        base = key_of(backbone=backbone.key, contents=list(self._contents))

        def plan(file: str, make: Callable[[str], bytes], **parts: object) -> None:
            key = key_of(base=base, **parts)
            self.keys[file] = key
            self._makers[file] = lambda: make(key)

        plan(layout.embeddings_file(name), lambda _: npy_bytes(self.matrix(name)), what="embeddings")
        plan(
            layout.neighbours_file(name),
            lambda key: self._make_neighbours(name, key),
            what="neighbours", version=NEIGHBOURS_VERSION, k=self._top_k,
        )  # fmt: skip
        plan(
            layout.background_file(name),
            lambda _: npy_bytes(random_pair_quantiles(self.matrix(name))),
            what="background", version=BACKGROUND_VERSION,
        )  # fmt: skip
        for method in self._projections:
            plan(
                layout.projection_file(name, method),
                partial(self._make_projection, name, method),
                what="projection", method=method_key(method),
            )  # fmt: skip

    def matrix(self, name: str) -> npt.NDArray[np.float32]:
        """The embeddings of a backbone: float32 (n_plates, dim), unit rows."""
        if name not in self._matrices:
            backbone = self._backbones[name]
            matrix = np.full((len(self._contents), backbone.dimension), np.nan, dtype=np.float32)
            for row, content in enumerate(self._contents):
                matrix[row] = self._vectors.get(backbone.key, content)
            if not np.isfinite(matrix).all():
                raise ImgsimError(f"Some plates have no embedding by {name}.", StartAgain())
            # One backbone at a time: they are asked for in order, and the largest array of all is this one.
            self._matrices = {name: matrix}
        return self._matrices[name]

    def neighbours(self, name: str) -> npt.NDArray[np.int32]:
        """The neighbours of each plate, int32 (n_plates, top_k), nearest first: made in this run or taken over."""
        if name in self._neighbours:
            return self._neighbours[name][0][:, : self._top_k]
        arrays = self._store.stage(
            self.keys[layout.neighbours_file(name)], {"indices": np.int32, "similarities": np.float32}
        )
        if arrays is not None:
            return arrays["indices"]
        if self._live is not None and self._live.manifest["keys"].get(layout.neighbours_file(name)) == self.keys[
            layout.neighbours_file(name)
        ]:
            return self._live.neighbour_table(name)[0]
        return self._compute_neighbours(name, self._top_k)[0][:, : self._top_k]

    def _make_neighbours(self, name: str, key: str) -> bytes:
        arrays = self._store.stage(key, {"indices": np.int32, "similarities": np.float32})
        if arrays is None:
            wide = max([self._top_k, *(neighbours_wanted(m, len(self._contents)) for m in self._projections)])
            found = self._compute_neighbours(name, wide)
            arrays = {"indices": found[0][:, : self._top_k], "similarities": found[1][:, : self._top_k]}
            self._store.add_stage(key, arrays)
        self._hubness[name] = hubness(arrays["indices"])
        return npz_bytes(indices=arrays["indices"], similarities=arrays["similarities"])

    def _compute_neighbours(self, name: str, k: int) -> Neighbours:
        matrix = self.matrix(name)
        if name not in self._neighbours or self._neighbours[name][0].shape[1] < min(k, len(matrix) - 1):
            with self._reporter.stage(f"neighbours {name}", len(matrix)) as stage:
                self._neighbours = {name: all_neighbours(matrix, k, progress=stage.update)}
        return self._neighbours[name]

    def _make_projection(self, name: str, method: str, key: str) -> bytes:
        return npy_bytes(self._projection(name, method, key))

    def _projection(self, name: str, method: str, key: str) -> npt.NDArray[np.float32]:
        arrays: Mapping[str, npt.NDArray[Any]] | None = self._store.stage(key, {"points": np.float32})
        if arrays is None:
            matrix = self.matrix(name)
            wanted = neighbours_wanted(method, len(matrix))
            nearest = self._compute_neighbours(name, wanted) if wanted else None
            with self._reporter.stage(f"{method} {name}", None) as stage:
                arrays = {"points": project(matrix, nearest, method, progress=stage.update)}
            self._store.add_stage(key, arrays)
        return arrays["points"]
