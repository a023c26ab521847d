"""Which scan has which plate id: given once, kept through renaming and moving, never given to another picture.

The rules, in this order:

1. Known content keeps its id wherever its file lies now. Of several files of one content each keeps the id that it had
   at its place, then the one with its file name; the rest follow in natural order.
2. New content at a known place (the same folder and name, whatever the suffix) keeps the id if it shows the same
   picture as the scan that was there: a better scan. Otherwise it is a new plate, and the old one is gone. A folder
   that has another name now is the same folder if known content says so.
3. Whatever is left is a new plate. It is called after its file, by a name that no plate has ever had.

Ids of plates that are gone stay reserved, and are theirs again when the scan comes back.
"""

from __future__ import annotations

import itertools
import posixpath
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from imgsim.catalogue.values import natural
from imgsim.images.containers import INSIDE, as_path, stem


@dataclass(frozen=True)
class KnownPlate:
    """A plate that has an id.

    Attributes
    ----------
    plate_id : its id.
    sha256 : of its last scan.
    root, file : where that lay.
    gone : whether it was missing in the last run.
    earlier : SHA-256 of the scans that showed it before.
    """

    plate_id: str
    sha256: str
    root: str
    file: str
    gone: bool = False
    earlier: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scan:
    """An image file that can be used: the name that it suggests for a new plate, where it lies, what it holds."""

    name: str
    root: str
    file: str
    sha256: str


def place(root: str, file: str) -> str:
    """Where a scan lies, whatever its format: PNG and TIFF of one name in one folder are one place."""
    name = re.split(f"[/{INSIDE}]", file)[-1]
    return folded(f"{root}/{file[: len(file) - len(name)]}{stem(name)}")


def folded(name: str) -> str:
    """A name as file systems and people may take it for another: without case and Unicode form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def assign(
    scans: Sequence[Scan],
    known: Iterable[KnownPlate],
    same_picture: Callable[[KnownPlate, Scan], bool],
) -> list[str]:
    """Give every scan its plate id.

    Parameters
    ----------
    scans : all that are there now.
    known : all plates that ever were, those that are gone included; the latest ids last.
    same_picture : asked about new content at a known place.

    Returns
    -------
    list of str
        The id of each scan, in their order; all different, also where case and Unicode forms are not told apart.
    """
    plates = list(known)
    given: dict[int, KnownPlate] = {}
    taken: set[str] = set()

    def give(at: int, plate: KnownPlate) -> None:
        given[at] = plate
        taken.add(plate.plate_id)

    _by_content(scans, plates, given, taken, give)
    # The plates at a place, those that are there before those that are gone, the latest first.
    renamed = _renamed_folders(scans, given)
    at_place: dict[str, list[KnownPlate]] = defaultdict(list)
    for plate in sorted(reversed(plates), key=lambda plate: plate.gone):
        for where in _places(plate, renamed):
            at_place[where].append(plate)
    for at, scan in enumerate(scans):
        if at in given:
            continue
        for plate in at_place.get(place(scan.root, scan.file), ()):
            if plate.plate_id not in taken and same_picture(plate, scan):
                give(at, plate)
                break
    return _named(scans, {at: plate.plate_id for at, plate in given.items()}, plates)


def successors(scans: Sequence[Scan], ids: Sequence[str], known: Iterable[KnownPlate]) -> dict[str, str]:
    """Of plates that no scan shows any more: id -> id of the other plate that lies at its place now."""
    plates = {plate.plate_id: plate for plate in known}
    given = {at: plates[plate_id] for at, plate_id in enumerate(ids) if plate_id in plates}
    renamed, here = _renamed_folders(scans, given), set(ids)
    at_place = {place(scan.root, scan.file): plate_id for scan, plate_id in zip(scans, ids, strict=True)}
    found: dict[str, str] = {}
    for plate in plates.values():
        if plate.plate_id not in here:
            after = [at_place[where] for where in _places(plate, renamed) if where in at_place]
            found |= {plate.plate_id: after[0]} if after else {}
    return found


def _places(plate: KnownPlate, renamed: Mapping[str, str]) -> list[str]:
    """Where a plate lay, and the same place in a folder that has another name now."""
    here = place(plate.root, plate.file)
    folder = renamed.get(posixpath.dirname(here))
    return [here] if folder is None else [here, f"{folder}/{posixpath.basename(here)}"]


def _renamed_folders(scans: Sequence[Scan], given: dict[int, KnownPlate]) -> dict[str, str]:
    """Folders that are no more -> where most of their known files lie now, under their old names."""
    there = {posixpath.dirname(place(scan.root, scan.file)) for scan in scans}
    moves: dict[str, Counter[str]] = defaultdict(Counter)
    for at, plate in given.items():
        before, now = place(plate.root, plate.file), place(scans[at].root, scans[at].file)
        old, new = posixpath.dirname(before), posixpath.dirname(now)
        if old not in there and posixpath.basename(before) == posixpath.basename(now):
            moves[old][new] += 1
    return {old: max(sorted(counts), key=counts.__getitem__) for old, counts in moves.items()}


def _by_content(
    scans: Sequence[Scan],
    plates: Sequence[KnownPlate],
    given: dict[int, KnownPlate],
    taken: set[str],
    give: Callable[[int, KnownPlate], None],
) -> None:
    """Rule 1; last scans before earlier ones, since a plate has only one scan at a time."""
    waiting: dict[str, list[int]] = defaultdict(list)
    for at in sorted(range(len(scans)), key=lambda at: (natural(scans[at].file), scans[at].root, at)):
        waiting[scans[at].sha256].append(at)
    last: dict[str, list[KnownPlate]] = defaultdict(list)
    earlier: dict[str, list[KnownPlate]] = defaultdict(list)
    for plate in sorted(plates, key=lambda plate: (plate.gone, natural(plate.file), plate.plate_id)):
        last[plate.sha256].append(plate)
        for content in plate.earlier - {plate.sha256}:
            earlier[content].append(plate)
    for held in (last, earlier):
        for content, ats in waiting.items():
            candidates = held.get(content)
            if not candidates:
                continue
            for alike in (_same_place, _same_name, _any):
                for at in ats:
                    if at in given:
                        continue
                    free = (p for p in candidates if p.plate_id not in taken and alike(p, scans[at]))
                    if (found := next(free, None)) is not None:
                        give(at, found)


def _same_place(plate: KnownPlate, scan: Scan) -> bool:
    return place(plate.root, plate.file) == place(scan.root, scan.file)


def _same_name(plate: KnownPlate, scan: Scan) -> bool:
    return place("", posixpath.basename(plate.file)) == place("", posixpath.basename(scan.file))


def _any(plate: KnownPlate, scan: Scan) -> bool:
    return True


def _named(scans: Sequence[Scan], given: dict[int, str], plates: Iterable[KnownPlate]) -> list[str]:
    """The ids, with new ones for those that have none: the suggested name, with more folders, then with a number."""
    reserved = {folded(plate.plate_id) for plate in plates}
    ids = dict(given)
    late = []
    for at, scan in enumerate(scans):
        if at in ids:
            continue
        if folded(scan.name) in reserved:
            late.append(at)  # a name that is free goes to the file that suggests it
        else:
            ids[at] = scan.name
            reserved.add(folded(scan.name))
    for at in late:
        name = next(name for name in _further_names(scans[at]) if folded(name) not in reserved)
        ids[at] = name
        reserved.add(folded(name))
    return [ids[at] for at in range(len(scans))]


def _further_names(scan: Scan) -> Iterable[str]:
    """``herbal/p1``, ``scans/herbal/p1`` ... as far as the path goes below its root, then ``p1-2``, ``p1-3`` ..."""
    *folders, last = unicodedata.normalize("NFC", as_path(scan.file)).split("/")
    parts = [*(part for part in folders if part), stem(last)]
    depth = scan.name.count("/") + 1
    for count in range(depth + 1, len(parts) + 1):
        yield "/".join(parts[-count:])
    for number in itertools.count(2):
        yield f"{scan.name}-{number}"
