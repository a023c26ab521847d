"""What people observed of plates, as W3C Web Annotations on the canvases of a manifest: signed and dated.

An observation is of one place that two plates have, so it is told on both: on each at its own place, with the name of
the other. What was observed of another scan than the one that is here is not told, for its place means nothing now.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from imgsim.collection.observations import Observation, Observations
from imgsim.errors import ImgsimError
from imgsim.export.decision_annotations import FRAGMENTS, signed
from imgsim.export.iiif.uris import Addresses

if TYPE_CHECKING:
    from imgsim.collection import Collection

Json = dict[str, Any]
_PART = 30  # of the longer side: half of the box round a place, as the dossier draws its numbers


def annotated(collection: Collection, at: Addresses, canvases: list[Json]) -> tuple[list[Json], dict[str, str]]:
    """Return canvases with what was observed of their plates, and what the manifest says about it, by its label."""
    pictures = collection.catalogue.pictures
    try:
        standing = [one for one in Observations(collection.path).standing() if one.of_these(pictures)]
    except ImgsimError:
        return canvases, {"Observations": "What people observed cannot be read."}
    seen: dict[str, list[tuple[str, Observation]]] = defaultdict(list)
    for one in standing:
        for plate_id in one.pair:
            seen[at.canvas(plate_id)].append((plate_id, one.seen_from(plate_id)))
    told = [one for canvas in canvases for one in seen.get(canvas["id"], ())]
    if not told:
        return canvases, {}
    people = ", ".join(sorted({one.reviewer for _, one in told}))
    made = [
        {**canvas, "annotations": [_page(at, canvas, seen[canvas["id"]])]} if canvas["id"] in seen else canvas
        for canvas in canvases
    ]
    return made, {"Observations": f"{len(told):,} on these plates, by {people}"}


def _page(at: Addresses, canvas: Json, seen: list[tuple[str, Observation]]) -> Json:
    """The observations of one canvas; the numbers in the addresses count them."""
    plate_id = seen[0][0]
    return {
        "id": at.part(plate_id, "observations"),
        "type": "AnnotationPage",
        "items": [
            _annotation(at.part(plate_id, f"observation-{count}"), canvas, one)
            for count, (_, one) in enumerate(seen, 1)
        ],
    }


def _annotation(address: str, canvas: Json, one: Observation) -> Json:
    return {
        "id": address,
        "type": "Annotation",
        "motivation": "commenting",
        **signed(one.reviewer, one.when),
        "body": {
            "type": "TextualBody",
            "value": f"{one.number}: {one.text} (compared with {one.plate_b})",
            "format": "text/plain",
        },
        "target": {
            "type": "SpecificResource",
            "source": canvas["id"],
            "selector": {"type": "FragmentSelector", "conformsTo": FRAGMENTS, "value": _box(canvas, one)},
        },
    }


def _box(canvas: Json, one: Observation) -> str:
    """A small box round the place, inside of the canvas: `xywh=90,40,61,61`."""
    width, height = canvas["width"], canvas["height"]
    half = max(1, round(max(width, height) / _PART))
    x, y = (min(max(0, round(value)), side - 1) for value, side in zip(one.place[:2], (width, height), strict=True))
    left, top = max(0, x - half), max(0, y - half)
    return f"xywh={left},{top},{min(width, x + half + 1) - left},{min(height, y + half + 1) - top}"
