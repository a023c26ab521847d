"""Row 30: addresses that name the generation before are served from it until it is removed, and never from another."""

from __future__ import annotations

import csv
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from imgsim.app.components import encode_points, encode_tones
from imgsim.app.services import server
from imgsim.app.services.caches import colouring
from imgsim.collection import Collection, open_collection, open_generation
from imgsim.errors import CollectionError
from imgsim.export import files_of
from imgsim.images.decoding import open_image
from imgsim.images.thumbnails import encode_display
from tests.app.asking import get
from tests.e2e.serving import Served, serve
from tests.exports import request_of
from tests.herbals import make_herbals
from tests.hostile import TRAVERSALS
from tests.making import make, write_plate
from tests.reliability.tally import Tally

KEPT, REPLACED, GONE = 3, 7, 10  # plates of the first run


@pytest.fixture
def base(tmp_path: Path) -> Path:
    make_herbals(tmp_path)
    return tmp_path


@pytest.fixture
def app(base: Path) -> Iterator[Served]:
    with serve(base / "data") as served:
        yield served


def run_again(base: Path, number: int) -> Collection:
    """Another run of another state: a plate more, one replaced, one taken away, other places."""
    images = base / "images"
    write_plate(images / "book3" / f"new{number}.png", 500 + number)
    write_plate(images / "book1" / f"p{REPLACED:03}.png", 600 + number, (56, 40))
    (images / "book1" / f"p{GONE:03}.png").unlink(missing_ok=True)
    with (base / "metadata.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (base / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "publication_place": f"Paris {number}"} for row in rows)
    make(base / "data" / "herbals", images, metadata=base / "metadata.csv", backbones=["toy", "other"])
    return open_collection(base / "data" / "herbals")


def row_of(collection: Collection, number: int) -> int:
    return collection.catalogue.row(f"p{number:03}")


def large(collection: Collection, number: int) -> bytes:
    return encode_display(open_image(collection.plate_bytes(row_of(collection, number)), reduce_to=2400).image)


def thumbnail(collection: Collection, number: int) -> bytes:
    return collection.thumbnail_path(row_of(collection, number)).read_bytes()


def expected(before: Collection) -> dict[str, bytes | Callable[[bytes], bool]]:
    """What each address of a generation must answer, from what lies on the disk while it is the live one."""
    found: dict[str, bytes | Callable[[bytes], bool]] = {}
    for number in (KEPT, REPLACED, GONE):
        row = row_of(before, number)
        found[server.thumbnail_url(before, row)] = thumbnail(before, number)
        # Where its scan is gone from the folder, the generation still has the thumbnail.
        plate = large(before, number) if number == KEPT else thumbnail(before, number)
        found[server.plate_url(before, row)] = plate
    for backbone in before.backbones:
        found[server.map_url(before, backbone, "pca")] = encode_points(before.projection(backbone, "pca"))
    for column in ("place", "style"):
        colours = colouring(before, column)
        found[server.tones_url(before, column, colours)] = encode_tones(colours.tones)
    found[server.labels_url(before)] = lambda body: b"London" in body and b"Paris" not in body and b"p010" in body
    return found


def ask(app: Served, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(app.url + path, timeout=30) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def test_the_generation_before_is_served_until_it_is_removed(
    base: Path, app: Served, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_collection(base / "data" / "herbals")
    known = expected(first)
    monkeypatch.setenv("IMGSIM_DATA", str(base / "data"))
    request = request_of(first)
    files = files_of(["neighbours"], request)[:1]
    key = server.STORE.prepare(request, files, zipped=False)
    second = run_again(base, 1)
    assert first.generation != second.generation
    for address, content in known.items():
        with tally.attempt(address):
            status, body = ask(app, address)
            assert status == 200
            assert body == content if isinstance(content, bytes) else content(body)
    with tally.attempt("an export that was made before"):
        status, _, body = get(server.export_url(first, key, files[0].name))
        assert (status, body) == (200, server.STORE.files(key)[files[0].name].read_bytes())
    assert tally.tried == 12
    # The live one is the live one.
    for number in (KEPT, KEPT + 1):
        row = row_of(second, number)
        assert ask(app, server.thumbnail_url(second, row)) == (200, thumbnail(second, number))
        assert ask(app, server.plate_url(second, row)) == (200, large(second, number))
    for number in (REPLACED, GONE):  # another picture is another plate
        assert ask(app, server.plate_url(second, row_of(second, KEPT)).replace("p003", f"p{number:03}"))[0] == 404
    # Then the first one is removed, while the app has it open.
    third = run_again(base, 2)
    for address in known:
        assert ask(app, address)[0] == 404, address
    assert ask(app, server.labels_url(second))[0] == ask(app, server.labels_url(third))[0] == 200


def test_no_other_name_opens_a_generation(base: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(base / "data"))
    first = open_collection(base / "data" / "herbals")
    second = run_again(base, 1)
    folder = base / "data" / "herbals" / "generations"
    first.folder.rename(folder / "renamed")  # a folder whose manifest is that of another
    (folder / ".unfinished-1").mkdir()
    for name in ("renamed", ".unfinished-1", first.generation, "", ".", "..", second.generation + "/", *TRAVERSALS):
        with tally.attempt(repr(name)):
            with pytest.raises(CollectionError):
                open_generation(base / "data" / "herbals", name)
            for path in (f"/collections/herbals/{name}/labels.json", f"/collections/herbals/{name}/plates?id=p003"):
                assert get(*path.partition("?")[::2], raw=True)[0] == 404
