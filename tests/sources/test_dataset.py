"""Fetching a dataset, from a server on this machine."""

from __future__ import annotations

import hashlib
import http.server
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import imgsim.sources.dataset
from imgsim.collection import open_collection
from imgsim.errors import DownloadError
from imgsim.prepare import Options, prepare
from imgsim.sources.dataset import DATASETS, Dataset, DatasetFile, download
from tests.making import Recorder, ToyProcessor, write_plates

TABLE = b"ecco_id,ecco_full_title,publication_year\n0904700600,Flora,1752.0\n"


class Server:
    """Serves files with ranges; ``break_after`` cuts the next answer off, ``asked`` is (path, first byte)."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, int]] = []
        self.break_after: int | None = None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.lstrip("/")
                data = outer.files.get(name)
                start = int(self.headers.get("Range", "bytes=0-")[6:].split("-")[0])
                outer.asked.append((name, start))
                if data is None:
                    self.send_error(404)
                    return
                self.send_response(206 if start else 200)
                if start:
                    self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
                self.send_header("Content-Length", str(len(data) - start))
                self.end_headers()
                cut, outer.break_after = outer.break_after, None
                self.wfile.write(data[start : None if cut is None else start + cut])

            def log_message(self, *words: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    served = Server()
    monkeypatch.setenv("IMGSIM_DATASET_URL", served.url)
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture
def small(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """The dataset with a small zip in the place of 1.5 GB."""
    plates = write_plates(tmp_path / "plates", 6)
    path = tmp_path / "small.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, plate in enumerate(sorted(plates.iterdir())):
            archive.write(plate, f"botanical/0904700600{number:04}0_0.png")
    data = path.read_bytes()
    server.files = {
        "botanical_illustrations.zip": data, "metadata.csv": TABLE, "clip_classification.csv": b"page_id,label\n1,x\n",
    }  # fmt: skip
    files = tuple(
        replace(file, sha256=hashlib.sha256(data).hexdigest(), size=len(data)) if file.sha256 else file
        for file in DATASETS["dhh23"].files
    )
    dataset = replace(DATASETS["dhh23"], files=files)
    monkeypatch.setitem(imgsim.sources.dataset.DATASETS, "dhh23", dataset)
    return dataset


def test_the_addresses_and_the_digest_are_those_of_the_study() -> None:
    files = {file.name: file for file in DATASETS["dhh23"].files}
    assert set(files) == {"botanical_illustrations.zip", "metadata.csv", "clip_classification.csv"}
    archive = files["botanical_illustrations.zip"]
    assert archive.size == 1_465_778_746
    assert archive.sha256 == "87710b7b59b41d72ab88549aa204b5a3a57c3bca30e09a1dc5442b487ddfec1d"
    assert all(
        url.startswith("https://") and "dhh23/early_modern_data" in url
        for file in files.values()
        for url in file.urls
    )


def test_from_the_server_to_a_collection(small: Dataset, server: Server, tmp_path: Path) -> None:
    recorder = Recorder()
    options = Options(out=tmp_path / "dhh23", dataset="dhh23", backbones=["toy"], projections=["pca"])
    summary = prepare(options, recorder, processor=ToyProcessor())
    assert (summary.plates, summary.join["joined"]) == (6, 6)
    assert open_collection(tmp_path / "dhh23").catalogue.record(0)["year"] == 1752
    assert any(progress.stage.startswith("downloading botanical") for progress in recorder.told)
    asked = len(server.asked)
    assert not prepare(options, processor=ToyProcessor()).changed
    assert len(server.asked) == asked


def test_a_broken_download_goes_on_where_it_broke(small: Dataset, server: Server, tmp_path: Path) -> None:
    whole = server.files["botanical_illustrations.zip"]
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "botanical_illustrations.zip.part").write_bytes(whole[:1000])
    told: list[tuple[str, int, int | None]] = []
    images, _ = download(small, tmp_path / "d", lambda file, done, total: told.append((file, done, total)))
    assert images.read_bytes() == whole
    assert ("botanical_illustrations.zip", 1000) in server.asked
    assert told[-1] == ("botanical_illustrations.zip", len(whole), len(whole))


def test_another_zip_than_the_promised_one_is_refused(small: Dataset, server: Server, tmp_path: Path) -> None:
    data = bytearray(server.files["botanical_illustrations.zip"])
    data[500] ^= 1
    server.files["botanical_illustrations.zip"] = bytes(data)
    with pytest.raises(DownloadError, match=r"by hand from .*dhh23/early_modern_data"):
        download(small, tmp_path / "d")
    assert not (tmp_path / "d" / "botanical_illustrations.zip").exists()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"<html><body>a,b</body></html>",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    ],
)
def test_an_answer_that_is_no_table_is_refused(
    small: Dataset, server: Server, tmp_path: Path, answer: bytes | None
) -> None:
    if answer is None:
        del server.files["metadata.csv"]
    else:
        server.files["metadata.csv"] = answer
    with pytest.raises(DownloadError, match="put it at"):
        download(small, tmp_path / "d")
    assert not (tmp_path / "d" / "metadata.csv").exists()


def test_a_table_that_breaks_off_is_not_kept(small: Dataset, server: Server, tmp_path: Path) -> None:
    server.break_after = 50
    with pytest.raises(DownloadError):
        download(small, tmp_path / "d")
    assert download(small, tmp_path / "d")[1].read_bytes() == TABLE


def test_what_can_be_done_without_is_only_noted(small: Dataset, server: Server, tmp_path: Path) -> None:
    del server.files["clip_classification.csv"]
    notes: list[str] = []
    download(small, tmp_path / "d", note=notes.append)
    assert len(notes) == 1
    assert "clip_classification.csv is left out" in notes[0]


def test_addresses_are_tried_in_turn(
    small: Dataset, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMGSIM_DATASET_URL")
    file = DatasetFile("metadata.csv", (f"{server.url}/nowhere.csv", f"{server.url}/metadata.csv"))
    images = tmp_path / "d" / "x.zip"
    download(replace(small, files=(file,)), tmp_path / "d")
    assert (tmp_path / "d" / "metadata.csv").read_bytes() == TABLE
    assert not images.exists()
