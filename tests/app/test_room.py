"""Collections stay open as long as there is room for their plates."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from imgsim.app.services import caches, room
from imgsim.app.services.room import Room

A, B, C = ("a", "g1"), ("b", "g1"), ("c", "g1")


def test_the_longest_unasked_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_PLATES", 100)
    places = Room()
    assert [places.use(place, plates) for place, plates in ((A, 50), (B, 40), (A, 50))] == [[], [], []]
    assert places.use(C, 30) == [B]  # A was asked for since
    assert places.use(B, 400) == [A, C] and B in places  # whoever looks at it has it, however large it is
    assert places.use(A, 1) == [B] and A in places and B not in places


def test_a_generation_makes_room_for_the_next_of_its_collection() -> None:
    places = Room()
    for place in (A, B):
        places.use(place, 1)
    assert places.former("a", "g2") == [A] and A not in places and B in places
    assert places.former("b", "g1") == []


def test_the_app_opens_anew_what_was_closed(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        shutil.copytree(plain / "herbals", tmp_path / name)
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path))
    one, two = caches.opened("one"), caches.opened("two")
    assert caches.opened("one") is one and caches.opened("two") is two
    monkeypatch.setattr(room, "MOST_PLATES", len(one.catalogue))
    assert caches.opened("one") is one
    assert caches.opened("two") is not two
    assert caches.opened("two").catalogue.plate_ids == two.catalogue.plate_ids
