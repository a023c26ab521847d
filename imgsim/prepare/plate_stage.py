"""The first stage: every input file looked at, and every plate decoded once that is not known yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

import imgsim
from imgsim.base.cells import csv_bytes
from imgsim.base.hashing import file_sha256, key_of
from imgsim.collection.id_registry import Registry
from imgsim.collection.plate_ids import Scan
from imgsim.errors import CollectionError, ImgsimError, StartAgain
from imgsim.generation import layout
from imgsim.images.files import ImageFile
from imgsim.prepare.identity_stage import Changes, identify, known_plates
from imgsim.prepare.kept_thumbnails import made, sound_thumbnails
from imgsim.prepare.known_files import Known, Source, hash_files, live_sources, signatures
from imgsim.prepare.vanished import foreseen, heed
from imgsim.prepare.work_folder import WorkStore
from imgsim.sources.folders import find_images

if TYPE_CHECKING:
    from imgsim.prepare.context import Backbone, Run


class VectorLookup:
    """Embeddings by content: those of the live generation, then those of the work folder."""

    def __init__(self, run: Run, store: WorkStore, backbones: Sequence[Backbone]) -> None:
        self._work = store.vectors
        self._live: dict[str, tuple[dict[str, int], npt.NDArray[np.float32]]] = {}
        if run.live is None:
            return
        for backbone in backbones:
            facts = run.live.manifest["backbones"].get(backbone.name)
            if facts is None or facts["key"] != backbone.key:
                continue
            try:
                matrix = run.live.embeddings(backbone.name)
                rows = {content: row for row, content in enumerate(run.live.catalogue.frame["sha256"])}
            except CollectionError as error:
                run.note(f"The embeddings of {backbone.name} are made again: {error}")
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


@dataclass
class Found:
    """What came of the input files. ``plates`` are in the order of plate_id, ``sources`` are all files looked at."""

    plates: list[PlateRow]
    skipped: list[tuple[str, str]]
    sources: list[Source]
    decoded: int
    vectors: VectorLookup
    thumbnails: dict[str, Path] = field(repr=False)
    thumbnails_kept: bool = False
    files: dict[str, ImageFile] = field(default_factory=dict, repr=False)  # by the plate's id
    changes: Changes | None = None  # since the last run

    @property
    def skipped_key(self) -> str:
        return key_of(skipped=self.skipped)

    def skipped_csv(self) -> bytes:
        """Columns file and reason, written as every other list is: see :mod:`imgsim.base.cells`."""
        # Names that are no text, as old disks have them, with what they are made of.
        files = [file.encode("utf-8", "backslashreplace").decode() for file, _ in self.skipped]
        return csv_bytes({"file": files, "reason": [reason for _, reason in self.skipped]})

    def thumbnail_paths(self, contents: Sequence[str]) -> list[Path]:
        """One path for each different content."""
        return [self.thumbnails[content] for content in dict.fromkeys(contents)]


@dataclass(frozen=True)
class PlateRow:
    """The columns that the catalogue asks of a plate."""

    plate_id: str
    file: str
    root: str
    folder: str
    sha256: str
    width: int
    height: int
    mode: str
    frames: int
    bytes: int


def process(
    run: Run, folder: Path, store: WorkStore, inputs: Sequence[Path], backbones: Sequence[Backbone]
) -> Found:
    """Look at every file, reuse what is known, decode the rest, and know the plates again.

    Raises ImgsimError if no image is usable.
    """
    stage = run.stage("looking for images", None)
    files, unread = find_images(inputs)
    marks = signatures(files)
    known = Known([*live_sources(run.live), *store.sources])
    vectors = VectorLookup(run, store, backbones)
    stage.update(len(files), len(files))
    run.timed(stage)
    thumbnails = sound_thumbnails(run, store)

    sources = _recognised(run, known, files, marks)
    contents = {plate_id: source.sha256 for plate_id, source in sources.items() if not source.reason}
    heed(run, foreseen(run.live, known_plates(Registry(folder), run.live)[0], files, contents))
    needs: dict[str, set[str]] = {}
    for file in files:
        source = sources.get(file.plate_id)
        if source is None:
            needs[file.plate_id] = {b.name for b in backbones}
        elif not source.reason:
            missing = {b.name for b in backbones if not vectors.has(b.key, source.sha256)}
            if missing or source.sha256 not in thumbnails:
                needs[file.plate_id] = missing
    todo = [file for file in files if file.plate_id in needs]
    if todo:
        signature = {file.plate_id: mark for file, mark in zip(files, marks, strict=True)}
        computed = _compute(run, store, todo, needs, signature, backbones)
        sources |= computed
        thumbnails |= made(store, computed.values())

    usable, skipped = [], [*run.unfetched, *((entry.file, entry.reason) for entry in unread)]
    for file in files:
        source = sources[file.plate_id]
        if source.reason:
            skipped.append((file.file, source.reason))
            continue
        if source.sha256 not in thumbnails:
            raise ImgsimError(f"The thumbnail of {file.file} was not written.", StartAgain())
        usable.append((file, source))
    skipped.sort()
    if not usable:
        if not skipped:
            raise ImgsimError(
                f"There is no image in {', '.join(map(str, inputs))}. "
                "PNG, TIFF, JPEG, WebP, BMP and JPEG 2000 are read, from folders and zips."
            )
        raise ImgsimError(
            f"None of the {len(skipped):,} images in {', '.join(map(str, inputs))} can be used. "
            f"The first is {skipped[0][0]}: {skipped[0][1]}"
        )
    scans = [Scan(file.plate_id, file.root, file.file, source.sha256) for file, source in usable]
    ids, changes = identify(run, folder, scans, thumbnails)
    named = sorted(zip(ids, usable, strict=True), key=lambda one: one[0])
    plates = [_row(plate_id, file, source) for plate_id, (file, source) in named]
    held = {plate.sha256 for plate in plates}
    kept = (
        run.live is not None
        and {thumbnails[content].parent for content in held} == {run.live.thumbnail_dir}
        and run.live.manifest["thumbnails"]["files"] == len(held)
        and run.live.has(layout.THUMBNAIL_SUMS)
    )
    by_id = {plate_id: file for plate_id, (file, _) in named}
    return Found(
        plates, skipped, list(sources.values()), len(todo), vectors, thumbnails, kept, by_id, changes
    )


def _row(plate_id: str, file: ImageFile, source: Source) -> PlateRow:
    return PlateRow(
        plate_id, file.file, file.root, file.folder, source.sha256, source.width, source.height, source.mode,
        source.frames, source.bytes,
    )  # fmt: skip


def _recognised(
    run: Run, known: Known, files: Sequence[ImageFile], marks: Sequence[str]
) -> dict[str, Source]:
    """What is known of each file, by plate_id: by how it looks from outside, else by its content."""
    sources: dict[str, Source] = {}
    doubtful = []
    for file, mark in zip(files, marks, strict=True):
        source = known.unchanged(file, mark)
        if source is not None and not (source.reason and source.by != imgsim.__version__):
            sources[file.plate_id] = source
        elif known.may_hold(file.size):
            doubtful.append((file, mark))
    if doubtful:
        stage = run.stage("comparing files", len(doubtful))
        digests = hash_files([file for file, _ in doubtful], lambda done, total: stage.update(done, total))
        run.timed(stage)
        for file, mark in doubtful:
            source = known.by_content.get(digests.get((file.root, file.file), ""))
            if source is not None and not (source.reason and source.by != imgsim.__version__):
                sources[file.plate_id] = replace(source, root=file.root, file=file.file, signature=mark)
    return sources


def _compute(
    run: Run,
    store: WorkStore,
    todo: Sequence[ImageFile],
    needs: Mapping[str, set[str]],
    signature: Mapping[str, str],
    backbones: Sequence[Backbone],
) -> dict[str, Source]:
    """Decode and embed; every result is kept within seconds."""
    by_id = {file.plate_id: file for file in todo}
    wanted = {b.name: b for b in backbones if any(b.name in needs[file.plate_id] for file in todo)}
    sources: dict[str, Source] = {}
    stage = run.stage("plates", len(todo))
    options = run.options
    try:
        for result in run.engine.process(
            todo,
            {name: b.weights for name, b in wanted.items()},
            needs=needs,
            thumbnails=store.thumbnails,
            device=options.device,
            workers=options.workers,
            batch_size=options.batch_size,
            download=lambda done, total: run.stage("downloading weights", total).update(done),
        ):
            file = by_id[result.plate_id]
            source, vectors = _outcome(file, signature[file.plate_id], result, wanted)
            if not source.reason:
                source = replace(source, thumbnail=_sum(store.thumbnails / f"{source.sha256}.webp"))
            sources[file.plate_id] = source
            store.add(source, vectors)
            stage.update(len(sources), len(todo))
    finally:
        store.flush()
    run.timed(stage)
    if len(sources) != len(todo):
        raise ImgsimError(
            f"{len(todo) - len(sources):,} of {len(todo):,} plates came back without a result.",
            StartAgain(),
        )
    return sources


def _sum(path: Path) -> str:
    """SHA-256 of a thumbnail that was written just now; "" if there is none."""
    try:
        return file_sha256(path)
    except FileNotFoundError:
        return ""


def _outcome(
    file: ImageFile, signature: str, result: Any, backbones: Mapping[str, Backbone]
) -> tuple[Source, dict[str, npt.NDArray[np.float32]]]:
    reason = getattr(result, "reason", None)
    if reason is None:
        for name, vector in result.embeddings.items():
            length = float(np.linalg.norm(np.asarray(vector, dtype=np.float64)))
            if (
                vector.shape != (backbones[name].dimension,) or not abs(length - 1) < 1e-3
            ):  # also when it is NaN
                reason = f"{name} gives it no usable embedding (length {length:g}). Is the image blank?"
    if reason is not None:
        try:
            content = hashlib.sha256(file.read()).hexdigest()
        except (OSError, ImgsimError):
            content = ""
        failed = Source(
            file.root, file.file, signature, content, str(reason), bytes=file.size, by=imgsim.__version__
        )
        return failed, {}
    source = Source(
        file.root, file.file, signature, result.sha256, "", result.width, result.height, result.mode, result.frames,
        result.bytes,
    )  # fmt: skip
    return source, {backbones[name].key: vector for name, vector in result.embeddings.items()}
