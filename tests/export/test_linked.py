"""Books and families as linked data, read by rdflib, which knows nothing of what wrote them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import rdflib
from rdflib.namespace import RDF

from imgsim.collection import Collection
from imgsim.collection.family_notes import FamilyNotes
from imgsim.export.decision_annotations import picture_name
from imgsim.export.references import books
from tests.export.listed import table, the_file
from tests.exports import collection_of, content, hostile, request_of
from tests.kin import catalogue_of, pair

SCHEMA, CRM = rdflib.Namespace("http://schema.org/"), rdflib.Namespace("http://www.cidoc-crm.org/cidoc-crm/")
BASE = "https://x.example/out/"
# What the vocabularies define, of what we may write: schema.org 29, and CIDOC-CRM 7.1.3.
TERMS = {
    *(SCHEMA[name] for name in (
        "name", "author", "familyName", "givenName", "sameAs", "datePublished", "dateCreated", "locationCreated",
        "publisher", "inLanguage", "identifier", "propertyID", "value", "description", "keywords", "workExample",
        "exampleOfWork", "position", "isPartOf", "image", "sha256",
    )),
    CRM["P65_shows_visual_item"], CRM["P130_shows_features_of"], RDF.type,
}  # fmt: skip
CLASSES = {
    *(SCHEMA[name] for name in ("Book", "Person", "Place", "Organization", "PropertyValue", "VisualArtwork",
                                "ImageObject")),
    *(CRM[name] for name in ("E22_Human-Made_Object", "E36_Visual_Item", "E39_Actor")),
}  # fmt: skip


def read(name: str, collection: Collection, **values: Any) -> rdflib.Graph:
    """A file as a graph; every term in it is one of its vocabulary."""
    data = content(the_file(name), request_of(collection, **values))
    graph = rdflib.Graph().parse(data=data, format="json-ld", base=BASE + name)
    assert set(graph.predicates()) <= TERMS and set(graph.objects(None, RDF.type)) <= CLASSES
    assert not [triple for triple in graph if isinstance(triple[2], rdflib.URIRef) and not str(triple[2]).strip()]
    return graph


def values_of(graph: rdflib.Graph, subject: Any, *names: str) -> list[str]:
    """What stands at the end of a path of schema.org's terms, in order."""
    found = [subject]
    for name in names:
        found = [value for one in found for value in graph.objects(one, SCHEMA[name])]
    return sorted(map(str, found))


@pytest.fixture
def bound() -> Collection:
    plates = {"p1": ("0904700600", 1752), "p2": ("b2", 1760), "p3": ("b3", None), "p4": ("", 1790)}
    catalogue = catalogue_of(
        plates, title=["Flora", "Plants", "Herbs", ""], place=["London", "", "", ""],
        author=["Ray, John; Blackwell, Elizabeth", "Curtis, William", "Ray, John; Anon", ""],
        estc_id=["T012345", "", "", ""], viaf=["69097583; http://viaf.org/viaf/12345678", "x", "69097583", ""],
        author_gnd=["118598686 | 11621213X", "https://d-nb.info/gnd/118677837", "", ""],
    )  # fmt: skip
    return collection_of(catalogue, [pair("p1", "p2"), pair("p2", "p4")])


def test_a_book_is_what_bibtex_says_with_its_numbers(bound: Collection) -> None:
    graph = read("books.jsonld", bound)
    keys = {book.book: rdflib.URIRef(f"{BASE}books.jsonld#{book.key}") for book in books(request_of(bound))}
    assert set(graph.subjects(RDF.type, SCHEMA.Book)) == set(keys.values()) and len(keys) == 3
    ray, curtis, herbs = keys["0904700600"], keys["b2"], keys["b3"]
    assert values_of(graph, ray, "author", "familyName") == ["Blackwell", "Ray"]
    assert values_of(graph, ray, "author", "name") == ["Elizabeth Blackwell", "John Ray"]
    assert values_of(graph, ray, "identifier", "value") == ["0904700600", "T012345"]
    assert values_of(graph, ray, "identifier", "propertyID") == ["ESTC", "book"]
    assert values_of(graph, ray, "datePublished") == ["1752"] and values_of(graph, herbs, "datePublished") == []
    assert values_of(graph, ray, "locationCreated", "name") == ["London"]
    same = {
        values_of(graph, one, "familyName")[0]: values_of(graph, one, "sameAs")
        for one in graph.objects(ray, SCHEMA.author)
    }
    assert same == {
        "Ray": ["http://viaf.org/viaf/69097583", "https://d-nb.info/gnd/118598686"],
        "Blackwell": ["http://viaf.org/viaf/12345678", "https://d-nb.info/gnd/11621213X"],
    }
    # What is no such number is no address; which of two authors one number is of, is not guessed.
    assert values_of(graph, curtis, "author", "sameAs") == ["https://d-nb.info/gnd/118677837"]
    assert "VIAF of an author" in values_of(graph, curtis, "identifier", "propertyID")
    assert values_of(graph, herbs, "author", "sameAs") == []
    assert "VIAF of an author" in values_of(graph, herbs, "identifier", "propertyID")


def test_a_family_is_one_image_that_its_plates_show(tmp_path: Any) -> None:
    sums = [f"{at:064x}" for at in range(1, 4)]
    catalogue = catalogue_of({"a/1 ü": ("b1", 1700), "b": ("b2", 1760), "c": ("", None)}, sha256=sums)
    pairs = [pair("a/1 ü", "b", mirrored=True), pair("b", "c")]
    made = collection_of(catalogue, pairs, path=tmp_path)
    families = request_of(made).families
    assert families is not None
    family = families.family(families.ids[0])
    FamilyNotes(tmp_path).write(family.id, "Ada", title="The iris", tags=("iris", "mirror"), note="<b>see</b> p. 3")
    graph = read("families.jsonld", made)
    (image,) = graph.subjects(RDF.type, CRM["E36_Visual_Item"])
    assert values_of(graph, image, "name") == ["The iris"] and values_of(graph, image, "keywords") == ["iris", "mirror"]
    assert values_of(graph, image, "description") == ["<b>see</b> p. 3"]
    plates = {values_of(graph, one, "identifier", "value")[0]: one for one in graph.objects(image, SCHEMA.workExample)}
    listed = table("families.csv", request_of(made))
    assert set(plates) == set(listed["plate_id"]) == {"a/1 ü", "b", "c"}
    for row in listed.to_dict("records"):
        plate = plates[row["plate_id"]]
        assert values_of(graph, plate, "position") == [row["order"]]
        assert set(graph.objects(plate, CRM["P65_shows_visual_item"])) == {image}
        tied = list(graph.objects(plate, CRM["P130_shows_features_of"]))
        assert tied == ([plates[row["tied_to_id"]]] if row["tied_to_id"] else [])
        (scan,) = graph.objects(plate, SCHEMA.image)
        assert str(scan) == picture_name(values_of(graph, scan, "sha256")[0])
    # Its book is the one of the other file, and a plate of no book names none.
    named = {str(one) for one in read("books.jsonld", made).subjects(RDF.type, SCHEMA.Book)}
    assert {str(one) for one in graph.objects(None, SCHEMA.isPartOf)} == named and len(named) == 2


def test_hostile_words_stay_words(tmp_path: Any) -> None:
    made = hostile(tmp_path)
    found = {name: read(name, made) for name in ("books.jsonld", "families.jsonld")}
    texts = {str(value) for graph in found.values() for value in graph.objects(None, SCHEMA.name)}
    assert any("<script>" in text for text in texts)
    nobody = request_of(made, rows=np.array([], dtype=np.int64))
    for name in found:
        assert json.loads(content(the_file(name), nobody))["@graph"] == []
