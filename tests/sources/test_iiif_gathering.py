"""Libraries' manifests become a folder of images and a table: from a strict and moody library on this machine."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from time import time

import numpy as np
import pytest
from PIL import Image

from imgsim.cli.prepare_arguments import parser, split_images
from imgsim.cli.prepare_command import main
from imgsim.collection import open_collection
from imgsim.errors import DownloadError, ManifestError
from imgsim.prepare import Options, prepare
from imgsim.sources.iiif import fetching
from imgsim.sources.iiif.fetching import ATTEMPTS, Fetcher, Refused, Unanswered
from imgsim.sources.iiif.gathering import MAX_UNANSWERED, Gathered, gather, suggested_name
from tests.library import Library, jpeg, open_library, plate
from tests.making import ToyEngine

KINDS = ["v3-level2", "v3-level1", "v3-level0", "v2-level2", "v2-level1", "v2-level0", "v1-level1", ""]


@pytest.fixture
def library() -> Iterator[Library]:
    with open_library() as opened:
        yield opened


class Patience:
    """Stands for time.sleep: notes how long it should have been."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)


def take(
    sources: list[str], folder: Path, fetcher: Fetcher | None = None, notes: list[str] | None = None
) -> Gathered:
    note = notes.append if notes is not None else None
    return gather(sources, folder, note=note, fetcher=fetcher or Fetcher(sleep=Patience()))


def rows(gathered: Gathered) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(gathered.metadata.read_text("utf-8-sig"))))


def fetched(gathered: Gathered) -> list[Path]:
    return sorted(path for folder in gathered.folders for path in folder.iterdir())


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
    summary = prepare(options, engine=ToyEngine())
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
    assert not prepare(options, engine=ToyEngine()).changed
    assert not [path for path in library.asked[asked:] if "/1/" in path or "/3/" in path]
    # Without naming the manifests nothing is asked, and what is missing stays listed.
    asked = len(library.asked)
    again = prepare(Options(out=tmp_path / "herbal", backbones=["other"], matching=False), engine=ToyEngine())
    assert (again.plates, again.skipped, len(library.asked)) == (2, 1, asked)
    # The library mends its image: the same command fetches it, and nothing else.
    del library.files["/image/v3-level2/2/full/max/0/default.jpg"]
    assert prepare(options, engine=ToyEngine()).plates == 3
    assert [path for path in library.asked[asked:] if "/image/" in path] == [
        "/image/v3-level2/2/full/max/0/default.jpg"
    ]


def test_a_new_collection_is_fetched_once_though_it_is_published_twice(
    library: Library, tmp_path: Path
) -> None:
    source = library.modern("herbal", ["", "v3-level2"])
    prepare(
        Options(out=tmp_path / "herbal", iiif=[source], backbones=["toy"], projections=["pca"]),
        engine=ToyEngine(),
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


# ---- politeness


def test_a_server_that_says_later_is_asked_again_when_it_wishes(library: Library, tmp_path: Path) -> None:
    source = library.modern("herbal", ["", "", ""])
    good = library.image("/files/1.jpg")
    library.files["/files/1.jpg"] = [(429, {"Retry-After": "7"}, b""), (503, {}, b""), good]
    date = formatdate(time() + 30, usegmt=True)
    library.files["/files/2.jpg"] = [(503, {"Retry-After": date}, b""), library.image("/files/2.jpg")]
    patience = Patience()
    gathered = take([source], tmp_path, Fetcher(sleep=patience))
    assert gathered.unfetched == ()
    assert patience.waited[:2] == [7, 2]
    assert 25 < patience.waited[2] <= 30


def test_there_is_a_pause_between_requests_to_others(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "is_local", lambda host: False)
    patience = Patience()
    fetcher = Fetcher(sleep=patience, pause=0.5, clock=lambda: 100.0)
    for _ in range(3):
        fetcher.get(f"{library.url}/files/1.jpg", 10**6, local=True)
    assert patience.waited == [0.5, 0.5]


def test_a_server_that_wants_hours_or_never_answers_is_given_up(library: Library) -> None:
    library.files["/hours"] = (429, {"Retry-After": "7200"}, b"")
    library.files["/never"] = (503, {}, b"")
    patience = Patience()
    with pytest.raises(Unanswered, match="7200 s"):
        Fetcher(sleep=patience).get(f"{library.url}/hours", 100, local=True)
    assert patience.waited == []
    with pytest.raises(Unanswered, match="503"):
        Fetcher(sleep=patience).get(f"{library.url}/never", 100, local=True)
    assert library.asked.count("/never") == ATTEMPTS
    assert patience.waited == sorted(patience.waited) and len(patience.waited) == ATTEMPTS - 1


def test_a_library_that_goes_down_is_left_alone_and_what_came_is_kept(
    library: Library, tmp_path: Path
) -> None:
    source = library.modern("herbal", [""] * (MAX_UNANSWERED + 5))
    for number in range(3, MAX_UNANSWERED + 6):
        library.files[f"/files/{number}.jpg"] = (503, {}, b"")
    with pytest.raises(DownloadError, match=r"in a row.*kept.*again"):
        take([source], tmp_path)
    assert f"/files/{MAX_UNANSWERED + 3}.jpg" not in library.asked
    library.files = {path: answer for path, answer in library.files.items() if "manifest" in path}
    library.asked.clear()
    assert len(fetched(take([source], tmp_path))) == MAX_UNANSWERED + 5
    assert "/files/1.jpg" not in library.asked and "/files/3.jpg" in library.asked


# ---- what a library, or somebody who poses as one, may answer


def test_bad_images_are_skipped_and_listed(library: Library, tmp_path: Path) -> None:
    bad = {
        1: (200, {}, b""),
        2: (200, {}, b"<html>please log in</html>"),
        3: (200, {}, jpeg(plate(3))[:2000]),
        4: (200, {}, b"GIF89a" + bytes(50)),
        5: (403, {}, b"forbidden"),
        6: (302, {"Location": "file:///etc/passwd"}, b""),
        7: (302, {"Location": "/files/7.jpg"}, b""),
        8: (200, {"Content-Length": str(10**10)}, b"\xff\xd8\xff"),
    }
    source = library.modern("herbal", [""] * 9)
    for number, answer in bad.items():
        library.files[f"/files/{number}.jpg"] = answer
    gathered = take([source], tmp_path)
    assert [path.name for path in fetched(gathered)] == ["herbal_p0009.jpg"]
    reasons = {int(page.split()[2]): reason for page, reason in gathered.unfetched}
    expected = {
        1: "empty", 2: "no image that can be used", 3: "cut", 4: "GIF", 5: "403", 6: "not an http",
        7: "more than 5 times", 8: "at most",
    }  # fmt: skip
    assert set(reasons) == set(bad)
    for number, words in expected.items():
        assert words in reasons[number], (number, reasons[number])


def test_an_answer_without_end_or_a_trickle_is_cut_off(library: Library) -> None:
    library.files["/long"] = (200, {}, b"x" * 5000)
    with pytest.raises(Refused, match="at most 1,000"):
        Fetcher().get(f"{library.url}/long", 1000, local=True)
    ticks = iter(range(0, 10_000, 100))
    with pytest.raises(Refused, match="longer than 50 s"):
        Fetcher(clock=lambda: float(next(ticks)), deadline=50).get(f"{library.url}/long", 10_000, local=True)


def test_when_nothing_comes_it_says_so(library: Library, tmp_path: Path) -> None:
    source = library.modern("herbal", [""])
    library.files["/files/1.jpg"] = (404, {}, b"")
    with pytest.raises(DownloadError, match=r"None of the 1 images.*404"):
        take([source], tmp_path)
    with pytest.raises(DownloadError, match="404"):
        take([f"{library.url}/nothing.json"], tmp_path)
    with pytest.raises(ManifestError, match="cannot be read"):
        take(["file:///etc/passwd"], tmp_path)
    with pytest.raises(ManifestError, match="cannot be read"):
        take([str(tmp_path / "nothing.json")], tmp_path)


def test_a_manifest_from_elsewhere_cannot_reach_into_this_machine(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = library.modern("herbal", ["", "v3-level0"])
    inside = {"127.0.0.1"}
    monkeypatch.setattr(fetching, "is_local", lambda host: host in inside)
    monkeypatch.setattr(fetching, "_is_public", lambda reached: True)
    with pytest.raises(Refused, match="own network"):
        Fetcher().get(f"{library.url}/files/1.jpg", 10**6)
    library.files["/there"] = (302, {"Location": f"{library.url}/files/1.jpg"}, b"")
    with pytest.raises(Refused, match="own network"):
        Fetcher().get(f"http://localhost:{library.server_address[1]}/there", 10**6)
    # As a file, or named by hand at an address in this network, it may.
    file = tmp_path / "mine.json"
    file.write_bytes(library.files["/herbal/manifest.json"][2])
    assert len(fetched(take([str(file)], tmp_path / "a"))) == 2
    assert len(fetched(take([source], tmp_path / "b"))) == 2


def test_a_name_that_leads_elsewhere_when_looked_up_again_is_asked_nothing(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "is_local", lambda host: False)  # what the first look at the name said
    with pytest.raises(Refused, match=r"localhost led to .*asked nothing"):
        Fetcher().get(f"http://localhost:{library.server_address[1]}/files/1.jpg", 10**6)
    assert library.asked == []


def test_a_proxy_may_be_a_neighbour(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", library.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(Refused, match="404"):
        Fetcher().get("http://nothing.invalid/1.jpg", 10**6)
    assert library.asked == ["http://nothing.invalid/1.jpg"]


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True), ("localhost", True), ("::1", True), ("10.1.2.3", True), ("192.168.0.9", True),
        ("169.254.169.254", True), ("::ffff:127.0.0.1", True), ("0.0.0.0", True), ("2130706433", True),
        ("8.8.8.8", False), ("nothing.invalid", False),
    ],
)  # fmt: skip
def test_local_addresses_are_known_in_every_writing(host: str, local: bool) -> None:
    assert fetching.is_local(host) is local


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("https://library.example/iiif/presentation/v2/bsb10857844/manifest", "bsb10857844"),
        ("https://library.example/iiif/manifest/e32a277e-91e2-4a6d-8ba6-cc4bad230410.json",
         "e32a277e-91e2-4a6d-8ba6-cc4bad230410"),
        ("https://library.example/iiif/ark:/12148/btv1b8449691v/manifest.json", "btv1b8449691v"),
        ("http://127.0.0.1:8501/collections/mine/iiif/family/manifest.json?id=a%2Fb_0", "a-b-0"),
        ("https://library.example/manifest.json", ""),
        ("http" + "://[::1", ""),
        ("somewhere/my herbal.json", "my-herbal"),
        ("https://library.example/../../etc/passwd", "passwd"),
    ],
)  # fmt: skip
def test_a_name_is_made_of_an_address(source: str, name: str) -> None:
    assert suggested_name(source) == name


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
