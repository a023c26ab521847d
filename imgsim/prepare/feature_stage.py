"""Local features and mirrored embeddings, by content: which there are, which a plate lacks, and what came of it.

A plate that is opened for its embedding gives them at once; others are opened once more. Features are written out as
one :class:`~imgsim.features.feature_store.FeatureStore` in the catalogue's order when all are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imgsim.backbones.known import READ_SIDE
from imgsim.base.hashing import key_of
from imgsim.errors import CollectionError
from imgsim.generation import layout
from imgsim.prepare.feature_shards import FeatureShards
from imgsim.prepare.plate_shards import Asked, PlateFailure, PlateResult

if TYPE_CHECKING:
    from imgsim.base.progress import Reporter
    from imgsim.features.extraction import Features
    from imgsim.generation.generation import Generation
    from imgsim.images.files import ImageFile
    from imgsim.prepare.context import ChosenBackbone
    from imgsim.prepare.processor import Processor
    from imgsim.prepare.vector_lookup import VectorLookup
    from imgsim.prepare.work_folder import WorkStore

# Raise it when mirrored plates are shaped otherwise.
MIRROR_VERSION = 2


class Descriptions:
    """Features and mirrored embeddings of every content: from the generation before, the work folder, or made now."""

    def __init__(
        self,
        processor: Processor,
        reporter: Reporter,
        store: WorkStore,
        backbones: Sequence[ChosenBackbone],
        vectors: VectorLookup,
        former: Generation | None,
        key: str,
        verifier: str,
        shards: Path | None = None,
    ) -> None:
        self.verifier = verifier
        self._processor, self._reporter, self._store = processor, reporter, store
        self._backbones, self._vectors = backbones, vectors
        self._live, self.key = former, key
        self.shards = FeatureShards(shards or store.features, key, reporter.note)
        self._rows: dict[str, int] = {}
        self._features: Any = None
        self._votes: Any = None  # bool (N,), of the same features before any lost its vote
        self._voteless: Mapping[str, str] = {}  # in the generation before
        self.excluded: Mapping[str, str] = {}  # what stands for the parts of each content that never count, now
        self._mirrored: dict[str, npt.NDArray[np.float32]] = {}
        self._opened = False
        self._failed: list[tuple[str, str]] = []  # (file, why)
        self.described = 0  # plates that were opened for this

    def open(self) -> None:
        """Look at what is there already; once is enough."""
        if self._opened:
            return
        self._opened = True
        self.shards.open()
        live = self._live
        if live is None:
            return
        facts = live.manifest.get("matching", {})
        self._rows = {content: row for row, content in enumerate(live.catalogue.frame["sha256"])}
        try:
            if facts.get("features") == self.key and all(map(live.has, layout.FEATURE_FILES)):
                # Checked plate by plate, so that one flipped bit costs the features of one plate.
                self._features = live.features
                if live.has(layout.FEATURE_VOTES):
                    from imgsim.features.feature_store import map_npy

                    live.verify(layout.FEATURE_VOTES, whole=True)
                    self._votes = map_npy(live.folder / layout.FEATURE_VOTES, np.bool_, (len(self._features.points),))
                else:
                    self._voteless = facts.get("excluded", {})
        except CollectionError as error:
            self._reporter.note(f"Local features are made again: {error}")
        for backbone in self._backbones:
            try:
                if facts.get("mirrored", {}).get(backbone.name) == mirrored_key(backbone):
                    found = live.mirrored(backbone.name)
                    if found is not None:
                        self._mirrored[mirrored_key(backbone)] = found
            except CollectionError as error:
                self._reporter.note(f"The mirrored embeddings of {backbone.name} are made again: {error}")

    def has_features(self, content: str) -> bool:
        if content in self.shards:
            return True
        return (
            self._features is not None
            and content in self._rows
            # Votes that were lost cannot be given back, where an older imgsim did not note them.
            and self._voteless.get(content) in (None, self.excluded.get(content))
            and self._features.sound(self._rows[content])
        )

    def features(self, content: str) -> Features:
        """The features of a plate; none at all where it could not be described."""
        if content in self.shards:
            return self.shards.get(content)
        row = self._rows[content]
        found = self._features.features(row)
        if self._votes is None:
            return found
        return replace(found, vouch=self._votes[self._features.offsets[row] : self._features.offsets[row + 1]])

    def has_mirrored(self, backbone: ChosenBackbone, content: str) -> bool:
        key = mirrored_key(backbone)
        return content in self._store.vectors.get(key, {}) or (
            key in self._mirrored and content in self._rows
        )

    def mirrored(self, backbone: ChosenBackbone, content: str) -> npt.NDArray[np.float32]:
        """float32 (dim,): the embedding of a plate flipped left to right."""
        key = mirrored_key(backbone)
        made = self._store.vectors.get(key, {})
        return made[content] if content in made else self._mirrored[key][self._rows[content]]

    def asked_of(self, file: ImageFile, content: str, backbones: frozenset[str] = frozenset()) -> Asked:
        """What is to be made of a plate that is opened for ``backbones``: these, and all of ours that it lacks.

        ``content`` is "" where it is not known yet: then nothing else is.
        """
        self.open()
        mirrored = {b.name for b in self._backbones if not (content and self.has_mirrored(b, content))}
        return Asked(file, backbones, frozenset(mirrored), not (content and self.has_features(content)))

    def keep(self, asked: Asked, content: str, result: PlateResult | PlateFailure) -> None:
        """Keep what was found of a plate.

        One that cannot be opened or described now has no features, and of its mirror image nothing is known but the
        plate itself: it was opened before, so this run need not end.
        """
        if isinstance(result, PlateResult) and result.sha256 == content:
            features, why, upright, flipped = (
                result.features, result.undescribed, result.embeddings, result.mirrored
            )  # fmt: skip
        else:
            gone = "it has changed while the run went on"
            why = result.reason if isinstance(result, PlateFailure) else gone
            features, upright, flipped = None, {}, {}
        if why:
            self._failed.append((asked.file.file, why))
        if asked.features:
            self.shards.add(content, _no_features() if features is None else features)
        vectors = {}
        for backbone in self._backbones:
            if (name := backbone.name) in asked.mirrored:
                own = flipped.get(name, upright.get(name))
                vectors[mirrored_key(backbone)] = (
                    own if own is not None else self._vectors.get(backbone.key, content)
                )
        if vectors:
            self._store.add_vectors(content, vectors)
        self.described += 1

    def flush(self) -> None:
        """Write what was kept, and tell of what could not be described."""
        self.shards.flush()
        self._store.flush()
        for file, reason in self._failed[:5]:
            self._reporter.note(f"{file} is not compared by its lines: {reason}")
        if len(self._failed) > 5:
            self._reporter.note(f"{len(self._failed) - 5:,} more plates are not compared by their lines.")
        self._failed = []

    def make(self, files: dict[str, ImageFile], *, features: bool, mirrored: Sequence[ChosenBackbone]) -> None:
        """Describe every content in ``files`` (its content -> a file of that content) that lacks something."""
        names = {b.name for b in mirrored}
        todo: dict[str, tuple[str, Asked]] = {}
        for content, file in files.items():
            asked = self.asked_of(file, content)
            asked = replace(asked, mirrored=asked.mirrored & names, features=asked.features and features)
            if asked.features or asked.mirrored:
                todo[file.plate_id] = content, asked
        if not todo:
            return
        described = any(asked.features for _, asked in todo.values())
        left = dict(todo)
        with self._reporter.stage("features" if described else "mirrored queries", len(todo)) as stage:
            try:
                for result in self._processor.look(
                    [asked for _, asked in todo.values()],
                    {b.name: b.weights for b in mirrored},
                    thumbnails=None,
                    verifier=self.verifier,
                ):
                    content, asked = left.pop(result.plate_id)
                    self.keep(asked, content, result)
                    stage.update(len(todo) - len(left), len(todo))
                for content, asked in left.values():
                    nothing = PlateFailure(asked.file.plate_id, asked.file.file, "it came back without a result")
                    self.keep(asked, content, nothing)
            finally:
                self.flush()


def _no_features() -> Features:
    from imgsim.features.extraction import DIMENSIONS, Features

    return Features(
        (0, 0), np.zeros((0, 4), np.float32), np.zeros((0, DIMENSIONS), np.uint8), np.zeros(0, bool)
    )


def mirrored_key(backbone: ChosenBackbone) -> str:
    """The key of a plate's mirrored embedding."""
    return key_of(what="mirrored", version=MIRROR_VERSION, backbone=backbone.key, side=READ_SIDE)

