"""Where an address of the past leads today: families that became others, plates that are gone, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imgsim.base.translation import marked, tr, trn
from imgsim.collection.family_ids import FamilyRecord, became, family_with, former, history
from imgsim.collection.id_registry import PlateEntry, Registry
from imgsim.families import Families
from imgsim.families.permanent import BACK, CHANGED, ENDED, FOUND, GREW, MERGED, SHRANK, SPLIT
from imgsim.generation.generation import Generation

_MOST = 6  # plates that a sentence names
# What happened to a family; ``cause`` stands as it was written down, in English.
_TOLD = {
    FOUND: marked("{family} was found with {plates} on {day}, by {cause}."),
    BACK: marked("{family} came back with {plates} on {day}, by {cause}."),
    GREW: marked("{family} grew by {plates} on {day}, by {cause}."),
    SHRANK: marked("{family} lost {plates} on {day}, by {cause}."),
    CHANGED: marked("{family} changed in {plates} on {day}, by {cause}."),
    MERGED: marked("{family} became part of {other} on {day}, by {cause}."),
    SPLIT: marked("{family} split off from {other} with {plates} on {day}, by {cause}."),
    ENDED: marked("{family} ended on {day}, by {cause}."),
}
# The same where another family has to do with it, as far as that is told otherwise.
_TOLD_OF_TWO = {
    BACK: marked("{family} came back with {plates}, out of {other} on {day}, by {cause}."),
    ENDED: marked("{family} ended, most of it in {other}, on {day}, by {cause}."),
}


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
    if families.has(asked):
        return FamilyAddress((asked,))
    catalogue = collection.catalogue
    known = former(collection.path, asked)
    if known is not None:
        now = tuple(became(families, known.plates))
        plates = tuple(plate for plate in sorted(known.plates) if catalogue.has(plate))
        own = [one for one in history(collection.path, asked) if one.event.family_id == asked]
        told = [sentence(own[-1]) if own else tr("{family} is no family any more.", family=asked)]
        if now and not (own and own[-1].event.other == now[0]):
            told.append(tr("Its plates are in {families} now.", families=_listed(now)))
        elif not now:
            told.append(tr("None of its plates is in a family now."))
        gone = tuple(sorted(known.plates - set(plates)))
        if gone:
            told.append(tr("Gone from the collection: {plates}.", plates=_listed(gone)))
        return FamilyAddress(now, " ".join(told), plates)
    if catalogue.has(asked):
        family_id = families.of(catalogue.row(asked))
        if family_id is not None:
            led_on = tr(
                "Older addresses named a family after a plate; {plate} is in the family {family}.",
                plate=asked, family=family_id,
            )  # fmt: skip
            return FamilyAddress((family_id,), led_on)
        return FamilyAddress((), tr("The plate {plate} is in no family now.", plate=asked), (asked,))
    entry = plate_address(collection, asked)
    if entry is not None:
        became_of = f"{tr('Older addresses named a family after a plate.')} {gone_sentence(entry)}"
        last = family_with(collection.path, asked)
        if last is None:
            return FamilyAddress((), became_of)
        led = family_address(collection, families, last)
        was = tr("It was last in the family {family}.", family=last)
        return replace(led, told=f"{became_of} {was} {led.told}".strip())
    never = tr("There is no family {family} in this collection, and there never was.", family=repr(asked[:80]))
    return FamilyAddress((), never)


def sentence(record: FamilyRecord) -> str:
    """One line of a family's history, as a sentence: `F0012 became part of F0003 on 2026-11-29: ...`."""
    event = record.event
    ids = _listed(tuple(sorted(event.plates)))
    values = {
        "family": event.family_id, "other": event.other, "day": record.moment[:10], "cause": record.cause,
        "plates": trn("{n:,} plate ({ids})", "{n:,} plates ({ids})", len(event.plates), ids=ids),
    }  # fmt: skip
    return tr((_TOLD_OF_TWO if event.other else _TOLD).get(event.kind) or _TOLD[event.kind], **values)


def plate_address(collection: Generation, plate_id: str) -> PlateEntry | None:
    """What is known of a plate that is not here; None where no plate ever had this id."""
    return Registry(collection.path).entry(plate_id)


def gone_sentence(entry: PlateEntry) -> str:
    """What became of a plate that is gone."""
    told = tr(
        "The plate {plate} is gone since {day}: its scan {file} was not there any more.",
        plate=entry.plate_id, day=entry.gone[:10], file=entry.file,
    )  # fmt: skip
    if entry.successor:
        told += " " + tr("Another picture lies at its place now, the plate {plate}.", plate=entry.successor)
    return told


def _listed(names: tuple[str, ...]) -> str:
    first, more = ", ".join(names[:_MOST]), len(names) - _MOST
    return trn("{names} and {n:,} more", "{names} and {n:,} more", more, names=first) if more > 0 else first
