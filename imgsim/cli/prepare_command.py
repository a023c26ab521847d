"""The command precompute.py: arguments in, the pipeline called, errors in one line."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from imgsim.base import extensions
from imgsim.base.places import data_dir
from imgsim.base.progress import Reporter
from imgsim.cli.display import summary_text
from imgsim.cli.ending import AnyDisplay, run_command
from imgsim.cli.prepare_arguments import parser, split_images
from imgsim.errors import ImgsimError
from imgsim.generation.current import is_collection
from imgsim.generation.layout import RECORD
from imgsim.prepare.missing_plates import Vanished
from imgsim.prepare.options import Options
from imgsim.prepare.run import prepare


def main(arguments: Sequence[str] | None = None) -> int:
    """Run precompute.py. Returns the exit status: 0 done, 1 an error, 130 interrupted; exits with 2 for bad usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["export"]:
        from imgsim.cli.export_command import main as export

        return export(words[1:])
    if words[:1] == ["find"]:
        from imgsim.cli.find import main as find

        return find(words[1:])
    if words[:1] == ["check"]:
        from imgsim.cli.check import main as check

        return check(words[1:])
    commands = parser()
    options, images = split_images(words)
    given = commands.parse_args([*options, "--", *images] if images else options)
    # An extension of a user's own is asked about the words, and may be what is wrong: that is said as in the run.
    try:
        wanted: Options | ImgsimError = _options(commands, given)
    except ImgsimError as error:
        wanted = error

    def work(display: AnyDisplay) -> tuple[dict[str, Any], str]:
        if isinstance(wanted, ImgsimError):
            raise wanted
        if given.dry_run:
            from imgsim.cli.rehearsal import rehearse

            return rehearse(wanted)
        terminal = not given.quiet and not given.json and sys.stdin.isatty() and sys.stderr.isatty()
        with _computing(given.cluster, wanted, display) as options:
            summary = prepare(options, display, ask=partial(_may_go, display) if terminal else None)
        return summary.as_dict(), summary_text(summary)

    return run_command(
        work,
        quiet=given.quiet,
        as_json=given.json,
        interrupted="What is done is kept; run the same command to go on.",
    )


@contextmanager
def _computing(address: str | None, options: Options, display: AnyDisplay) -> Iterator[Options]:
    """The options of a run whose work is done on that cluster; here, where there is no address."""
    if address is None:
        yield options
        return
    from imgsim.verification.copies.copy_networks import FOLDER_VARIABLE, networks_folder, present
    from imgsim.workers.clusters import cluster

    folders = {FOLDER_VARIABLE: networks_folder()} if present() else {}
    if own := os.environ.get(extensions.VARIABLE):
        folders[extensions.VARIABLE] = Path(own).expanduser().resolve()
    with cluster(address, Reporter(display).note, folders) as name:
        yield replace(options, executor=name)


def _may_go(display: AnyDisplay, found: Vanished) -> bool:
    """Ask on the terminal whether plates may go."""
    display.close()
    print(found.told, file=sys.stderr)
    print("Prepare the collection without them? Their ids stay reserved. [y/N] ", end="", file=sys.stderr, flush=True)
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _options(commands: argparse.ArgumentParser, given: argparse.Namespace) -> Options:
    from imgsim.sources import FILES, source_of

    if given.images and (given.sample or given.dataset or given.iiif):
        other = "--sample" if given.sample else "--dataset" if given.dataset else "--iiif"
        commands.error(f"IMAGES and {other} exclude each other")
    sources = {word: source_of(word) for word in given.images}
    manifests = [*given.iiif, *(word for word in given.images if sources[word].name == "iiif")]
    images = [word for word in given.images if sources[word].name != "iiif"]
    elsewhere = manifests or any(sources[word] is not FILES for word in images)
    if given.dry_run and (given.sample or given.dataset or elsewhere):
        commands.error("--dry-run looks at files that are there: name IMAGES, or --name of a collection")
    if given.cluster and given.executor:
        commands.error("--cluster is an executor itself: leave out --executor")
    name = given.name
    if given.out is None and name is None:
        if given.sample:
            name = "sample"
        elif given.dataset:
            name = given.dataset
        elif images:
            name = suggested_name(images[0])
        elif manifests:
            name = manifest_name(manifests[0])
        else:
            commands.error(
                "name IMAGES to prepare, or --name of a collection to bring up to date, or --sample"
            )
    out = given.out if given.out is not None else data_dir() / _checked(commands, name)
    anything = images or given.sample or given.dataset or manifests
    if not anything and not is_collection(out) and not (out / RECORD).exists():
        commands.error(f"there is no collection {out} yet; name the IMAGES to prepare")
    weights: dict[str, Path] = {}
    for backbone, file in given.weights:
        if weights.setdefault(backbone, file) != file:
            commands.error(f"--weights names two files for {backbone}")
    return Options(
        out=out,
        inputs=images or None,
        metadata=given.metadata,
        encoding=given.encoding,
        book_by=given.book_by,
        backbones=tuple(given.backbone),
        weights=weights,
        top_k=given.top_k,
        projections=tuple(given.projection),
        device=given.device,
        batch_size=given.batch_size,
        workers=given.workers,
        executor=given.executor,
        sample=given.sample,
        dataset=given.dataset,
        iiif=tuple(manifests),
        matching=not given.no_verify,
        verify_top=given.verify_top,
        verifier=given.verifier,
        copies=given.copies,
        parts=given.parts,
        accept_missing=given.accept_missing,
        pages=given.pages,
    )


def _checked(commands: argparse.ArgumentParser, name: str) -> str:
    from imgsim.generation.layout import check_name

    try:
        return check_name(name)
    except ImgsimError as error:
        commands.error(str(error))


def suggested_name(images: str) -> str:
    """A collection name from the first input: its stem, with everything else than letters and digits as hyphens."""
    path = Path(os.path.abspath(images))
    stem = path.name if path.is_dir() else path.stem
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:60]
    return name or "collection"


def manifest_name(source: str) -> str:
    """A collection name from the address or file of a IIIF manifest."""
    from imgsim.sources.iiif.gathering import suggested_name as named

    return named(source) or "iiif"
