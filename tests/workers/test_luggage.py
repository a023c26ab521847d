"""What travels with work: to a machine that does not see it, in pieces, once, and again where it was lost."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from imgsim.errors import ImageError, ImgsimError
from imgsim.images import files
from imgsim.images.files import ImageFile
from imgsim.workers import luggage
from imgsim.workers.luggage import (
    OLD_SECONDS,
    Asking,
    Travelling,
    arrived_bytes,
    carried,
    forget,
    packed,
    receive,
    unpacked,
    whole,
)


class Elsewhere:
    """Another machine: it sees nothing of this one, and gets what it asks for, as ``send`` sends it."""

    def __init__(self, folder: Path, offered: dict[str, Travelling], send: Callable[..., None] | None = None) -> None:
        self.folder, self.offered, self.send, self.asked, self.wanted = folder, offered, send or sent, 0, True

    def __call__(self) -> Asking:
        return Asking(self.folder, self._ask, lambda: self.wanted)

    def _ask(self, sha256: str, place: str) -> None:
        self.asked += 1
        self.send(self.offered[sha256], place)


def sent(what: Travelling, place: str, only: int | None = None) -> None:
    """Send in pieces of three bytes, and only so many of these."""
    there = arrived_bytes(place, [name for name, _, _ in what.files])
    for name, size, _ in what.files:
        data = Path(what.path, name).read_bytes()
        for start in list(range(there.get(name, 0), size, 3) or [size])[:only]:
            receive(place, name, start, data[start : start + 3])


@pytest.fixture(autouse=True)
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Travelling, "seen", lambda self: False)
    monkeypatch.setattr(luggage, "_places", {})
    monkeypatch.setattr(luggage, "AGAIN_SECONDS", 0.2)


def weights(folder: Path) -> Path:
    (folder / "deep").mkdir(parents=True)
    (folder / "one.onnx").write_bytes(b"0123456789")
    (folder / "deep" / "two").write_bytes(b"ab")
    (folder / "deep" / "empty").write_bytes(b"")
    return folder


def _same(one: Path, other: Path) -> bool:
    names = [sorted(p.relative_to(f).as_posix() for p in f.rglob("*") if p.is_file()) for f in (one, other)]
    return names[0] == names[1] and all((one / n).read_bytes() == (other / n).read_bytes() for n in names[0])


def test_a_folder_and_a_file_travel_once(tmp_path: Path) -> None:
    folder = weights(tmp_path / "here")
    work, offered = packed([partial(print, folder=folder), {"X": folder / "one.onnx"}, Path("/nowhere/at/all")])
    there = Elsewhere(tmp_path / "there", offered)
    for _ in range(2):
        function, settings, missing = unpacked(work, there)
        assert _same(function.keywords["folder"], folder)
        assert settings["X"].read_bytes() == b"0123456789" and tmp_path / "there" in settings["X"].parents
        assert missing == Path("/nowhere/at/all")
    assert there.asked == len(offered) == 2
    luggage._places.clear()  # as in another process of that machine
    unpacked(work, there)
    assert there.asked == 2
    forget(tmp_path / "there", list(offered))
    assert list((tmp_path / "there").iterdir()) == []


def test_a_network_takes_its_numbers_along_that_lie_beside_it(tmp_path: Path) -> None:
    folder = weights(tmp_path / "here")
    (folder / "one.onnx.data").write_bytes(b"numbers")
    work, offered = packed([folder / "one.onnx"])
    (found,) = unpacked(work, Elsewhere(tmp_path / "there", offered))
    assert {one.name: one.read_bytes() for one in found.parent.iterdir()} == {
        "one.onnx": b"0123456789", "one.onnx.data": b"numbers",
    }  # fmt: skip


def test_what_every_imgsim_has_does_not_travel() -> None:
    work, offered = packed([Path(files.__file__)])
    assert offered == {} and unpacked(work, lambda: pytest.fail("nothing is asked for")) == [Path(files.__file__)]


def test_what_is_seen_at_the_same_place_is_taken_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = weights(tmp_path / "here")
    work, _ = packed([folder])
    monkeypatch.undo()
    assert unpacked(work, lambda: pytest.fail("nothing is asked for")) == [folder]
    os.utime(folder / "one.onnx", (1, 1))
    (one,) = work
    assert not one.seen()


def test_what_stops_half_way_goes_on(tmp_path: Path) -> None:
    work, offered = packed([weights(tmp_path / "here")])
    there = Elsewhere(tmp_path / "there", offered, partial(sent, only=1))
    (found,) = unpacked(work, there)
    assert _same(found, tmp_path / "here") and there.asked >= 4


def test_what_comes_damaged_is_asked_for_again_and_given_up_in_the_end(tmp_path: Path) -> None:
    work, offered = packed([weights(tmp_path / "here")])

    def damaged(what: Travelling, place: str) -> None:
        sent(what, place)
        if there.asked < bad:
            receive(place, "one.onnx", 4, b"x")

    there, bad = Elsewhere(tmp_path / "there", offered, damaged), 3
    assert _same(unpacked(work, there)[0], tmp_path / "here") and there.asked == 3
    luggage._places.clear()
    there, bad = Elsewhere(tmp_path / "elsewhere", offered, damaged), 99
    with pytest.raises(ImgsimError, match="came damaged, 3 times"):
        unpacked(work, there)


def test_who_is_no_longer_waited_for_does_not_wait(tmp_path: Path) -> None:
    work, offered = packed([weights(tmp_path / "here")])
    there = Elsewhere(tmp_path / "there", offered, lambda *_: None)
    there.wanted = False
    with pytest.raises(ImgsimError, match="Nobody waits"):
        unpacked(work, there)


def test_what_was_lost_in_part_or_whole_comes_again(tmp_path: Path) -> None:
    work, offered = packed([weights(tmp_path / "here")])
    there = Elsewhere(tmp_path / "there", offered)
    (found,) = unpacked(work, there)
    assert whole(work)
    (found / "deep" / "two").unlink()
    assert not whole(work)
    assert _same(unpacked(work, there)[0], tmp_path / "here")
    forget(tmp_path / "there", list(offered))
    assert _same(unpacked(work, there)[0], tmp_path / "here") and there.asked == 3


def test_what_nobody_has_used_for_long_is_removed_and_what_is_used_is_not(tmp_path: Path) -> None:
    old, offered = packed([weights(tmp_path / "old")])
    there = Elsewhere(tmp_path / "there", offered)
    (place,) = unpacked(old, there)
    long_ago = time.time() - OLD_SECONDS - 60
    os.utime(place, (long_ago, long_ago))
    unpacked(old, there)  # used again
    for name, stays in (("new", True), ("newer", False)):
        (tmp_path / name).write_text(name)
        work, offered = packed([tmp_path / name])
        unpacked(work, Elsewhere(tmp_path / "there", offered))
        assert place.exists() == stays
        os.utime(place, (long_ago, long_ago)) if stays else None


def test_images_go_along_with_their_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p1.png").write_bytes(b"here")
    (tmp_path / "p3.png").write_bytes(b"large one")
    shard: list[Any] = [[ImageFile(f"p{n}", f"p{n}.png", str(tmp_path), 4, 0), tmp_path] for n in (1, 2, 3)]
    taken, size = carried(shard)
    assert size == 13 and taken[0][1] == tmp_path
    for path in tmp_path.glob("*.png"):
        path.unlink()
    first, second, third = (one for one, _ in taken)
    assert first.read() == first.content() == b"here" and first.plate_id == "p1"
    with pytest.raises(ImageError, match=r"p2.png is no longer below"):
        second.content()
    monkeypatch.setattr(files, "IN_MEMORY", 5)
    laid = third.content()
    assert isinstance(laid, Path) and laid.read_bytes() == b"large one", "decoders read it piece by piece, as here"
