"""Libraries' manifests become a folder of images and a table: from a strict and moody library on this machine."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsim.cli.prepare_arguments import parser, split_images
from imgsim.cli.prepare_command import main
from imgsim.collection import open_collection
from imgsim.errors import ManifestError
from imgsim.prepare import Options, prepare
from imgsim.sources.iiif import fetching
from imgsim.sources.iiif.fetching import Fetcher
from imgsim.sources.iiif.gathering import gather
from tests.library import Library, plate
from tests.making import ToyProcessor
from tests.sources.gathered import Patience, fetched, rows, take

KINDS = ["v3-level2", "v3-level1", "v3-level0", "v2-level2", "v2-level1", "v2-level0", "v1-level1", ""]


def similarity(path: Path, number: int) -> float:
    """How alike an image is to the library's plate of that number: the correlation of 32 x 32 pixels."""
    with Image.open(path) as image:
        pixels = [np.asarray(i.convert("L").resize((32, 32)), float) for i in (image, plate(number))]
    return float(np.corrcoef(pixels[0].ravel(), pixels[1].ravel())[0, 1])


@pytest.mark.parametrize("version", ["modern", "older"])
def test_every_kind_of_service_gives_its_image(library: Library, tmp_path: Path, version: str) -> None:
    source = getattr(library, version)("herbal", KINDS)
    gathered = take([source], tmp_path)
    assert gathered.unfetched == ()
    paths = fetched(gathered)
    assert [path.name for path in paths] == [f"herbal_p{n:04}.jpg" for n in range(1, len(KINDS) + 1)]
    for number, path in enumerate(paths, start=1):
        assert similarity(path, number) > 0.98, KINDS[number - 1]
        assert similarity(path, number + 1) < 0.9
    assert library.most_at_once == 1
    assert set(library.agents) == {fetching.USER_AGENT} and "imgsim" in fetching.USER_AGENT


def test_large_images_are_asked_for_at_a_sensible_size(library: Library, tmp_path: Path) -> None:
    library.large = set(range(1, len(KINDS) + 1))
    gathered = take([library.modern("large", KINDS)], tmp_path)
    assert gathered.unfetched == ()
    longest = {}
    for kind, path in zip(KINDS, fetched(gathered), strict=True):
        with Image.open(path) as image:
            longest[kind] = max(image.size)
    # Level 0 has 1500 and 2400 to choose from; without a service there is only the image itself.
    assert longest == {**dict.fromkeys(KINDS, 2000), "v3-level0": 2400, "v2-level0": 2400, "": 3000}
    assert not [path for path in library.asked if "v3" in path and "/full/full/" in path]


def test_each_image_costs_as_few_requests_as_can_be(library: Library, tmp_path: Path) -> None:
    take([library.modern("herbal", ["v3-level2", "v3-level1", "v3-level0", ""])], tmp_path)
    assert len(library.asked) == 5, library.asked


def test_a_manifest_that_is_wrong_about_its_service_is_put_right_by_info_json(
    library: Library, tmp_path: Path
) -> None:
    source = library.modern("wrong", ["v2-level1"])
    document = json.loads(library.files["/wrong/manifest.json"][2])
    body = document["items"][0]["items"][0]["items"][0]["body"]
    body["service"][0] |= {"profile": "http://iiif.io/api/image/2/level2.json"}
    body |= {"width": 9000, "height": 12000}
    library.put("/wrong/manifest.json", document)
    gathered = take([source], tmp_path)
    assert gathered.unfetched == () and similarity(fetched(gathered)[0], 1) > 0.98


def test_what_the_manifest_says_becomes_the_table(library: Library, tmp_path: Path) -> None:
    gathered = take([library.modern("one", ["", ""]), library.older("two", ["v2-level2"])], tmp_path)
    first, _, third = rows(gathered)
    assert first["file"] == "one_p0001"
    assert (first["title"], first["book"], first["page"]) == ("The herbal one", "one", "p. 1")
    assert (first["year"], first["author"], first["place"]) == ("1752", "Blackwell, Elizabeth", "London")
    assert first["iiif_identifier"] == "shelf 12"
    assert first["iiif_manifest"] == f"{library.url}/one/manifest.json"
    assert (third["title"], third["book"], third["year"]) == ("Herbarium two", "two", "Nürnberg, 1750")
    assert third["author"] == "Trew, Christoph"
    assert third["rights"] == "http://creativecommons.org/publicdomain/mark/1.0/"


def test_from_manifests_to_a_collection_and_once_more(library: Library, tmp_path: Path) -> None:
    source = library.modern("herbal", ["v3-level2", "v3-level2", "v3-level2"])
    library.files["/image/v3-level2/2/full/max/0/default.jpg"] = (200, {}, b"no image at all")
    library.files["/image/v3-level2/2/full/full/0/default.jpg"] = (404, {}, b"")
    options = Options(
        out=tmp_path / "herbal", iiif=[source], backbones=["toy"], projections=["pca"], matching=False
    )
    summary = prepare(options, processor=ToyProcessor())
    assert (summary.plates, summary.skipped, summary.join["joined"]) == (2, 1, 2)
    collection = open_collection(tmp_path / "herbal")
    assert collection.catalogue.plate_ids == ("herbal_p0001", "herbal_p0003")
    record = collection.catalogue.record(0)
    assert (record["title"], record["year"], record["page"], record["book"]) == (
        "The herbal herbal", 1752, 1, "herbal",
    )  # fmt: skip
    assert collection.skipped["file"].tolist() == ["herbal, page 2 (p. 2)"]
    assert "no image" in collection.skipped["reason"].iloc[0]
    assert collection.manifest["inputs"]["iiif"] == [source]
    asked = len(library.asked)
    assert not prepare(options, processor=ToyProcessor()).changed
    assert not [path for path in library.asked[asked:] if "/1/" in path or "/3/" in path]
    # Without naming the manifests nothing is asked, and what is missing stays listed.
    asked = len(library.asked)
    again = prepare(Options(out=tmp_path / "herbal", backbones=["other"], matching=False), processor=ToyProcessor())
    assert (again.plates, again.skipped, len(library.asked)) == (2, 1, asked)
    # The library mends its image: the same command fetches it, and nothing else.
    del library.files["/image/v3-level2/2/full/max/0/default.jpg"]
    assert prepare(options, processor=ToyProcessor()).plates == 3
    assert [path for path in library.asked[asked:] if "/image/" in path] == [
        "/image/v3-level2/2/full/max/0/default.jpg"
    ]


def test_a_new_collection_is_fetched_once_though_it_is_published_twice(
    library: Library, tmp_path: Path
) -> None:
    source = library.modern("herbal", ["", "v3-level2"])
    prepare(
        Options(out=tmp_path / "herbal", iiif=[source], backbones=["toy"], projections=["pca"]),
        processor=ToyProcessor(),
    )
    assert len(library.asked) == len(set(library.asked)) == 3


def test_an_interrupted_run_goes_on_where_it_stopped(library: Library, tmp_path: Path) -> None:
    source = library.modern("herbal", ["v3-level2"] * 6)

    def stop(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gather([source], tmp_path, progress=stop, fetcher=Fetcher(sleep=Patience()))
    (tmp_path / "images" / "herbal" / "herbal_p0002.jpg").write_bytes(b"cut short")
    with (tmp_path / "fetched.jsonl").open("a") as stream:
        stream.write('{"page": "herbal/herb')  # as a crash leaves it
    library.asked.clear()
    gathered = take([source], tmp_path)
    assert len(fetched(gathered)) == 6
    numbers = [path.split("/")[3] for path in library.asked if path.startswith("/image/")]
    assert numbers == ["2", "5", "6"]


def test_pages_that_the_library_took_away_or_exchanged_do_not_stay(library: Library, tmp_path: Path) -> None:
    source = library.modern("herbal", ["", "", ""])
    take([source], tmp_path)
    library.modern("herbal", ["", "v3-level2"])
    gathered = take([source], tmp_path)
    assert [path.name for path in fetched(gathered)] == ["herbal_p0001.jpg", "herbal_p0002.jpg"]
    document = json.loads(library.files["/herbal/manifest.json"][2])
    document["items"][0]["items"][0]["items"][0]["body"]["id"] = f"{library.url}/gone.jpg"
    library.put("/herbal/manifest.json", document)
    gathered = take([source], tmp_path)
    assert [path.name for path in fetched(gathered)] == ["herbal_p0002.jpg"]
    assert [row["file"] for row in rows(gathered)] == ["herbal_p0002"]


# ---- collections of manifests


def test_a_collection_is_followed_one_level(library: Library, tmp_path: Path) -> None:
    books = [library.modern("a", [""]), library.older("b", [""])]
    inner = library.put("/inner.json", {"type": "Collection", "id": "x", "items": []})
    shelf = library.put(
        "/shelf.json",
        {
            "type": "Collection",
            "label": {"en": ["Shelf"]},
            "items": [
                *({"id": address, "type": "Manifest"} for address in books),
                {"id": inner, "type": "Collection"},
                {"id": "file:///etc/passwd", "type": "Manifest"},
            ],
        },
    )
    notes: list[str] = []
    gathered = take([shelf], tmp_path, notes=notes)
    assert [folder.name for folder in gathered.folders] == ["a", "b"]
    assert any("1 further collection" in note for note in notes)
    older = library.put(
        "/older.json", {"@type": "sc:Collection", "manifests": [{"@id": books[1], "@type": "sc:Manifest"}]}
    )
    assert [folder.name for folder in take([older], tmp_path / "2").folders] == ["b"]


def test_an_empty_collection_and_one_that_names_itself_are_refused(library: Library, tmp_path: Path) -> None:
    empty = library.put("/empty.json", {"type": "Collection", "items": []})
    with pytest.raises(ManifestError, match="names no manifests"):
        take([empty], tmp_path)
    address = f"{library.url}/loop.json"
    library.put("/loop.json", {"type": "Collection", "items": [{"id": address, "type": "Manifest"}]})
    with pytest.raises(ManifestError, match="no manifest"):
        take([address], tmp_path)


def test_two_books_of_one_name_are_told_apart(library: Library, tmp_path: Path) -> None:
    first, second = library.modern("x/herbal", [""]), library.modern("y/herbal", [""])
    gathered = take([first, second, first], tmp_path)
    names = [folder.name for folder in gathered.folders]
    assert names[0] == "herbal" and names[1].startswith("herbal-") and len(names) == 2


# ---- on the command line


def test_several_manifests_are_named_after_one_option() -> None:
    words = ["--iiif", "a.json", "http://b.example/m", "--name", "mine", "--iiif", "c.json", "--quiet"]
    options, images = split_images(words)
    given = parser().parse_args(options)
    assert (given.iiif, given.name, given.quiet) == (
        ["a.json", "http://b.example/m", "c.json"], "mine", True,
    )  # fmt: skip
    assert images == []


@pytest.mark.parametrize(
    "words",
    [["scans", "--iiif", "a.json"], ["--iiif", "a.json", "--sample"], ["--iiif"], ["--iiif", "--quiet"]],
)
def test_manifests_and_images_exclude_each_other(
    words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path))
    with pytest.raises(SystemExit) as raised:
        main(words)
    assert raised.value.code == 2
    assert "--iiif" in capsys.readouterr().err and list(tmp_path.iterdir()) == []


def test_the_command_says_in_one_line_what_is_wrong(
    library: Library, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path))
    page = library.put("/viewer/herbal", b"<!doctype html><title>Herbal</title>", "text/html")
    assert main(["--iiif", page, "--quiet"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "web page" in said and page in said
    # The collection is named by the address, and there is none yet.
    assert [path.name for path in tmp_path.iterdir()] == ["herbal"]
    assert not (tmp_path / "herbal" / "CURRENT").exists()
