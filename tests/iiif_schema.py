"""The rules of IIIF Presentation 3.0 and Image 3.0 that our answers must keep, from the text of the specifications.

Written as JSON Schema where a schema can say it; what it cannot (ids that must be unique, targets that must exist,
markup where only text may stand) follows in :func:`broken_rules`. Only properties that the specifications define are
admitted, so that a mistyped one is found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import jsonschema

_URI = {"type": "string", "pattern": r"^https?://[^\s<>\"{}|\\^`#]+(#[^\s<>\"{}|\\^`#]*)?$"}
# A JSON object from language tags, or "none", to lists of strings.
_LANGUAGES = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": r"^(none|[a-z]{2,3}(-[A-Za-z0-9]{1,8})*)$"},
    "additionalProperties": {"type": "array", "minItems": 1, "items": {"type": "string"}},
}
_PAIR = {
    "type": "object",
    "required": ["label", "value"],
    "additionalProperties": False,
    "properties": {"label": _LANGUAGES, "value": _LANGUAGES},
}
_PIXELS = {"type": "integer", "minimum": 1}
_MEDIA_TYPE = {"type": "string", "pattern": r"^[a-z]+/[a-z0-9.+-]+$"}


def _object(required: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": items}


_SERVICE = _object(
    "id type profile",
    {
        "id": _URI,
        "type": {"const": "ImageService3"},
        "profile": {"enum": ["level0", "level1", "level2"]},
    },
)
_IMAGE = _object(
    "id type",
    {
        "id": _URI,
        "type": {"const": "Image"},
        "format": _MEDIA_TYPE,
        "width": _PIXELS,
        "height": _PIXELS,
        "service": _list(_SERVICE),
    },
)
_LINK = _object(
    "id type label",
    {
        "id": _URI,
        "type": {"enum": ["Text", "Dataset", "Image"]},
        "label": _LANGUAGES,
        "format": _MEDIA_TYPE,
        "language": _list({"type": "string"}),
    },
)
_DESCRIPTIVE: dict[str, Any] = {
    "id": _URI,
    "label": _LANGUAGES,
    "metadata": {"type": "array", "items": _PAIR},
    "summary": _LANGUAGES,
    "requiredStatement": _PAIR,
    "rights": {
        "type": "string",
        "pattern": r"^http://(creativecommons\.org|rightsstatements\.org)/[A-Za-z0-9._/-]+$",
    },
    "thumbnail": _list(_IMAGE),
    "homepage": _list(_LINK),
    "behavior": _list(
        {"enum": ["unordered", "individuals", "continuous", "paged"]},  # those that a manifest may have
    ),
}
_ANNOTATION = _object(
    "id type motivation body target",
    {
        "id": _URI,
        "type": {"const": "Annotation"},
        "motivation": {"const": "painting"},
        "body": _IMAGE,
        "target": _URI,
    },
)
_PAGE = _object(
    "id type items",
    {"id": _URI, "type": {"const": "AnnotationPage"}, "items": _list(_ANNOTATION)},
)
CREATOR = _object(
    "type name", {"id": _URI, "type": {"const": "Person"}, "name": {"type": "string", "minLength": 1}}
)
# What is said of a canvas: a W3C Web Annotation (its sections 3.2 to 4.2), of the forms that we write.
_SAID = _object(
    "id type motivation creator created body target",
    {
        "id": _URI,
        "type": {"const": "Annotation"},
        "motivation": {"const": "commenting"},
        "creator": CREATOR,
        "created": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "body": _object(
            "type value format",
            {"type": {"const": "TextualBody"}, "value": {"type": "string"}, "format": {"const": "text/plain"}},
        ),
        "target": _object(
            "type source selector",
            {
                "type": {"const": "SpecificResource"},
                "source": _URI,
                "selector": _object(
                    "type conformsTo value",
                    {
                        "type": {"const": "FragmentSelector"},
                        "conformsTo": {"const": "http://www.w3.org/TR/media-frags/"},
                        "value": {"type": "string", "pattern": r"^xywh=\d+,\d+,[1-9]\d*,[1-9]\d*$"},
                    },
                ),
            },
        ),
    },
)
_CANVAS = _object(
    "id type width height items",  # items is not demanded, but there would be nothing to see
    {
        **{name: rule for name, rule in _DESCRIPTIVE.items() if name != "behavior"},
        "type": {"const": "Canvas"},
        "width": _PIXELS,
        "height": _PIXELS,
        "items": _list(_PAGE),
        "annotations": _list(
            _object("id type items", {"id": _URI, "type": {"const": "AnnotationPage"}, "items": _list(_SAID)})
        ),
    },
)
MANIFEST = _object(
    "@context id type label items",
    {
        **_DESCRIPTIVE,
        "@context": {"const": "http://iiif.io/api/presentation/3/context.json"},
        "type": {"const": "Manifest"},
        "items": _list(_CANVAS),
    },
)
INFO = _object(
    "@context id type protocol profile width height",
    {
        "@context": {"const": "http://iiif.io/api/image/3/context.json"},
        "id": _URI,
        "type": {"const": "ImageService3"},
        "protocol": {"const": "http://iiif.io/api/image"},
        "profile": {"const": "level0"},
        "width": _PIXELS,
        "height": _PIXELS,
        "sizes": _list(_object("width height", {"width": _PIXELS, "height": _PIXELS})),
        "maxWidth": _PIXELS,
        "tiles": _list(
            _object("width scaleFactors", {"width": _PIXELS, "height": _PIXELS, "scaleFactors": _list(_PIXELS)})
        ),
    },
)


def check_manifest(manifest: dict[str, Any]) -> None:
    """Raise AssertionError or ValidationError where a manifest breaks a rule."""
    jsonschema.Draft202012Validator(MANIFEST).validate(manifest)
    assert next(iter(manifest)) == "@context"
    assert list(broken_rules(manifest)) == []


def check_info(info: dict[str, Any]) -> None:
    """The same for an info.json."""
    jsonschema.Draft202012Validator(INFO).validate(info)
    sizes = [(size["width"], size["height"]) for size in info["sizes"]]
    assert sizes == sorted(set(sizes))
    # Without a limit the largest is the scan; with one nothing that is promised is beyond it.
    if "maxWidth" in info:
        assert max(sizes[-1]) == info["maxWidth"] < max(info["width"], info["height"])
        assert all(max(tile["width"], tile.get("height", 1)) <= info["maxWidth"] for tile in info["tiles"])
    else:
        assert sizes[-1] == (info["width"], info["height"])


def broken_rules(manifest: dict[str, Any]) -> Iterator[str]:
    """Yield the rules beyond the schema that a manifest breaks."""
    ids = [manifest["id"]]
    for canvas in manifest["items"]:
        ids.append(canvas["id"])
        if urlsplit(canvas["id"]).fragment:
            yield f"the canvas {canvas['id']} has a fragment"
        for page in canvas["items"]:
            ids.append(page["id"])
            for annotation in page["items"]:
                ids.append(annotation["id"])
                if annotation["target"] != canvas["id"]:
                    yield f"{annotation['id']} paints {annotation['target']}, not its canvas"
                body = annotation["body"]
                ratio = body["width"] / body["height"], canvas["width"] / canvas["height"]
                if abs(ratio[0] / ratio[1] - 1) > 0.02:
                    yield f"{body['id']} is of another shape than its canvas"
                for service in body.get("service", ()):
                    if not body["id"].startswith(service["id"] + "/"):
                        yield f"{body['id']} is no image of its service"
        for page in canvas.get("annotations", ()):
            ids += [page["id"], *(annotation["id"] for annotation in page["items"])]
            for annotation in page["items"]:
                if annotation["target"]["source"] != canvas["id"]:
                    yield f"{annotation['id']} is about {annotation['target']['source']}, not its canvas"
                x, y, w, h = map(int, annotation["target"]["selector"]["value"].removeprefix("xywh=").split(","))
                if x + w > canvas["width"] or y + h > canvas["height"]:
                    yield f"{annotation['id']} lies outside of its canvas"
    yield from (
        f"the id {one} stands there {count} times" for one, count in Counter(ids).items() if count > 1
    )
    for label, text in _texts(manifest):
        # Only summaries and values may be markup, and these say so by < and > at their ends.
        if label in {"summary", "value"} and re.fullmatch(r"<.*>", text, re.DOTALL):
            yield f"{text!r} would be taken for markup"


def _texts(found: Any, under: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for name, value in found.items():
            yield from _texts(value, name if name in {"label", "value", "summary"} else under)
    elif isinstance(found, list):
        for value in found:
            yield from _texts(value, under)
    elif isinstance(found, str) and under:
        yield under, found
