"""Local features and mirrored embeddings: every plate opened once more, by content, kept as they come.

Features are kept in shards like those of :mod:`imgsim.prepare.work_folder`, and written out as one
:class:`~imgsim.features.feature_store.FeatureStore` in the catalogue's order when all are there.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imgsim.backbones.known import READ_SIDE
from imgsim.base.arrays import npz_bytes, parse_npz
from imgsim.base.hashing import key_of
from imgsim.base.shards import Shards
from imgsim.errors import CollectionError
from imgsim.generation import layout

if TYPE_CHECKING:
    from imgsim.features.extraction import Features
    from imgsim.generation.generation import Generation
    from imgsim.images.files import ImageFile
    from imgsim.prepare.context import Backbone, Run
    from imgsim.prepare.plate_stage import VectorLookup
    from imgsim.prepare.work_folder import WorkStore

# Raise it when mirrored plates are shaped otherwise.
MIRROR_VERSION = 2

_EVERY_S, _MOST = 2.0, 64
_ARRAYS = {"records": np.uint8, "points": np.float32, "descriptors": np.uint8, "vouch": np.bool_}


class FeatureShards:
    """Features by content in ``work/features``; at most a few shards are in memory."""

    def __init__(self, folder: Path, key: str, note: Callable[[str], None]) -> None:
        self._key = key
        self._shards: Shards[tuple[str, Features]] = Shards(folder, self, note, every=_EVERY_S, most=_MOST)
        self._where: dict[str, tuple[Path, int]] = {}
        self._added: set[str] = set()  # some of them not written yet
        self._read = functools.lru_cache(maxsize=6)(_read_shard)

    def open(self) -> None:
        """See what earlier runs left. A damaged shard is removed, with a note; one of other features too."""
        self._shards.open()

    def learn(self, path: Path) -> bool:
        """See :class:`imgsim.base.shards.Form`."""
        key, plates, _ = _read_shard(path)
        if key == self._key:
            self._know(path, [plate[0] for plate in plates])
        return key == self._key

    def encode(self, results: Sequence[tuple[str, Features]]) -> bytes:
        """See :class:`imgsim.base.shards.Form`."""
        return _shard(self._key, dict(results))

    def wrote(self, path: Path, results: Sequence[tuple[str, Features]]) -> None:
        """See :class:`imgsim.base.shards.Form`."""
        self._know(path, list(dict(results)))

    def _know(self, path: Path, contents: Sequence[str]) -> None:
        for place, content in enumerate(contents):
            self._where.setdefault(content, (path, place))

    def __contains__(self, content: str) -> bool:
        return content in self._where or content in self._added

    def add(self, content: str, features: Features) -> None:
        """Keep a plate's features; written within a few seconds."""
        self._added.add(content)
        self._shards.add((content, features))

    def flush(self) -> None:
        """Write what has been added since the last shard."""
        self._shards.flush()

    def get(self, content: str) -> Features:
        """The features of a plate; KeyError if there are none."""
        from imgsim.features.extraction import Features

        path, place = self._where[content]
        _, plates, arrays = self._read(path)
        start = sum(plate[3] for plate in plates[:place])
        part = slice(start, start + plates[place][3])
        return Features(
            (plates[place][1], plates[place][2]),
            arrays["points"][part],
            arrays["descriptors"][part],
            arrays["vouch"][part],
        )


def _shard(key: str, plates: dict[str, Features]) -> bytes:
    records = {"key": key, "plates": [[c, *f.size, len(f.points)] for c, f in plates.items()]}
    return npz_bytes(
        records=np.frombuffer(json.dumps(records).encode(), dtype=np.uint8),
        points=np.concatenate([f.points for f in plates.values()]),
        descriptors=np.concatenate([f.descriptors for f in plates.values()]),
        vouch=np.concatenate([f.vouch for f in plates.values()]),
    )


def _read_shard(path: Path) -> tuple[str, list[tuple[str, int, int, int]], dict[str, npt.NDArray[Any]]]:
    arrays = parse_npz(path.read_bytes(), path.name, _ARRAYS)
    try:
        records = json.loads(arrays["records"].tobytes())
        plates = [(str(c), int(w), int(h), int(count)) for c, w, h, count in records["plates"]]
        key = str(records["key"])
    except (KeyError, TypeError, ValueError) as error:
        raise CollectionError(f"{path.name} is of an unknown form ({error!r})") from None
    total = sum(plate[3] for plate in plates)
    if (
        arrays["points"].shape != (total, 4)
        or arrays["descriptors"].shape[:1] != (total,)
        or arrays["vouch"].shape != (total,)
    ):
        raise CollectionError(f"{path.name} has another number of features than it says")
    return key, plates, arrays


class Descriptions:
    """Features and mirrored embeddings of every content: from the generation before, the work folder, or made now."""

    def __init__(
        self,
        run: Run,
        store: WorkStore,
        backbones: Sequence[Backbone],
        vectors: VectorLookup,
        former: Generation | None,
        key: str,
        verifier: str,
    ) -> None:
        self._verifier = verifier
        self._run, self._store, self._backbones, self._vectors = run, store, backbones, vectors
        self._live, self.key = former, key
        self.shards = FeatureShards(store.features, key, run.note)
        self._rows: dict[str, int] = {}
        self._features: Any = None
        self._mirrored: dict[str, npt.NDArray[np.float32]] = {}

    def open(self) -> None:
        """Look at what is there already."""
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
        except CollectionError as error:
            self._run.note(f"Local features are made again: {error}")
        for backbone in self._backbones:
            try:
                if facts.get("mirrored", {}).get(backbone.name) == mirrored_key(backbone):
                    found = live.mirrored(backbone.name)
                    if found is not None:
                        self._mirrored[mirrored_key(backbone)] = found
            except CollectionError as error:
                self._run.note(f"The mirrored embeddings of {backbone.name} are made again: {error}")

    def has_features(self, content: str) -> bool:
        if content in self.shards:
            return True
        return self._features is not None and content in self._rows and self._features.sound(self._rows[content])

    def features(self, content: str) -> Features:
        """The features of a plate; none at all where it could not be described."""
        if content in self.shards:
            return self.shards.get(content)
        return self._features.features(self._rows[content])

    def has_mirrored(self, backbone: Backbone, content: str) -> bool:
        key = mirrored_key(backbone)
        return content in self._store.vectors.get(key, {}) or (
            key in self._mirrored and content in self._rows
        )

    def mirrored(self, backbone: Backbone, content: str) -> npt.NDArray[np.float32]:
        """float32 (dim,): the embedding of a plate flipped left to right."""
        key = mirrored_key(backbone)
        made = self._store.vectors.get(key, {})
        return made[content] if content in made else self._mirrored[key][self._rows[content]]

    def make(self, files: dict[str, ImageFile], *, features: bool, mirrored: Sequence[Backbone]) -> int:
        """Describe every content in ``files`` (its content -> a file of that content) that lacks something.

        Returns how many plates were opened. A plate that cannot be opened now has no features, and of its mirror image
        nothing is known but the plate itself: it was opened before, so this run need not end.
        """
        lacking = {
            content: {b.name for b in mirrored if not self.has_mirrored(b, content)} for content in files
        }
        new = {c for c in files if features and not self.has_features(c)}
        both = {c: files[c] for c in files if c in new}
        only = {c: files[c] for c in files if c not in new and lacking[c]}
        for name, todo, with_features in (("features", both, True), ("mirrored queries", only, False)):
            if todo:
                self._pass(name, todo, lacking, with_features)
        return len(both) + len(only)

    def _pass(
        self, name: str, todo: dict[str, ImageFile], lacking: dict[str, set[str]], features: bool
    ) -> None:
        from imgsim.features.extraction import no_features

        run, options = self._run, self._run.options
        content_of = {file.plate_id: content for content, file in todo.items()}
        wanted = {b.name: b for b in self._backbones if any(b.name in lacking[c] for c in todo)}
        stage = run.stage(name, len(todo))
        failed: list[tuple[str, str]] = []
        done: set[str] = set()
        try:
            for result in run.engine.describe_plates(
                list(todo.values()),
                {name: b.weights for name, b in wanted.items()},
                features=features,
                verifier=self._verifier,
                needs={plate: lacking[content] for plate, content in content_of.items()},
                device=options.device,
                workers=options.workers,
                batch_size=options.batch_size,
            ):
                content = content_of[result.plate_id]
                reason = getattr(result, "reason", None)
                if reason is None and result.sha256 != content:
                    reason = "it has changed while the run went on"
                if reason is None:
                    if features:
                        self.shards.add(content, result.features)
                    if result.embeddings:
                        self._store.add_vectors(
                            content, {mirrored_key(wanted[n]): v for n, v in result.embeddings.items()}
                        )
                else:
                    failed.append((content, str(reason)))
                done.add(content)
                stage.update(len(done), len(todo))
            for content in todo.keys() - done:
                failed.append((content, "it came back without a result"))
            for content, _ in failed:
                if features:
                    self.shards.add(content, no_features((0, 0)))
                same = {b: self._itself(b, content) for b in wanted.values() if b.name in lacking[content]}
                self._store.add_vectors(content, {mirrored_key(b): vector for b, vector in same.items()})
        finally:
            self.shards.flush()
            self._store.flush()
        run.timed(stage)
        for content, reason in failed[:5]:
            run.note(f"{todo[content].file} is not compared by its lines: {reason}")
        if len(failed) > 5:
            run.note(f"{len(failed) - 5:,} more plates are not compared by their lines.")

    def _itself(self, backbone: Backbone, content: str) -> npt.NDArray[np.float32]:
        return self._vectors.get(backbone.key, content)


def mirrored_key(backbone: Backbone) -> str:
    """The key of a plate's mirrored embedding."""
    return key_of(what="mirrored", version=MIRROR_VERSION, backbone=backbone.key, side=READ_SIDE)


def in_order(contents: Sequence[str], found: Descriptions) -> Iterator[Features]:
    """The features of each row's plate, as a FeatureStore takes them."""
    for content in contents:
        yield found.features(content)
