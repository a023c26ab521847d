"""Row 7: no text in a table, an address or a manifest leads to a file outside of a collection and its scans."""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from imgsim.collection import Collection, open_collection
from imgsim.errors import CollectionError, ImageError, MetadataError
from imgsim.generation import layout
from imgsim.images.files import read_image
from tests.book_scans import write_scans
from tests.e2e.serving import Served, serve
from tests.herbals import make_herbals
from tests.hostile import TRAVERSALS, drawing, encode, write_tree
from tests.making import add_files, forge, make, write_plates
from tests.outsider import head, send
from tests.pages import visit, words
from tests.reliability.tally import Tally

# Names of folders and files in a manifest; each would lead elsewhere, or be another file on another system.
NAMES = [
    "..", ".", "", "../../etc", "/etc/passwd", "a/b", "a\\b", "..\\x", "C:", "C:\\x", "a\0b", "a\n", "name ", "~", "é",
]  # fmt: skip
SECRET = b"nobody may read this"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with "herbals", and with "scans" for its pages; what lies above it is secret."""
    base = tmp_path_factory.mktemp("paths")
    (base / "secret.png").write_bytes(SECRET)
    data = make_herbals(base)
    make(data / "scans", write_scans(base / "books"))
    (data / "secret.png").write_bytes(SECRET)
    return data


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[Served]:
    with serve(folder) as served:
        yield served
        assert "Traceback" not in served.said()


def test_the_strings_are_many() -> None:
    assert len(TRAVERSALS) == len(NAMES) == 15


def test_a_file_is_read_only_below_the_folder_of_its_scans(tmp_path: Path, tally: Tally) -> None:
    png = encode(drawing(60, 80), "PNG")
    root = write_tree(tmp_path / "root", {"plate.png": png})
    write_tree(tmp_path, {"secret.png": png})
    with zipfile.ZipFile(root / "plates.zip", "w") as archive:
        archive.writestr("in.png", png)
    if sys.platform != "win32":
        (root / "linked").symlink_to(tmp_path, target_is_directory=True)
    assert read_image(str(root), "plate.png") == read_image(str(root), "plates.zip!in.png") == png
    for file in TRAVERSALS:
        with tally.attempt(repr(file)), pytest.raises(ImageError):
            read_image(str(root), file)


def test_a_table_says_what_a_plate_is_and_never_where_it_lies(tmp_path: Path, tally: Tally) -> None:
    images = write_plates(tmp_path / "images", 2)
    (tmp_path / "secret.png").write_bytes(SECRET)
    for number, file in enumerate(TRAVERSALS):
        table = tmp_path / f"{number}.csv"
        table.write_bytes(f'plate_id,file,root,folder\np000,"{file}",/etc,..\n'.encode())
        with tally.attempt(repr(file)):
            try:
                make(tmp_path / str(number), images, metadata=table)
            except MetadataError:
                assert "\x00" in file
                continue
            collection = open_collection(tmp_path / str(number))
            record = collection.catalogue.record(0)
            assert (record["file"], record["root"]) == ("p000.png", os.path.realpath(images))
            assert (record["metadata_root"], record["metadata_folder"]) == ("/etc", "..")
            assert collection.plate_bytes(0) == (images / "p000.png").read_bytes()


def addresses(collection: Collection, attack: str) -> list[str]:
    """Every address that names something, with the attack in its place."""
    base, text = f"/collections/herbals/{collection.generation}", quote(attack, safe="")
    scans = f"/collections/scans/{open_collection(collection.path.parent / 'scans').generation}"
    return [
        f"{base}/plates?id={text}", f"{scans}/pages?id={text}", f"{scans}/pages?id=p001&size={text}",
        f"{base}/thumbnails/{text}", f"{base}/thumbnails/{text}.webp",
        f"{base}/map/{text}/pca.bin", f"{base}/map/toy/{text}.bin", f"{base}/map/toy/{text}",
        f"{base}/tones/{text}.bin",
        f"/collections/{text}/{collection.generation}/labels.json", f"/collections/herbals/{text}/labels.json",
        f"/collections/herbals/iiif/{text}/manifest.json", f"/collections/{text}/iiif/collection.json",
    ]  # fmt: skip


def test_no_address_leads_out_of_the_collection(folder: Path, app: Served, tally: Tally) -> None:
    port = urlsplit(app.url).port or 0
    herbals = open_collection(folder / "herbals")
    for attack in [*TRAVERSALS, "%2e%2e%2fsecret.png", "p003/../../secret.png", ""]:
        plain = quote(attack, safe="/.:!\\")
        for address in addresses(herbals, attack):
            for written in dict.fromkeys([address, address.replace(quote(attack, safe="") or "/", plain or "/")]):
                with tally.attempt(written):
                    answer = send(port, head("GET", written, [("Host", f"127.0.0.1:{port}")]))
                    # What names none of our routes is answered with the app's own first page.
                    ours = answer.status == 200 and b"<title>Streamlit</title>" in answer.body
                    assert ours or answer.status in {301, 307, 400, 404}, answer
                    assert "://" not in answer.headers.get("location", "").replace(app.url, "")
                    assert SECRET not in answer.body and b"root:" not in answer.body
                    kept = "immutable" in answer.headers.get("cache-control", "")
                    assert ours or (len(answer.body) < 200 and not kept)


def test_no_link_to_a_page_leads_out(folder: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(folder))
    for attack in TRAVERSALS:
        for name, query in (
            ("plate", {"plate": attack}), ("browse", {"collection": attack}), ("book", {"book": attack}),
            ("map", {"plate": "p003", "backbone": attack, "map": attack}),
        ):  # fmt: skip
            with tally.attempt(f"{name}: {attack!r}"):
                app = visit(name, **query)  # raises where a page fails
                assert SECRET.decode() not in words(app) and "root:" not in words(app)


def test_a_manifest_names_nothing_outside(tmp_path: Path, tally: Tally) -> None:
    make(tmp_path / "pristine", write_plates(tmp_path / "images", 3))

    for name in NAMES:

        def backbone(manifest: dict[str, Any], name: str = name) -> None:
            manifest["backbones"][name] = manifest["backbones"].pop("toy")
            for file in [file for file in manifest["files"] if file.startswith("toy/")]:
                manifest["files"][name + file[3:]] = manifest["files"].pop(file)

        def projection(manifest: dict[str, Any], name: str = name) -> None:
            manifest["backbones"]["toy"]["projections"] = [name]
            manifest["files"][f"toy/projection_{name}.npy"] = manifest["files"].pop("toy/projection_pca.npy")

        def file(manifest: dict[str, Any], name: str = name) -> None:
            manifest["files"][name] = manifest["files"]["skipped.csv"]

        def generation(manifest: dict[str, Any], name: str = name) -> None:
            manifest["generation"] = name

        for change in (backbone, projection, file, generation):
            copy = tmp_path / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(tmp_path / "pristine", copy)
            forge(copy, change)
            with tally.attempt(f"{change.__name__} {name!r}"), pytest.raises(CollectionError):
                open_collection(copy)
        shutil.rmtree(copy)
        shutil.copytree(tmp_path / "pristine", copy)
        live = open_collection(copy).generation
        (copy / "CURRENT").write_text(name)
        with tally.attempt(f"CURRENT {name!r}"):
            try:
                assert open_collection(copy).generation == live  # at most, the one that is there
            except CollectionError as error:
                assert str(error).strip()


def test_a_catalogue_names_nothing_outside(tmp_path: Path, tally: Tally) -> None:
    """With the right hashes: as if somebody had made the collection to attack who opens it."""
    make(tmp_path / "c", write_plates(tmp_path / "images", 2))
    (tmp_path / "secret.png").write_bytes(SECRET)
    frame = open_collection(tmp_path / "c").catalogue.frame
    for attack in TRAVERSALS:
        for column in ("file", "root"):
            forged = frame.copy()
            forged.loc[0, column] = attack
            forged.to_parquet(tmp_path / "forged.parquet", index=False)
            add_files(tmp_path / "c", {layout.CATALOGUE: (tmp_path / "forged.parquet").read_bytes()})
            with tally.attempt(f"{column} {attack!r}"), pytest.raises((CollectionError, ImageError)):
                open_collection(tmp_path / "c").plate_bytes(0)
    assert json.loads((open_collection(tmp_path / "c").folder / layout.MANIFEST).read_bytes())
