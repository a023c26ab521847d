"""Downloads from a server on this machine that misbehaves in every way a server can."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsim.base import download
from imgsim.base.download import fetch
from imgsim.errors import DownloadError
from tests.server import CONTENT, DIGEST, Server, running


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "weights.pth"


def leftovers(target: Path) -> set[str]:
    return {path.name for path in target.parent.iterdir()} - {target.name, target.name + ".lock"}


def test_fetches_checks_and_reports_progress(server: Server, target: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = fetch(server.url, target, sha256=DIGEST, size=len(CONTENT), progress=lambda *now: seen.append(now))
    assert path == target
    assert target.read_bytes() == CONTENT
    assert leftovers(target) == set()
    assert seen[0] == (0, len(CONTENT)) and seen[-1] == (len(CONTENT), len(CONTENT))


def test_asks_nothing_when_the_right_file_is_there(server: Server, target: Path) -> None:
    fetch(server.url, target, sha256=DIGEST)
    fetch(server.url, target, sha256=DIGEST)
    assert len(server.asked) == 1


def test_replaces_a_damaged_file(server: Server, target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(CONTENT[:-1] + b"?")
    fetch(server.url, target, sha256=DIGEST)
    assert target.read_bytes() == CONTENT


def test_goes_on_after_a_cut_connection(server: Server, target: Path) -> None:
    server.cuts = [100_000, 200_000]
    fetch(server.url, target, sha256=DIGEST, wait=0)
    assert target.read_bytes() == CONTENT
    assert server.asked == [None, "bytes=100000-", "bytes=300000-"]


def test_goes_on_in_a_later_run(server: Server, target: Path) -> None:
    server.cuts = [100_000, 0, 0, 0]
    with pytest.raises(DownloadError, match="What arrived is kept"):
        fetch(server.url, target, sha256=DIGEST, wait=0)
    assert not target.exists()
    server.cuts, server.asked = [], []
    fetch(server.url, target, sha256=DIGEST, wait=0)
    assert server.asked == ["bytes=100000-"]
    assert target.read_bytes() == CONTENT


def test_starts_again_when_the_server_knows_no_ranges(server: Server, target: Path) -> None:
    server.cuts, server.ranges = [100_000], False
    fetch(server.url, target, sha256=DIGEST, wait=0)
    assert target.read_bytes() == CONTENT


def test_starts_again_when_the_server_continues_elsewhere(server: Server, target: Path) -> None:
    server.cuts, server.shifted = [100_000], True
    fetch(server.url, target, sha256=DIGEST, wait=0)
    assert target.read_bytes() == CONTENT
    assert server.asked == [None, "bytes=100000-", None]


@pytest.mark.parametrize("part", [b"other bytes", CONTENT + b"too much", b"x" * len(CONTENT)])
def test_a_part_of_another_file_costs_one_more_try(server: Server, target: Path, part: bytes) -> None:
    target.parent.mkdir()
    target.with_name("weights.pth.part").write_bytes(part)
    fetch(server.url, target, sha256=DIGEST, size=len(CONTENT), wait=0)
    assert target.read_bytes() == CONTENT
    assert leftovers(target) == set()


def test_refuses_a_file_with_another_digest(server: Server, target: Path) -> None:
    server.content = CONTENT[:-1] + b"?"
    with pytest.raises(DownloadError, match="not the file that was promised") as error:
        fetch(server.url, target, sha256=DIGEST)
    assert hashlib.sha256(server.content).hexdigest() in str(error.value)
    assert not target.exists() and leftovers(target) == set()


def test_refuses_another_size_before_it_arrives(server: Server, target: Path) -> None:
    with pytest.raises(DownloadError, match="expected 1,000"):
        fetch(server.url, target, sha256=DIGEST, size=1000)
    assert not target.exists()


@pytest.mark.parametrize(("status", "requests"), [(404, 1), (403, 1), (503, download.IDLE_ATTEMPTS)])
def test_names_the_answer_of_the_server(server: Server, target: Path, status: int, requests: int) -> None:
    server.status = status
    with pytest.raises(DownloadError, match=str(status)):
        fetch(server.url, target, sha256=DIGEST, wait=0)
    assert len(server.asked) == requests
    assert not target.exists()


def test_names_an_address_where_nobody_answers(server: Server, target: Path) -> None:
    server.server_close()
    with pytest.raises(DownloadError, match="could not be downloaded"):
        fetch(server.url, target, sha256=DIGEST, wait=0)


def test_reads_no_local_files(tmp_path: Path, target: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(CONTENT)
    with pytest.raises(DownloadError, match="not an http"):
        fetch(secret.as_uri(), target, sha256=DIGEST)


def test_says_when_the_disk_does_not_take_it(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match="could not be saved"):
        fetch(server.url, tmp_path / "file" / "weights.pth", sha256=DIGEST)


def test_two_at_once_fetch_it_once(server: Server, target: Path) -> None:
    threads = [
        threading.Thread(target=fetch, args=(server.url, target), kwargs={"sha256": DIGEST}) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.asked) == 1
    assert target.read_bytes() == CONTENT
