"""Shards: what was written is known again, what was not is lost with the run, and damage costs its own shard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from imgsim.base import shards as module
from imgsim.base.shards import Shards
from imgsim.errors import CollectionError


class Words:
    """Words as a list of JSON; "old" is of no use any more."""

    def __init__(self) -> None:
        self.known: list[str] = []

    def encode(self, results: Sequence[str]) -> bytes:
        return json.dumps(list(results)).encode()

    def learn(self, path: Path) -> bool:
        try:
            words = json.loads(path.read_text())
        except ValueError as error:
            raise CollectionError(f"no words ({error})") from None
        if "old" in words:
            return False
        self.known += words
        return True

    def wrote(self, path: Path, results: Sequence[str]) -> None:
        assert json.loads(path.read_text()) == list(results)
        self.known += results


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def opened(folder: Path, **options: float | int) -> tuple[Shards[str], Words, list[str]]:
    form = Words()
    notes: list[str] = []
    kept: Shards[str] = Shards(folder, form, notes.append, **options)  # type: ignore[arg-type]
    kept.open()
    return kept, form, notes


def test_results_are_written_after_seconds_and_known_to_the_next_run(tmp_path: Path, clock: list[float]) -> None:
    kept, form, _ = opened(tmp_path / "s", every=2.0)
    kept.add("a", "b")
    assert form.known == [] and list((tmp_path / "s").iterdir()) == []
    clock[0] = 2.5
    kept.add("c")
    assert form.known == ["a", "b", "c"]
    kept.add("d")  # not yet written, so lost with the run
    _, again, notes = opened(tmp_path / "s")
    assert again.known == ["a", "b", "c"] and notes == []
    kept.flush()
    kept.flush()  # nothing to write: no empty shard
    assert sorted(path.name for path in (tmp_path / "s").iterdir()) == ["000000.npz", "000001.npz"]
    assert opened(tmp_path / "s")[1].known == ["a", "b", "c", "d"]


def test_many_results_are_written_at_once(tmp_path: Path, clock: list[float]) -> None:
    kept, form, _ = opened(tmp_path / "s", most=3)
    kept.add("a", "b")
    kept.add("c")
    assert form.known == ["a", "b", "c"]


def test_damage_and_leftovers_go_and_numbers_go_on(tmp_path: Path, clock: list[float]) -> None:
    folder = tmp_path / "s"
    kept, _, _ = opened(folder, most=1)
    for word in ("a", "old", "c"):
        kept.add(word)
    (folder / "000007.npz").write_bytes(b"\x00 no JSON")
    (folder / ".000003.npz.1.tmp").write_bytes(b"half")
    again, form, notes = opened(folder, most=1)
    assert form.known == ["a", "c"]
    assert len(notes) == 1 and "000007.npz of an earlier run is damaged" in notes[0]
    assert sorted(path.name for path in folder.iterdir()) == ["000000.npz", "000002.npz"]
    again.add("d")
    assert (folder / "000003.npz").exists() and form.known == ["a", "c", "d"]
