"""One run: from options to a new generation, or to the news that nothing has changed."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import imgsim
from imgsim.base.progress import Progress, Report, Reporter
from imgsim.base.writing import disk_errors
from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.generation import layout
from imgsim.generation.current import mend
from imgsim.generation.generation import Generation
from imgsim.generation.locking import locked
from imgsim.generation.publishing import GenerationWriter, remove_old
from imgsim.prepare.catalogue_stage import CatalogueStage
from imgsim.prepare.context import guarded
from imgsim.prepare.copy_stage import CopyStage
from imgsim.prepare.embedding_stages import VectorStages
from imgsim.prepare.feature_stage import Descriptions
from imgsim.prepare.former_generation import former, former_state, kept_files, kept_generations, remember
from imgsim.prepare.found_plates import Found
from imgsim.prepare.given import Given, gather
from imgsim.prepare.matching_keys import UNCHECKED, verifier_of
from imgsim.prepare.matching_stage import MatchingStages
from imgsim.prepare.missing_plates import Ask
from imgsim.prepare.options import DEFAULT_PROJECTIONS, Options, Summary
from imgsim.prepare.plan import Plan, inputs_of, plan_of
from imgsim.prepare.plate_stage import process
from imgsim.prepare.processor import NetworkProcessor, Processor
from imgsim.prepare.run_record import keep_record, recorded_in, summary_of, versions
from imgsim.prepare.stage import Stage
from imgsim.prepare.vanished import Consent, present_inputs
from imgsim.prepare.vector_lookup import VectorLookup
from imgsim.prepare.voteless import Voteless
from imgsim.prepare.work_folder import WorkStore
from imgsim.retrieval.projections import check_method


def prepare(
    options: Options, progress: Report | None = None, *, processor: Processor | None = None, ask: Ask | None = None
) -> Summary:
    """Prepare a collection, doing only the work that is not done yet.

    Parameters: ``progress`` is told how far each stage has come; ``processor`` does the work on plates (tests: a toy);
    ``ask`` is asked whether plates may go whose scans have vanished (see :mod:`imgsim.prepare.vanished`).
    Returns a Summary; ``changed`` is False if the collection was up to date.
    Raises BusyError if another run is writing to it, ImgsimError for anything that makes the run impossible.
    What was done before an error or an interruption is kept, and the next run goes on from there.
    """
    started = time.monotonic()
    folder = Path(os.path.abspath(options.out))
    _check(folder, options)
    processor = processor or NetworkProcessor(options.device, options.workers, options.batch_size, options.executor)
    with disk_errors(folder), locked(folder):
        mended = mend(folder)
        remove_old(folder, keep=kept_generations(folder))
        reporter = Reporter(progress, guarded(folder))
        if mended:
            reporter.note(mended)
        live = former_state(folder, reporter.note)
        given = gather(options, recorded_in(live, folder), folder, reporter)
        consent = Consent(options.accept_missing, ask, reporter.note)
        run = partial(
            _run, given=given, folder=folder, processor=processor, reporter=reporter, consent=consent, started=started
        )
        wanted = options.projections or recorded_in(live, folder)["projections"] or DEFAULT_PROJECTIONS
        early = [method for method in wanted if method == "pca"] or list(wanted)
        if live is not None or not (options.matching or len(early) < len(wanted)):
            return run(options, live)
        # Somebody is waiting to see the plates for the first time. Comparing them line by line takes longer than all
        # the rest, and UMAP compiles itself when it is first used, which takes half a minute: so they can be opened
        # before, and get their other maps and their matches later.
        first = run(replace(options, projections=early, matching=False), None)
        reporter.say(Progress("ready", first.plates, first.plates))
        second = run(replace(options, projections=tuple(wanted)), open_collection(folder))
        files = {*first.redone.get("files", ()), *second.redone.get("files", ())}
        return replace(
            second,
            changed=True,
            changes=first.changes,
            redone={**second.redone, "plates": first.redone["plates"], "files": sorted(files)},
        )


def _check(folder: Path, options: Options) -> None:
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


@dataclass(frozen=True)
class _Steps:
    """The stages of a run, in the order of the flow, and what they were planned from."""

    found: Found
    catalogue: CatalogueStage
    vectors: VectorStages
    matching: MatchingStages
    copies: CopyStage

    def stages(self) -> list[Stage]:
        return [
            *self.catalogue.stages(),
            *self.found.stages(),
            *self.vectors.stages(),
            *self.matching.stages(),
            *self.copies.stages(),
        ]


def _steps(
    plan: Plan, options: Options, given: Given, inputs: Sequence[Path], live: Generation | None, folder: Path,
    store: WorkStore, processor: Processor, reporter: Reporter, consent: Consent,
) -> _Steps:  # fmt: skip
    """Look at the plates, and plan all that follows from them."""
    known = VectorLookup(live, store, plan.backbones, reporter.note)
    before, descriptions = former(folder, live), None
    if options.matching:
        from imgsim.verification.verifiers import VERIFIERS, features_key

        key = features_key(VERIFIERS.get(plan.verifier))
        descriptions = Descriptions(
            processor, reporter, store, plan.backbones, known, before, key, plan.verifier, parted=plan.parted
        )
    found = process(
        processor, reporter, live, consent, folder, store, inputs, given.left_out, plan, known, descriptions
    )
    catalogue = CatalogueStage(reporter, live, found, given.metadata, plan.encoding, plan.book_by)
    vectors = VectorStages(
        reporter, live, store, catalogue.contents, plan.backbones, known, plan.top_k, plan.projections
    )
    frame = catalogue.table.frame
    voteless = Voteless(folder, frame, catalogue.contents, before, reporter) if options.matching else None
    matching = MatchingStages(
        processor, reporter, live, store, found, catalogue, plan.backbones, vectors, before, descriptions,
        asked=options.matching, top=plan.verify_top, verifier=plan.verifier, workers=options.workers,
        voteless=voteless, parted=plan.parted,
    )  # fmt: skip
    copies = CopyStage(
        processor, reporter, live, before, store, found, catalogue, vectors, known, matching, voteless,
        plan.backbones[0].name, plan.copies or 0,
    )  # fmt: skip
    return _Steps(found, catalogue, vectors, matching, copies)


def _run(
    options: Options, live: Generation | None, *, given: Given, folder: Path, processor: Processor, reporter: Reporter,
    consent: Consent, started: float,
) -> Summary:  # fmt: skip
    """Make what is missing or stale, and publish it."""
    recorded = recorded_in(live, folder)
    inputs = present_inputs(live, given.images, options.accept_missing)
    plan = plan_of(options, recorded, given, processor, reporter.note)
    store = WorkStore(folder / "work")
    store.open()
    for note in store.notes:
        reporter.note(note)
    steps = _steps(plan, options, given, inputs, live, folder, store, processor, reporter, consent)
    found, matching = steps.found, steps.matching
    keys = _keys(steps.stages())
    requested: dict[str, Any] = {
        "inputs": inputs_of(
            options, recorded, [str(path) for path in inputs], found.roots, given,
            steps.catalogue.metadata_sha256, plan.encoding,
        ),
        "parameters": plan.parameters(compared=layout.MATCHES in keys),
        "keys": keys,
    }  # fmt: skip
    published = {b.key for b in plan.backbones}
    for what in ("mirrored", "parts"):
        published |= set(matching.facts.get(what, {}).values())
    kept = matching.sound(kept_files(reporter, live, keys))
    reporter.guard()
    keep_record(folder, requested)
    summary = partial(summary_of, reporter, folder, started=started)
    if live is not None and set(kept) == set(keys) and found.thumbnails_kept and _is_live(live, folder, requested):
        store.published(found.sources, published, matched=options.matching)
        return summary(live.generation, live.manifest, changed=False, redone={}, changes=None)

    if not options.matching:
        for file in matching.damaged(kept):
            del keys[file]
    matching.take_over(kept)
    writer = GenerationWriter(folder)
    _write(steps.stages(), kept, live, writer)
    if matching.unchecked:
        # Not what the key promises: the next run is to try what is missing.
        keys |= {file: keys[file] + UNCHECKED for file in (layout.MATCHES, *matching.following)}
    thumbnails = found.thumbnail_paths(steps.catalogue.contents)
    with reporter.stage("writing", len(thumbnails)) as stage:
        count, size = writer.add_thumbnails(thumbnails, stage.update)
    manifest = _manifest(folder, requested, plan, steps, live) | {
        "thumbnails": {"files": count, "bytes": size},
        "timings": reporter.timings,
    }
    remember(folder, None if matching.facts else matching.former)
    reporter.guard()
    writer.publish(manifest)
    remove_old(folder, live.generation if live is not None else None, kept_generations(folder))
    store.published(found.sources, published, matched=options.matching)
    redone = {
        "plates": found.decoded,
        "described": matching.described,
        "pairs": matching.compared,
        "files": sorted(set(keys) - set(kept)),
    }
    return summary(writer.name, manifest, changed=True, redone=redone, changes=found.changes)


def _keys(stages: Sequence[Stage]) -> dict[str, str]:
    return {file: key for stage in stages for file, key in stage.keys.items()}


def _is_live(live: Generation, folder: Path, requested: Mapping[str, Any]) -> bool:
    return layout.live_generation(folder) == live.generation and all(
        live.manifest.get(part) == value for part, value in requested.items()
    )


def _write(stages: Sequence[Stage], kept: Sequence[str], live: Generation | None, writer: GenerationWriter) -> None:
    """Take over what is kept, and make the rest, stage by stage."""
    for stage in stages:
        made = stage.make() if any(file not in kept for file in stage.keys) else {}
        for file in stage.keys:
            if file in kept and live is not None:
                writer.keep(file, live.folder / file, live.manifest["files"][file])
            else:
                content = made[file]
                if isinstance(content, Path):
                    writer.take(file, content)
                else:
                    writer.add(file, content)


def _manifest(
    folder: Path, requested: Mapping[str, Any], plan: Plan, steps: _Steps, live: Generation | None
) -> dict[str, Any]:
    found, catalogue, matching = steps.found, steps.catalogue, steps.matching
    return {
        "name": folder.name,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "imgsim": imgsim.__version__,
        **requested,
        "backbones": {
            b.name: {
                "key": b.key,
                "dimension": b.dimension,
                "weights": str(b.weights) if b.weights else None,
                "projections": list(plan.projections),
                "hubness": steps.vectors.hubness(b.name),
            }
            for b in plan.backbones
        },
        "versions": versions(),
        "counts": {
            "plates": len(found.plates),
            "skipped": len(found.skipped),
            "bytes": sum(plate.bytes for plate in found.plates),
            "joined": catalogue.report.get("joined", 0),
            **found.page_counts(),
            **matching.counts(),
            **steps.copies.counts(live),
        },
        "matching": {**matching.facts, **steps.copies.facts},
        "changes": found.changes.as_dict() if found.changes else _before_that(live),
        "join": catalogue.report,
    }


def _before_that(live: Generation | None) -> dict[str, Any] | None:
    """What the last run that met other scans had found: a run that only adds a network does not hide it."""
    found = live.manifest.get("changes") if live is not None else None
    return found if isinstance(found, dict) else None
