"""The permanent ids of a collection's families, kept in its registry with what happened to each."""

from __future__ import annotations

import contextlib
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from imgsim.collection.id_registry import Registry
from imgsim.errors import BusyError, CollectionError
from imgsim.families import Families
from imgsim.families.permanent import ENDED, MERGED, FamilyEvent, KnownFamily, track

FIRST_DIGITS = 4


@dataclass(frozen=True)
class FamilyRecord:
    """One line of a family's history: what happened (see :class:`~imgsim.families.permanent.FamilyEvent`), when (UTC),
    and by which run or whose decision."""

    event: FamilyEvent
    moment: str
    cause: str


def named_families(
    folder: Path | str, families: Families, cause: Callable[[frozenset[str]], str], *, write: bool = True
) -> Families:
    """These families under their permanent ids; ids for new ones are given and written down.

    Parameters
    ----------
    folder : the collection's.
    cause : by which run or whose decision some plates are, or are no more, in one family; for the history.

    Where nothing can be written, or ``write`` is false, the families that are known have their ids, and new ones are
    called after their earliest plate until they have been written down.
    """
    earliest, groups = list(families.groups), list(families.groups.values())
    registry = Registry(folder)
    ids = _settled(groups, _known(registry))
    if ids is None and write:
        with contextlib.suppress(CollectionError, BusyError):
            ids = registry.database.write(lambda connection: _track(connection, groups, cause))
    if ids is None:
        ids, _ = track(groups, _known(registry), itertools.repeat(""))
        ids = [family_id or plate_id for family_id, plate_id in zip(ids, earliest, strict=True)]
    return families.named(dict(zip(earliest, ids, strict=True)))


def history(folder: Path | str, family_id: str) -> list[FamilyRecord]:
    """What happened to a family, the oldest first; also what ended in it or split off from it."""

    def ask(connection: sqlite3.Connection) -> list[FamilyRecord]:
        rows = connection.execute(
            "SELECT family_id, kind, other, plates, moment, cause FROM family_events "
            "WHERE family_id = ? OR other = ? ORDER BY number",
            (family_id, family_id),
        )
        return [
            FamilyRecord(FamilyEvent(i, kind, other, frozenset(json.loads(plates))), moment, cause)
            for i, kind, other, plates, moment, cause in rows
        ]

    nothing: list[FamilyRecord] = []
    return Registry(folder).database.read(ask, nothing)


def former(folder: Path | str, family_id: str) -> KnownFamily | None:
    """A family that ever had this id; None for an id that was never given."""
    return next((one for one in _known(Registry(folder)) if one.family_id == family_id), None)


def family_with(folder: Path | str, plate_id: str) -> str | None:
    """The family that a plate was last in, as far as its history tells; None where it was in none."""
    quoted = json.dumps(plate_id, ensure_ascii=False)

    def ask(connection: sqlite3.Connection) -> str | None:
        rows = connection.execute(
            "SELECT family_id, plates FROM family_events WHERE instr(plates, ?) ORDER BY number DESC", (quoted,)
        )
        return next((family_id for family_id, plates in rows if plate_id in json.loads(plates)), None)

    return Registry(folder).database.read(ask, None)


def ended(folder: Path | str) -> list[KnownFamily]:
    """The families that are no more."""
    return [one for one in _known(Registry(folder)) if not one.live]


def became(families: Families, plates: frozenset[str]) -> list[str]:
    """The ids of the families in which some plates are today, the one with most of them first."""
    catalogue = families.catalogue
    found = [families.of(catalogue.row(plate)) for plate in sorted(plates) if catalogue.has(plate)]
    known = [family_id for family_id in found if family_id is not None]
    return sorted(set(known), key=lambda family_id: (-known.count(family_id), family_id))


def _known(registry: Registry) -> list[KnownFamily]:
    nothing: list[KnownFamily] = []
    return registry.database.read(_select, nothing)


def _select(connection: sqlite3.Connection) -> list[KnownFamily]:
    rows = connection.execute("SELECT family_id, plates, live FROM families ORDER BY number")
    return [
        KnownFamily(family_id, frozenset(json.loads(plates)), bool(live)) for family_id, plates, live in rows
    ]


def _settled(groups: Sequence[frozenset[str]], known: Sequence[KnownFamily]) -> list[str] | None:
    """The ids where every group is a live family as it was, and every live family a group; None otherwise."""
    of: Mapping[frozenset[str], str] = {one.plates: one.family_id for one in known if one.live}
    if len(of) != len(groups) or any(group not in of for group in groups):
        return None
    return [of[group] for group in groups]


def _track(
    connection: sqlite3.Connection, groups: Sequence[frozenset[str]], cause: Callable[[frozenset[str]], str]
) -> list[str]:
    known = _select(connection)
    ids, events = track(groups, known, _new_ids(len(known)))
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    same = {(one.family_id, one.plates) for one in known if one.live}
    connection.executemany(
        "INSERT INTO families (family_id, plates, live) VALUES (?, ?, 1) "
        "ON CONFLICT (family_id) DO UPDATE SET plates = excluded.plates, live = 1",
        [(one, _text(group)) for one, group in zip(ids, groups, strict=True) if (one, group) not in same],
    )
    # One that ended keeps the plates that it had.
    gone = [event.family_id for event in events if event.kind in (MERGED, ENDED)]
    connection.executemany("UPDATE families SET live = 0 WHERE family_id = ?", [(one,) for one in gone])
    were = {one.family_id: one.plates for one in known}
    are = dict(zip(ids, groups, strict=True))
    nothing: frozenset[str] = frozenset()

    def concerned(event: FamilyEvent) -> frozenset[str]:
        both = (event.family_id, event.other)
        return event.plates.union(*(of.get(one, nothing) for one in both for of in (were, are)))

    connection.executemany(
        "INSERT INTO family_events (family_id, kind, other, plates, moment, cause) VALUES (?, ?, ?, ?, ?, ?)",
        [(e.family_id, e.kind, e.other, _text(e.plates), moment, cause(concerned(e))) for e in events],
    )
    return ids


def _text(plates: frozenset[str]) -> str:
    return json.dumps(sorted(plates), ensure_ascii=False)


def _new_ids(given: int) -> Iterator[str]:
    """F0001, F0002 ...: ids are given in order and never taken back, so their number says which comes next."""
    number = given
    while True:
        number += 1
        yield f"F{number:0{FIRST_DIGITS}d}"
