"""Who may read our manifests and images, and under which addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from imgsim.app.parts import iiif_offer
from imgsim.app.services import iiif_routes, server
from imgsim.collection import Collection, settings
from imgsim.errors import ImgsimError
from imgsim.export.iiif import (
    Addresses,
    origin,
)
from tests.app.asking import APP, ask
from tests.hostile import TRAVERSALS
from tests.iiif_schema import check_manifest


@pytest.fixture(scope="session")
def folder(iiif_folder: Path) -> Path:
    return iiif_folder


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
            iiif_offer.draw_opening(herbals)
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


def test_a_manifest_outlives_the_next_precompute(folder: Path, herbals: Collection, odd: Collection) -> None:
    address = Addresses(APP, "odd").plate("large")
    addresses = re.findall(r"https?://[^\"]*", ask(address)[2].decode())
    assert addresses and not [one for one in addresses if odd.generation in one]
