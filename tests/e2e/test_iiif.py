"""IIIF between the running app and others: a viewer's page at another address, and our own import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np
from playwright.sync_api import BrowserContext, Page, expect

from imgsim.collection import Collection, open_collection
from imgsim.collection.corrected import families_of
from imgsim.export.iiif import Addresses
from tests.conftest import precompute
from tests.e2e.serving import Served, settle
from tests.iiif_schema import check_info, check_manifest
from tests.library import Library, open_library

# What a viewer does: read the manifest, ask the service what it has, and draw the image so that its pixels can be read.
VIEWER = """
async address => {
    const manifest = await (await fetch(address)).json();
    const body = manifest.items[0].items[0].items[0].body;
    const info = await (await fetch(body.service[0].id + "/info.json")).json();
    const image = new Image();
    image.crossOrigin = "anonymous";
    image.src = body.id;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
    return {manifest, info, width: canvas.width, height: canvas.height, pixels: pixels.length};
}
"""


def family_of(collection: Collection) -> str:
    families = families_of(collection)
    assert families is not None
    return max(families.ordered(), key=len).id


def test_a_viewer_at_another_address_can_read_manifests_and_images_and_nothing_else(
    app: Served, sample: Collection, context: BrowserContext
) -> None:
    address = Addresses(app.url, "sample").family(family_of(sample))
    read = "address => fetch(address).then(() => 'read', () => 'refused')"
    with open_library() as elsewhere:
        page = _viewer(elsewhere, context)
        assert page.evaluate(read, address) == "refused"
        own = context.new_page()
        own.goto(f"{app.url}/reuse?collection=sample&family={family_of(sample)}")
        settle(own)
        own.get_by_role("button", name="IIIF", exact=True).click()
        own.get_by_role("button", name="Open it to other web pages").click()
        expect(own.get_by_text("“sample” is open to other web pages.")).to_be_visible()
        found: dict[str, Any] = page.evaluate(VIEWER, address)
        check_manifest(found["manifest"])
        check_info(found["info"])
        assert (found["width"], found["height"]) == (found["info"]["width"], found["info"]["height"])
        assert found["pixels"] == 4 * found["width"] * found["height"]
        labels = f"{app.url}/collections/sample/{sample.generation}/labels.json"
        assert page.evaluate(read, labels) == "refused"
        own.goto(f"{app.url}/about?collection=sample")
        settle(own)
        own.get_by_role("button", name="Close it again").click()
        expect(own.get_by_text("“sample” is closed to other web pages.")).to_be_visible()
        assert page.evaluate(read, address) == "refused"


def _viewer(elsewhere: Library, context: BrowserContext) -> Page:
    address = elsewhere.put("/viewer.html", b"<!doctype html><title>Viewer</title>", "text/html")
    page = context.new_page()
    page.goto(address)
    return page


def test_a_family_is_offered_to_viewers_on_its_page(app: Served, page: Page, sample: Collection) -> None:
    family_id = family_of(sample)
    page.goto(f"{app.url}/reuse?collection=sample&family={family_id}")
    settle(page)
    page.get_by_role("button", name="IIIF", exact=True).click()
    address = Addresses(app.url, "sample").family(family_id)
    expect(page.get_by_text(address)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download manifest").click()
    assert download.value.suggested_filename == f"imgsim_family_{family_id}.json"
    manifest = json.loads(Path(download.value.path()).read_bytes())
    check_manifest(manifest)
    assert manifest["id"] == address
    host = urlsplit(app.url).netloc
    assert all(urlsplit(canvas["thumbnail"][0]["id"]).netloc == host for canvas in manifest["items"])


def test_our_own_manifest_comes_back_as_the_same_plates(
    app: Served, sample: Collection, tmp_path: Path
) -> None:
    places = sample.catalogue.frame["place"]
    place = places.value_counts().index[0]
    address = Addresses(app.url, "sample").selection(urlencode({"sort": "plate_id", "in.place": place}))
    said = precompute(
        "--iiif", address, "--name", "back", "--projection", "pca", "--no-verify", data=tmp_path
    )
    back = open_collection(tmp_path / "back")
    chosen = np.flatnonzero(places == place)
    assert 5 < len(chosen) == len(back.catalogue), said
    ids = back.catalogue.frame["iiif_plate_id"].tolist()
    assert ids == [sample.catalogue.plate_ids[row] for row in chosen]
    cosines = np.sum(sample.embeddings("plates18")[chosen] * back.embeddings("plates18"), axis=1)
    assert cosines.min() > 0.99
    for name in ("title", "author", "year", "place", "book", "page"):
        before = [sample.catalogue.record(int(row))[name] for row in chosen]
        assert [back.catalogue.record(row)[name] for row in range(len(back.catalogue))] == before, name
