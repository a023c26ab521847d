"""One run: from options to a new generation, or to the news that nothing has changed."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import imgsim
from imgsim.base.progress import Progress, Report
from imgsim.base.writing import disk_errors
from imgsim.collection import open_collection
from imgsim.errors import Change, ImgsimError, PrepareImages, Setting
from imgsim.generation import layout
from imgsim.generation.current import mend
from imgsim.generation.generation import Generation
from imgsim.generation.locking import locked
from imgsim.generation.publishing import GenerationWriter, remove_old
from imgsim.prepare import plate_stage as plates_stage
from imgsim.prepare.catalogue_stage import CatalogueStage
from imgsim.prepare.context import Backbone, Run
from imgsim.prepare.embedding_stages import VectorStages
from imgsim.prepare.engine import Engine, default_engine
from imgsim.prepare.feature_stage import Descriptions
from imgsim.prepare.former_generation import former, former_state, kept_files, kept_generations, remember
from imgsim.prepare.matching_keys import verifier_of
from imgsim.prepare.matching_stage import MatchingStages
from imgsim.prepare.missing_plates import Ask
from imgsim.prepare.options import (
    DEFAULT_BACKBONE,
    DEFAULT_PROJECTIONS,
    DEFAULT_TOP_K,
    DEFAULT_VERIFIER,
    DEFAULT_VERIFY_TOP,
    Options,
    Summary,
)
from imgsim.prepare.run_record import keep_record, recorded_in, summary_of, versions
from imgsim.prepare.vanished import present_inputs
from imgsim.prepare.vector_lookup import VectorLookup
from imgsim.prepare.work_folder import WorkStore
from imgsim.retrieval.projections import check_method


def prepare(
    options: Options, progress: Report | None = None, *, engine: Engine | None = None, ask: Ask | None = None
) -> Summary:
    """Prepare a collection, doing only the work that is not done yet.

    Parameters: ``progress`` is told how far each stage has come; ``engine`` computes embeddings (a toy one in tests);
    ``ask`` is asked whether plates may go whose scans have vanished (see :mod:`imgsim.prepare.vanished`).
    Returns a Summary; ``changed`` is False if the collection was up to date.
    Raises BusyError if another run is writing to it, ImgsimError for anything that makes the run impossible.
    What was done before an error or an interruption is kept, and the next run goes on from there.
    """
    started = time.monotonic()
    folder = Path(os.path.abspath(options.out))
    layout.check_name(folder.name)
    for method in options.projections:
        check_method(method)
    if options.top_k is not None and options.top_k < 1:
        raise ImgsimError(f"top_k is {options.top_k}, but at least one neighbour must be kept.")
    if options.verify_top is not None and options.verify_top < 1:
        raise ImgsimError(
            f"verify_top is {options.verify_top}, but a plate is compared with one other at least."
        )
    verifier_of(options, None)  # of a first run, too, whose first half compares nothing
    with disk_errors(folder), locked(folder):
        mended = mend(folder)
        remove_old(folder, keep=kept_generations(folder))
        run = Run(options, engine or default_engine(options.executor), progress, None, folder, ask=ask)
        if mended:
            run.note(mended)
        run.live = live = former_state(run, folder)
        unmapped = options.sample is not None and not options.projections
        if live is not None or not (options.matching or unmapped):
            return _prepare(run, folder, started)
        # Somebody is waiting to see the plates for the first time, and comparing them line by line takes longer than
        # all the rest: so they can be opened before, and get their matches later. UMAP compiles itself when it is
        # first used, which takes half a minute: so the sample is opened without its map, too.
        early = [m for m in DEFAULT_PROJECTIONS if m != "umap"] if unmapped else options.projections
        run.options = replace(options, projections=early, matching=False)
        first = _prepare(run, folder, started)
        if progress is not None:
            progress(Progress("ready", first.plates, first.plates))
        run.options, run.live = options, open_collection(folder)
        second = _prepare(run, folder, started)
        files = {*first.redone.get("files", ()), *second.redone.get("files", ())}
        return replace(
            second,
            changed=True,
            changes=first.changes,
            redone={**second.redone, "plates": first.redone["plates"], "files": sorted(files)},
        )


def _prepare(run: Run, folder: Path, started: float) -> Summary:
    options, recorded = run.options, recorded_in(run.live, folder)
    verifier = verifier_of(options, recorded["verifier"])
    inputs, metadata = _inputs(run, folder, recorded)
    inputs = present_inputs(run.live, inputs, options.accept_missing)
    names = list(dict.fromkeys([*recorded["backbones"], *options.backbones])) or [DEFAULT_BACKBONE]
    unknown = set(options.weights) - set(names)
    if unknown:
        raise ImgsimError(
            f"Weights are given for {', '.join(sorted(unknown))}, which is not among the backbones "
            f"({', '.join(names)}).",
            Change(Setting.ADD_BACKBONE, min(unknown)),
        )
    backbones = []
    for name in names:
        recorded_weights = recorded["backbones"].get(name)
        weights = options.weights.get(name) or (Path(recorded_weights) if recorded_weights else None)
        weights = Path(os.path.abspath(weights)) if weights else None
        backbones.append(Backbone(name, weights, *run.engine.describe(name, weights)))
    top_k = options.top_k or recorded["top_k"] or DEFAULT_TOP_K
    projections = tuple(dict.fromkeys([*recorded["projections"], *options.projections]))
    if not projections or (options.sample is not None and not options.projections):
        projections = tuple(dict.fromkeys([*projections, *DEFAULT_PROJECTIONS]))

    store = WorkStore(folder / "work")
    store.open()
    for note in store.notes:
        run.note(note)
    vectors_known = VectorLookup(run, store, backbones)
    before_matching = former(folder, run.live)
    descriptions = None
    if options.matching:
        from imgsim.verification.verifiers import VERIFIERS, features_key

        key = features_key(VERIFIERS.get(verifier))
        descriptions = Descriptions(run, store, backbones, vectors_known, before_matching, key, verifier)
    found = plates_stage.process(run, folder, store, inputs, backbones, vectors_known, descriptions)
    encoding, book_by = table_choices(options, recorded, metadata)
    catalogue = CatalogueStage(run, found, metadata, encoding, book_by)
    vectors = VectorStages(run, store, catalogue.contents, backbones, found.vectors, top_k, projections)
    verify_top = options.verify_top or recorded["verify_top"] or DEFAULT_VERIFY_TOP
    if not options.matching:
        verify_top = recorded["verify_top"]
    matching = MatchingStages(
        run, store, found, catalogue, backbones, vectors, before_matching, descriptions,
        asked=options.matching, top=verify_top, verifier=verifier,
    )  # fmt: skip
    keys = {
        **dict.fromkeys(catalogue.files, catalogue.key),
        layout.SKIPPED: found.skipped_key,
        **vectors.keys,
        **matching.keys,
    }

    iiif = list(options.iiif) or ([] if options.inputs else recorded["iiif"])
    requested = {
        "inputs": {
            "images": [str(path) for path in inputs],
            "roots": sorted({plate.root for plate in found.plates}),
            "metadata": str(metadata) if metadata else None,
            "metadata_sha256": catalogue.metadata_sha256,
            "sample": options.sample if options.sample is not None else recorded["sample"],
            "dataset": options.dataset or recorded["dataset"],
            **({"iiif": iiif} if iiif else {}),
            **({"encoding": encoding} if encoding else {}),
        },
        "parameters": {
            "top_k": top_k,
            "projections": list(projections),
            "backbones": {b.name: str(b.weights) if b.weights else None for b in backbones},
            **({"verify_top": verify_top} if layout.MATCHES in keys else {}),
            **({"verifier": verifier} if layout.MATCHES in keys and verifier != DEFAULT_VERIFIER else {}),
            **({"book_by": book_by} if book_by else {}),
        },
        "keys": keys,
    }
    published = {b.key for b in backbones} | set(matching.facts.get("mirrored", {}).values())
    matched = options.matching
    kept = kept_files(run, keys)
    done = set(kept) == set(keys) and found.thumbnails_kept
    run.check_place()
    keep_record(folder, requested)
    if (
        run.live is not None
        and done
        and layout.live_generation(folder) == run.live.generation
        and all(run.live.manifest.get(part) == value for part, value in requested.items())
    ):
        store.published(found.sources, published, matched=matched)
        return summary_of(
            run, folder, run.live.generation, run.live.manifest, changed=False, redone={}, started=started,
            changes=None,
        )  # fmt: skip

    if not options.matching:
        for file in matching.damaged(kept):
            del keys[file]
    writer = GenerationWriter(folder)
    for file in keys:
        if file in kept and run.live is not None:
            writer.keep(file, run.live.folder / file, run.live.manifest["files"][file])
        elif file == layout.CATALOGUE:
            writer.add(file, catalogue.parquet(writer.folder))
        elif file == layout.UNJOINED:
            writer.add(file, catalogue.unjoined_csv())
        elif file == layout.SKIPPED:
            writer.add(file, found.skipped_csv())
        elif file not in matching.keys:
            writer.add(file, vectors.file(file))
    matching.write(writer, kept)
    thumbnails = found.thumbnail_paths(catalogue.contents)
    stage = run.stage("writing", len(thumbnails))
    count, size = writer.add_thumbnails(thumbnails, stage.update)
    run.timed(stage)
    manifest: dict[str, Any] = {
        "name": folder.name,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "imgsim": imgsim.__version__,
        **requested,
        "backbones": {
            b.name: {
                "key": b.key,
                "dimension": b.dimension,
                "weights": str(b.weights) if b.weights else None,
                "projections": list(projections),
                "hubness": vectors.hubness(b.name),
            }
            for b in backbones
        },
        "versions": versions(),
        "counts": {
            "plates": len(found.plates),
            "skipped": len(found.skipped),
            "bytes": sum(plate.bytes for plate in found.plates),
            "joined": catalogue.report.get("joined", 0),
            **matching.counts(),
        },
        "matching": matching.facts,
        "changes": found.changes.as_dict() if found.changes else before_that(run.live),
        "join": catalogue.report,
        "thumbnails": {"files": count, "bytes": size},
        "timings": run.timings,
    }
    before = run.live.generation if run.live is not None else None
    remember(folder, None if matching.facts else matching.former)
    run.check_place()
    writer.publish(manifest)
    remove_old(folder, before, kept_generations(folder))
    store.published(found.sources, published, matched=matched)
    redone = {
        "plates": found.decoded,
        "described": matching.described,
        "pairs": matching.compared,
        "files": sorted(set(keys) - set(kept)),
    }
    return summary_of(
        run,
        folder,
        writer.name,
        manifest,
        changed=True,
        redone=redone,
        started=started,
        changes=found.changes,
    )


def before_that(live: Generation | None) -> dict[str, Any] | None:
    """What the last run that met other scans had found: a run that only adds a network does not hide it."""
    found = live.manifest.get("changes") if live is not None else None
    return found if isinstance(found, dict) else None


def table_choices(
    options: Options, recorded: Mapping[str, Any], metadata: Path | None
) -> tuple[str | None, str | None]:
    """(encoding of the table, what names books) as asked for, else as last time; None to find out."""
    same = metadata is not None and recorded["metadata"] == str(metadata)
    encoding = options.encoding or (recorded["encoding"] if same else None)
    book_by = options.book_by or recorded["book_by"]
    return tuple(None if value in (None, "auto") else value for value in (encoding, book_by))  # type: ignore[return-value]


def _inputs(run: Run, folder: Path, recorded: Mapping[str, Any]) -> tuple[list[Path], Path | None]:
    """The images and the metadata file of this run; generated or downloaded first if that is asked for."""
    options, metadata = run.options, run.options.metadata
    if options.sample is not None:
        from imgsim.prepare.origins import generate_sample

        images, own = generate_sample(run, folder / "source", options.sample)
    elif options.dataset is not None:
        from imgsim.prepare.origins import download_dataset

        images, own = download_dataset(run, folder / "source", options.dataset)
    elif options.iiif:
        from imgsim.prepare.origins import gather_manifests

        images, own = gather_manifests(run, folder / "source" / "iiif", options.iiif)
    else:
        if recorded["iiif"] and not options.inputs:
            from imgsim.prepare.origins import still_unfetched

            run.unfetched = still_unfetched(folder / "source" / "iiif")
        images, own = [Path(path) for path in options.inputs or recorded["images"]], None
        if not images:
            raise ImgsimError(
                f"There is nothing to prepare: no images are named, and {folder} holds no collection.",
                PrepareImages(str(folder)),
            )
        own = Path(recorded["metadata"]) if recorded["metadata"] else None
        if own is not None and metadata is None and options.inputs:
            run.note(f"The metadata are read from {own}, as before.")
    images = [Path(os.path.abspath(path)) for path in images]
    metadata = metadata or own
    return images, Path(os.path.abspath(metadata)) if metadata else None
