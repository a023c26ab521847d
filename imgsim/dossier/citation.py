"""How to refer to a collection and to a family of it, in one sentence that can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.dossier.markup import counted

if TYPE_CHECKING:
    from imgsim.collection import Collection
    from imgsim.families import Family


def collection_citation(collection: Collection) -> str:
    """Return a collection's name with what tells this state of it from any other."""
    return (
        f"collection “{collection.name}” ({counted(len(collection.catalogue), 'plate')}, prepared "
        f"{str(collection.manifest['created'])[:10]}, generation {collection.generation})"
    )


def family_citation(collection: Collection, family: Family) -> str:
    """Return a reference to a family: how often and when it was printed, its earliest plate, and where it was found.

    It says "earliest in this collection", and of undated plates only which comes first: an earlier printing may not
    have been scanned.
    """
    first = family.earliest
    books = f" of {counted(len(family.books), 'book')}" if family.books else ""
    years = family.span or "undated"
    which = "the earliest in this collection" if first.dated else "first among them"
    version = str(collection.manifest.get("imgsim", ""))
    return (
        f"One image in {counted(len(family), 'plate')}{books}, {years}; {which}: "
        f"{collection.catalogue.citation(first.row)} Family {family.id} of the {collection_citation(collection)}, "
        f"found with imgsim{' ' if version else ''}{version} by local features and geometry."
    )
