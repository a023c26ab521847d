"""The images and the table of a run: from each source what was named for it, fetched or generated first."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgsim.base.progress import Reporter
from imgsim.base.writing import write_whole
from imgsim.errors import ImgsimError, PrepareImages
from imgsim.images.formats import PDF, ZIPS
from imgsim.prepare.options import Options
from imgsim.sources import SOURCES, LeftOut, Page, Source, Table, source_of

# In the folder of a source: what it left out beside which images; and what the manifests' own says of that.
_LEFT_OUT, _UNFETCHED = "left_out.json", "iiif/unfetched.json"


@dataclass(frozen=True)
class Given:
    """What a run starts from.

    Attributes
    ----------
    images : folders, images, zips.
    metadata : the table, if there is one.
    left_out : (what, why) of images that never came.
    """

    images: tuple[Path, ...]
    metadata: Path | None
    left_out: tuple[tuple[str, str], ...] = ()


def gather(options: Options, recorded: Mapping[str, Any], folder: Path, reporter: Reporter) -> Given:
    """Bring together what was asked for; where nothing was, it is what the collection was made of.

    Raises
    ------
    ImgsimError
        There is nothing, or it cannot be had.
    """
    named = _named(options)
    if not named:
        if not recorded["images"]:
            raise ImgsimError(
                f"There is nothing to prepare: no images are named, and {folder} holds no collection.",
                PrepareImages(str(folder)),
            )
        images = tuple(Path(os.path.abspath(path)) for path in recorded["images"])
        return Given(images, _table(options, recorded, []), _still_left_out(folder / "source", images))
    found: list[Given] = []
    by_source: dict[str, tuple[Source, list[str]]] = {}
    for one in named:
        source = source_of(one)
        by_source.setdefault(source.name, (source, []))[1].append(one)
    for source, given in by_source.values():
        found.append(_of(source, given, folder / "source", options, reporter))
    left_out = tuple(one for part in found for one in part.left_out)
    if left_out:
        reporter.note(
            f"{len(left_out):,} images could not be fetched. The first: {': '.join(left_out[0])} "
            "They are tried again the next time."
        )
    tables = [part.metadata for part in found if part.metadata is not None]
    if options.metadata is not None and tables:
        reporter.note(f"What {' and '.join(map(str, tables))} says is left aside for {options.metadata}.")
    metadata = _table(options, recorded, tables)
    if not tables and metadata is not None and options.metadata is None:
        reporter.note(f"The metadata are read from {metadata}, as before.")
    return Given(tuple(path for part in found for path in part.images), metadata, left_out)


def _named(options: Options) -> list[str]:
    if options.sample is not None:
        return [f"sample:{options.sample}"]
    if options.dataset is not None:
        return [f"dataset:{options.dataset}"]
    return [*(f"iiif:{one}" for one in options.iiif), *map(str, options.inputs or ())]


def _table(options: Options, recorded: Mapping[str, Any], brought: Sequence[Path]) -> Path | None:
    """The table that was named, else the one that came with the images, else that of the last run."""
    if options.metadata is None and len(brought) > 1:
        raise ImgsimError(
            f"{' and '.join(map(str, brought))} are both tables of these images. Name one, or prepare them apart."
        )
    chosen = options.metadata or next(iter(brought), None) or recorded["metadata"]
    return Path(os.path.abspath(chosen)) if chosen else None


def _of(source: Source, given: Sequence[str], folder: Path, options: Options, reporter: Reporter) -> Given:
    """All that one source has, its pages' facts written down as a table."""
    if not SOURCES.is_own(source):
        folder = folder / source.name
        folder.mkdir(parents=True, exist_ok=True)
    images: dict[Path, None] = {}
    rows: list[dict[str, str]] = []
    tables: list[Path] = []
    left_out: list[tuple[str, str]] = []
    for one in _pages(source, given, folder, reporter, options.workers):
        if isinstance(one, LeftOut):
            left_out.append((one.what, one.reason))
        elif isinstance(one, Table):
            tables.append(one.path)
        elif isinstance(one, Page):
            path = Path(os.path.abspath(one.path))
            images[path] = None
            rows.append({**one.facts, "file": path.stem})
        else:
            raise ImgsimError(
                f"The source {source.name!r} gave {type(one).__name__}, but a Page, a Table or a LeftOut is wanted."
            )
    if not images:
        why = f" The first that is missing: {': '.join(left_out[0])}" if left_out else ""
        raise ImgsimError(f"The source {source.name!r} has no image of {', '.join(given)}.{why}")
    if not SOURCES.is_own(source):
        beside = {"images": [str(path) for path in images], "left_out": left_out}
        write_whole(folder / _LEFT_OUT, json.dumps(beside).encode())
        if any(len(row) > 1 for row in rows):
            _check_facts(source, images, rows)
            if tables:
                raise ImgsimError(f"The source {source.name!r} gave a table, and facts of pages. One is enough.")
            tables.append(folder / "metadata.csv")
            write_whole(tables[0], _csv(rows))
    return Given(tuple(images), tables[0] if tables else None, tuple(left_out))


def _pages(
    source: Source, given: Sequence[str], folder: Path, reporter: Reporter, workers: int | None
) -> Iterator[object]:
    """What a source gives; a fault in its code is said to be its own."""
    try:
        yield from source.pages(given, folder, reporter, workers)
    except (ImgsimError, OSError):
        raise
    except Exception as error:
        raise ImgsimError(f"The source {source.name!r} fails in pages ({type(error).__name__}: {error}).") from error


def _check_facts(source: Source, images: Collection[Path], rows: Sequence[Mapping[str, str]]) -> None:
    """Facts find their image by its file's name: one image, and no other of that name."""
    names = Counter(path.stem for path in images)
    twice = [name for name, count in names.items() if count > 1]
    whole = [path for path in images if path.is_dir() or path.suffix.lower() in ZIPS | {PDF}]
    told = {row["file"] for row in rows if len(row) > 1}
    if any(name in told for name in twice):
        raise ImgsimError(
            f"The source {source.name!r} gives facts of several images called {twice[0]!r}: they cannot be told apart. "
            "Let it give a Table, or files with names that differ."
        )
    if any(path.stem in told for path in whole):
        raise ImgsimError(
            f"The source {source.name!r} gives facts of {whole[0]}, which holds several images. Let it give "
            "a Page for each image, or a Table."
        )


def _csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    """A row a page. Cells stand as they are: this table is read by imgsim, and by no spreadsheet."""
    columns = list(dict.fromkeys(["file", *(column for row in rows for column in row)]))
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")


def _still_left_out(folder: Path, images: Sequence[Path]) -> tuple[tuple[str, str], ...]:
    """What an earlier run could not fetch stays listed when only something else is done anew."""
    found: list[tuple[str, str]] = []
    manifests = folder / _UNFETCHED
    if any(image.is_relative_to(manifests.parent) for image in images):
        found += _pairs(_read(manifests))
    for path in sorted(folder.glob(f"*/{_LEFT_OUT}")):
        kept = _read(path)
        if isinstance(kept, dict) and not set(map(str, images)).isdisjoint(kept.get("images", ())):
            found += _pairs(kept.get("left_out"))
    return tuple(found)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _pairs(kept: Any) -> list[tuple[str, str]]:
    try:
        return [(str(what), str(why)) for what, why in kept or ()]
    except (TypeError, ValueError):
        return []
