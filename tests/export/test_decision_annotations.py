"""Decisions as Web Annotations: held against the rules of the model, and against the CSV of the same records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import numpy as np
import pytest

from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.export.decision_annotations import picture_name
from imgsim.reviews import DECISIONS
from tests.export.listed import table, the_file
from tests.exports import ATTACKS, collection_of, content, hostile, request_of
from tests.iiif_schema import CREATOR
from tests.kin import box, catalogue_of, pair

_NAME = {"type": "string", "pattern": r"^(ni:///sha-256;[A-Za-z0-9_-]{43}|urn:[a-z]+:[^\s]+|https?://[^\s]+)$"}
_BODY = {
    "type": "object", "required": ["type", "value", "format", "purpose"], "additionalProperties": False,
    "properties": {
        "type": {"const": "TextualBody"}, "value": {"type": "string", "minLength": 1}, "language": {"const": "en"},
        "format": {"const": "text/plain"},
        # Motivations of https://www.w3.org/TR/annotation-vocab/.
        "purpose": {"enum": ["assessing", "tagging", "commenting", "describing", "replying"]},
    },
}  # fmt: skip
_SELECTOR = {
    "type": "object", "required": ["type", "value"], "additionalProperties": False,
    "properties": {
        "type": {"enum": ["SvgSelector", "FragmentSelector"]}, "value": {"type": "string"},
        "conformsTo": {"const": "http://www.w3.org/TR/media-frags/"},
    },
}  # fmt: skip
_PLACE = {
    "type": "object", "required": ["type", "source"], "additionalProperties": False,
    "properties": {
        "type": {"const": "SpecificResource"}, "selector": _SELECTOR,
        "source": {"type": "object", "required": ["id", "type"], "properties": {
            "id": _NAME, "type": {"enum": ["Image", "Canvas"]}}},
    },
}  # fmt: skip
# The parts of the Web Annotation Data Model that we write.
PAGE: dict[str, Any] = {
    "type": "object", "required": ["@context", "id", "type", "items"], "additionalProperties": False,
    "properties": {
        "@context": {"const": "http://www.w3.org/ns/anno.jsonld"}, "id": _NAME, "type": {"const": "AnnotationPage"},
        "items": {"type": "array", "items": {
            "type": "object", "required": ["id", "type", "motivation", "creator", "created", "body", "target"],
            "additionalProperties": False,
            "properties": {
                "id": _NAME, "type": {"const": "Annotation"}, "motivation": {"enum": ["assessing", "replying"]},
                "creator": CREATOR, "body": {"type": "array", "minItems": 2, "items": _BODY}, "via": _NAME,
                "created": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                "target": {"anyOf": [_NAME, {"type": "array", "minItems": 2, "maxItems": 2, "items": _PLACE}]},
            },
        }},
    },
}  # fmt: skip


def annotated(collection: Collection, **values: Any) -> list[dict[str, Any]]:
    """The annotations of a collection, in the order of the records."""
    page = json.loads(content(the_file("reviews.jsonld"), request_of(collection, **values)))
    jsonschema.validate(page, PAGE)
    return page["items"]


def tags(one: dict[str, Any]) -> list[str]:
    return [body["value"] for body in one["body"] if body["purpose"] == "tagging"]


def sources(one: dict[str, Any]) -> list[dict[str, Any]]:
    return [target["source"] for target in one["target"]]


def test_every_record_of_the_csv_is_an_annotation_of_two_pictures(tmp_path: Path) -> None:
    made = hostile(tmp_path)
    ids, reviews = made.catalogue.plate_ids, reviews_of(made)
    for at, text in enumerate(one for one in ATTACKS if one.strip()):
        reviews.record(ids[0], ids[at + 1], list(DECISIONS)[at % 6], reviewer=text, note=text)
    found, listed = annotated(made), table("reviews.csv", request_of(made))
    assert [one["id"] for one in found] == [f"urn:uuid:{name}" for name in listed["uuid"]]
    for one, row in zip(found, listed.to_dict("records"), strict=True):
        assert tags(one) == [row["decision"]] and one["creator"] == {"type": "Person", "name": one["creator"]["name"]}
        assert one["created"][:19] == row["when"][:19]
        assert [source["dcterms:identifier"] for source in sources(one)] == [row["plate_a_id"], row["plate_b_id"]]
        assert [source["schema:sha256"] for source in sources(one)] == [row["a_sha256"], row["b_sha256"]]
        assert one["body"][0]["value"] == f"{row['decision']}: {DECISIONS[row['decision']]}"
    assert {body["value"] for one in found for body in one["body"] if body["purpose"] == "commenting"} == set(
        filter(None, listed["note"])
    )
    # Of some plates only what was decided about them.
    assert [one["id"] for one in annotated(made, rows=np.array([2]))] == [found[1]["id"]]


def test_what_was_taken_back_bears_that_word_and_what_took_it_back_answers(tmp_path: Path) -> None:
    made = hostile(tmp_path)
    ids, reviews = made.catalogue.plate_ids, reviews_of(made)
    first = reviews.record(ids[0], ids[1], "same plate", reviewer="Ada (0000-0002-1825-0097)")
    (undone,) = reviews.undo("Ada (0000-0002-1825-0097)")
    again = reviews.record(ids[0], ids[1], "unrelated", reviewer="Eve", confirms=first.uuid)
    decided, reply, confirming = annotated(made)
    assert undone.uuid == first.uuid and tags(decided) == ["same plate", "taken back"]
    assert decided["creator"] == {
        "type": "Person", "name": "Ada", "id": "https://orcid.org/0000-0002-1825-0097",
    }  # fmt: skip
    assert reply["motivation"] == "replying" and reply["target"] == decided["id"] and tags(reply) == ["taken back"]
    assert confirming["via"] == decided["id"] and confirming["id"] == f"urn:uuid:{again.uuid}"


def test_where_two_agree_is_drawn_on_both_and_only_on_the_pictures_that_were_judged(tmp_path: Path) -> None:
    sums = {"a": "a" * 64, "b": "b" * 64, "c": "c" * 64}
    plates = {name: (name, 1700) for name in sums}
    canvas = {"iiif_canvas": ["", "https://library.example/canvas/7", "javascript:alert(1)"]}
    drawn = pair("a", "b", region_a=box(10, 20, 110, 220), region_b=box(40, 60, 140, 360))
    made = collection_of(catalogue_of(plates, sha256=list(sums.values()), **canvas), [drawn], path=tmp_path)
    reviews = reviews_of(made)
    reviews.record("a", "b", "same plate", reviewer="Ada", evidence={"inliers": 90, "verdict": "same image"})
    reviews.record("a", "b", "same plate", reviewer="Eve", pictures=("d" * 64, "b" * 64))
    reviews.record("a", "c", "unsure", reviewer="Ada")
    reviews.record("b", "gone 1/2", "unsure", reviewer="Ada", pictures=("b" * 64, ""))
    agreed, earlier, without, gone = annotated(made)
    a, b = agreed["target"]
    assert a["source"]["id"] == picture_name("a" * 64) and a["selector"]["type"] == "SvgSelector"
    (polygon,) = ElementTree.fromstring(a["selector"]["value"])
    assert polygon.get("points") == "10,20 110,20 110,220 10,220"
    # A library's canvas is known by its own name; it may be larger than the scan, of 400 x 600 pixels.
    assert b["source"]["id"] == "https://library.example/canvas/7" and b["source"]["type"] == "Canvas"
    assert b["selector"]["value"] == "xywh=percent:10.00,10.00,25.00,50.00"
    assert "Shown then: same image, 90 points agree." in [body["value"] for body in agreed["body"]]
    # Another scan than today's: named, and nothing of today's is said of it.
    assert sources(earlier)[0] == {
        "id": picture_name("d" * 64), "type": "Image", "dcterms:identifier": "a", "schema:sha256": "d" * 64,
    }  # fmt: skip
    assert not [target for one in (earlier, without, gone) for target in one["target"] if "selector" in target]
    assert sources(without)[1]["id"] == picture_name("c" * 64), "no address is made of what is none"
    assert unquote(sources(gone)[1]["id"]) == "urn:imgsim:plate:gone 1/2"


def test_a_picture_is_named_as_the_specification_writes_it() -> None:
    """The example of RFC 6920: the SHA-256 of "Hello World!"."""
    known = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"
    assert picture_name(known) == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    with pytest.raises(ValueError):
        picture_name("no hash")
