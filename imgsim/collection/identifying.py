"""Following a citation, a hash, or an id of a plate or a family to the picture that it names, whatever became of it.

    for found in find_in(collection, asked("0123456789ab")): ...
    found, unread = find_everywhere("Ray, Flora, 1752 [imgsim, collection “herbals”, ..., picture 0123456789ab].")

Whatever is asked is compared with ids and hashes; no part of it is ever a path or a pattern.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlencode

from imgsim.base.translation import tr
from imgsim.collection.addresses import family_address
from imgsim.collection.citing import FAMILY_ID, Asked, Citation, asked, short_hash
from imgsim.collection.corrected import families_of
from imgsim.collection.family_ids import former
from imgsim.collection.id_registry import PlateEntry, Registry
from imgsim.collection.opening import list_collections, open_collection
from imgsim.collection.plate_ids import folded
from imgsim.errors import ImgsimError
from imgsim.generation.generation import Generation

HERE, GONE, ANOTHER_SCAN, FORMER = "here", "gone", "another scan", "no family any more"
PLATE, FAMILY, BOOK, COLLECTION = "plate", "family", "book", "collection"


@dataclass(frozen=True)
class Found:
    """Something that was found.

    Attributes
    ----------
    collection, path : the collection that has it, and its folder.
    kind : "plate", "family", "book" or "collection".
    id : of the plate, the family or the book; the name of the collection.
    state : "here"; "gone" (a plate that no scan shows any more); "another scan" (the plate is here, and does not show
        the picture that was asked for); "no family any more".
    told : what a reader must know beside that, in sentences; "" for nothing.
    plate : the plate whose picture it is; of a family the earliest, of a book the first.
    picture : SHA-256 of the scan that this plate shows, or showed last.
    file, book, year : of this plate; "" and None where they are not known.
    successors : of a plate that is gone, or a family that is no more: what is in its place.
    address : path and query of its page in the app.
    """

    collection: str
    path: Path
    kind: str
    id: str
    state: str
    told: str = ""
    plate: str = ""
    picture: str = ""
    file: str = ""
    book: str = ""
    year: int | None = None
    successors: tuple[str, ...] = ()
    address: str = ""


def find_everywhere(
    text: str, folders: Iterable[Path] | None = None
) -> tuple[list[Found], list[tuple[str, ImgsimError]]]:
    """Look in every collection of the data folder, or in some.

    Returns
    -------
    (what was found, (name, why) of collections that could not be searched)
    """
    given = asked(text)
    if folders is None:
        infos = list_collections()
        folders = [info.path for info in infos if info.error is None]
        unread: list[tuple[str, ImgsimError]] = [(info.name, info.error) for info in infos if info.error is not None]
    else:
        unread = []
    found: list[Found] = []
    for path in folders:
        try:
            found += find_in(open_collection(path), given)
        except ImgsimError as error:
            unread.append((path.name, error))
        except OSError as error:
            unread.append((path.name, ImgsimError(error)))
    return preferred(found, given), unread


def preferred(found: list[Found], given: Asked) -> list[Found]:
    """What was found; of a citation that names a collection only what that one has, if it has anything."""
    named = given.citation.collection if given.citation is not None else ""
    return [one for one in found if one.collection == named] or found


def find_in(collection: Generation, given: Asked) -> list[Found]:
    """Look in one collection. Raises CollectionError where it cannot be read."""
    if given.citation is not None:
        return _cited(collection, given.citation)
    found = _by_hash(collection, given.hash) if given.hash else []
    found += _by_id(collection, given.id)
    if FAMILY_ID.fullmatch(given.id):
        found += _family(collection, given.id.upper())
    return _each_once(found)


# ---- citations


def _cited(collection: Generation, citation: Citation) -> list[Found]:
    since = ""
    if citation.collection == collection.name and citation.generation not in ("", collection.generation):
        since = tr(
            "It was cited from the generation {cited}; the collection has the generation {now} now.",
            cited=citation.generation, now=collection.generation,
        )  # fmt: skip
    found = _family(collection, citation.family) if citation.family else []
    if not found and (citation.plate or citation.picture):
        found = _cited_plate(collection, citation)
        if citation.book and found and collection.catalogue.has(found[0].plate):
            found = [_of_book(collection, citation.book, one) for one in found]
    elif found and citation.picture:
        found = [_checked_family(collection, one, citation) for one in found]
    if not found and not (citation.plate or citation.picture or citation.family):
        found = [_whole(collection)] if citation.collection == collection.name else []
    return [replace(one, told=" ".join(filter(None, (one.told, since)))) for one in found]


def _cited_plate(collection: Generation, citation: Citation) -> list[Found]:
    """By both the id and the picture; where they disagree, both are told."""
    named = _by_id(collection, citation.plate) if citation.plate else []
    showing = _by_hash(collection, citation.picture) if citation.picture else []
    if not citation.picture:
        return named
    checked = []
    for one in named:
        if one.picture.startswith(citation.picture):
            checked.append(one)
        elif one.state == GONE or citation.collection in ("", collection.name):
            # Of another collection only the picture counts: its ids mean other plates.
            checked.append(_disagreeing(collection, one, citation))
    return _each_once([*checked, *showing])


def _disagreeing(collection: Generation, one: Found, citation: Citation) -> Found:
    shown = {entry.plate_id for entry in Registry(collection.path).showing(citation.picture)}
    cited, now = short_hash(citation.picture), short_hash(one.picture)
    if one.plate in shown:
        told = tr(
            "The citation is of its earlier scan {cited}; another scan of the same picture ({now}) shows it now.",
            cited=cited, now=now,
        )  # fmt: skip
    else:
        told = tr(
            "The id and the picture of this citation disagree: {plate} shows {now}, and no scan of it was ever "
            "{cited}. Look which of the two is meant.",
            plate=one.plate, now=now, cited=cited,
        )  # fmt: skip
    told = " ".join(filter(None, (told, one.told)))
    return replace(one, state=ANOTHER_SCAN if one.state == HERE else one.state, told=told)


def _checked_family(collection: Generation, one: Found, citation: Citation) -> Found:
    """A family whose earliest plate is not the one that was cited says so."""
    if one.picture.startswith(citation.picture) or one.state != HERE:
        return one
    told = tr(
        "Its earliest plate was {before} ({cited}) when it was cited; now it is {plate} ({now}).",
        before=citation.plate or tr("another one"), cited=short_hash(citation.picture), plate=one.plate,
        now=short_hash(one.picture),
    )  # fmt: skip
    return replace(one, told=told)


def _whole(collection: Generation) -> Found:
    return Found(
        collection.name, collection.path, COLLECTION, collection.name, HERE,
        address="/?" + _query(collection=collection.name),
    )  # fmt: skip


def _of_book(collection: Generation, book: str, one: Found) -> Found:
    known = len(collection.catalogue.book_rows(book)) > 0
    none = tr("No book is called {book} now; this is the plate that was the first of it.", book=book)
    told = "" if known else none
    return replace(
        one,
        kind=BOOK if known else one.kind,
        id=book if known else one.id,
        told=" ".join(filter(None, (told, one.told))),
        address="/book?" + _query(collection=collection.name, book=book) if known else one.address,
    )


# ---- plates


def _by_id(collection: Generation, plate_id: str) -> list[Found]:
    """The plate of an id; where there is none, that of one that differs in case or Unicode form alone."""
    if not plate_id:
        return []
    registry, catalogue = Registry(collection.path), collection.catalogue
    if catalogue.has(plate_id):
        return [_here(collection, plate_id)]
    for entry in filter(None, (registry.entry(plate_id), *registry.alike(plate_id))):
        if catalogue.has(entry.plate_id):
            return [_here(collection, entry.plate_id)]
        return [_gone(collection, entry)]
    if registry.path.exists():
        return []
    # A collection of before there was a registry.
    alike = folded(plate_id)
    return [_here(collection, other) for other in catalogue.plate_ids if folded(other) == alike]


def _by_hash(collection: Generation, picture: str) -> list[Found]:
    """The plates that show, or showed, a scan whose SHA-256 begins so; those that show it now first."""
    pictures = collection.catalogue.pictures
    now = [plate for plate, content in pictures.items() if content.startswith(picture)]
    found = [_here(collection, plate) for plate in now]
    for entry in Registry(collection.path).showing(picture):
        if entry.plate_id in pictures and entry.plate_id not in now:
            told = tr(
                "The scan {former} was replaced; another scan of the same picture ({now}) shows it now.",
                former=short_hash(picture), now=short_hash(pictures[entry.plate_id]),
            )  # fmt: skip
            found.append(replace(_here(collection, entry.plate_id), state=ANOTHER_SCAN, told=told))
        elif entry.plate_id not in pictures:
            found.append(_gone(collection, entry))
    return found


def _here(collection: Generation, plate_id: str) -> Found:
    record = collection.catalogue.record(collection.catalogue.row(plate_id))
    year = record["year"]
    return Found(
        collection.name, collection.path, PLATE, plate_id, HERE, plate=plate_id, picture=str(record["sha256"]),
        file=str(record["file"]), book=str(record["book"]), year=None if year is None else int(year),
        address=_plate_address(collection, plate_id),
    )  # fmt: skip


def _gone(collection: Generation, entry: PlateEntry) -> Found:
    told = tr("No scan shows it since {day}.", day=entry.gone[:10]) if entry.gone else tr("No scan shows it.")
    if entry.successor:
        told += " " + tr("Another picture lies at its place: the plate {plate}.", plate=entry.successor)
    return Found(
        collection.name, collection.path, PLATE, entry.plate_id, GONE, told, entry.plate_id, entry.sha256, entry.file,
        successors=(entry.successor,) if entry.successor else (), address=_plate_address(collection, entry.plate_id),
    )  # fmt: skip


def _plate_address(collection: Generation, plate_id: str) -> str:
    return "/plate?" + _query(collection=collection.name, plate=plate_id)


# ---- families


def _family(collection: Generation, family_id: str) -> list[Found]:
    families = families_of(collection, write=False)
    address = "/reuse?" + _query(collection=collection.name, family=family_id)
    if families is not None and families.has(family_id):
        first = _here(collection, families.family(family_id).earliest.plate_id)
        return [replace(first, kind=FAMILY, id=family_id, address=address)]
    if families is None or former(collection.path, family_id) is None:
        return []
    led = family_address(collection, families, family_id)
    lost = Found(collection.name, collection.path, FAMILY, family_id, FORMER)
    first = _here(collection, led.plates[0]) if led.plates else lost
    return [
        replace(
            first, kind=FAMILY, id=family_id, state=FORMER, told=led.told, successors=led.families, address=address
        )
    ]


def _each_once(found: list[Found]) -> list[Found]:
    return list({(one.kind, one.id): one for one in reversed(found)}.values())[::-1]


def _query(**values: str) -> str:
    return urlencode(values, quote_via=quote, safe="")
