"""Files that are handed in: what is taken, under which name, and what is refused with a sentence."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from imgsim.app.services import incoming
from tests.app import asking

NAMES = ["page 1.png", "Herbal/Taf. IV.tif", "a/b/c/d.zip", "Öl & Wasser #1?.png", "книга/лист.jpg", "100%.png"]
REFUSED = [
    "../out.png", "a/../../out.png", "/etc/passwd", "a//b.png", ".hidden.png", "a/.b/c.png", "a\\b.png", "C:/x.png",
    "x" * 201 + ".png", "/".join("abcdefghijklmn"), "a\x00b.png", "a\nb.png", "./a.png", "a/./b.png", " /a.png", "a/",
]  # fmt: skip


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    return incoming.begin()


def address(token: str, name: str) -> str:
    return f"/incoming/{token}/" + "/".join(quote(part, safe="") for part in name.split("/"))


def put(token: str, name: str, content: bytes = b"content") -> tuple[int, dict[str, Any]]:
    return asking.put(address(token, name), [content])


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_the_name_that_it_has(token: str, name: str) -> None:
    assert put(token, name) == (201, {"name": name, "size": 7})
    assert incoming.files(token) == [(name, 7)]


@pytest.mark.parametrize("name", REFUSED)
def test_names_that_lead_elsewhere_are_refused(token: str, name: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert put(token, name)[0] in (400, 404)
    assert sorted(tmp_path.rglob("*")) == before and incoming.files(token) == []


def test_another_file_of_that_name_gets_a_number_and_the_same_one_does_not(token: str) -> None:
    for content, kept in ((b"one", "p.png"), (b"two", "p-2.png"), (b"one", "p.png"), (b"two", "p-2.png")):
        assert put(token, "p.png", content) == (201, {"name": kept, "size": 3})
    assert incoming.files(token) == [("p-2.png", 3), ("p.png", 3)]


def test_a_large_one_goes_to_the_disk_piece_by_piece(token: str) -> None:
    content = os.urandom(5_000_003)
    pieces = [content[at : at + 65_536] for at in range(0, len(content), 65_536)]
    assert asking.put(address(token, "large.zip"), pieces)[0] == 201
    room = incoming.place(token)
    assert room is not None and (room / "files" / "large.zip").read_bytes() == content
    assert not list(room.glob("*.part"))


@pytest.mark.parametrize("wrong", ["", "0" * 32, "x" * 32, "..", "0" * 31, "A" * 32])
def test_only_a_token_of_a_page_takes_files(wrong: str, token: str) -> None:
    assert put(wrong, "a.png")[0] == 404
    assert incoming.place(wrong) is None and incoming.files(wrong) == []
    incoming.remove(wrong, "a.png")
    assert incoming.place(token) is not None


@pytest.mark.parametrize(
    "headers",
    [{"host": "plates.example.org"}, {"x-forwarded-for": "203.0.113.9"}, {"host": "192.168.1.5:8501"}, {"via": "1 x"}],
)
def test_only_who_sits_at_this_computer_hands_in(token: str, headers: dict[str, str]) -> None:
    status, said = asking.put(address(token, "a.png"), [b"x"], headers)
    assert status == 403 and "127.0.0.1" in said["said"]
    assert incoming.files(token) == []


def test_another_computer_does_not(token: str) -> None:
    assert asking.put(address(token, "a.png"), [b"x"], client="192.168.1.9")[0] == 403


def test_without_a_size_it_is_refused(token: str) -> None:
    assert asking.put(address(token, "a.png"), [b"a"], {"content-length": ""})[0] == 411
    assert asking.put(address(token, "a.png"), [b"a"], {"content-length": "-1"})[0] == 411


def test_what_does_not_come_whole_is_not_kept(token: str) -> None:
    for length in ("3", "30"):
        status, said = asking.put(address(token, "a.png"), [b"seven b"], {"content-length": length})
        assert status == 400 and "whole" in said["said"]
    assert asking.put(address(token, "a.png"), [b"seven b"], {"content-length": "30"}, cut=True)[0] == 400
    assert incoming.files(token) == [] and not list((incoming.place(token) or Path()).glob(".*.part"))


def test_a_disk_without_room_is_said(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "SPARED", 2**62)
    status, said = put(token, "a.png")
    assert status == 507 and "no room" in said["said"] and "Free some space" in said["said"]


def test_one_that_fills_up_meanwhile_is_said(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(part: Path, root: Path, name: str) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(incoming, "_keep", full)
    status, said = put(token, "a.png")
    assert status == 507 and "no room" in said["said"]
    assert incoming.files(token) == [] and not list((incoming.place(token) or Path()).glob(".*.part"))


def test_it_is_taken_back(token: str) -> None:
    for name in ("a.png", "Herbal/1.png", "Herbal/2.png"):
        put(token, name)
    incoming.remove(token, "Herbal")
    assert incoming.files(token) == [("a.png", 7)]
    for name in ("../../data", "", "/"):
        incoming.remove(token, name)
    assert incoming.files(token) == [("a.png", 7)]
    incoming.give_up(token)
    assert incoming.place(token) is None


def test_what_nobody_took_over_is_thrown_away_in_the_end(token: str) -> None:
    room = incoming.place(token)
    assert room is not None
    old = time.time() - incoming.KEPT - 10
    os.utime(room, (old, old))
    other = incoming.begin()
    assert incoming.place(token) is None and incoming.place(other) is not None
