"""Manifests as libraries serve them."""

from __future__ import annotations

import pytest

from imgsim.sources.iiif.pictures import Picture
from imgsim.sources.iiif.wording import MAX_TEXT, said
from tests.sources.manifests import IMAGE, book, modern


def test_a_page_of_version_3() -> None:
    service = {"id": "http://a.example/iiif/1/", "type": "ImageService3", "profile": "level1"}
    found = book(
        modern({**IMAGE, "width": 100, "height": 200, "service": [service]}, label={"en": ["Herbal"]})
    )
    assert (found.id, found.label) == ("http://a.example/herbal/manifest", "Herbal")
    assert found.pages[0].picture == Picture(
        "http://a.example/1.jpg", "http://a.example/iiif/1", 3, 1, (100, 200)
    )


def test_a_choice_offers_its_first_image_and_other_annotations_are_no_images() -> None:
    choice = {"type": "Choice", "items": [IMAGE, {**IMAGE, "id": "http://a.example/uv.jpg"}]}
    document = modern(
        choice, {"type": "TextualBody", "value": "no image"}, {"type": "Sound", "id": "http://a.example/b"}
    )
    commenting = {"motivation": "commenting", "body": IMAGE}
    document["items"].append({"items": [{"items": [commenting]}]})
    pages = book(document).pages
    assert pages[0].picture == Picture("http://a.example/1.jpg")
    assert [page.picture for page in pages[1:]] == [None, None, None]
    assert {page.problem for page in pages[1:]} == {"it has no image in the manifest"}


@pytest.mark.parametrize(
    ("service", "version", "level"),
    [
        ({"@id": "http://a.example/i", "@context": "http://iiif.io/api/image/2/context.json",
          "profile": ["http://iiif.io/api/image/2/level2.json", {"formats": ["jpg"]}]}, 2, 2),
        ({"@id": "http://a.example/i", "profile": "http://iiif.io/api/image/2/level0.json"}, 2, 0),
        ({"@id": "http://a.example/i", "@type": "ImageService2", "profile": "level1"}, 2, 1),
        ({"@id": "http://a.example/i", "@context": "http://library.example/iiif/image-api/1.1/context.json",
          "profile": "http://library.example/iiif/image-api/1.1/conformance.html#level1"}, 1, 1),
        ({"id": "http://a.example/i", "type": "ImageService3", "profile": "level2"}, 3, 2),
        ("http://a.example/i", 2, None),
    ],
)  # fmt: skip
def test_services_as_they_are_written(service: object, version: int, level: int | None) -> None:
    picture = book(modern({**IMAGE, "service": service})).pages[0].picture
    assert picture is not None
    assert (picture.service, picture.version, picture.level) == ("http://a.example/i", version, level)


def test_a_service_for_something_else_is_no_image_service() -> None:
    services = [
        {"@id": "http://a.example/search", "@type": "SearchService1"},
        {"id": "http://a.example/i", "type": "ImageService3"},
    ]
    picture = book(modern({**IMAGE, "service": services})).pages[0].picture
    assert picture is not None and picture.service == "http://a.example/i"


@pytest.mark.parametrize(
    ("value", "modern", "text"),
    [
        ({"de": ["Buch"], "en": ["Book"]}, True, "Book"),
        ({"de": ["Buch"], "none": ["Libro"]}, True, "Libro"),
        ({"la": ["Hortus", "Herbarium"]}, True, "Hortus; Herbarium"),
        ([{"@value": "Buch", "@language": "de"}, {"@value": "Book", "@language": "en"}], False, "Book"),
        ([{"@value": "Buch"}, "zwei"], False, "Buch; zwei"),
        ("<span>A &amp; B</span>", True, "A & B"),
        ("<script>alert(1)</script> ", True, "<script>alert(1)</script>"),
        ("x <b>y</b>", True, "x <b>y</b>"),
        ("see <a href='http://a.example'>here</a><br/>now", False, "see here now"),
        ("<p>a<script>evil()</script></p>", True, "a"),
        ("1 < 2 > 0", False, "1 < 2 > 0"),
        ("line\none\x00\u2028two", True, "line one two"),
        (1752, False, "1752"),
        (True, False, ""),
        (None, True, ""),
        ([["a"]], False, ""),
        ({"en": {"en": ["x"]}}, True, ""),
        ("x" * 10 * MAX_TEXT, True, "x" * MAX_TEXT),
        ("\ud800 half", True, "? half"),
    ],
)  # fmt: skip
def test_texts_in_every_dress(value: object, modern: bool, text: str) -> None:
    assert said(value, modern=modern) == text
