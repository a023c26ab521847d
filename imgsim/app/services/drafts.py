"""What a reader has chosen so far for a collection that is to be made or to grow, and the run that comes of it.

It lies beside the files that were handed in (:mod:`imgsim.app.services.incoming`), so that a reload finds it again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from imgsim.app.services import incoming, runs
from imgsim.base.places import data_dir
from imgsim.base.translation import tr
from imgsim.base.writing import disk_errors, write_whole
from imgsim.catalogue import read_metadata
from imgsim.catalogue.column_choices import as_csv, called_now, chosen, combined, plainest, written
from imgsim.errors import ImgsimError
from imgsim.generation.current import is_collection
from imgsim.generation.layout import check_name
from imgsim.prepare.run_record import recorded_in

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")  # what a table beside the scans is called
_FILE = "draft.json"


@dataclass
class Draft:
    """What was chosen.

    Attributes
    ----------
    into : the collection that is to grow; "" for a new one, which is called ``name``.
    folders : folders, zips and images on this computer.
    addresses : of a library's manifests.
    table, encoding : the table of the books, and what it is written in; "" for none, and for what is found out.
    meanings : column -> what it means, where that is not what its heading says.
    book_by : what names a plate's book; "" finds it out.
    backbones : networks to compare by; none at all means the usual one.
    matching : whether plates are compared by their lines.
    pages : whether images are whole pages, on which plates are found: auto, always or never; "" as before, else auto.
    """

    into: str = ""
    name: str = ""
    folders: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    table: str = ""
    encoding: str = ""
    meanings: dict[str, str] = field(default_factory=dict)
    book_by: str = ""
    backbones: list[str] = field(default_factory=list)
    matching: bool = True
    pages: str = ""


def load(token: str) -> Draft:
    """What was chosen under a token; nothing yet where nobody can tell."""
    room = incoming.place(token)
    draft = Draft()
    try:
        found = json.loads((room / _FILE).read_bytes()) if room is not None else {}
    except (OSError, ValueError):
        return draft
    for name, value in asdict(draft).items():
        if isinstance(found, dict) and isinstance(found.get(name), type(value)):
            setattr(draft, name, found[name])
    return draft


def save(token: str, draft: Draft) -> None:
    """Keep it. Raises ImgsimError where the disk does not take it."""
    room = incoming.place(token)
    if room is not None:
        with disk_errors(room):
            write_whole(room / _FILE, json.dumps(asdict(draft)).encode(), durable=False)


def inputs(token: str, draft: Draft) -> list[Path]:
    """The folders, zips and images that are to become plates."""
    room = incoming.place(token)
    came = any(not is_table(name) for name, _ in incoming.files(token))
    return [*map(Path, draft.folders), *([room / incoming.FILES] if room is not None and came else [])]


def is_table(name: str) -> bool:
    """Whether a file is a table, by its name."""
    return name.lower().endswith(TABLES)


def suggested_name(given: str) -> str:
    """A name for a collection, after a folder, a file or an address."""
    from imgsim.sources.iiif.gathering import suggested_name as of_manifest

    if given.startswith(("http://", "https://")):
        return of_manifest(given) or "library"
    path = Path(given)
    stem = path.name if path.is_dir() else path.stem
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:60] or "my-plates"
    taken = {path.name for path in data_dir().iterdir()} if data_dir().is_dir() else set()
    return next(one for one in (name, *(f"{name}-{n}" for n in range(2, 1000))) if one not in taken)


def folder_of(draft: Draft) -> Path:
    """The folder of the collection that it is for.

    Raises
    ------
    ImgsimError
        The name is none, or another collection has it; or the one that is to grow is not there.
    """
    folder = _at(str(data_dir() / check_name((draft.into or draft.name).strip())))
    if draft.into and not is_collection(folder):
        raise ImgsimError(
            tr("There is no collection “{name}” any more. Choose another, or make a new one.", name=draft.into)
        )
    if not draft.into and (folder / "source").is_dir() and not is_collection(folder):
        raise ImgsimError(
            tr(
                "“{name}” was begun and never finished: go on with it or throw it away, or give another name.",
                name=draft.name,
            )
        )
    if not draft.into and folder.exists() and any(one.name != "run" for one in folder.iterdir()):
        raise ImgsimError(
            tr("There is a collection “{name}” already. Choose it under “Into”, or another name.", name=draft.name)
        )
    return folder


def begin(token: str, draft: Draft) -> runs.Run:
    """Take over what was handed in, and start the run.

    Raises
    ------
    ImgsimError
        Nothing was named, the name is none, the table cannot be used, or another run is at work on the collection.
    """
    folder = folder_of(draft)
    if not draft.addresses and not inputs(token, draft):
        raise ImgsimError(tr("There are no images yet. Drop some, choose a folder, or give an address."))
    before = recorded_in(None, folder) if draft.into else None
    content, book_by = _content(draft, before)
    runs.check_free(folder)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        images, table = _take_over(token, draft, folder, content)
    words = settings(replace(draft, book_by=book_by))
    if table is not None:
        words += ["--metadata", str(table)]
        words += ["--encoding", draft.encoding] if draft.encoding and content is None else []
    words += ["--", *_images(draft, before, folder), *map(str, images)]
    run = runs.start(folder, words, "more" if draft.into else "new")
    incoming.give_up(token)
    return run


def settings(draft: Draft) -> list[str]:
    """What of it is no image and no table, as words of a command."""
    words = ["--backbone", *draft.backbones] if draft.backbones else []
    words += ["--book-by", draft.book_by] if draft.book_by else []
    words += ["--pages", draft.pages] if draft.pages else []
    return [*words, *(["--no-verify"] if not draft.matching else [])]


def _images(draft: Draft, before: dict[str, Any] | None, folder: Path) -> list[str]:
    """What the collection is made of so far, and the addresses: those of all its manifests if any is new."""
    addresses = [f"iiif:{address}" for address in draft.addresses]
    if before is None:
        return addresses
    fetched = folder / "source" / "iiif"
    if addresses:
        known = [f"iiif:{str(one).removeprefix('iiif:')}" for one in before["iiif"]]
        addresses = list(dict.fromkeys([*known, *addresses]))
    kept = [str(path) for path in before["images"] if not (addresses and Path(path).is_relative_to(fetched))]
    return [*kept, *addresses]


def _content(draft: Draft, before: dict[str, Any] | None) -> tuple[bytes | None, str]:
    """A table to be written: with the columns as they were chosen, below that of the collection; and what names books.

    None where the table that was named is read as it lies. Raises ImgsimError where it cannot be used.
    """
    own = before["metadata"] if before is not None else None
    if before is not None and draft.addresses and own and not before["iiif"]:
        raise ImgsimError(
            tr(
                "“{name}” has a table of its own, and a library's books bring theirs: they cannot be one table. Make a "
                "collection of its own of them.",
                name=draft.into,
            )
        )
    if not draft.table:
        return None, draft.book_by
    plain = read_metadata(Path(draft.table), draft.encoding or None)
    table = chosen(plain, draft.meanings)
    book_by = called_now(plain, table, draft.book_by)
    if before is not None and own:
        encoding = before["encoding"] if before["encoding"] != "auto" else None
        below = combined([read_metadata(Path(own), encoding), table])
        return as_csv(*below), plainest(table).get(book_by, book_by)
    return (written(table) if table is not plain else None), book_by


def _take_over(token: str, draft: Draft, folder: Path, content: bytes | None) -> tuple[list[Path], Path | None]:
    """Move what was handed in to the collection's folder; the images, and the table as it is to be read."""
    images, named = list(map(_at, draft.folders)), _at(draft.table) if draft.table else None
    place = _next(folder / "source")
    room = incoming.place(token)
    handed = room / incoming.FILES if room is not None else None
    if handed is not None and any(handed.iterdir()):
        place.mkdir(parents=True)
        for table in [path for path in handed.rglob("*") if path.is_file() and is_table(path.name)]:
            # Those that are not read, too: they are no images.
            kept = place / "table" / table.relative_to(handed)
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(table, kept)
            named = kept if _at(str(table)) == named else named
        if any(path.is_file() for path in handed.rglob("*")):
            images.append(Path(shutil.move(handed, place / "images")))
    if named is None or content is None:
        return images, named
    changed = place / "table" / f"{named.stem}-as-chosen.csv"
    changed.parent.mkdir(parents=True, exist_ok=True)
    write_whole(changed, content)
    return images, changed


def _at(path: str) -> Path:
    return Path(os.path.abspath(path))


def _next(source: Path) -> Path:
    return next(place for n in range(1, 100_000) if not (place := source / f"own-{n}").exists())
