"""ro-crate-metadata.json: what an export is, as RO-Crate 1.2 (https://w3id.org/ro/crate/1.2) describes a data set.

Every file stands in it with its type, its size, its SHA-256 and what it is; a table with its columns, in the words of
CSV on the Web. It says nothing that :class:`~imgsim.export.crate.statement.Statement` and the files do not say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import imgsim
from imgsim.export.crate.persons import NOBODY, Person
from imgsim.export.crate.statement import KEYWORDS, Statement
from imgsim.export.references.records import cleaned
from imgsim.export.request import Request
from imgsim.export.written import Written

CONTEXT, PROFILE = "https://w3id.org/ro/crate/1.2/context", "https://w3id.org/ro/crate/1.2"
_CSVW = "http://www.w3.org/ns/csvw#"
_SOFTWARE, _COLLECTION, _IMAGES, _ACTION, _NETWORK = "#imgsim", "#collection", "#images", "#export", "#network"
# The records that stand beside the files: media type and what each is.
RECORDS = {
    "README.txt": ("text/plain", "What each file is, what every column means, how to cite and how to make it again."),
    "manifest.json": ("application/json", "How the collection was prepared, and what was asked for, for programs."),
    "CITATION.cff": ("application/yaml", "How to cite this export, in the Citation File Format."),
    ".zenodo.json": ("application/json", "What Zenodo asks for of a deposit."),
}

Entity = dict[str, Any]


def ro_crate(
    request: Request, said: Statement, written: Sequence[Written], records: Mapping[str, bytes]
) -> bytes:
    """Return the crate's description, UTF-8: of the files that were written, and of the records beside them."""
    files = [_file(one) for one in written]
    files += [
        _data(name, len(data), hashlib.sha256(data).hexdigest(), *RECORDS[name]) for name, data in records.items()
    ]
    terms = _terms(said)
    rights = _rights(said)
    graph = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": _ref(PROFILE),
            "about": _ref("./"),
            "name": "What this export is, for programs",
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": said.title,
            "description": f"{said.about} {said.who} {said.images}",
            "datePublished": said.day,
            "version": said.version,
            "creditText": said.citation,
            "inLanguage": "en",
            "keywords": list(KEYWORDS),
            "license": _ref(terms["@id"]),
            "author": _refs(map(_person, said.makers)),
            **({"contributor": _refs(map(_person, said.deciders))} if said.deciders else {}),
            "isBasedOn": _ref(_COLLECTION),
            "mentions": [_ref(_IMAGES), _ref(_ACTION)],
            "hasPart": _refs(files),
        },
        *files,
        *(entity for one in written for entity in _columns(one)),
        *_made(request, said),
        {
            "@id": _IMAGES,
            "@type": "Collection",
            "name": "The scans of the plates",
            "description": said.images,
            "collectionSize": len(request.chosen),
            "isPartOf": _ref(_COLLECTION),
            **({"license": _refs(rights)} if rights else {}),
        },
        terms,
        *(one for one in rights if one["@id"] != terms["@id"]),
        *{one["@id"]: one for one in map(_person, (*said.makers, *said.deciders))}.values(),
    ]
    document = {"@context": [CONTEXT, {"csvw": _CSVW}], "@graph": graph}
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _file(one: Written) -> Entity:
    about = f"{one.file.about} {one.extent[:1].upper()}{one.extent[1:]}."
    made = _data(one.file.name, one.size, one.sha256, one.file.media_type, about)
    return made | ({"csvw:tableSchema": _ref(f"#{one.file.name}-columns")} if one.columns else {})


def _data(name: str, size: int, sha256: str, media_type: str, about: str) -> Entity:
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "description": about,
        "encodingFormat": media_type,
        "contentSize": str(size),
        "sha256": sha256,
    }


def _columns(one: Written) -> list[Entity]:
    """A table's columns, in their order; none of what is no table."""
    if not one.columns:
        return []
    columns = [
        {
            "@id": f"#{one.file.name}-{at}",
            "@type": ["csvw:Column", "PropertyValue"],
            "csvw:name": name,
            "name": name,
            "description": words,
            "position": at,  # a list of JSON-LD has no order
        }
        for at, (name, words) in enumerate(one.meanings, 1)
    ]
    schema = {
        "@id": f"#{one.file.name}-columns",
        "@type": ["csvw:Schema", "CreativeWork"],
        "name": f"Columns of {one.file.name}",
        "csvw:column": _refs(columns),
    }
    return [schema, *columns]


def _made(request: Request, said: Statement) -> list[Entity]:
    """The collection, and how this was made of it: with which imgsim and which network."""
    manifest = request.collection.manifest
    network = manifest.get("backbones", {}).get(request.backbone, {})
    return [
        {
            "@id": _COLLECTION,
            "@type": "Collection",
            "name": cleaned(request.collection.name),
            "description": said.about,
            "dateCreated": str(manifest.get("created", "")),
            "version": said.version,
            "collectionSize": len(request.catalogue),
        },
        {
            "@id": _SOFTWARE,
            # As a type of its own it would have to name an address on the web.
            "@type": "CreativeWork",
            "additionalType": _ref("http://schema.org/SoftwareApplication"),
            "name": "imgsim",
            "version": imgsim.__version__,
            "description": f"The collection was prepared with imgsim {manifest.get('imgsim', '')}.",
        },
        {
            "@id": _NETWORK,
            "@type": "CreativeWork",
            "name": request.backbone,
            "description": "The network whose similarities and maps stand in these lists.",
            **({"identifier": str(network["key"])} if network.get("key") else {}),
        },
        {
            "@id": _ACTION,
            "@type": "CreateAction",
            "name": "Export",
            "endTime": said.day,
            "instrument": [_ref(_SOFTWARE), _ref(_NETWORK)],
            "object": _ref(_COLLECTION),
            "result": _ref("./"),
            "agent": _refs(map(_person, said.makers)),
        },
    ]


def _terms(said: Statement) -> Entity:
    if said.licence is None:
        return {
            "@id": "#no-licence", "@type": "CreativeWork", "name": "No licence was chosen", "description": said.terms,
        }  # fmt: skip
    return _licence(said.licence.address, said.licence.name, said.terms)


def _rights(said: Statement) -> list[Entity]:
    """The terms of the scans, one for each that the table states."""
    found = []
    for at, (terms, count) in enumerate(said.rights.items(), 1):
        if not terms:
            continue
        told = f"Terms of {count:,} scans, as the table of the collection states them."
        address = terms if terms.startswith(("https://", "http://")) and " " not in terms else f"#rights-{at}"
        found.append(_licence(address, terms, told))
    return found


def _licence(address: str, name: str, about: str) -> Entity:
    return {"@id": address, "@type": "CreativeWork", "name": name, "description": about}


def _person(one: Person) -> Entity:
    if one == NOBODY:
        return {"@id": "#anonymous", "@type": "Person", "name": one.name, "description": "Nobody is named."}
    number = hashlib.sha256(one.name.encode("utf-8", "replace")).hexdigest()[:12]
    return {"@id": one.address or f"#person-{number}", "@type": "Person", "name": one.name}


def _ref(address: str) -> Entity:
    return {"@id": address}


def _refs(entities: Iterable[Entity]) -> Entity | list[Entity]:
    """Refer to entities: to a single one by itself, as RO-Crate recommends."""
    found = [_ref(one["@id"]) for one in entities]
    return found[0] if len(found) == 1 else found
