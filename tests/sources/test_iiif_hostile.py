"""Manifests as somebody hostile would serve them."""

from __future__ import annotations

import copy
import json
import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from imgsim.catalogue import read_metadata
from imgsim.errors import DownloadError, ImgsimError, ManifestError
from imgsim.sources.iiif import gathering, image_requests, page_table
from imgsim.sources.iiif.fetching import Fetcher
from imgsim.sources.iiif.gathering import gather
from imgsim.sources.iiif.pictures import Picture, address
from imgsim.sources.iiif.presentation import MAX_PAGES, Book, Canvas, Shelf, parse
from tests.hostile import FORMULAS
from tests.library import Library
from tests.sources.manifests import IMAGE, book, modern

# In parts, for no address of this kind may stand in the project.
_HTTP = "http" + "://"


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)", "file:///etc/passwd", "ftp://a/b", "data:image/png;base64,AA", "//a/b", "/etc/passwd",
        "../x.jpg", "http://", "http:///x", f"{_HTTP}user:word@a.example/b", "http://a.example/b c",
        "http://a.example/b\nHost: evil",         "http://a.example:0/", "http://a.example:99999999/", f"{_HTTP}[::1",
        "http://a.example/" + "x" * 3000, "", None, 5, ["http://a.example"],
        {"id": "http://a.example"}, "HTTP\x00://a",
    ],
)  # fmt: skip
def test_only_plain_addresses_are_asked(value: object) -> None:
    assert address(value) == ""


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        ("http://a.example/b#xywh=1,2,3,4", "http://a.example/b"),
        ("https://a.example:8443/é b".replace(" ", "%20"), "https://a.example:8443/%C3%A9%20b"),
        (f"{_HTTP}[::1]:8000/x?y=z", f"{_HTTP}[::1]:8000/x?y=z"),
    ],
)
def test_plain_addresses_are_taken_as_they_are(value: str, asked: str) -> None:
    assert address(value) == asked


def no_manifests() -> dict[str, tuple[bytes, str]]:
    return {
        "empty": (b"", "not JSON"),
        "page": (b"<!doctype html><title>Viewer</title>", "web page"),
        "binary": (bytes(range(256)), "not JSON"),
        "list": (b"[1, 2]", "list"),
        "number": (b"12", "int"),
        "null": (b"null", "NoneType"),
        "no type": (b"{}", "type is ''"),
        "image info": (b'{"type": "ImageService3"}', "ImageService3"),
        "type is a list": (b'{"type": ["Manifest"]}', "no IIIF manifest"),
        "no pages": (b'{"type": "Manifest", "items": []}', "no pages"),
        "pages are nothing": (b'{"@type": "sc:Manifest", "sequences": 5}', "no pages"),
        "sequence elsewhere": (
            b'{"@type": "sc:Manifest", "sequences": [{"@id": "http://a.example/s"}]}',
            "no pages",
        ),
        "deep": (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "deeply"),
        "deep list": (b"[" * 200_000, "deeply"),
        "cut": (json.dumps(modern(IMAGE)).encode()[:-20], "not JSON"),
        "a number without end": (b'{"type": ' + b"9" * 10_000 + b"}", "no IIIF manifest"),
    }


@pytest.mark.parametrize("name", no_manifests())
def test_what_is_no_manifest_is_refused_in_a_sentence(name: str) -> None:
    content, words = no_manifests()[name]
    with pytest.raises(ManifestError, match=words) as raised:
        parse(content, "http://a.example/x")
    assert "http://a.example/x" in str(raised.value) and len(str(raised.value)) < 500


def odd_pages() -> dict[str, object]:
    deep: object = "x"
    for _ in range(400):
        deep = {"type": "Choice", "items": [deep]}
    return {
        "no id": {"type": "Image"},
        "id is a number": {"id": 5, "type": "Image"},
        "id is an object": {"id": {"id": "http://a.example"}, "type": "Image"},
        "javascript": {"id": "javascript:alert(1)", "type": "Image"},
        "file": {"id": "file:///etc/passwd", "type": "Image", "service": {"id": "file:///etc"}},
        "local path": {"id": "/etc/passwd", "type": "Image"},
        "a text": "http://a.example/1.jpg",
        "nothing": None,
        "a list of lists": [[IMAGE]],
        "deep": deep,
        "empty choice": {"type": "Choice", "items": []},
        "choice of nonsense": {"type": "Choice", "items": [1, None, "x"]},
    }


@pytest.mark.parametrize("name", odd_pages())
def test_an_odd_page_is_listed_and_the_others_are_read(name: str) -> None:
    pages = book(modern(odd_pages()[name], IMAGE)).pages
    assert pages[0].picture is None and pages[0].problem
    assert pages[1].picture == Picture("http://a.example/1.jpg")


@pytest.mark.parametrize(
    "canvas", [None, 5, "x", [], {}, {"items": 5}, {"items": [{"items": "x"}]}, {"images": 1}]
)
def test_an_odd_canvas_is_listed(canvas: object) -> None:
    document = modern(IMAGE)
    document["items"].insert(0, canvas)
    pages = book(document).pages
    assert (pages[0].picture, pages[1].number) == (None, 2) and pages[0].problem


def test_sizes_that_cannot_be_are_not_believed() -> None:
    for width, height in (
        (0, 5),
        (-1, 5),
        (True, True),
        ("a", 1),
        (10**12, 1),
        (1.5, 2),
        (None, 2),
        ("²", 1),
    ):
        picture = book(modern({**IMAGE, "width": width, "height": height})).pages[0].picture
        assert picture is not None and picture.size is None


def test_a_manifest_without_end_is_cut() -> None:
    document = modern(IMAGE)
    document["items"] = document["items"] * (MAX_PAGES + 7)
    found = book(document)
    assert (len(found.pages), found.left_out) == (MAX_PAGES, 7)


def test_a_manifest_of_100_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)
    tracemalloc.start()
    try:
        with pytest.raises(ManifestError, match="larger than"):
            gather([str(path)], tmp_path / "out")
        assert tracemalloc.get_traced_memory()[1] < 80 * 2**20
    finally:
        tracemalloc.stop()


def test_metadata_that_pose_as_ours_or_as_formulas_stay_texts(tmp_path: Path) -> None:
    labels = [
        "plate_id",
        "Identifier",
        "file",
        "ECCO ID",
        "Name",
        "canvas",
        "iiif_manifest",
        "",
        "Volume",
        "Titel",
    ]
    pairs = tuple((label, f"other {n}") for n, label in enumerate(labels))
    pairs += tuple((f"own {n}", formula.strip("\x00")) for n, formula in enumerate(FORMULAS))
    pairs += tuple((f"many {n}", "x") for n in range(200))
    found = Book("http://a.example/m", "Herbal", pairs, ())
    row = page_table.row("herbal_p0001", "herbal", found, Canvas(1, "http://a.example/c", "p. 7", (), None))
    assert (row["file"], row["book"], row["title"], row["page"]) == (
        "herbal_p0001",
        "herbal",
        "Herbal",
        "p. 7",
    )
    path = tmp_path / "metadata.csv"
    path.write_bytes(page_table.to_csv([row]))
    metadata = read_metadata(path)
    assert (metadata.key, metadata.key_column) == ("file", "file")
    assert len(metadata.frame.columns) <= 90
    assert metadata.frame["iiif_identifier"].iloc[0] == "other 1"


def test_a_shelf_names_addresses_only() -> None:
    found = parse(
        json.dumps(
            {"type": "Collection", "items": [{"id": "javascript:x"}, 5, None, "http://a.example/1", {"id": "http://a.example/1"},
                                             {"id": "file:///x", "type": "Manifest"}]}
        ).encode(),
        "x",
    )  # fmt: skip
    assert found == Shelf("", ("http://a.example/1",), 0)


def test_500_mutations_of_good_manifests_never_crash() -> None:
    with Library() as library:
        library.modern("a", ["v3-level2", "v3-level0", ""])
        library.older("b", ["v2-level1", ""])
        originals = [json.loads(answer[2]) for answer in library.files.values()]
    rng = random.Random(7)
    junk: list[object] = [
        None,
        5,
        -1,
        True,
        "",
        "x",
        [],
        {},
        [[]],
        {"id": 1},
        "a\x00b",
        f"{_HTTP}[",
        "javascript:x",
        1e308,
        "\ud800",
        ["x"] * 50,
    ]
    read = refused = 0
    for number in range(500):
        document = json.loads(json.dumps(originals[number % 2]))
        for _ in range(rng.randint(1, 4)):
            _mutate(document, rng, junk)
        try:
            found = parse(json.dumps(document).encode(), "x")
        except ImgsimError as error:
            assert len(str(error)) < 600
            refused += 1
            continue
        read += 1
        assert isinstance(found, Book)
        for page in found.pages:
            assert (page.picture is None) == bool(page.problem)
            if page.picture:
                assert all(address(url) == url for url in image_requests.addresses(page.picture))
            assert b"\x00" not in page_table.to_csv([page_table.row("x", "x", found, page)])
        gathering.suggested_name(found.id)
    assert read > 200 and refused > 10


def _mutate(document: Any, rng: random.Random, junk: list[object]) -> None:
    """Replace, remove or double something, anywhere."""
    here = document
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            return
        key = rng.choice(keys)
        below = here[key]
        if isinstance(below, dict | list) and below and rng.random() < 0.75:
            here = below
            continue
        if rng.random() < 0.3:
            del here[key]
        else:
            here[key] = copy.deepcopy(rng.choice([*junk, document.get("items"), document.get("label")]))
        return


def test_nobody_is_asked_for_a_manifest_without_images(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(modern({"id": "javascript:x", "type": "Image"})))
    with pytest.raises(DownloadError, match=r"None of the 1 images.*javascript"):
        gather([str(file)], tmp_path / "out", fetcher=Fetcher())
