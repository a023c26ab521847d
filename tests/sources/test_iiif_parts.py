"""Manifests with bad neighbours, parts of images, several images on a page, and images behind a login."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imgsim.errors import DownloadError, ManifestError
from tests.library import Library, plate
from tests.sources.gathered import fetched, rows, take
from tests.sources.manifests import IMAGE, book, modern

BOX = (40, 60, 120, 160)  # x, y, width, height


def difference(path: Path, wanted: Image.Image) -> float:
    with Image.open(path) as image:
        assert image.size == wanted.size
        return float(np.abs(np.asarray(image.convert("L"), float) - np.asarray(wanted.convert("L"), float)).mean())


def service(library: Library, kind: str, number: int) -> dict[str, Any]:
    return {
        "id": library.url + library.body_path(number), "type": "Image", "width": 240, "height": 320,
        "service": [library.service(kind, number)],
    }  # fmt: skip


def manifest(library: Library, name: str, *bodies: list[dict[str, Any]]) -> str:
    """A manifest with a canvas for each list of bodies, each painted by an annotation of its own."""
    canvases = []
    for number, painted in enumerate(bodies, start=1):
        notes = [{"type": "Annotation", "motivation": "painting", "body": body} for body in painted]
        canvases.append({"id": f"{library.url}/{name}/{number}", "type": "Canvas", "items": [{"items": notes}]})
    return library.put(f"/{name}/manifest.json", {"type": "Manifest", "id": f"{library.url}/{name}/manifest.json",
                                                  "label": {"en": [name]}, "items": canvases})  # fmt: skip


def test_a_bad_manifest_of_many_is_left_out_counted_and_listed(library: Library, tmp_path: Path) -> None:
    good = [library.modern("one", [""]), library.older("two", ["v2-level2"])]
    web = library.put("/page", b"<html>not here</html>", "text/html")
    gone, empty = f"{library.url}/gone.json", library.put("/empty.json", {"type": "Manifest", "items": []})
    notes: list[str] = []
    gathered = take([good[0], web, gone, empty, good[1]], tmp_path, notes=notes)
    assert [path.name for path in fetched(gathered)] == ["one_p0001.jpg", "two_p0001.jpg"]
    assert [what for what, _ in gathered.unfetched] == [web, gone, empty]
    assert "web page" in gathered.unfetched[0][1] and "404" in gathered.unfetched[1][1]
    assert len(notes) == 1 and "3 are left out" in notes[0]
    shelf = {"type": "Collection", "items": [{"id": one, "type": "Manifest"} for one in (gone, good[0])]}
    through = take([library.put("/shelf.json", shelf)], tmp_path / "shelf")
    assert len(fetched(through)) == 1 and [what for what, _ in through.unfetched] == [gone]


@pytest.mark.parametrize("bad", ["gone", "web"])
def test_where_all_are_bad_the_first_reason_is_given(library: Library, tmp_path: Path, bad: str) -> None:
    web = library.put("/page", b"<html>not here</html>", "text/html")
    named = [f"{library.url}/gone.json", web] if bad == "gone" else [web, f"{library.url}/gone.json"]
    with pytest.raises(DownloadError if bad == "gone" else ManifestError, match="404" if bad == "gone" else "web page"):
        take(named, tmp_path)


@pytest.mark.parametrize("kind", ["v3-level2", "v3-level1", "v2-level2", "v2-level1", "v3-level0", "v2-level0"])
def test_a_part_of_an_image_is_fetched_as_that_part(library: Library, tmp_path: Path, kind: str) -> None:
    region = ",".join(map(str, BOX))
    selectors: list[dict[str, Any]] = [
        {"type": "ImageApiSelector", "region": region},
        {"type": "FragmentSelector", "value": f"xywh={region}"},
    ]
    bodies = [
        [{"type": "SpecificResource", "source": service(library, kind, 1), "selector": one}] for one in selectors
    ]
    turned = {"type": "ImageApiSelector", "rotation": "90"}
    bodies.append([{"type": "SpecificResource", "source": service(library, kind, 1), "selector": turned}])
    gathered = take([manifest(library, "parts", *bodies)], tmp_path)
    assert gathered.unfetched == ()
    whole = plate(1)
    part = whole.crop((BOX[0], BOX[1], BOX[0] + BOX[2], BOX[1] + BOX[3]))
    # A service of level 0 gives out whole images only.
    wanted = [whole] * 3 if kind.endswith("0") else [part, part, whole.rotate(-90, expand=True)]
    for path, image in zip(fetched(gathered), wanted, strict=True):
        assert difference(path, image) < 4


def test_a_part_in_a_manifest_of_version_2(library: Library, tmp_path: Path) -> None:
    source = library.older("old", ["v2-level2"])
    document = json.loads(library.files["/old/manifest.json"][2])
    image = document["sequences"][0]["canvases"][0]["images"][0]
    image["resource"] = {
        "@type": "oa:SpecificResource", "full": image["resource"],
        "selector": {"@type": "iiif:ImageApiSelector", "region": ",".join(map(str, BOX))},
    }  # fmt: skip
    library.put("/old/manifest.json", document)
    (path,) = fetched(take([source], tmp_path))
    assert difference(path, plate(1).crop((BOX[0], BOX[1], BOX[0] + BOX[2], BOX[1] + BOX[3]))) < 4


def test_several_images_on_a_canvas_are_several_plates(library: Library, tmp_path: Path) -> None:
    one, two, three = (service(library, "v3-level2", number) for number in (1, 2, 3))
    source = manifest(library, "album", [one, two], [three], [one, one])
    gathered = take([source], tmp_path)
    assert [path.name for path in fetched(gathered)] == [
        "album_p0001.jpg", "album_p0001_2.jpg", "album_p0002.jpg", "album_p0003.jpg",
    ]  # fmt: skip
    for path, number in zip(fetched(gathered), (1, 2, 3, 1), strict=True):
        assert difference(path, plate(number)) < 4
    assert [row["file"] for row in rows(gathered)] == ["album_p0001", "album_p0001_2", "album_p0002", "album_p0003"]
    asked = len(library.asked)
    take([source], tmp_path)
    assert not [path for path in library.asked[asked:] if "/image/" in path]


LOGINS = [
    {"@context": "http://iiif.io/api/auth/1/context.json", "@id": "http://a.example/login",
     "profile": "http://iiif.io/api/auth/1/login", "label": "Log in to the library"},
    {"id": "http://a.example/probe", "type": "AuthProbeService2", "service": [
        {"id": "http://a.example/access", "type": "AuthAccessService2", "profile": "active",
         "label": {"en": ["Log in to the library"]}}]},
]  # fmt: skip


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_stands_behind_a_login_is_said_to_be_so(
    library: Library, tmp_path: Path, login: dict[str, Any], status: int
) -> None:
    walled, free = service(library, "v3-level2", 1), service(library, "v3-level2", 2)
    walled["service"][0]["service"] = [login]
    for path in ("/image/v3-level2/1/full/max/0/default.jpg", "/image/v3-level2/1/full/full/0/default.jpg",
                 "/image/v3-level2/1/info.json", library.body_path(1)):  # fmt: skip
        library.files[path] = (status, {}, b"")
    gathered = take([manifest(library, "walled", [walled], [free])], tmp_path)
    assert [path.name for path in fetched(gathered)] == ["walled_p0002.jpg"]
    ((what, reason),) = gathered.unfetched
    assert what.startswith("walled, page 1") and "behind a login" in reason and "'Log in to the library'" in reason


def test_a_login_that_no_manifest_tells_of_is_known_by_the_answer(library: Library, tmp_path: Path) -> None:
    source = library.modern("free", ["", ""])
    library.files[library.body_path(1)] = (401, {}, b"")
    ((_, reason),) = take([source], tmp_path).unfetched
    assert "behind a login" in reason
    library.files["/free/manifest.json"] = (403, {}, b"")
    with pytest.raises(DownloadError, match="asks for a login"):
        take([source], tmp_path)


def test_a_login_is_no_image_service() -> None:
    for login in LOGINS:
        picture = book(modern({**IMAGE, "service": [login]})).pages[0].picture
        assert picture is not None and not picture.service and picture.login == "Log in to the library"
