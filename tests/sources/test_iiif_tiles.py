"""Image services that have an image in tiles only: both versions, odd edges, missing and foreign tiles."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imgsim.errors import DownloadError
from imgsim.sources.iiif import tiles
from imgsim.sources.iiif.tiles import Tiling, chosen, count, tilings
from tests.library import Library, jpeg, plate
from tests.sources.gathered import fetched, take

SIZE = (2630, 3300)


def static(
    library: Library, name: str, version: int, *, size: tuple[int, int] = SIZE, tile: int = 512,
    scales: tuple[int, ...] = (1, 2, 4), written: str = "", fill: bool = False, missing: int = -1,
) -> tuple[str, Image.Image, list[str]]:
    """Tiles as static generators write them: the service's address, the image, and the paths of its tiles.

    ``written``: how sizes are named ("w," or "w,h"); ``fill``: tiles at an edge are filled up to be as large as the
    others; ``missing``: the tile of that number is not there.
    """
    image = plate(5, (size[0] // 10, size[1] // 10)).resize(size).convert("RGB")
    path = f"/static/{name}"
    paths = []
    for scale in scales:
        step = tile * scale
        for y in range(0, size[1], step):
            for x in range(0, size[0], step):
                w, h = min(step, size[0] - x), min(step, size[1] - y)
                wide, high = math.ceil(w / scale), math.ceil(h / scale)
                part = image.crop((x, y, x + w, y + h)).resize((wide, high), Image.Resampling.BOX)
                if fill:
                    filled = Image.new("RGB", (tile, tile), "red")
                    filled.paste(part, (0, 0))
                    part = filled
                region = "full" if (w, h) == size else f"{x},{y},{w},{h}"
                asked = f"{wide}," if (written or ("w," if version < 3 else "w,h")) == "w," else f"{wide},{high}"
                paths.append(f"{path}/{region}/{asked}/0/default.jpg")
                library.files[paths[-1]] = (200, {"Content-Type": "image/jpeg"}, jpeg(part))
    if missing >= 0:
        del library.files[paths[missing]]
    thumb = image.resize((198, 248))
    library.files[f"{path}/full/198,248/0/default.jpg"] = (200, {"Content-Type": "image/jpeg"}, jpeg(thumb))
    told: dict[str, Any] = {
        "width": size[0], "height": size[1], "sizes": [{"width": 198, "height": 248}],
        "tiles": [{"width": tile, "scaleFactors": list(scales)}],
    }  # fmt: skip
    address = library.url + path
    if version == 3:
        told |= {"@context": "http://iiif.io/api/image/3/context.json", "id": address, "type": "ImageService3",
                 "protocol": "http://iiif.io/api/image", "profile": "level0"}  # fmt: skip
    else:
        told |= {"@context": "http://iiif.io/api/image/2/context.json", "@id": address,
                 "profile": ["http://iiif.io/api/image/2/level0.json"]}  # fmt: skip
    library.put(f"{path}/info.json", told)
    return address, image, paths


def manifest(library: Library, address: str, version: int) -> str:
    kind = {"id": address, "type": "ImageService3", "profile": "level0"}
    if version < 3:
        kind = {"@id": address, "@type": "ImageService2", "profile": "http://iiif.io/api/image/2/level0.json"}
    body = {"id": f"{address}/full/198,248/0/default.jpg", "type": "Image", "service": [kind]}
    note = {"type": "Annotation", "motivation": "painting", "body": body}
    canvas = {"id": f"{address}/canvas", "type": "Canvas", "items": [{"items": [note]}]}
    name = f"{address.rsplit('/', 1)[1]}.json"
    return library.put(f"/{name}", {"type": "Manifest", "id": f"{library.url}/{name}", "items": [canvas]})


def difference(path: Path, image: Image.Image) -> float:
    with Image.open(path) as found:
        small = image.resize(found.size, Image.Resampling.BOX)
        return float(np.abs(np.asarray(found.convert("L"), float) - np.asarray(small.convert("L"), float)).max())


@pytest.mark.parametrize(
    ("version", "more"),
    [
        (2, {}), (3, {}), (2, {"written": "w,h"}), (3, {"written": "w,"}), (3, {"fill": True}),
        (2, {"tile": 700, "size": (2101, 2805)}), (3, {"size": (600, 2405), "tile": 256, "scales": (1,)}),
    ],
)  # fmt: skip
def test_tiles_become_one_image(library: Library, tmp_path: Path, version: int, more: dict[str, Any]) -> None:
    address, image, _ = static(library, "book", version, **more)
    (path,) = fetched(take([manifest(library, address, version)], tmp_path))
    with Image.open(path) as found:
        assert max(found.size) >= 2000 and abs(found.width / found.height - image.width / image.height) < 0.002
    assert difference(path, image) < 40  # nowhere a hole, a line or another part


def test_an_image_that_is_one_tile(library: Library, tmp_path: Path) -> None:
    address, image, _ = static(library, "small", 3, size=(300, 410), scales=(1,))
    (path,) = fetched(take([manifest(library, address, 3)], tmp_path))
    with Image.open(path) as found:
        assert found.size == image.size


@pytest.mark.parametrize("version", [2, 3])
def test_a_missing_tile_is_listed_and_leaves_no_hole(library: Library, tmp_path: Path, version: int) -> None:
    address, _, paths = static(library, "holed", version, scales=(1,), missing=17)
    whole, _, _ = static(library, "whole", version, scales=(1,), size=(700, 2100))
    gathered = take([manifest(library, address, version), manifest(library, whole, version)], tmp_path)
    assert len(fetched(gathered)) == 1
    ((page, reason),) = gathered.unfetched
    region = paths[17].split("/")[3]
    assert page.startswith("holed") and f"A tile of the image is missing, of the part {region}" in reason
    assert "404" in reason


def test_a_foreign_tile_and_one_that_is_no_image_are_listed(library: Library, tmp_path: Path) -> None:
    for content, said in ((jpeg(plate(1, (90, 400))), "90 × 400 pixels instead of"), (b"no image", "is no image")):
        address, _, paths = static(library, "odd", 3, scales=(1,), size=(700, 2100))
        library.files[paths[2]] = (200, {"Content-Type": "image/jpeg"}, content)
        with pytest.raises(DownloadError, match=said):
            take([manifest(library, address, 3)], tmp_path / said[:2])


def test_what_is_too_many_tiles_is_refused(library: Library, tmp_path: Path) -> None:
    address, _, _ = static(library, "huge", 3, size=(700, 900), tile=64)
    library.put("/static/huge/info.json", {
        "id": address, "type": "ImageService3", "profile": "level0", "width": 90_000, "height": 70_000,
        "tiles": [{"width": 256, "scaleFactors": [1, 2]}],
    })  # fmt: skip
    with pytest.raises(DownloadError, match="24,112 tiles; imgsim takes at most"):
        take([manifest(library, address, 3)], tmp_path)


def test_a_whole_image_is_taken_where_there_is_one(library: Library, tmp_path: Path) -> None:
    address, image, paths = static(library, "both", 3)
    library.files["/static/both/full/max/0/default.jpg"] = (200, {"Content-Type": "image/jpeg"}, jpeg(image))
    (path,) = fetched(take([manifest(library, address, 3)], tmp_path))
    assert Image.open(path).size == SIZE and not set(paths) & set(library.asked)


def test_what_is_said_of_tiles_is_read_with_care() -> None:
    good = {"tiles": [{"width": 512, "height": 256, "scaleFactors": [4, 1, 2, 2]}]}
    assert tilings(good) == (Tiling(512, 256, (1, 2, 4)),)
    assert tilings({"tile_width": 256, "scale_factors": [1, 8]}) == (Tiling(256, 256, (1, 8)),)
    for bad in ({"width": 0, "scaleFactors": [1]}, {"width": 9, "scaleFactors": []}, {"width": "9"}, "x", None,
                {"width": 9, "scaleFactors": [0, -1, True, "2"]}):  # fmt: skip
        assert tilings({"tiles": [bad]}) == () == tilings({"tiles": bad})
    two = (Tiling(256, 256, (1, 2, 4, 8)), Tiling(1024, 1024, (1, 2)))
    tiling, scale = chosen(two, (8000, 6000), 2000) or (two[0], 0)
    assert count(tiling, scale, (8000, 6000)) == 12 and 8000 / scale >= 2000
    assert chosen((Tiling(256, 256, (8,)),), (8000, 6000), 2000) == (Tiling(256, 256, (8,)), 8)
    assert chosen((), (10, 10), 5) is None and count(two[0], 1, (80_000, 60_000)) > tiles.MOST_TILES
