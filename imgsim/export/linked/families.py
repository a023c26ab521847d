"""families.jsonld: each family as one image, with the plates that show it and how each relates to the earliest.

An image is CIDOC-CRM's visual item, a plate the printed thing that shows it (P65), and one that was copied or printed
from what another shows has features of it (P130). Which of the two was first is only said of what is dated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from imgsim.collection.citing import plate_reference
from imgsim.collection.family_notes import NOTHING, FamilyNote
from imgsim.collection.passed_words import family_words
from imgsim.export.decision_annotations import picture_name
from imgsim.export.family_lists import family_ids
from imgsim.export.linked.graphs import Node, book_name, graph, kept, numbered
from imgsim.export.references.records import cleaned, keys
from imgsim.export.request import Chunk, Request
from imgsim.families import Family, Member


def family_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the families that have at least one of a request's plates, each of them whole."""
    families = request.families
    if families is None:
        return
    chosen = [families.family(family_id) for family_id in family_ids(request)]
    said, books = family_words(request.collection.path).standing, keys(request.catalogue)

    def nodes(family: Family) -> list[Node]:
        plates = [_plate(request, books, family, member) for member in family.members]
        return [_image(request, family, said.get(family.id, NOTHING)), *plates]

    yield from graph(chosen, nodes, len)


def _image(request: Request, family: Family, said: FamilyNote) -> Node:
    first = family.earliest
    return {
        "@id": _family(family),
        "@type": ["VisualArtwork", "crm:E36_Visual_Item"],
        "name": said.title or request.catalogue.short_title(first.row, 90),
        "identifier": numbered(f"family in the collection {cleaned(request.collection.name)}", family.id),
        "description": said.note,
        "keywords": list(said.tags),
        "workExample": [{"@id": _name(member.plate_id)} for member in family.members],
    }


def _plate(request: Request, books: Mapping[str, str], family: Family, member: Member) -> Node:
    catalogue = request.catalogue
    picture = catalogue.pictures[member.plate_id]
    tied = None if member.tied_to is None else catalogue.plate_ids[member.tied_to]
    return {
        "@id": _name(member.plate_id),
        "@type": ["VisualArtwork", "crm:E22_Human-Made_Object"],
        "name": plate_reference(catalogue, member.row),
        "identifier": numbered(f"plate in the collection {cleaned(request.collection.name)}", member.plate_id),
        "dateCreated": {"@value": member.when.edtf, "@type": "edtf:EDTF"} if member.dated else "",
        "position": member.place + 1,
        "description": ", ".join(member.words),
        "exampleOfWork": {"@id": _family(family)},
        "crm:P65_shows_visual_item": {"@id": _family(family)},
        "crm:P130_shows_features_of": {"@id": _name(tied)} if tied is not None else "",
        "isPartOf": {"@id": book_name(books[member.book])} if member.book in books else "",
        "image": kept({"@id": picture_name(picture), "@type": "ImageObject", "sha256": picture}),
    }


def _family(family: Family) -> str:
    return f"#{quote(family.id, safe='')}"


def _name(plate_id: str) -> str:
    return f"#plate-{quote(plate_id, safe='')}"
