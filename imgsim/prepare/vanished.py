"""Scans that have vanished: a run says first what it would take out of the collection, and wants a word for it.

A plate whose scan was renamed, moved or scanned again is not gone; :mod:`imgsim.collection.plate_ids` knows it again.
But a disk that is not mounted, or a folder that somebody cleared, must not shrink a collection in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as Names
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.collection.decided import standing
from imgsim.collection.plate_ids import KnownPlate, Scan, assign
from imgsim.errors import Change, CollectionError, ImgsimError, Setting
from imgsim.prepare.missing_plates import Ask, Vanished

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation
    from imgsim.images.files import ImageFile

_REMEDY = (
    "Is a disk not mounted, or do the scans lie elsewhere now? Then mount it, or name the folder where they are."
)


def vanished(live: Generation | None, here: Names[str]) -> Vanished | None:
    """The plates of the live generation that are not among the ids ``here``; None if all are, or it cannot be read."""
    if live is None:
        return None
    try:
        frame = live.catalogue.frame
    except CollectionError:
        return None
    gone = tuple(
        (plate_id, file)
        for plate_id, file in zip(frame["plate_id"].tolist(), frame["file"].tolist(), strict=True)
        if plate_id not in here
    )
    if not gone:
        return None
    return Vanished(live.name, len(frame), gone, _decided(live, {plate_id for plate_id, _ in gone}))


def _decided(live: Generation, gone: set[str]) -> tuple[str, ...]:
    try:
        frame = standing(live)
    except ImgsimError:  # the run says at its end that decisions cannot be read
        return ()
    return tuple(sorted(gone & {*frame["plate_a"].tolist(), *frame["plate_b"].tolist()}))


def foreseen(
    live: Generation | None,
    known: Sequence[KnownPlate],
    files: Sequence[ImageFile],
    contents: Mapping[str, str],
) -> Vanished | None:
    """What will be gone, before any scan is opened.

    Parameters
    ----------
    known : all plates that ever had an id.
    contents : SHA-256 by the file's ``plate_id``, of the files whose content is known. Of the others it is believed
        that they show what lay at their place before.
    """
    scans = [
        Scan(file.plate_id, file.root, file.file, contents.get(file.plate_id) or f"unknown {number}")
        for number, file in enumerate(files)
    ]
    return vanished(live, set(assign(scans, known, lambda plate, scan: True)))


def would_vanish(folder: Path, live: Generation, files: Sequence[ImageFile]) -> Vanished | None:
    """What a run over these files would miss. They are read only where their look does not tell what they hold."""
    from imgsim.prepare.known_files import Known, hash_files, live_sources, signatures
    from imgsim.prepare.work_folder import known_sources

    known = Known([*live_sources(live), *known_sources(folder / "work")])
    contents, doubtful = {}, []
    moved = known.moved(files)
    for file, mark in zip(files, signatures(files), strict=True):
        source = known.unchanged(file, mark)
        if source is not None:
            contents[file.plate_id] = source.sha256
        elif known.may_hold(file, moved):
            doubtful.append(file)
    digests = hash_files(doubtful, lambda done, total: None)
    contents |= {file.plate_id: digests.get((file.root, file.file), "") for file in doubtful}
    # The registry knows more, but SQLite would leave files beside it, and a look ahead leaves nothing.
    frame = live.catalogue.frame
    columns = (frame[name].tolist() for name in ("plate_id", "sha256", "root", "file"))
    known_plates = [KnownPlate(*values) for values in zip(*columns, strict=True)]
    return foreseen(live, known_plates, files, contents)


class Consent:
    """Whether plates may go whose scans have vanished: said beforehand (``all_of_them``), or when somebody is asked."""

    def __init__(self, all_of_them: bool, ask: Ask | None, note: Callable[[str], None]) -> None:
        self._all, self._ask, self._note = all_of_them, ask, note
        self._may_go: set[str] = set()

    def heed(self, found: Vanished | None) -> None:
        """Go on only if nothing serious is gone, or somebody says that it may go.

        Raises
        ------
        ImgsimError
            Nobody said so. Nothing has been changed.
        """
        if found is None or not found.serious:
            return
        gone = {plate_id for plate_id, _ in found.gone}
        if gone <= self._may_go:
            return
        if self._all:
            self._note(f"{found.told} They are left out, as was asked for.")
        elif self._ask is None or not self._ask(found):
            raise ImgsimError(f"{found.told} Nothing was changed. {_REMEDY}", Change(Setting.ACCEPT_MISSING))
        self._may_go |= gone


def _roots(live: Generation) -> list[str]:
    """Where each plate came from: of one that was cut out, where its page lies; none where nothing says so."""
    try:
        frame, pages = live.catalogue.frame, live.pages
    except CollectionError:
        return []
    found = []
    for root, file in zip(frame["root"].tolist(), frame["file"].tolist(), strict=True):
        cut = pages.of_plate(root, file) if pages is not None else None
        found.append(root if cut is None else cut[0].root)
    return found


def present_inputs(live: Generation | None, inputs: Sequence[Path], accept_missing: bool) -> list[Path]:
    """The inputs that are there; those that are not may be left out only where that was said.

    Raises
    ------
    ImgsimError
        One is missing that plates of the collection came from, or all are missing.
    """
    missing = [path for path in inputs if not path.exists()]
    present = [path for path in inputs if path not in missing]
    if not missing or live is None or (accept_missing and present):
        return present if live is not None else list(inputs)
    roots = _roots(live)
    places = {str(path) for path in missing} | {str(path.parent) for path in missing if path.suffix}
    count = sum(root in places for root in roots)
    if not count and present:
        return list(inputs)  # said as of any path that is not there
    raise ImgsimError(
        f"{', '.join(map(str, missing))} {'is' if len(missing) == 1 else 'are'} not there, from where {count:,} of the "
        f"{len(roots):,} plates of {live.name} came. Nothing was changed. {_REMEDY}",
        Change(Setting.ACCEPT_MISSING) if present else None,
    )
