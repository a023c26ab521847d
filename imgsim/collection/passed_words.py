"""What people wrote of a family stays when the family does not: words pass on to what became of it.

Families merge and split, by a decision or by a run (:mod:`imgsim.families.permanent`). Who wrote a title meant the
picture, not the number: so the words of a family that ended stand in the one that it became part of, and those of a
family in the one that split off from it, as long as nobody wrote anything there. Nothing is copied: it follows from
what was written and from the history of the ids, and is undone where a family comes back.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from imgsim.collection.family_notes import NOTHING, FamilyNote, FamilyNotes
from imgsim.collection.id_registry import Registry
from imgsim.families.permanent import ENDED, MERGED, SPLIT

Revision = tuple[int, int]


@dataclass(frozen=True)
class FamilyWords:
    """What counts as said of the families of a collection.

    Attributes
    ----------
    standing : by family, what is said of it now; ``written_of`` names the family that it was written of, if another.
    besides : by family, what was said of others that became part of it, and does not stand in it.
    former : by family that is no more, what was said of it.
    """

    standing: Mapping[str, FamilyNote]
    besides: Mapping[str, tuple[FamilyNote, ...]]
    former: Mapping[str, FamilyNote]


def family_words(folder: Path | str) -> FamilyWords:
    """The words on the families of the collection in a folder. Raises as :class:`imgsim.base.database.Database`."""
    notes = FamilyNotes(folder)
    live, becoming = Registry(folder).database.read(_select, (dict[str, bool](), list[tuple[str, str, str]]()))
    return passed(notes.standing(), notes.written(), live, becoming)


def revision(folder: Path | str) -> Revision:
    """Numbers that change with every word, and with everything that happens to a family."""
    events = Registry(folder).database.read(
        lambda connection: int(connection.execute("SELECT COALESCE(MAX(number), 0) FROM family_events").fetchone()[0]),
        0,
    )
    return FamilyNotes(folder).revision, events


def passed(
    own: Mapping[str, FamilyNote],
    written: frozenset[str],
    live: Mapping[str, bool],
    becoming: list[tuple[str, str, str]],
) -> FamilyWords:
    """What follows from what was written, and from what happened.

    Parameters
    ----------
    own : what is said of each family, by its own id.
    written : the families of which something was written that was not taken back, be it that nothing is said.
    live : every family that ever was, and whether it still is.
    becoming : what happened, the oldest first: family, kind of the event, other family.
    """
    before: dict[str, list[str]] = defaultdict(list)  # from which families words may come, the latest first
    merged: dict[str, list[str]] = defaultdict(list)
    for family, kind, other in reversed(becoming):
        if kind == SPLIT:
            before[family].append(other)
        elif not live.get(family, False):
            before[other].append(family)
            merged[other].append(family)

    def stands(family: str, seen: frozenset[str] = frozenset()) -> FamilyNote | None:
        if family in own:
            return replace(own[family], written_of=family)
        if family in written or family in seen:
            return None
        found = (stands(one, seen | {family}) for one in before[family])
        return next((note for note in found if note is not None), None)

    def absorbed(family: str, seen: frozenset[str]) -> list[str]:
        new = [one for one in dict.fromkeys(merged[family]) if one not in seen]
        return [name for one in new for name in (one, *absorbed(one, seen | {family, *new}))]

    standing, besides = {}, {}
    for family in [*own, *(one for one, here in live.items() if here and one not in own)]:
        note = stands(family)
        if note is not None:
            standing[family] = replace(note, written_of="" if note.written_of == family else note.written_of)
        here = standing.get(family, NOTHING)
        others = [replace(own[one], written_of=one) for one in absorbed(family, frozenset({family})) if one in own]
        left = tuple(one for one in others if _says(one) != _says(here))
        if left and live.get(family, True):
            besides[family] = left
    gone = {family: note for family, note in own.items() if not live.get(family, True)}
    return FamilyWords(standing, besides, gone)


def _says(note: FamilyNote) -> tuple[object, ...]:
    return note.title, note.note, note.tags


def _select(connection: sqlite3.Connection) -> tuple[dict[str, bool], list[tuple[str, str, str]]]:
    families = connection.execute("SELECT family_id, live FROM families ORDER BY number")
    events = connection.execute(
        "SELECT family_id, kind, other FROM family_events WHERE other <> '' AND kind IN (?, ?, ?) ORDER BY number",
        (MERGED, SPLIT, ENDED),
    )
    return {name: bool(here) for name, here in families}, [(one, kind, other) for one, kind, other in events]
