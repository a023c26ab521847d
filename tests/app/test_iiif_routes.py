"""Our manifests and images: what they say, whether they keep the specifications' rules, and who may read them."""

from __future__ import annotations

import copy
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import jsonschema
import numpy as np
import pytest
from PIL import Image

from imgsim.app.pages import browse
from imgsim.app.services import iiif_routes, server, state
from imgsim.collection import Collection, settings
from imgsim.errors import ImgsimError
from imgsim.export.iiif import (
    Addresses,
    family_manifest,
    manifest_bytes,
    origin,
    plate_manifest,
    selection_manifest,
)
from imgsim.export.iiif.image_service import info, requested, sizes
from imgsim.families import Families
from tests.app.asking import APP, ask
from tests.app.iiif_scene import ODD, body_of, manifest_at, said, titles
from tests.herbals import COUNT, HOSTILE
from tests.hostile import TRAVERSALS
from tests.iiif_schema import broken_rules, check_info, check_manifest


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


# ---- the image service


def test_every_size_that_info_json_lists_is_served_and_no_other(odd: Collection) -> None:
    for plate_id in odd.catalogue.plate_ids:
        service = body_of(plate_manifest(odd, plate_id, APP)["items"][0])["service"][0]["id"]
        status, headers, body = ask(f"{service}/info.json")
        told = json.loads(body)
        check_info(told)
        assert (status, told["id"]) == (200, service)
        for size in told["sizes"]:
            status, headers, body = ask(f"{service}/full/{size['width']},{size['height']}/0/default.jpg")
            assert (status, headers["content-type"]) == (200, "image/jpeg")
            with Image.open(io.BytesIO(body)) as image:
                assert image.format == "JPEG" and image.size == (size["width"], size["height"])
        assert ask(f"{service}/full/max/0/default.jpg")[2] == body
        status, headers, _ = ask(service)
        assert (status, headers["location"]) == (303, f"{service}/info.json")


@pytest.mark.parametrize(
    "parameters",
    [
        "full/full/0/default.jpg", "full/^max/0/default.jpg", "square/max/0/default.jpg", "0,0,9,9/max/0/default.jpg",
        "full/max/90/default.jpg", "full/max/!0/default.jpg", "full/max/0/gray.jpg", "full/max/0/default.png",
        "full/10,10/0/default.jpg", "full/!500,500/0/default.jpg", "full/500,/0/default.jpg", "full/0,0/0/default.jpg",
        "full/-1,5/0/default.jpg", "full/²,5/0/default.jpg", "full/9999999,1/0/default.jpg", "full/max/0/default.jpg/x",
        "full/max/0", "full", "/", "full/../0/default.jpg", "full//max/0/default.jpg",
    ],
)  # fmt: skip
def test_what_level_0_does_not_promise_is_refused(odd: Collection, parameters: str) -> None:
    assert requested(parameters, (3000, 2000)) is None
    service = body_of(plate_manifest(odd, "large", APP)["items"][0])["service"][0]["id"]
    status, headers, body = ask(f"{service}/{quote(parameters, safe='/,!^')}")
    assert status == 400 and headers["cache-control"] == "no-store" and len(body) < 100


def test_an_image_is_never_served_larger_than_its_scan_nor_than_a_screen() -> None:
    assert sizes((3000, 2000)) == [(320, 213), (1200, 800), (2400, 1600)]
    assert sizes((40, 56)) == [(40, 56)]
    assert sizes((100_000, 3)) == [(320, 1), (1200, 1), (2400, 1)]
    assert info("http://a.example/i", (40, 56))["sizes"] == [{"width": 40, "height": 56}]


def test_an_image_looks_like_its_scan(odd: Collection) -> None:
    row = odd.catalogue.row("large")
    with Image.open(io.BytesIO(odd.plate_bytes(row))) as image:
        scan = np.asarray(image.convert("L").resize((60, 40)), float)
    service = body_of(plate_manifest(odd, "large", APP)["items"][0])["service"][0]["id"]
    for size in ("max", "1200,800", "320,213"):
        body = ask(f"{service}/full/{size}/0/default.jpg")[2]
        with Image.open(io.BytesIO(body)) as image:
            served = np.asarray(image.convert("L").resize((60, 40)), float)
        assert np.corrcoef(scan.ravel(), served.ravel())[0, 1] > 0.99, size


# ---- who may read what


@pytest.fixture
def opened(herbals: Collection) -> Iterator[Collection]:
    """The collection while a person has it open to pages of other addresses."""
    settings.open_iiif(herbals.path, True)
    yield herbals
    settings.open_iiif(herbals.path, False)


def offered(collection: Collection) -> list[str]:
    """Addresses of every kind, missing ones and refused ones included."""
    at, sha256 = Addresses(APP, "herbals"), str(collection.catalogue.record(0)["sha256"])
    return [
        at.family("F0001"), at.plate("p000"), at.selection(), f"{at.image(sha256)}/info.json",
        f"{at.image(sha256)}/full/max/0/default.jpg", at.image(sha256), at.plate("nobody"),
        f"{at.image(sha256)}/full/5,5/0/default.jpg",
    ]  # fmt: skip


def test_nothing_may_be_read_by_pages_of_other_addresses_before_somebody_opened_it(
    herbals: Collection,
) -> None:
    for address in offered(herbals):
        for method in ("GET", "HEAD", "OPTIONS"):
            headers = ask(address, method=method)[1]
            assert not [name for name in headers if name.startswith("access-control")], address
            assert headers["cross-origin-resource-policy"] == "same-origin"
        assert not iiif_routes.opened(urlsplit(address).path)


def test_what_was_opened_may_be_read_by_pages_of_other_addresses_and_nothing_else(opened: Collection) -> None:
    for address in offered(opened):
        headers = ask(address)[1]
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert (
            headers["x-content-type-options"] == "nosniff" and "sandbox" in headers["content-security-policy"]
        )
        assert "access-control-allow-credentials" not in headers
        status, headers, body = ask(address, method="OPTIONS")
        assert (status, body, headers["access-control-allow-methods"]) == (204, b"", "GET, HEAD, OPTIONS")
        assert iiif_routes.opened(urlsplit(address).path)
    for address in (
        server.thumbnail_url(opened, 0), server.plate_url(opened, 0), server.labels_url(opened),
        server.map_url(opened, "toy", "pca"),
    ):  # fmt: skip
        status, headers, _ = ask(address)
        assert (status, headers["cross-origin-resource-policy"]) == (200, "same-origin")
        assert "access-control-allow-origin" not in headers
        assert not iiif_routes.opened(urlsplit(address).path)
    at = Addresses(APP, "herbals")
    assert ask(at.plate("p000"), method="POST")[0] == 405
    for other in (Addresses(APP, "odd"), Addresses(APP, "..")):
        assert not iiif_routes.opened(urlsplit(other.plate("large")).path)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b'{"iiif_open_to_other_pages": "false"}', b'{"iiif_open_to_other_pages": 1}',
        b"\xff\xfe", b"[" * 100_000, b'{"iiif_open_to_other_pages": true}' + b" " * 70_000,
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_read_opens_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / settings.FILE).write_bytes(content)
    assert not settings.iiif_open(tmp_path)
    settings.open_iiif(tmp_path, True)
    assert settings.iiif_open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [settings.FILE]


def test_a_click_that_is_delivered_twice_is_not_undone(
    herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit.rerun", lambda: None)
    for key, is_open in (("iiif_open", True), ("iiif_close", False)):
        monkeypatch.setattr("streamlit.button", lambda _label, key, clicked=key: key == clicked)
        for _ in range(2):
            iiif_routes.draw_opening(herbals)
            assert settings.iiif_open(herbals.path) is is_open


def test_opening_keeps_what_else_is_set(tmp_path: Path) -> None:
    assert not settings.iiif_open(tmp_path)
    (tmp_path / settings.FILE).write_text('{"of a later version": [1]}', encoding="utf-8")
    settings.open_iiif(tmp_path, True)
    settings.open_iiif(tmp_path, False)
    assert json.loads((tmp_path / settings.FILE).read_text(encoding="utf-8")) == {
        "of a later version": [1],
        "iiif_open_to_other_pages": False,
    }
    with pytest.raises(ImgsimError, match="gone was moved or removed"):
        settings.open_iiif(tmp_path / "gone", True)


@pytest.mark.parametrize(
    ("host", "scheme"),
    [
        ("127.0.0.1:8501", "http"), ("localhost", "http"), ("plates.example.org", "https"), ("[::1]:8501", "http"),
    ],
)  # fmt: skip
def test_addresses_are_those_under_which_the_app_was_asked(
    herbals: Collection, host: str, scheme: str
) -> None:
    path = urlsplit(Addresses(APP, "herbals").plate("p000"))
    status, _, body = ask(f"{path.path}?{path.query}", host=host, scheme=scheme)
    assert status == 200
    manifest = json.loads(body)
    check_manifest(manifest)
    addresses = [text for text in _strings(manifest) if "://" in text and text != manifest["@context"]]
    assert len(addresses) > 8
    assert all(text.startswith(f"{scheme}://{host}/") for text in addresses)


def _strings(found: Any) -> list[str]:
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list):
        return [text for value in found for text in _strings(value)]
    return [found] if isinstance(found, str) else []


@pytest.mark.parametrize(
    "host",
    [
        None, "", "evil.invalid/x", "a b", "a@b", 'a"b', "a<b>", "a:b", "a:123456", "a\\b", "a,b", "-a", ".",
        "x" * 300, "a\nb", "http://a.example", "a?b", "a#b", "é.example",
    ],
)  # fmt: skip
def test_a_strange_host_is_never_written_into_a_manifest(herbals: Collection, host: str | None) -> None:
    path = urlsplit(Addresses(APP, "herbals").plate("p000"))
    status, headers, body = ask(f"{path.path}?{path.query}", host=host)
    assert (status, body) == (400, b"Bad request")
    assert headers["cache-control"] == "no-store"
    with pytest.raises(ImgsimError):
        origin("http", host or "")


def test_only_http_and_https_are_schemes_of_the_app() -> None:
    assert origin("https", "a.example") == "https://a.example"
    with pytest.raises(ImgsimError):
        origin("javascript", "a.example")


@pytest.mark.parametrize("attack", [*TRAVERSALS, "%2e%2e%2fsecret.png", "p003/../../secret.png", ""])
def test_no_address_leads_out_of_the_collection(herbals: Collection, attack: str) -> None:
    text = quote(attack, safe="")
    for address in (
        f"/collections/herbals/iiif/plate/manifest.json?id={text}",
        f"/collections/herbals/iiif/family/manifest.json?id={text}",
        f"/collections/{text}/iiif/selection/manifest.json",
        f"/collections/herbals/iiif/image/{text}/info.json",
        f"/collections/herbals/iiif/image/{text}/full/max/0/default.jpg",
        f"/collections/herbals/iiif/image/{text}",
    ):
        status, headers, body = ask(address)
        assert status == 404, address
        assert len(body) < 100 and headers.get("cache-control", "no-store") == "no-store"


def test_json_comes_under_the_name_that_is_asked_for(herbals: Collection) -> None:
    address = Addresses(APP, "herbals").plate("p000")
    linked = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for accept, kind in (
        ("", linked), ("*/*", linked), ("application/json", "application/json"), (browser, "application/json"),
        ("application/ld+json, application/json;q=0.9", linked),
    ):  # fmt: skip
        headers = ask(address, accept=accept)[1]
        assert headers["content-type"] == kind and "Accept" in headers["vary"] and "Host" in headers["vary"]


def test_a_thumbnail_is_there_when_the_scan_is_gone(odd: Collection, tmp_path: Path) -> None:
    row = odd.catalogue.row("long")
    record = odd.catalogue.frame.iloc[row]
    service = Addresses(APP, "odd").image(str(record["sha256"]))
    path = Path(record["root"]) / record["file"]
    iiif_routes._jpeg.clear()
    moved = path.rename(tmp_path / "elsewhere.png")
    try:
        assert ask(f"{service}/full/320,1/0/default.jpg")[0] == 200
        assert ask(f"{service}/full/1200,4/0/default.jpg")[0] == 404
    finally:
        moved.rename(path)


def test_a_manifest_outlives_the_next_precompute(folder: Path, herbals: Collection, odd: Collection) -> None:
    address = Addresses(APP, "odd").plate("large")
    addresses = re.findall(r"https?://[^\"]*", ask(address)[2].decode())
    assert addresses and not [one for one in addresses if odd.generation in one]
