"""One zip with everything: the same bytes each time, every file accounted for, nobody's folders in it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tracemalloc
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.export import KINDS, ExportFile, Request, available, files_of, stem, write_files, zip_chunks
from imgsim.export.kind import RESERVED
from tests.exports import ATTACKS, DAY, collection_of, content, hostile, request_of
from tests.kin import catalogue_of


@pytest.fixture
def herbals(tmp_path: Path) -> Collection:
    made = hostile(tmp_path)
    ids = made.catalogue.plate_ids
    for attack in ATTACKS:
        reviews_of(tmp_path).record(ids[0], ids[1], "unsure", reviewer="r", note=attack)
    return made


def zipped(request: Request, names: list[str] | None = None) -> bytes:
    return b"".join(zip_chunks(request, files_of(names or available(request), request)))


def test_the_same_request_gives_the_same_bytes(herbals: Collection) -> None:
    first, second = zipped(request_of(herbals)), zipped(request_of(herbals))
    assert first == second
    told: list[tuple[str, int, int]] = []
    request = request_of(herbals)
    chunks = list(zip_chunks(request, files_of(available(request), request), lambda *said: told.append(said)))
    assert b"".join(chunks) == first and len(chunks) > 5
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o644}
    # Every file is told of to its end, and none goes beyond it.
    for file in files_of(available(request), request):
        own = [(done, total) for name, done, total in told if name == file.name]
        assert own[-1][0] == own[-1][1] and all(done <= total for done, total in own)
    assert zipped(request_of(herbals, top_k=3)) != first
    assert zipped(Request(herbals, "2026-11-23", "toy")) != first


def test_every_file_is_accounted_for(herbals: Collection) -> None:
    request = request_of(herbals, rows=np.array([0, 1, 7, 12, 30]), top_k=4)
    assert set(available(request)) == {kind.name for kind in KINDS}
    with zipfile.ZipFile(io.BytesIO(zipped(request))) as archive:
        files = {name.removeprefix(f"{stem(request)}/"): archive.read(name) for name in archive.namelist()}
    expected = {file.name for kind in KINDS for file in kind.files}
    assert set(files) == expected | set(RESERVED)
    record = json.loads(files["manifest.json"])
    ids = herbals.catalogue.plate_ids
    assert record["export"]["plates"] == [ids[row] for row in (0, 1, 7, 12, 30)]
    assert record["export"]["top_k"] == 4 and record["versions"] == {"numpy": "2.4.6"}
    readme = files["README.txt"].decode()
    for name in expected:
        told = record["export"]["files"][name]
        assert told["size"] == len(files[name]) and told["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert f"{name}  ({told['rows']:,} " in readme and told["sha256"] in readme
        if name.endswith(".csv"):
            table = pd.read_csv(io.BytesIO(files[name]), dtype=str, keep_default_na=False)
            assert len(table) == told["rows"] and list(table.columns) == told["columns"]
            assert set(read_back(files[name]).columns) < set(table.columns)
            part = readme[readme.index(f"Columns of {name}\n") :]
            part = part[: part.index("\n\n")]
            for column in table.columns:
                assert re.search(rf"^{re.escape(column)}: \w", part, re.MULTILINE), (name, column)
    assert "collection “herbals” (" in readme and "prepared 2026-11-20" in readme and DAY in readme
    for name in ("manifest.json", "README.txt"):
        assert b"somebody" not in files[name] and b"users" not in files[name]
    assert record["inputs"] == {"images": ["scans"], "roots": ["scans"], "metadata": "m.csv"}
    assert record["parameters"]["backbones"] == {"toy": "weights.pth"}


def test_the_readme_says_who_decided_what_and_what_was_measured(tmp_path: Path) -> None:
    def said(*kinds: str, **values: Any) -> str:
        with zipfile.ZipFile(io.BytesIO(zipped(request_of(own, **values), list(kinds) or None))) as archive:
            files = {name.split("/")[1]: archive.read(name) for name in archive.namelist()}
        text = files["README.txt"].decode()
        assert "not judged" not in text
        return " ".join(text.split())

    own = hostile(tmp_path)
    assert "Nobody has decided about a pair of these plates yet" in said()
    ids, reviews = own.catalogue.plate_ids, reviews_of(own)
    reviews.record(ids[0], ids[7], "same plate", reviewer="Ada")
    reviews.record(ids[0], ids[7], "unrelated", reviewer="Paul")
    reviews.record(ids[1], ids[9], "mirrored copy", reviewer="Ada")
    reviews.record(ids[2], ids[30], "unsure", reviewer="Eve", pictures=("1" * 64, "2" * 64))
    text, today = said(), reviews.all()[0].when[:10]
    assert f"Ada and Paul decided about 2 pairs on {today}." in text
    assert "On 1 of them people differ: disputed, it changes nothing." in text
    assert "1 decision (Eve) waits for confirmation and counts for nothing" in text
    assert "Decisions by name: Ada 2, Eve 1, Paul 1. reviews.csv has every record" in text
    assert "were measured by a program" in text and "python3 -m imgsim find" in text
    # Of some plates only what was decided about them, and where the rest is.
    some = said("plates", rows=np.array([1]))
    assert f"Ada decided about 1 pair on {today}." in some and "reviews.csv of a full export" in some


def test_a_folder_of_files_holds_the_same(herbals: Collection, tmp_path: Path) -> None:
    request = request_of(herbals)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "matches.csv").write_bytes(b"old")
    (tmp_path / "out" / "mine.txt").write_bytes(b"mine")
    paths = write_files(tmp_path / "out", request, files_of(["matches", "books"], request))
    with zipfile.ZipFile(io.BytesIO(zipped(request, ["matches", "books"]))) as archive:
        assert {path.name: path.read_bytes() for path in paths} == {
            name.split("/")[1]: archive.read(name) for name in archive.namelist()
        }
    names = {"matches.csv", "books.bib", "books.json", "books.jsonld", "mine.txt", *RESERVED}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names


def test_a_file_that_fails_leaves_the_old_one(herbals: Collection, tmp_path: Path) -> None:
    request = request_of(herbals)
    (tmp_path / "matches.csv").write_bytes(b"old")

    def report(name: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_files(tmp_path, request, files_of(["matches"], request), report)
    assert (tmp_path / "matches.csv").read_bytes() == b"old"
    assert [path.name for path in tmp_path.glob("*part*")] == []


def test_hostile_titles_stay_text(herbals: Collection) -> None:
    request = request_of(herbals)
    with zipfile.ZipFile(io.BytesIO(zipped(request))) as archive:
        files = {name.split("/")[1]: archive.read(name) for name in archive.namelist()}
    # GraphML is XML that any parser takes, with the titles as they are but for what XML cannot hold.
    space = "{http://graphml.graphdrawing.org/xmlns}"
    root = ElementTree.fromstring(files["network.graphml"])
    titles = {data.text for data in root.iter(f"{space}data") if data.get("key") == "node_title"}
    nodes = {node.get("id") for node in root.iter(f"{space}node")}
    assert nodes and titles <= {
        re.sub(r"[\x00\x07\x1b]", "�", attack).replace("\r\n", "\n") for attack in ATTACKS
    } | {re.sub(r"[\x00\x07\x1b]", "�", attack).replace("\r", "\n") for attack in ATTACKS}
    assert all(
        edge.get("source") in nodes and edge.get("target") in nodes for edge in root.iter(f"{space}edge")
    )
    # The README and the record obey no terminal and turn no line.
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", files["README.txt"])
    assert "\u202e" not in files["README.txt"].decode() and json.loads(files["manifest.json"])


class Tags(HTMLParser):
    """The elements of a page, and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_hostile_map_is_a_page_with_our_elements_only(herbals: Collection) -> None:
    (file,) = files_of(["map-page"], request_of(herbals))
    page = content(file, request_of(herbals, colour="title")).decode()
    plain = collection_of(catalogue_of({f"p{n}": ("b", 1700) for n in range(9)}), None)
    expected = content(file, request_of(plain)).decode()
    assert [tag for tag, _ in Tags(page).found] == [tag for tag, _ in Tags(expected).found]
    assert not any(name.startswith("on") for _, attributes in Tags(page).found for name in attributes)


def test_a_name_that_no_file_may_have() -> None:
    made = collection_of(catalogue_of({"a": ("b", 1700), "c": ("d", None)}), None)
    made.__dict__["name"] = "../../etc/pässwd <x>"
    request = request_of(made)
    assert re.fullmatch(r"imgsim_[A-Za-z0-9._-]+", stem(request)) and ".." not in stem(request)
    with zipfile.ZipFile(io.BytesIO(zipped(request, ["plates"]))) as archive:
        assert all(name.startswith(stem(request) + "/") for name in archive.namelist())


def test_a_large_export_needs_little_memory() -> None:
    """Twenty times the plates: a file twenty times as large, made in the same memory."""
    peaks, sizes = [], []
    for count in (200, 4000):
        catalogue = catalogue_of({f"p{n:05}": (f"b{n % 50}", 1700 + n % 90) for n in range(count)})
        request = request_of(collection_of(catalogue, None, kept=20), top_k=20)
        (file,) = files_of(["neighbours"], request)
        list(
            file.chunks(request_of(request.collection, rows=np.array([0]), top_k=20))
        )  # what is cached is cached
        tried = [_peak(request, file) for _ in range(3)]
        sizes.append(tried[0][0])
        # Threads that other tests have left may need memory meanwhile, too.
        peaks.append(min(peak for _, peak in tried))
    assert sizes[1] > 10 * sizes[0]
    # The cells of each plate, and one block: the list itself would be some 8 MB more.
    assert peaks[1] - peaks[0] < 4_000_000


def _peak(request: Request, file: ExportFile) -> tuple[int, int]:
    """(bytes of the zip, bytes of memory at most while it was made)"""
    tracemalloc.start()
    try:
        return sum(len(data) for data in zip_chunks(request, [file])), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
