"""What people decided about pairs, as W3C Web Annotations (https://www.w3.org/TR/annotation-model/), one a record.

A decision is about two pictures. Each is named by the canvas of the library that gave it, where it is all of it; else
by its SHA-256 (RFC 6920), which names it on every machine. Where the program found that the two agree, the place is
drawn on both. Every record of the CSV is here: one that was taken back bears that word, and what took it back answers
to it.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from imgsim.collection.citing import plate_reference
from imgsim.export.crate.persons import person
from imgsim.export.dossier.fragments import outline
from imgsim.export.request import STEP, Chunk, Request
from imgsim.export.review_lists import reviewed
from imgsim.reviews.account import shown_then
from imgsim.reviews.decision_words import DECISIONS, TAKEN_BACK
from imgsim.reviews.pictures import state_of
from imgsim.reviews.standing import taken_back

if TYPE_CHECKING:
    from imgsim.reviews import Review
    from imgsim.verification.match_row import MatchRow

CONTEXT, FRAGMENTS = "http://www.w3.org/ns/anno.jsonld", "http://www.w3.org/TR/media-frags/"
_CANVAS = "iiif_canvas"  # the column in which a library's plates name theirs
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_PAGE = uuid.UUID("0d7a0b4e-6a41-5a0e-9b0c-2f4f3c0f7b55")

Json = dict[str, Any]


def annotation_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the reviews of a request as one annotation page, in the order in which they were written down."""
    collection, found = request.collection, reviewed(request)
    name = uuid.uuid5(_PAGE, "\x00".join((collection.name, collection.generation, *(one.uuid for one in found))))
    head = json.dumps({"@context": CONTEXT, "id": name.urn, "type": "AnnotationPage"})
    yield Chunk(f'{head[:-1]}, "items": ['.encode())
    gone = taken_back(found)
    for start in range(0, len(found), STEP):
        part = [_annotation(request, review, gone) for review in found[start : start + STEP]]
        written = ",\n".join(json.dumps(one, ensure_ascii=False) for one in part)
        yield Chunk((("," if start else "") + "\n" + written).encode("utf-8", "replace"), len(part))
    yield Chunk(b"\n]}\n")


def signed(reviewer: str, when: str) -> Json:
    """By whom and when an annotation was made; ``when`` is kept in UTC."""
    one = person(reviewer)
    creator = {"type": "Person", "name": one.name} | ({"id": one.address} if one.orcid else {})
    return {"creator": creator, "created": f"{when[:19]}Z"}


def picture_name(sha256: str) -> str:
    """The name of a picture by its content, as RFC 6920 writes it: ``ni:///sha-256;...``."""
    digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).rstrip(b"=").decode()
    return f"ni:///sha-256;{digest}"


def _annotation(request: Request, review: Review, gone: set[str]) -> Json:
    made = {"id": f"urn:uuid:{review.uuid}", "type": "Annotation", **signed(review.reviewer, review.when)}
    if review.decision == TAKEN_BACK:
        return made | {
            "motivation": "replying",
            "body": [_body(f"{TAKEN_BACK}.", "replying"), _body(TAKEN_BACK, "tagging")],
            "target": f"urn:uuid:{review.undoes}",
        }
    match = _match(request, review)
    bodies = [_body(f"{review.decision}: {DECISIONS[review.decision]}", "assessing"), _body(review.decision, "tagging")]
    if review.uuid in gone:
        bodies.append(_body(TAKEN_BACK, "tagging"))
    if review.note:
        bodies.append({"type": "TextualBody", "value": review.note, "format": "text/plain", "purpose": "commenting"})
    if shown := shown_then(review):
        bodies.append(_body(f"Shown then: {shown}.", "describing"))
    sides = ((review.plate_a, review.picture_a), (review.plate_b, review.picture_b))
    return made | {
        "motivation": "assessing",
        "body": bodies,
        "target": [_target(request, plate, picture, match) for plate, picture in sides],
        **({"via": f"urn:uuid:{review.confirms}"} if review.confirms else {}),
    }


def _body(words: str, purpose: str) -> Json:
    return {"type": "TextualBody", "value": words, "format": "text/plain", "language": "en", "purpose": purpose}


def _match(request: Request, review: Review) -> MatchRow | None:
    """What ties the two together, if both are here and show what was decided about."""
    catalogue, matches = request.catalogue, request.collection.matches
    pictures = catalogue.pictures
    sides = ((review.plate_a, review.picture_a), (review.plate_b, review.picture_b))
    if matches is None or any(state_of(plate, picture, pictures) for plate, picture in sides):
        return None
    match = matches.between(catalogue.row(review.plate_a), catalogue.row(review.plate_b))
    return match if match is not None and match.verified else None


def _target(request: Request, plate: str, picture: str, match: MatchRow | None) -> Json:
    catalogue = request.catalogue
    source: Json = {"id": picture_name(picture) if picture else f"urn:imgsim:plate:{quote(plate, safe='')}"}
    source |= {"type": "Image", "dcterms:identifier": plate} | ({"schema:sha256": picture} if picture else {})
    target = {"type": "SpecificResource", "source": source}
    if state_of(plate, picture, catalogue.pictures):
        return target  # gone, or another scan today: what is known of that one says nothing of this
    row = catalogue.row(plate)
    record = catalogue.record(row)
    source["dcterms:bibliographicCitation"] = plate_reference(catalogue, row)
    canvas = _ADDRESS.fullmatch(str(record.get(_CANVAS) or ""))
    # What was cut out of a page is not all of its canvas.
    whole = canvas is not None and request.collection.pages is None
    if canvas is not None and whole:
        source |= {"id": canvas[0], "type": "Canvas"}
    size = int(record["width"] or 1), int(record["height"] or 1)
    if match is not None and (points := outline(size, match.region_a if match.a == row else match.region_b)):
        target["selector"] = _in_percent(points, size) if whole else _drawn(points, size)
    return target


def _drawn(points: str, size: tuple[int, int]) -> Json:
    """The outline, in pixels of the scan."""
    box = f'viewBox="0 0 {size[0]} {size[1]}"'
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" {box}><polygon points="{points}"/></svg>'
    return {"type": "SvgSelector", "value": drawn}


def _in_percent(points: str, size: tuple[int, int]) -> Json:
    """The box round the outline: a canvas has a size of its own, of which ours need not be."""
    corners = [tuple(map(int, point.split(","))) for point in points.split()]
    sides = [sorted(values) for values in zip(*corners, strict=True)]
    left, top = (100 * side[0] / length for side, length in zip(sides, size, strict=True))
    width, height = (100 * (side[-1] - side[0]) / length for side, length in zip(sides, size, strict=True))
    value = f"xywh=percent:{left:.2f},{top:.2f},{width:.2f},{height:.2f}"
    return {"type": "FragmentSelector", "conformsTo": FRAGMENTS, "value": value}
