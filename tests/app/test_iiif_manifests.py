"""Our manifests: what they say, and that they keep the rules of the specification."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from PIL import Image

from imgsim.app.pages import browse
from imgsim.app.services import iiif_routes, state
from imgsim.collection import Collection
from imgsim.errors import ImgsimError
from imgsim.export.iiif import (
    Addresses,
    family_manifest,
    manifest_bytes,
    plate_manifest,
    selection_manifest,
)
from imgsim.families import Families
from tests.app.asking import APP, ask
from tests.app.iiif_scene import ODD, body_of, manifest_at, said, titles
from tests.herbals import COUNT, HOSTILE
from tests.iiif_schema import broken_rules, check_manifest


@pytest.fixture(scope="session")
def folder(iiif_folder: Path) -> Path:
    return iiif_folder


# ---- manifests


def test_a_family_is_one_manifest_in_order_of_date(herbals: Collection) -> None:
    assert herbals.found_families is not None
    manifest = manifest_at(Addresses(APP, "herbals").family("F0001"))
    assert titles(manifest) == ["p000", "p006", "p012"]
    canvases = [said(canvas) for canvas in manifest["items"]]
    assert [canvas["Date"] for canvas in canvases] == ["1700", "1710", "1720"]
    assert canvases[0]["In this family"] == "earliest in this collection"
    assert "mirrored" in canvases[2]["In this family"]
    assert canvases[1]["Plate id"] == "p006" and canvases[1]["Style"] == "woodcut"
    assert "3 plates in 3 books, 1700–1720" in manifest["label"]["en"][0]
    assert manifest["requiredStatement"]["value"]["en"][0].startswith("imgsim ")
    assert manifest == family_manifest(herbals, "F0001", APP)


def test_links_lead_back_to_the_pages_that_show_the_same(herbals: Collection) -> None:
    manifest = manifest_at(Addresses(APP, "herbals").family("F0001"))
    for link, page, now in (
        (manifest["homepage"][0]["id"], "/reuse", state.State(collection="herbals", family="F0001")),
        (
            manifest["items"][1]["homepage"][0]["id"],
            "/plate",
            state.State(collection="herbals", plate="p006"),
        ),
    ):
        parts = urlsplit(link)
        assert (f"{parts.scheme}://{parts.netloc}", parts.path) == (APP, page)
        assert state.from_query(parse_qs(parts.query)) == now


def test_a_selection_is_what_browse_shows_in_its_order(herbals: Collection) -> None:
    everything = manifest_at(Addresses(APP, "herbals").selection())
    assert len(everything["items"]) == COUNT
    now = browse.State(
        collection="herbals", choices=(("place", ("London",)),), sort="plate_id", page=2, top_k=9
    )
    query = iiif_routes.selection_query(now)
    manifest = manifest_at(Addresses(APP, "herbals").selection(query))
    assert titles(manifest) == [f"p{n:03}" for n in range(0, COUNT, 2)]
    assert said(manifest)["Chosen by"] == "place London"
    link = state.from_query(parse_qs(urlsplit(manifest["homepage"][0]["id"]).query))
    assert (link.choices, link.sort) == (now.choices, now.sort)
    # Other parameters say nothing of the selection, and make no other manifest of it.
    same = json.loads(ask(Addresses(APP, "herbals").selection(query + "&plate=p003&page=2"))[2])
    assert same["id"] == manifest["id"]
    assert ask(Addresses(APP, "herbals").selection("text=nothingofthekind"))[0] == 404


def test_hostile_titles_stay_texts(herbals: Collection) -> None:
    manifest = manifest_at(Addresses(APP, "herbals").selection("sort=plate_id"))
    found = [said(canvas)["Title"] for canvas in manifest["items"]]
    assert [title.rstrip(" ") for title in found] == [HOSTILE[n % len(HOSTILE)] for n in range(COUNT)]
    assert found[0] == "<script>alert(1)</script> "


@pytest.mark.parametrize("name", [*ODD, "turned"])
def test_odd_plates_have_a_manifest_of_their_own(odd: Collection, name: str) -> None:
    plate_id = name if odd.catalogue.has(name) else next(i for i in odd.catalogue.plate_ids if name in i)
    manifest = manifest_at(Addresses(APP, "odd").plate(plate_id))
    assert titles(manifest) == [plate_id]
    (canvas,) = manifest["items"]
    expected = {"turned": (30, 50), **ODD}[name]
    assert (canvas["width"], canvas["height"]) == expected
    status, headers, body = ask(body_of(canvas)["id"])
    assert (status, headers["content-type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(body)) as image:
        assert image.size == (body_of(canvas)["width"], body_of(canvas)["height"])
        assert (image.width > image.height) == (expected[0] > expected[1])


def test_terms_are_told_only_where_the_catalogue_does(odd: Collection, herbals: Collection) -> None:
    at = Addresses(APP, "odd")
    by = "http://creativecommons.org/licenses/by/4.0/"
    large = manifest_at(at.plate("large"))
    assert (large["rights"], large["items"][0]["rights"]) == (by, by)
    assert "rights" not in manifest_at(at.plate("long"))
    mixed = selection_manifest(odd, range(len(odd.catalogue)), APP)
    assert "rights" not in mixed and [c.get("rights") for c in mixed["items"]].count(by) == 1
    assert "rights" not in manifest_at(Addresses(APP, "herbals").plate("p000"))


def test_the_file_is_the_same_as_what_is_served(herbals: Collection) -> None:
    at = Addresses(APP, "herbals")
    assert json.loads(manifest_bytes(herbals, APP, family="F0001")) == json.loads(ask(at.family("F0001"))[2])
    assert json.loads(manifest_bytes(herbals, APP, plate="p003")) == json.loads(ask(at.plate("p003"))[2])
    some = json.loads(manifest_bytes(herbals, APP, rows=[3, 1]))
    check_manifest(some)
    assert titles(some) == ["p003", "p001"]
    assert len(json.loads(manifest_bytes(herbals, APP))["items"]) == COUNT
    with pytest.raises(ImgsimError, match="No plate"):
        manifest_bytes(herbals, APP, rows=[])


def test_a_family_is_what_people_made_of_it(herbals: Collection) -> None:
    whole = herbals.found_families
    assert whole is not None
    frame = whole.frame[whole.frame["plate_id"] != "p012"]
    fewer = Families(frame, herbals.catalogue)
    assert titles(family_manifest(herbals, "p000", APP, fewer)) == ["p000", "p006"]
    # Where nothing of it is left, the family of the program is not shown in its place.
    with pytest.raises(ImgsimError, match="no family"):
        family_manifest(herbals, "p000", APP, Families(whole.frame.iloc[:0], herbals.catalogue))


def test_what_is_not_there_has_no_manifest(herbals: Collection, odd: Collection) -> None:
    with pytest.raises(ImgsimError):
        plate_manifest(herbals, "nobody", APP)
    with pytest.raises(ImgsimError, match="not compared"):
        family_manifest(odd, "large", APP)
    with pytest.raises(ImgsimError, match="no family"):
        family_manifest(herbals, "p023", APP)


# ---- the rules can be broken: our schema notices


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["@context"], "http://iiif.io/api/presentation/2/context.json"),
        (["id"], "urn:x"),
        (["label"], "a text"),
        (["label"], {"english": ["x"]}),
        (["label"], {"en": "x"}),
        (["items"], []),
        (["homepage", 0, "label"], None),
        (["requiredStatement", "value"], ["x"]),
        (["rights"], "all mine"),
        (["colour"], "red"),
        (["items", 0, "width"], 0),
        (["items", 0, "height"], "12"),
        (["items", 0, "id"], "http://a.example/b#c"),
        (["items", 0, "items", 0, "items", 0, "motivation"], "commenting"),
        (["items", 0, "items", 0, "items", 0, "target"], "http://a.example/b"),
        (["items", 0, "items", 0, "items", 0, "body", "format"], "jpg"),
        (["items", 0, "items", 0, "items", 0, "body", "width"], 5),
        (["items", 0, "items", 0, "items", 0, "body", "service", 0, "profile"], "level9"),
        (["items", 0, "items", 0, "id"], APP),
        (["items", 0, "metadata", 0, "value"], {"none": ["<b>x</b>"]}),
    ],
)
def test_the_rules_notice_what_is_wrong(herbals: Collection, path: list[str | int], value: object) -> None:
    manifest: Any = copy.deepcopy(family_manifest(herbals, "F0001", APP))
    check_manifest(manifest)
    if path == ["items", 0, "items", 0, "id"]:
        value = manifest["id"]
    here = manifest
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    with pytest.raises((AssertionError, jsonschema.ValidationError)):
        check_manifest(manifest)


def test_the_rules_beyond_the_schema_hold_for_everything(odd: Collection) -> None:
    assert list(broken_rules(selection_manifest(odd, range(len(odd.catalogue)), APP))) == []
