"""What the app serves beside its pages, asked as a browser asks, without a browser."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from urllib.parse import quote, urlsplit

import numpy as np
import pytest
import streamlit
from PIL import Image

from imgsim.app.components import decode_mask, decode_points, decode_tones
from imgsim.app.services import browser_words, first_page, guard, server
from imgsim.app.services.caches import colouring
from imgsim.base import translation
from imgsim.base.places import HERE, data_mark
from imgsim.collection import Collection
from imgsim.collection.map_labels import map_labels
from tests.app.asking import HOST, ask, get
from tests.herbals import COUNT, make_herbals
from tests.pages import PAGES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("served")
    (base / "secret.png").write_bytes(b"secret")
    return make_herbals(base)


def test_a_thumbnail_is_the_plates_own_and_may_be_kept_for_good(herbals: Collection) -> None:
    status, headers, body = ask(server.thumbnail_url(herbals, 3))
    assert status == 200
    assert body == herbals.thumbnail_path(3).read_bytes()
    assert headers["content-type"] == "image/webp"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_plate_comes_whole_as_webp(herbals: Collection) -> None:
    for _ in range(2):  # made, then remembered
        status, headers, body = ask(server.plate_url(herbals, 3))
        assert (status, headers["content-type"]) == (200, "image/webp")
        assert Image.open(io.BytesIO(body)).size == (40, 56)


def test_points_tones_and_labels_are_in_row_order(herbals: Collection) -> None:
    points = decode_points(ask(server.map_url(herbals, "toy", "pca"))[2])
    assert np.array_equal(points, herbals.projection("toy", "pca"))
    tones = decode_tones(ask(server.tones_url(herbals, "place", colouring(herbals, "place")))[2])
    places = herbals.catalogue.frame["place"].to_numpy()
    assert all(
        (tones[places == place] == tones[places == place][0]).all() for place in ("London", "Edinburgh")
    )
    labels = json.loads(ask(server.labels_url(herbals))[2])
    assert labels["id"] == list(herbals.catalogue.plate_ids)
    assert labels["title"][0] == herbals.catalogue.short_title(0)
    assert all(len(values) == COUNT for values in labels.values())
    parts = urlsplit(server.labels_url(herbals))
    status, headers, packed = get(parts.path, parts.query, host=HOST, more={"accept-encoding": "br, gzip"})
    assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding")
    assert json.loads(gzip.decompress(packed)) == labels


def test_what_regions_are_called_comes_with_the_places_of_the_points(herbals: Collection) -> None:
    status, headers, body = ask(server.regions_url(herbals, "toy", "pca"))
    assert (status, headers["content-type"]) == (200, "application/json") and "immutable" in headers["cache-control"]
    labels = map_labels(herbals.catalogue, herbals.projection("toy", "pca"))
    said = [(label["words"], label["x"], label["y"], label["level"], label["until"]) for label in json.loads(body)]
    assert said == [(", ".join(one.words), one.x, one.y, one.level, one.until) for one in labels]


def test_pictures_of_many_plates_come_in_one_answer_that_may_be_kept_for_good(herbals: Collection) -> None:
    for rows in ([3, 0, COUNT - 1], [5]):
        for _ in range(2):  # made, then remembered
            status, headers, body = ask(server.pictures_url(herbals) + "-".join(map(str, rows)))
            assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
            sizes = np.frombuffer(body, np.uint8, 2 * len(rows), offset=16).reshape(-1, 2)
            assert sizes.tolist() == [list(Image.open(io.BytesIO(herbals.thumbnail(row))).size) for row in rows]
            assert Image.open(io.BytesIO(body[16 + 2 * len(rows) :])).size == (1024, 128)


@pytest.mark.parametrize("rows", ["", "-1", "3-", str(COUNT), "1.5", "²", "3-x", "-".join(["1"] * 65), "9" * 30])
def test_pictures_of_rows_that_are_not_there_are_not_found(herbals: Collection, rows: str) -> None:
    assert ask(server.pictures_url(herbals) + quote(rows))[0] == 404


@pytest.mark.parametrize("words", ["london", "Édinburgh 17", "p003", "nowhere at all", "", " "])
def test_a_search_on_the_map_finds_what_the_catalogue_finds(herbals: Collection, words: str) -> None:
    status, headers, body = ask(server.found_url(herbals) + quote(words, safe=""))
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/plain")
    found = np.flatnonzero(decode_mask(body.decode(), COUNT)).tolist()
    assert found == (herbals.catalogue.search(words).tolist() if words.strip() else [])  # nothing asked, nothing marked
    assert bool(found) == (words in ("london", "Édinburgh 17", "p003"))


def test_a_plate_whose_scan_is_gone_is_not_found(herbals: Collection, tmp_path: Path) -> None:
    frame = herbals.catalogue.frame
    path = Path(frame["root"].iat[5]) / frame["file"].iat[5]
    moved = path.rename(tmp_path / "elsewhere.png")
    try:
        assert ask(server.plate_url(herbals, 5))[0] == 404
    finally:
        moved.rename(path)


@pytest.mark.parametrize(
    "path",
    [
        "/collections/herbals/another-generation/labels.json",
        "/collections/nobody/x/labels.json",
        "/collections/herbals/{generation}/map/toy/umap.bin",
        "/collections/herbals/{generation}/map/resnet18/pca.bin",
        "/collections/herbals/{generation}/map/toy/pca.npy",
        "/collections/herbals/{generation}/regions/toy/pca.bin",
        "/collections/herbals/{generation}/regions/toy/umap.json",
        "/collections/herbals/{generation}/thumbnails/" + "0" * 64 + ".webp",
        "/collections/herbals/{generation}/tones/nothing.bin",
        "/collections/herbals/{generation}/manifest.json",
    ],
)
def test_what_is_not_there_is_not_found(herbals: Collection, path: str) -> None:
    assert ask(path.replace("{generation}", herbals.generation))[0] == 404


def test_the_app_answers_with_its_routes_before_the_pages() -> None:
    import app

    assert isinstance(app.app, guard.Guard)  # outermost: nothing is answered but through it
    pages = app.app.app
    assert isinstance(pages, streamlit.App)
    paths = [getattr(route, "path", "") for route in pages._user_routes]
    known = ("/collections/{name}/{generation}/", "/collections/{name}/iiif/", "/incoming/{token}/")
    pages_own = ["/" if name == "browse" else f"/{name}" for name in PAGES]
    below = [f"{path}/{{rest:path}}" for path in pages_own[1:]]
    scripts = [f"/{name}" for name in first_page.SCRIPTS]
    words = [browser_words.address(code) for code in translation.offered()[1:]]
    languages = [*words, "/language/{code}"]
    assert [path for path in paths if not path.startswith(known)] == [HERE, *scripts, *pages_own, *below, *languages]
    assert len(paths) > 10


def test_whoever_starts_the_app_again_hears_which_collections_it_has() -> None:
    status, headers, body = ask(HERE)
    assert (status, body.decode(), headers["cache-control"]) == (200, data_mark(), "no-store")
