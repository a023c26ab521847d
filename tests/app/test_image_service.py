"""The image service of our manifests: what it promises, and nothing else."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
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
from imgsim.export.iiif.image_service import Tile, info, requested, requested_tile, sizes
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
    assert requested(parameters, (3000, 2000)) is None and requested_tile(parameters, (3000, 2000)) is None
    service = body_of(plate_manifest(odd, "large", APP)["items"][0])["service"][0]["id"]
    status, headers, body = ask(f"{service}/{quote(parameters, safe='/,!^')}")
    assert status == 404 and headers["cache-control"] == "no-store"
    assert body == b"This region and size is not offered: info.json lists what is."


def test_an_image_is_never_served_larger_than_its_scan_nor_than_a_screen() -> None:
    assert sizes((3000, 2000)) == [(320, 213), (1200, 800), (2400, 1600)]
    assert sizes((40, 56)) == [(40, 56)]
    assert sizes((100_000, 3)) == [(320, 1), (1200, 1), (2400, 1)]
    assert info("http://a.example/i", (40, 56), False)["sizes"] == [{"width": 40, "height": 56}]


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


# ---- the tiles of large scans


def addresses(told: dict[str, Any]) -> dict[str, tuple[int, list[int]]]:
    """Every tile that info.json promises, as the implementation notes of the Image API 3 compute them: the address,
    with the factor and the region in pixels of the scan."""
    found = {}
    (tiles,) = told["tiles"]
    width, height, tw, th = told["width"], told["height"], tiles["width"], tiles["height"]
    for s in tiles["scaleFactors"]:
        for m in range(-(-height // (th * s))):
            for n in range(-(-width // (tw * s))):
                xr, yr = n * tw * s, m * th * s
                wr, hr = min(tw * s, width - xr), min(th * s, height - yr)
                ws = (width - xr + s - 1) // s if xr + tw * s > width else tw
                hs = (height - yr + s - 1) // s if yr + th * s > height else th
                found[f"{xr},{yr},{wr},{hr}/{ws},{hs}/0/default.jpg"] = (s, [xr, yr, wr, hr])
    return found


def test_every_tile_that_info_json_promises_is_a_part_of_the_scan(odd: Collection) -> None:
    service = body_of(plate_manifest(odd, "large", APP)["items"][0])["service"][0]["id"]
    told = json.loads(ask(f"{service}/info.json")[2])
    check_info(told)
    with Image.open(io.BytesIO(odd.plate_bytes(odd.catalogue.row("large")))) as image:
        scan = image.convert("L")
    # The scan is larger than what is given of it whole, and says so.
    assert (told["width"], told["height"]) == scan.size and told["maxWidth"] == 2400 < scan.width
    every = addresses(told)
    assert len(every) > 20
    for address, (factor, (left, top, wide, high)) in every.items():
        status, headers, body = ask(f"{service}/{address}")
        assert (status, headers["content-type"]) == (200, "image/jpeg"), address
        assert "immutable" in headers["cache-control"]
        part = np.asarray(scan.crop((left, top, left + wide, top + high)).reduce(factor), int)
        with Image.open(io.BytesIO(body)) as image:
            served = np.asarray(image.convert("L"), int)
        assert served.shape == part.shape, address
        assert np.abs(served - part).mean() < 3, address
    # All of it in one piece has two names.
    last = next(one for one, (factor, _) in every.items() if factor == told["tiles"][0]["scaleFactors"][-1])
    whole = f"full/{last.split('/')[1]}/0/default.jpg"
    assert ask(f"{service}/{whole}")[2] == ask(f"{service}/{last}")[2]


@pytest.mark.parametrize(
    "parameters",
    [
        "0,0,512,512/256,256/0/default.jpg", "1,0,512,512/512,512/0/default.jpg", "0,0,511,512/511,512/0/default.jpg",
        "0,0,512,512/max/0/default.jpg", "0,0,512,512/512,/0/default.jpg", "0,0,512,512/512,512/90/default.jpg",
        "0,0,512,512/512,512/0/default.png", "3072,0,512,512/512,512/0/default.jpg",
        "2560,0,512,512/512,512/0/default.jpg",
        "0,1536,512,512/512,512/0/default.jpg", "0,0,3000,2000/512,342/0/default.jpg",
        "-0,0,512,512/512,512/0/default.jpg",
        "٠,0,512,512/512,512/0/default.jpg", "0,0,512/512,512/0/default.jpg", "pct:0,0,10,10/512,512/0/default.jpg",
    ],
)  # fmt: skip
def test_a_region_that_is_no_tile_is_not_offered(odd: Collection, parameters: str) -> None:
    assert requested_tile(parameters, (3000, 2000)) is None
    service = body_of(plate_manifest(odd, "large", APP)["items"][0])["service"][0]["id"]
    status, _, body = ask(f"{service}/{quote(parameters, safe='/,:')}")
    assert status == 404 and b"not offered" in body


def test_tiles_at_the_edges_are_as_large_as_what_is_left() -> None:
    scan = (3000, 2000)
    assert requested_tile("2560,1536,440,464/440,464/0/default.jpg", scan) == Tile(1, (2560, 1536, 440, 464))
    assert requested_tile("2048,0,952,1024/476,512/0/default.jpg", scan) == Tile(2, (1024, 0, 476, 512))
    assert requested_tile("full/375,250/0/default.jpg", scan) == Tile(8, (0, 0, 375, 250))
    assert requested_tile("0,0,3000,2000/375,250/0/default.jpg", scan) == Tile(8, (0, 0, 375, 250))


def test_a_scan_that_is_shown_whole_has_no_tiles(herbals: Collection) -> None:
    service = Addresses(APP, "herbals").image(str(herbals.catalogue.record(0)["sha256"]))
    told = json.loads(ask(f"{service}/info.json")[2])
    check_info(told)
    assert "tiles" not in told and "maxWidth" not in told
    size = f"{told['width']},{told['height']}"
    status, _, body = ask(f"{service}/0,0,{size}/{size}/0/default.jpg")
    assert status == 404 and b"not offered" in body
