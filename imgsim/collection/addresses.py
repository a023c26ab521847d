"""Where an address of the past leads today: families that became others, plates that are gone, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imgsim.collection.family_ids import FamilyRecord, became, family_with, former, history
from imgsim.collection.id_registry import PlateEntry, Registry
from imgsim.families import Families
from imgsim.families.permanent import BACK, CHANGED, ENDED, FOUND, GREW, MERGED, SHRANK, SPLIT
from imgsim.generation.generation import Generation

_MOST = 6  # plates that a sentence names


@dataclass(frozen=True)
class FamilyAddress:
    """What an address of a family leads to.

    Attributes
    ----------
    families : ids of the families of today; one of the very id that was asked for, where that is a family.
    told : sentences that say what happened; "" where the address is that of a family.
    plates : of a family that is no more, its plates that are still in the collection.
    """

    families: tuple[str, ...]
    told: str = ""
    plates: tuple[str, ...] = ()


def family_address(collection: Generation, families: Families, asked: str) -> FamilyAddress:
    """Follow an address of a family, by its permanent id or, as older addresses did, by the id of one of its plates."""
    if asked in families.ids:
        return FamilyAddress((asked,))
    catalogue = collection.catalogue
    known = former(collection.path, asked)
    if known is not None:
        now = tuple(became(families, known.plates))
        plates = tuple(plate for plate in sorted(known.plates) if catalogue.has(plate))
        own = [one for one in history(collection.path, asked) if one.event.family_id == asked]
        told = sentence(own[-1]) if own else f"{asked} is no family any more."
        if now and not (own and own[-1].event.other == now[0]):
            told += f" Its plates are in {_listed(now)} now."
        elif not now:
            told += " None of its plates is in a family now."
        gone = tuple(sorted(known.plates - set(plates)))
        if gone:
            told += f" Gone from the collection: {_listed(gone)}."
        return FamilyAddress(now, told, plates)
    if catalogue.has(asked):
        family_id = families.of(catalogue.row(asked))
        if family_id is not None:
            return FamilyAddress(
                (family_id,), f"Older addresses named a family after a plate; {asked} is in the family {family_id}."
            )
        return FamilyAddress((), f"The plate {asked} is in no family now.", (asked,))
    entry = plate_address(collection, asked)
    if entry is not None:
        told = f"Older addresses named a family after a plate. {gone_sentence(entry)}"
        last = family_with(collection.path, asked)
        if last is None:
            return FamilyAddress((), told)
        led = family_address(collection, families, last)
        return replace(led, told=f"{told} It was last in the family {last}. {led.told}".strip())
    return FamilyAddress((), f"There is no family {asked[:80]!r} in this collection, and there never was.")


def sentence(record: FamilyRecord) -> str:
    """One line of a family's history, as a sentence: `F0012 became part of F0003 on 2026-11-29: ...`."""
    event = record.event
    number = len(event.plates)
    some = f"{number:,} plate{'' if number == 1 else 's'} ({_listed(tuple(sorted(event.plates)))})"
    what = {
        FOUND: f"was found with {some}",
        BACK: f"came back with {some}" + (f", out of {event.other}" if event.other else ""),
        GREW: f"grew by {some}",
        SHRANK: f"lost {some}",
        CHANGED: f"changed in {some}",
        MERGED: f"became part of {event.other}",
        SPLIT: f"split off from {event.other} with {some}",
        ENDED: "ended" + (f", most of it in {event.other}," if event.other else ""),
    }[event.kind]
    return f"{event.family_id} {what} on {record.moment[:10]}, by {record.cause}."


def plate_address(collection: Generation, plate_id: str) -> PlateEntry | None:
    """What is known of a plate that is not here; None where no plate ever had this id."""
    return Registry(collection.path).entry(plate_id)


def gone_sentence(entry: PlateEntry) -> str:
    """What became of a plate that is gone."""
    told = f"The plate {entry.plate_id} is gone since {entry.gone[:10]}: its scan {entry.file} was not there any more."
    if entry.successor:
        told += f" Another picture lies at its place now, the plate {entry.successor}."
    return told


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
