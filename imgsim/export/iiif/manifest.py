"""Manifests (IIIF Presentation API 3) of a family, of a selection, or of one plate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import imgsim
from imgsim.catalogue import described
from imgsim.collection.citing import plate_citation
from imgsim.collection.corrected import families_of
from imgsim.collection.decided import reviews_of
from imgsim.collection.family_notes import NOTHING
from imgsim.collection.passed_words import family_words
from imgsim.errors import ImgsimError, PrepareAgain
from imgsim.export.iiif.annotations import annotated
from imgsim.export.iiif.image_service import image_address, sizes
from imgsim.export.iiif.uris import Addresses
from imgsim.export.rights import terms_address
from imgsim.reviews.account import account

if TYPE_CHECKING:
    import numpy as np

    from imgsim.collection import Collection
    from imgsim.families import Families, Family
    from imgsim.reviews import Review

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
MEDIA_TYPE = f'application/ld+json;profile="{CONTEXT}"'

Json = dict[str, Any]


def family_manifest(
    collection: Collection,
    family_id: str,
    app: str,
    families: Families | None = None,
    reviews: Sequence[Review] | None = None,
) -> Json:
    """Return the manifest of a family: its plates in order of date, each with how it differs from the earliest.

    Parameters: ``app`` is the address of the app, such as ``http://127.0.0.1:8501``; ``families`` are those of the
    collection after what people decided, ``reviews`` every record of that, if the caller has them.
    Raises ImgsimError if there is no such family, or plates were never compared.
    """
    families = families_of(collection) if families is None else families
    if families is None:
        raise ImgsimError(
            f"The plates of {collection.name} were not compared by their lines yet.",
            PrepareAgain(str(collection.path)),
        )
    family = families.family(family_id)
    at = Addresses(app, collection.name)
    earliest = family.earliest
    said = family_words(collection.path).standing.get(family_id, NOTHING)
    title = said.title or collection.catalogue.short_title(earliest.row, 90)
    first = f"The earliest in this collection is of {earliest.date}; it need not be the first. "
    return _manifest(
        collection,
        at,
        at.family(family_id),
        label=f"{title}: {_extent(family)}",
        summary=(
            "One image and where it appears again, in order of date. "
            f"{first if earliest.dated else ''}The lines of the plates were compared by a program: look at them. "
            f"{_decided(collection, family, reviews)}"
        ),
        facts={
            "Plates": str(len(family)),
            "Books": str(len(family.books)) if family.books else "",
            "Places": ", ".join(family.places),
            "Tags": ", ".join(said.tags),
        },
        page=at.family_page(family_id),
        what="This family in imgsim",
        canvases=[
            _canvas(collection, at, member.row, {"In this family": ", ".join(member.words)})
            for member in family.members
        ],
    )


def plate_manifest(collection: Collection, plate_id: str, app: str) -> Json:
    """Return the manifest of one plate; ImgsimError if there is none of that id."""
    row = collection.catalogue.row(plate_id)
    at = Addresses(app, collection.name)
    return _manifest(
        collection,
        at,
        at.plate(plate_id),
        label=_caption(collection, row),
        summary=plate_citation(collection, row),
        page=at.plate_page(plate_id),
        what="This plate in imgsim",
        canvases=[_canvas(collection, at, row)],
    )


def selection_manifest(
    collection: Collection, rows: Sequence[int] | np.ndarray, app: str, *, query: str = "", told: str = ""
) -> Json:
    """Return the manifest of any plates, in the order given.

    Parameters: ``query`` are the filters as the app's addresses write them, ``told`` are they in words; both ''
    for all plates. Raises ImgsimError without any plate, since a manifest must hold one.
    """
    if not len(rows):
        raise ImgsimError("No plate passes these filters, so there is nothing to show. Take out a filter.")
    at = Addresses(app, collection.name)
    count = f"{len(rows):,} plate{'s' if len(rows) > 1 else ''}"
    return _manifest(
        collection,
        at,
        at.selection(query),
        label=f"{count} of the collection {collection.name}",
        summary=f"Chosen by {told}." if told else "",
        facts={"Plates": str(len(rows)), "Chosen by": told},
        page=at.browse_page(query),
        what="These plates in imgsim",
        canvases=[_canvas(collection, at, int(row)) for row in rows],
    )


def manifest_bytes(
    collection: Collection,
    app: str,
    *,
    family: str = "",
    plate: str = "",
    rows: Sequence[int] | np.ndarray | None = None,
    query: str = "",
    families: Families | None = None,
) -> bytes:
    """Return a manifest as a file: of a family, or of a plate, or of rows (all plates without any of these).

    The parameters are those of the functions above.
    """
    if family:
        return to_bytes(family_manifest(collection, family, app, families))
    if plate:
        return to_bytes(plate_manifest(collection, plate, app))
    chosen = range(len(collection.catalogue)) if rows is None else rows
    return to_bytes(selection_manifest(collection, chosen, app, query=query))


def to_bytes(document: Json) -> bytes:
    """Return a document as UTF-8 JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


# ---- its parts


def _decided(collection: Collection, family: Family, reviews: Sequence[Review] | None) -> str:
    """Who decided about the pairs of a family, in a sentence."""
    try:
        given = reviews_of(collection).all() if reviews is None else reviews
    except ImgsimError:
        return "What people decided about them cannot be read."
    told = account(given, collection.catalogue.pictures, [member.plate_id for member in family.members])
    return told.sentences() or "Nobody has decided about a pair of them yet."


def _manifest(
    collection: Collection,
    at: Addresses,
    address: str,
    *,
    label: str,
    summary: str,
    page: str,
    what: str,
    canvases: list[Json],
    facts: Mapping[str, str] | None = None,
) -> Json:
    prepared = str(collection.manifest.get("created", ""))[:10]
    canvases, noted = annotated(collection, at, canvases)
    known = {"Collection": collection.name, **(facts or {}), **noted, "Prepared": prepared}
    rights = {canvas.get("rights") for canvas in canvases}
    return {
        "@context": CONTEXT,
        "id": address,
        "type": "Manifest",
        "label": _said(label),
        **({"summary": _said(_plain(summary))} if summary else {}),
        "metadata": _pairs(known),
        "requiredStatement": {
            "label": _said("Made with"),
            "value": _said(f"imgsim {imgsim.__version__}, from the collection {collection.name}"),
        },
        # Of the whole only what holds for all of it.
        **({"rights": only} if len(rights) == 1 and (only := next(iter(rights))) else {}),
        "homepage": [_page(page, what)],
        "thumbnail": canvases[0]["thumbnail"],
        "behavior": ["individuals"],
        "items": canvases,
    }


def _canvas(collection: Collection, at: Addresses, row: int, more: Mapping[str, str] | None = None) -> Json:
    """A plate as a canvas of its scan's size, upright, in pixels."""
    record = collection.catalogue.record(row)
    plate_id, address = str(record["plate_id"]), at.image(str(record["sha256"]))
    width, height = scan = int(record["width"] or 1), int(record["height"] or 1)
    canvas = at.canvas(plate_id)
    known = described(record, collection.manifest.get("join", {}).get("understood", {}))
    rights = terms_address(record)
    service = [{"id": address, "type": "ImageService3", "profile": "level0"}]
    return {
        "id": canvas,
        "type": "Canvas",
        "label": _said(_caption(collection, row), "none"),
        "width": width,
        "height": height,
        "metadata": _pairs({**(more or {}), **known}),
        **({"rights": rights} if rights else {}),
        "homepage": [_page(at.plate_page(plate_id), "This plate in imgsim")],
        "thumbnail": [{**_image(address, sizes(scan)[0], scan), "service": service}],
        "items": [
            {
                "id": at.part(plate_id, "images"),
                "type": "AnnotationPage",
                "items": [
                    {
                        "id": at.part(plate_id, "image"),
                        "type": "Annotation",
                        "motivation": "painting",
                        "body": {**_image(address, sizes(scan)[-1], scan), "service": service},
                        "target": canvas,
                    }
                ],
            }
        ],
    }


def _image(address: str, size: tuple[int, int], scan: tuple[int, int]) -> Json:
    return {
        "id": image_address(address, size, scan),
        "type": "Image",
        "format": "image/jpeg",
        "width": size[0],
        "height": size[1],
    }


def _page(address: str, label: str) -> Json:
    return {"id": address, "type": "Text", "label": _said(label), "format": "text/html"}


def _caption(collection: Collection, row: int) -> str:
    """`1788, The Botanical Magazine, p. 12`."""
    record = collection.catalogue.record(row)
    when = collection.catalogue.date(row)
    date = when.words if when.dated else ""
    page = f"p. {record['page']}" if record["page"] is not None else ""
    return ", ".join(part for part in (date, collection.catalogue.short_title(row, 70), page) if part)


def _extent(family: Family) -> str:
    """`5 plates in 3 books, 1712–1788`."""
    plates = f"{len(family)} plate{'s' if len(family) != 1 else ''}"
    books = f" in {len(family.books)} book{'s' if len(family.books) != 1 else ''}" if family.books else ""
    return plates + books + (f", {family.span}" if family.span else "")


def _pairs(known: Mapping[str, str]) -> list[Json]:
    return [
        {"label": _said(label), "value": _said(_plain(value), "none")}
        for label, value in known.items()
        if value
    ]


def _said(text: str, language: str = "en") -> dict[str, list[str]]:
    return {language: [text]}


def _plain(text: str) -> str:
    """Data that a viewer must show as it stands: what begins with < and ends with > would be taken for HTML."""
    return f"{text} " if text.startswith("<") and text.endswith(">") else text
