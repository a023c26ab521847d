"""The work folder: what a run has done so far, so that the next one goes on where it was stopped.

A shard (:mod:`imgsim.base.shards`) holds what is known of some files, and the vectors of their contents under the key
of the backbone that made them.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import npz_bytes, parse_npz
from imgsim.base.shards import Shards
from imgsim.base.writing import write_whole
from imgsim.errors import CollectionError
from imgsim.prepare.known_files import SeenFile

Vectors = dict[str, npt.NDArray[np.float32]]
Result = tuple[SeenFile | None, str, Vectors]


class WorkStore:
    """Shards, thumbnails and finished stages in ``<collection>/work``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shards, self.stages, self.thumbnails = (
            folder / "shards",
            folder / "stages",
            folder / "thumbnails",
        )
        self.features, self.pairs = folder / "features", folder / "matches"
        self.copy_features, self.copy_pairs = folder / "copy_features", folder / "copy_pairs"
        self.matching = (self.features, self.pairs, self.copy_features, self.copy_pairs)
        self.sources: list[SeenFile] = []
        self.vectors: dict[str, Vectors] = {}  # backbone key -> content -> vector
        self.notes: list[str] = []
        self._results: Shards[Result] = Shards(self.shards, self, self.notes.append)
        self._recorded: list[SeenFile] = []  # what sources.npz holds

    def open(self) -> None:
        """Make the folders and read every shard. A damaged shard is removed and its work done again, with a note."""
        for folder in (self.shards, self.stages, self.thumbnails):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.folder, self.shards, self.stages, self.thumbnails):
            for leftover in folder.glob(".*.tmp"):
                if leftover.is_dir():
                    shutil.rmtree(leftover, ignore_errors=True)
                else:
                    leftover.unlink(missing_ok=True)
        # What earlier runs knew comes first, so that what an interrupted run found out later wins.
        recorded = self.folder / "sources.npz"
        if recorded.exists():
            try:
                self.learn(recorded)
                self._recorded = list(self.sources)
            except CollectionError as error:
                self.notes.append(f"{recorded.name} of an earlier run is damaged and is done again ({error})")
                recorded.unlink(missing_ok=True)
        self._results.open()

    def learn(self, path: Path) -> bool:
        """See :class:`imgsim.base.shards.Form`."""
        sources, vectors = _read_shard(path)
        self.sources += sources
        for key, (contents, matrix) in vectors.items():
            known = self.vectors.setdefault(key, {})
            for content, vector in zip(contents, matrix, strict=True):
                known.setdefault(content, vector)
        return True

    def encode(self, results: Sequence[Result]) -> bytes:
        """See :class:`imgsim.base.shards.Form`."""
        return _shard(results)

    def wrote(self, path: Path, results: Sequence[Result]) -> None:
        """See :class:`imgsim.base.shards.Form`."""
        for source, content, vectors in results:
            if source is not None:
                self.sources.append(source)
            for key, vector in vectors.items():
                self.vectors.setdefault(key, {}).setdefault(content, vector)

    def add(self, source: SeenFile, vectors: Mapping[str, npt.NDArray[np.float32]]) -> None:
        """Keep a result; ``vectors`` are by backbone key. Written within a few seconds."""
        self._results.add((source, source.sha256, dict(vectors)))

    def add_vectors(self, content: str, vectors: Mapping[str, npt.NDArray[np.float32]]) -> None:
        """Keep further vectors of a plate, by its content."""
        self._results.add((None, content, dict(vectors)))

    def flush(self) -> None:
        """Write what has been added since the last shard, and make it known."""
        self._results.flush()

    def stage(self, key: str, dtypes: Mapping[str, type[np.generic]]) -> dict[str, npt.NDArray[Any]] | None:
        """The arrays of a stage that an interrupted run had finished; None if there are none, or damaged ones."""
        path = self.stages / f"{key}.npz"
        try:
            return parse_npz(path.read_bytes(), path.name, dtypes)
        except (OSError, CollectionError):
            return None

    def add_stage(self, key: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep the arrays of a finished stage."""
        write_whole(self.stages / f"{key}.npz", npz_bytes(**arrays))

    def published(self, sources: list[SeenFile], keys: set[str], *, matched: bool) -> None:
        """Forget what the new live generation holds (``matched``: matches, too); keep what the input files looked like.

        Shards with vectors under other keys than the published ones stay: they are the work of an interrupted run
        with other backbones, which may still be taken up again.
        """
        if sources != self._recorded:
            write_whole(self.folder / "sources.npz", _shard([(source, "", {}) for source in sources]))
        for path in self.shards.glob("*.npz"):
            with contextlib.suppress(CollectionError, OSError):
                if not _read_shard(path)[1].keys() - keys:
                    path.unlink()
        for folder in (self.stages, self.thumbnails, *(self.matching if matched else ())):
            shutil.rmtree(folder, ignore_errors=True)


def known_sources(folder: Path) -> list[SeenFile]:
    """What a work folder says of the input files when the last generation was published; empty if it says nothing."""
    try:
        return _read_shard(folder / "sources.npz")[0]
    except (OSError, CollectionError):
        return []


def _read_shard(path: Path) -> tuple[list[SeenFile], dict[str, tuple[list[str], npt.NDArray[np.float32]]]]:
    data = path.read_bytes()
    records = parse_npz(data, path.name, {"records": np.uint8})["records"]
    try:
        values = json.loads(records.tobytes())
        sources = [SeenFile(**record) for record in values["sources"]]
        contents = dict(values["vectors"])
    except (KeyError, TypeError, ValueError) as error:
        raise CollectionError(f"{path.name} is of an unknown form ({error!r})") from None
    matrices = parse_npz(
        data, path.name, {f"vectors_{number}": np.float32 for number in range(len(contents))}
    )
    vectors = {}
    for (key, hashes), matrix in zip(contents.items(), matrices.values(), strict=True):
        if matrix.ndim != 2 or len(matrix) != len(hashes):
            raise CollectionError(
                f"{path.name} has {len(hashes)} plates but vectors of the shape {matrix.shape}"
            )
        vectors[key] = (hashes, matrix)
    return sources, vectors


def _shard(results: Sequence[Result]) -> bytes:
    contents: dict[str, list[str]] = {}
    matrices: dict[str, list[npt.NDArray[np.float32]]] = {}
    for _, content, vectors in results:
        for key, vector in vectors.items():
            contents.setdefault(key, []).append(content)
            matrices.setdefault(key, []).append(np.asarray(vector, dtype=np.float32))
    text = json.dumps(
        {"sources": [vars(source) for source, _, _ in results if source is not None], "vectors": contents}
    )
    arrays: dict[str, npt.NDArray[Any]] = {"records": np.frombuffer(text.encode(), dtype=np.uint8)}
    for number, key in enumerate(contents):
        arrays[f"vectors_{number}"] = np.stack(matrices[key])
    return npz_bytes(**arrays)
