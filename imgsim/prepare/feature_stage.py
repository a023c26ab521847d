"""Local features, and embeddings of mirror images and parts, by content: which there are, and which a plate lacks.

A plate that is opened for its embedding gives them at once; others are opened once more. Features are written out as
one :class:`~imgsim.features.feature_store.FeatureStore` in the catalogue's order when all are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imgsim.backbones.known import READ_SIDE
from imgsim.base.hashing import key_of
from imgsim.errors import CollectionError
from imgsim.generation import layout
from imgsim.images.plate_parts import PARTS, PARTS_VERSION
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
# What a manifest calls them, in words.
_WHAT = {"mirrored": "mirrored embeddings", "parts": "embeddings of parts"}


class Descriptions:
    """Features and further embeddings of every content: from the generation before, the work folder, or made now.

    Every one of ``backbones`` sees the plates' mirror images, every one of ``parted`` their parts.
    """

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
        parted: Sequence[ChosenBackbone] = (),
    ) -> None:
        self.verifier, self._parted = verifier, parted
        self._processor, self._reporter, self._store = processor, reporter, store
        self._backbones, self._vectors = backbones, vectors
        self._live, self.key = former, key
        self.shards = FeatureShards(shards or store.features, key, reporter.note)
        self._rows: dict[str, int] = {}
        self._features: Any = None
        self._votes: Any = None  # bool (N,), of the same features before any lost its vote
        self._voteless: Mapping[str, str] = {}  # in the generation before
        self.excluded: Mapping[str, str] = {}  # what stands for the parts of each content that never count, now
        self._further: dict[str, npt.NDArray[np.float32]] = {}  # by key, a row a plate of the generation before
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
            self._take(mirrored_key(backbone), backbone, "mirrored", live.mirrored)
        for backbone in self._parted:
            self._take(parts_key(backbone), backbone, "parts", live.part_embeddings)

    def _take(
        self, key: str, backbone: ChosenBackbone, what: str, read: Callable[[str], npt.NDArray[np.float32] | None]
    ) -> None:
        """Take over what the generation before has, if that has this key."""
        assert self._live is not None
        former = self._live.manifest.get("matching", {}).get(what, {})
        try:
            found = read(backbone.name) if former.get(backbone.name) == key else None
            if found is not None:
                self._further[key] = found
        except CollectionError as error:
            self._reporter.note(f"The {_WHAT[what]} of {backbone.name} are made again: {error}")

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

    def mirrored(self, backbone: ChosenBackbone, content: str) -> npt.NDArray[np.float32]:
        """float32 (dim,): the embedding of a plate flipped left to right."""
        return self._row(mirrored_key(backbone), content)

    def parts(self, backbone: ChosenBackbone, content: str) -> npt.NDArray[np.float32]:
        """float32 (PARTS, dim): the embeddings of a plate's parts."""
        return self._row(parts_key(backbone), content).reshape(PARTS, -1)

    def _row(self, key: str, content: str) -> npt.NDArray[np.float32]:
        made = self._store.vectors.get(key, {})
        return made[content] if content in made else self._further[key][self._rows[content]]

    def _lacking(
        self, backbones: Sequence[ChosenBackbone], key: Callable[[ChosenBackbone], str], content: str
    ) -> frozenset[str]:
        """Names of the backbones of which a plate has no vectors under these keys; all where its content is unknown."""
        return frozenset(b.name for b in backbones if not (content and self._has(key(b), content)))

    def _has(self, key: str, content: str) -> bool:
        return content in self._store.vectors.get(key, {}) or (key in self._further and content in self._rows)

    def asked_of(self, file: ImageFile, content: str, backbones: frozenset[str] = frozenset()) -> Asked:
        """What is to be made of a plate that is opened for ``backbones``: these, and all of ours that it lacks.

        ``content`` is "" where it is not known yet: then nothing else is.
        """
        self.open()
        mirrored = self._lacking(self._backbones, mirrored_key, content)
        parts = self._lacking(self._parted, parts_key, content)
        return Asked(file, backbones, mirrored, not (content and self.has_features(content)), parts)

    def keep(self, asked: Asked, content: str, result: PlateResult | PlateFailure) -> None:
        """Keep what was found of a plate.

        One that cannot be opened or described now has no features, and of its mirror image and its parts nothing is
        known but the plate itself: it was opened before, so this run need not end.
        """
        if isinstance(result, PlateResult) and result.sha256 == content:
            features, why = result.features, result.undescribed
            upright, flipped, parts = result.embeddings, result.mirrored, result.parts
        else:
            gone = "it has changed while the run went on"
            why = result.reason if isinstance(result, PlateFailure) else gone
            features, upright, flipped, parts = None, {}, {}, {}
        if why:
            self._failed.append((asked.file.file, why))
        if asked.features:
            self.shards.add(content, _no_features() if features is None else features)
        vectors = {}
        for backbone in self._backbones:
            if (name := backbone.name) in asked.mirrored:
                own = flipped.get(name, upright.get(name))
                vectors[mirrored_key(backbone)] = own if own is not None else self._whole(backbone, content)
        for backbone in self._parted:
            if (name := backbone.name) in asked.parts:
                rows = parts.get(name)
                if rows is None:
                    whole = upright.get(name)
                    rows = np.tile(self._whole(backbone, content) if whole is None else whole, (PARTS, 1))
                vectors[parts_key(backbone)] = rows.ravel()
        if vectors:
            self._store.add_vectors(content, vectors)
        self.described += 1

    def _whole(self, backbone: ChosenBackbone, content: str) -> npt.NDArray[np.float32]:
        return self._vectors.get(backbone.key, content)

    def flush(self) -> None:
        """Write what was kept, and tell of what could not be described."""
        self.shards.flush()
        self._store.flush()
        for file, reason in self._failed[:5]:
            self._reporter.note(f"{file} is not compared by its lines: {reason}")
        if len(self._failed) > 5:
            self._reporter.note(f"{len(self._failed) - 5:,} more plates are not compared by their lines.")
        self._failed = []

    def make(
        self,
        files: dict[str, ImageFile],
        *,
        features: bool,
        mirrored: Sequence[ChosenBackbone] = (),
        parted: Sequence[ChosenBackbone] = (),
    ) -> None:
        """Describe every content in ``files`` (its content -> a file of that content) that lacks something."""
        flipped, cut = {b.name for b in mirrored}, {b.name for b in parted}
        todo: dict[str, tuple[str, Asked]] = {}
        for content, file in files.items():
            found = self.asked_of(file, content)
            asked = Asked(file, frozenset(), found.mirrored & flipped, found.features and features, found.parts & cut)
            if asked.described:
                todo[file.plate_id] = content, asked
        if not todo:
            return
        described = any(asked.features for _, asked in todo.values())
        left = dict(todo)
        with self._reporter.stage("features" if described else "mirror images and parts", len(todo)) as stage:
            try:
                for result in self._processor.look(
                    [asked for _, asked in todo.values()],
                    {b.name: b.weights for b in (*mirrored, *parted)},
                    thumbnails=None,
                    verifier=self.verifier,
                ):
                    content, asked = left.pop(result.plate_id)
                    if isinstance(result, PlateResult):
                        self._reporter.warn(asked.file.file, result.warned)
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


def parts_key(backbone: ChosenBackbone) -> str:
    """The key of the embeddings of a plate's parts."""
    return key_of(what="parts", version=PARTS_VERSION, backbone=backbone.key, side=READ_SIDE)
