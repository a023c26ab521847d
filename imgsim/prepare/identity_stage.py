"""The stage that knows plates again: ids from the registry, and what changed since the last run."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.catalogue.book_pages import BookPage, Cut, overlap
from imgsim.collection.id_registry import Present, Registry
from imgsim.collection.plate_ids import KnownPlate, Scan, assign, successors
from imgsim.errors import CollectionError
from imgsim.prepare.vanished import Consent, vanished
from imgsim.verification.same_picture import same_picture

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation

# Of two boxes on one page, the share of both that they have in common, from which they show one picture.
SAME_BOX = 0.5
MOST_NAMED = 200  # plates that the manifest names of each kind of change; the counts are of all


@dataclass(frozen=True)
class Changes:
    """What a run found otherwise than the one before.

    Attributes
    ----------
    since : the generation before.
    counts : of each kind below.
    new : ids of plates that were not here; ``back`` those of them that had been here once.
    moved : (id, where the file lay, where it lies now).
    replaced : (id, file) of plates that another scan shows.
    gone : (id, where its file lay).
    other_picture : (id that is gone, id of the other picture now at its place).
    """

    since: str
    counts: dict[str, int] = field(default_factory=dict)
    new: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    moved: tuple[tuple[str, str, str], ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()
    gone: tuple[tuple[str, str], ...] = ()
    other_picture: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For the manifest and scripts: the counts, and the first of each kind."""
        values = asdict(self)
        return {
            name: [list(one) if isinstance(one, tuple) else one for one in value[:MOST_NAMED]]
            if isinstance(value, tuple)
            else value
            for name, value in values.items()
        }


def identify(
    live: Generation | None, consent: Consent, folder: Path, scans: Sequence[Scan], thumbnails: Mapping[str, Path],
    cuts: Mapping[tuple[str, str], tuple[BookPage, Cut]],
) -> tuple[list[str], Changes | None]:
    """Give every scan its plate id, and write the ids down.

    Parameters
    ----------
    live : the generation before; None if there is none.
    consent : asked about plates that are gone.
    folder : the collection's.
    scans : every file that can be used.
    thumbnails : by content, of these files.
    cuts : of files that were cut out of pages, by root and file: the page, and the box on it.

    Returns
    -------
    (ids in the order of the scans, what changed; None where nothing did or nothing was here before)
    """
    registry = Registry(folder)
    known, earlier = known_plates(registry, live)

    def same(plate: KnownPlate, scan: Scan) -> bool:
        if _same_cut(live, plate, cuts.get((scan.root, scan.file))):
            return True
        former = _thumbnail(registry, live, plate)
        return former is not None and same_picture(former, thumbnails[scan.sha256].read_bytes())

    ids = assign(scans, known, same)
    present = [Present(i, scan.sha256, scan.root, scan.file) for i, scan in zip(ids, scans, strict=True)]
    here = set(ids)
    consent.heed(vanished(live, here))  # before anything is written down
    left = [plate for plate in known if plate.plate_id not in here and not plate.gone]
    after = successors(scans, ids, left + [plate for plate in known if plate.plate_id in here])
    pictures = {
        plate.plate_id: picture
        for plate in left
        if (picture := _thumbnail(registry, live, plate)) is not None
    }
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    registry.record(present, moment, earlier=earlier, successors=after, thumbnails=pictures)
    if live is None:
        return ids, None
    changes = _changes(live, present, {plate.plate_id for plate in known if plate.gone}, after)
    return ids, changes


def _same_cut(live: Generation | None, plate: KnownPlate, now: tuple[BookPage, Cut] | None) -> bool:
    """Whether a plate was cut out of the same scan of a page, at nearly the same place."""
    if live is None or now is None:
        return False
    try:
        then = live.pages.of_plate(plate.root, plate.file) if live.pages is not None else None
    except CollectionError:
        return False
    return then is not None and then[0].sha256 == now[0].sha256 and overlap(then[1].box, now[1].box) >= SAME_BOX


def known_plates(registry: Registry, live: Generation | None) -> tuple[list[KnownPlate], list[KnownPlate]]:
    """All plates with an id, and those of them that the registry does not have: of a generation older than it."""
    known = {plate.plate_id: plate for plate in registry.plates()}
    earlier = []
    rows: list[KnownPlate] = []
    if live is not None:
        with contextlib.suppress(CollectionError):  # a damaged catalogue is made anew, with the ids that are registered
            frame = live.catalogue.frame
            columns = (frame[name].tolist() for name in ("plate_id", "sha256", "root", "file"))
            rows = [KnownPlate(*values) for values in zip(*columns, strict=True)]
    for plate in rows:
        found = known.get(plate.plate_id)
        if found is None:
            known[plate.plate_id] = plate
            earlier.append(plate)
        elif plate.sha256 != found.sha256:
            # A run that wrote the ids down and was stopped before its generation could be seen.
            known[plate.plate_id] = replace(found, earlier=found.earlier | {plate.sha256})
    return list(known.values()), earlier


def _thumbnail(registry: Registry, live: Generation | None, plate: KnownPlate) -> bytes | None:
    if live is not None:
        with contextlib.suppress(OSError):
            return (live.thumbnail_dir / f"{plate.sha256}.webp").read_bytes()
    return registry.thumbnail(plate.plate_id)


def _changes(
    live: Generation, present: Sequence[Present], were_gone: set[str], after: Mapping[str, str]
) -> Changes | None:
    try:
        frame = live.catalogue.frame
    except CollectionError:
        return None
    names = ("plate_id", "sha256", "root", "file")
    before = {row[0]: row[1:] for row in zip(*(frame[name].tolist() for name in names), strict=True)}
    new, moved, replaced = [], [], []
    for plate in sorted(present, key=lambda plate: plate.plate_id):
        if plate.plate_id not in before:
            new.append(plate.plate_id)
            continue
        content, root, file = before[plate.plate_id]
        if plate.sha256 != content:
            replaced.append((plate.plate_id, plate.file))
        if (plate.root, plate.file) != (root, file):
            same_root = plate.root == root
            moved.append(
                (plate.plate_id, file, plate.file)
                if same_root
                else (plate.plate_id, f"{root}/{file}", f"{plate.root}/{plate.file}")
            )
    here = {plate.plate_id for plate in present}
    gone = [(plate_id, values[2]) for plate_id, values in before.items() if plate_id not in here]
    back = [plate_id for plate_id in new if plate_id in were_gone]
    other = [(plate_id, after[plate_id]) for plate_id, _ in gone if plate_id in after]
    if not (new or moved or replaced or gone):
        return None
    counts = {
        "new": len(new), "back": len(back), "moved": len(moved), "replaced": len(replaced), "gone": len(gone),
        "other_picture": len(other),
    }  # fmt: skip
    return Changes(
        live.generation, counts, tuple(new), tuple(back), tuple(moved), tuple(replaced), tuple(gone), tuple(other)
    )
