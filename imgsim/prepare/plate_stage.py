"""The first stage: every input file looked at, and every plate decoded once that is not known yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

import imgsim
from imgsim.base.hashing import file_sha256
from imgsim.catalogue.book_pages import BookPage, Cut
from imgsim.collection.id_registry import Registry
from imgsim.collection.plate_ids import Scan
from imgsim.errors import Change, ImgsimError, Setting, StartAgain
from imgsim.generation import layout
from imgsim.images.content import sha256
from imgsim.images.files import ImageFile
from imgsim.images.formats import READ_FROM
from imgsim.prepare.cut_numbers import pages_before
from imgsim.prepare.found_plates import Found, PlateRow
from imgsim.prepare.identity_stage import identify, known_plates
from imgsim.prepare.kept_thumbnails import made, sound_thumbnails
from imgsim.prepare.known_files import Known, SeenFile, hash_files, live_sources, signatures
from imgsim.prepare.options import DEFAULT_VERIFIER
from imgsim.prepare.page_folders import held_pages, strangers
from imgsim.prepare.page_stage import cut_pages
from imgsim.prepare.plate_shards import Asked, PlateFailure, PlateResult
from imgsim.prepare.vanished import foreseen
from imgsim.prepare.vector_lookup import VectorLookup
from imgsim.prepare.work_folder import WorkStore
from imgsim.sources.folders import find_images

if TYPE_CHECKING:
    from imgsim.base.progress import Reporter
    from imgsim.generation.generation import Generation
    from imgsim.prepare.context import ChosenBackbone
    from imgsim.prepare.feature_stage import Descriptions
    from imgsim.prepare.plan import Plan
    from imgsim.prepare.processor import Processor
    from imgsim.prepare.vanished import Consent


def process(
    processor: Processor,
    reporter: Reporter,
    live: Generation | None,
    consent: Consent,
    folder: Path,
    store: WorkStore,
    inputs: Sequence[Path],
    unfetched: Sequence[tuple[str, str]],
    plan: Plan,
    vectors: VectorLookup,
    descriptions: Descriptions | None,
) -> Found:
    """Look at every file, reuse what is known, decode the rest, and know the plates again.

    ``unfetched`` are (what, why) of images that never came. With ``descriptions`` a plate that is opened at all gives
    its local features and mirrored embeddings at once. Raises ImgsimError if no image is usable.
    """
    with reporter.stage("looking for images", None) as stage:
        images, unread = find_images(inputs, reporter.note)
        stage.update(len(images), len(images))
    paged = cut_pages(
        images, plan.pages, folder=folder, work=store.folder, finder=lambda: processor.finder(plan.page_weights),
        processor=processor, reporter=reporter, known=held_pages(live),
        before=pages_before(live), new=strangers(images, live),
    )  # fmt: skip
    files, backbones = paged.plates, plan.backbones
    marks = signatures(files)
    known = Known([*live_sources(live), *store.sources])
    thumbnails = sound_thumbnails(reporter, live, store)

    sources = _recognised(reporter, known, files, marks)
    contents = {plate_id: source.sha256 for plate_id, source in sources.items() if not source.reason}
    consent.heed(foreseen(live, known_plates(Registry(folder), live)[0], files, contents))
    todo: list[Asked] = []
    for file in files:
        source = sources.get(file.plate_id)
        if source is not None and source.reason:
            continue
        content = source.sha256 if source is not None else ""
        missing = frozenset(b.name for b in backbones if not (content and vectors.has(b.key, content)))
        if missing or content not in thumbnails:
            asked = descriptions.asked_of(file, content, missing) if descriptions else Asked(file, missing)
            todo.append(replace(asked, thumbnail=content not in thumbnails))
    if todo:
        marked = {file.plate_id: (file, mark) for file, mark in zip(files, marks, strict=True)}
        computed = _compute(processor, reporter, store, todo, marked, backbones, descriptions)
        sources |= computed
        thumbnails |= made(store, computed.values())

    usable, skipped = [], [*unfetched, *paged.skipped, *((entry.file, entry.reason) for entry in unread)]
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
        if paged.pages:
            count = "1 page" if len(paged.pages) == 1 else f"{len(paged.pages):,} pages"
            raise ImgsimError(
                f"On the {count} in {', '.join(map(str, inputs))} there is no illustration that could become a plate.",
                Change(Setting.PAGES),
            )
        if not skipped:
            raise ImgsimError(
                f"There is no image in {', '.join(map(str, inputs))}. {READ_FROM}"
            )
        raise ImgsimError(
            f"None of the {len(skipped):,} images in {', '.join(map(str, inputs))} can be used. "
            f"The first is {skipped[0][0]}: {skipped[0][1]}"
        )
    scans = [Scan(file.plate_id, file.root, file.file, source.sha256) for file, source in usable]
    cuts = {(f.root, f.file): paged.scans[f.plate_id] for f, _ in usable if f.plate_id in paged.scans}
    ids, changes = identify(live, consent, folder, scans, thumbnails, cuts)
    named = sorted(zip(ids, usable, strict=True), key=lambda one: one[0])
    folders = {image.plate_id: image.folder for image in images}
    plates = [
        _row(plate_id, file, source, paged.scans.get(file.plate_id), folders)
        for plate_id, (file, source) in named
    ]
    held = {plate.sha256 for plate in plates}
    kept = (
        live is not None
        and {thumbnails[content].parent for content in held} == {live.thumbnail_dir}
        and live.manifest["thumbnails"]["files"] == len(held)
        and live.has(layout.THUMBNAIL_SUMS)
    )
    by_id = {plate_id: file for plate_id, (file, _) in named}
    return Found(
        plates, skipped, list(sources.values()), len(todo), vectors, thumbnails, kept, by_id, changes,
        paged.pages or None, paged.key,
    )  # fmt: skip


def _row(
    plate_id: str, file: ImageFile, source: SeenFile, scan: tuple[BookPage, Cut] | None,
    folders: Mapping[str, str],
) -> PlateRow:  # fmt: skip
    row = PlateRow(
        plate_id, file.file, file.root, file.folder, source.sha256, source.width, source.height, source.mode,
        source.frames, source.bytes,
    )  # fmt: skip
    if scan is None:
        return row
    page, cut = scan
    return replace(
        row, folder=folders[page.page_id], page_scan=page.file, page_box=" ".join(map(str, cut.box)),
        page_side=page.side(cut),
    )  # fmt: skip


def _recognised(
    reporter: Reporter, known: Known, files: Sequence[ImageFile], marks: Sequence[str]
) -> dict[str, SeenFile]:
    """What is known of each file, by plate_id: by how it looks from outside, else by its content."""
    sources: dict[str, SeenFile] = {}
    doubtful = []
    moved = known.moved(files)
    for file, mark in zip(files, marks, strict=True):
        source = known.unchanged(file, mark)
        if source is not None and not (source.reason and source.by != imgsim.__version__):
            sources[file.plate_id] = source
        elif known.may_hold(file, moved):
            doubtful.append((file, mark))
    if doubtful:
        with reporter.stage("comparing files", len(doubtful)) as stage:
            digests = hash_files([file for file, _ in doubtful], stage.update)
        for file, mark in doubtful:
            source = known.by_content.get(digests.get((file.root, file.file), ""))
            if source is not None and not (source.reason and source.by != imgsim.__version__):
                sources[file.plate_id] = replace(source, root=file.root, file=file.file, signature=mark)
    return sources


def _compute(
    processor: Processor,
    reporter: Reporter,
    store: WorkStore,
    todo: Sequence[Asked],
    marked: Mapping[str, tuple[ImageFile, str]],
    backbones: Sequence[ChosenBackbone],
    descriptions: Descriptions | None,
) -> dict[str, SeenFile]:
    """Open each plate once for all that is asked; every result is kept within seconds.

    ``marked`` has each file, and how it looks from outside, by plate_id.
    """
    by_id = {asked.file.plate_id: asked for asked in todo}
    wanted = {b.name: b for b in backbones if any(b.name in one.backbones | one.mirrored | one.parts for one in todo)}
    sources: dict[str, SeenFile] = {}
    with reporter.stage("plates", len(todo)) as stage:
        try:
            for result in processor.look(
                todo,
                {name: b.weights for name, b in wanted.items()},
                thumbnails=store.thumbnails,
                verifier=descriptions.verifier if descriptions is not None else DEFAULT_VERIFIER,
                download=lambda done, total: reporter.meter("downloading weights", total).update(done),
            ):
                asked, (file, mark) = by_id[result.plate_id], marked[result.plate_id]
                if isinstance(result, PlateResult):
                    reporter.warn(file.file, result.warned)
                source, vectors = _outcome(file, mark, result, wanted)
                if not source.reason:
                    source = replace(source, thumbnail=_sum(store.thumbnails / f"{source.sha256}.webp"))
                sources[file.plate_id] = source
                store.add(source, vectors)
                if descriptions is not None and not source.reason and asked.described:
                    descriptions.keep(asked, source.sha256, result)
                stage.update(len(sources), len(todo))
        finally:
            store.flush()
            if descriptions is not None:
                descriptions.flush()
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
    file: ImageFile, signature: str, result: PlateResult | PlateFailure, backbones: Mapping[str, ChosenBackbone]
) -> tuple[SeenFile, dict[str, npt.NDArray[np.float32]]]:
    reason = result.reason if isinstance(result, PlateFailure) else ""
    if isinstance(result, PlateResult):
        for name, vector in result.embeddings.items():
            length = float(np.linalg.norm(np.asarray(vector, dtype=np.float64)))
            if (
                vector.shape != (backbones[name].dimension,) or not abs(length - 1) < 1e-3
            ):  # also when it is NaN
                reason = f"{name} gives it no usable embedding (length {length:g}). Is the image blank?"
    if reason or isinstance(result, PlateFailure):
        try:
            content = sha256(file.content())
        except (OSError, ImgsimError):
            content = ""
        failed = SeenFile(
            file.root, file.file, signature, content, str(reason), bytes=file.size, by=imgsim.__version__
        )
        return failed, {}
    source = SeenFile(
        file.root, file.file, signature, result.sha256, "", result.width, result.height, result.mode, result.frames,
        result.bytes,
    )  # fmt: skip
    return source, {backbones[name].key: vector for name, vector in result.embeddings.items()}
