"""The image service of our manifests: what it promises, and nothing else."""

from __future__ import annotations

import io
import json
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from imgsim.app.services import iiif_routes
from imgsim.collection import Collection
from imgsim.export.iiif import (
    Addresses,
    plate_manifest,
)
from imgsim.export.iiif.image_service import info, requested, sizes
from tests.app.asking import APP, ask
from tests.app.iiif_scene import body_of
from tests.iiif_schema import check_info

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
