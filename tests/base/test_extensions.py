"""Registries, and the files that fill them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgsim.base.extensions import Registry
from imgsim.errors import ImgsimError
from tests.extensions import bring


class Thing:
    """What a registry of things holds."""

    def __init__(self, name: str = "own", version: int = 1) -> None:
        self.name, self.version = name, version

    def use(self) -> str:
        return self.name


class Another(Thing):
    """Of another class."""


THINGS: Registry[Any] = Registry("thing", ["use"], [Thing()])
CODE = """
from tests.base.test_extensions import THINGS, Thing

class Brought(Thing):
    pass

assert THINGS.get("own")
THINGS.register(Brought({name!r}))
"""


def test_own_come_first_and_the_others_by_name() -> None:
    things: Registry[Any] = Registry("thing", ["use"], [Thing("z"), Thing("m")])
    for name in ("b", "a"):
        assert things.register(Thing(name)).name == name
    assert [one.name for one in things.all()] == ["z", "m", "a", "b"]
    things.forget("a")
    things.forget("a")
    assert [one.name for one in things.all()] == ["z", "m", "b"]
    assert things.is_own(things.get("z")) and not things.is_own(things.get("b"))


def test_a_name_is_given_once_but_a_cell_may_be_run_again() -> None:
    things: Registry[Any] = Registry("thing", ["use"], [Thing()])
    first, second = Thing("mine"), Thing("mine", 2)
    things.register(first)
    things.register(second)
    assert things.get("mine") is second
    for other in (Another("mine"), Another("own"), Thing("own")):
        with pytest.raises(ImgsimError, match=r"already. Give yours another name"):
            things.register(other)


def test_every_file_is_run_once_and_may_ask_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = bring(monkeypatch, tmp_path / "mine", one=CODE.format(name="one"), two=CODE.format(name="two"))
    (folder / "_left_out.py").write_text("1 / 0")
    (folder / "notes.txt").write_text("1 / 0")
    first = THINGS.get("one")
    assert THINGS.get("one") is first and [one.name for one in THINGS.all()] == ["own", "one", "two"]
    codes = {str(THINGS.identity(THINGS.get(name))["file"]) for name in ("one", "two")}
    assert len(codes) == 2 and all(len(code) == 64 for code in codes)
    for name in ("one", "two"):
        THINGS.forget(name)


def test_one_that_is_not_there_is_said_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMGSIM_EXTENSIONS", raising=False)
    with pytest.raises(ImgsimError, match=r"no thing 'x'. Known ones: own.*IMGSIM_EXTENSIONS names, which is not set"):
        THINGS.get("x")
