"""A copy in which some parts are others."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from imgsim.workers.replacing import replaced


@dataclass(frozen=True)
class Held:
    where: Path
    more: tuple[Any, ...] = ()
    made: int = field(init=False, default=3)


def _text(part: Any) -> Any:
    return str(part) if isinstance(part, Path) else part


def test_paths_are_found_wherever_they_are_held() -> None:
    work = partial(print, [Path("a"), 1], job=Held(Path("b"), ({"x": Path("c")},)), plain={2: MappingProxyType({})})
    found = replaced(work, _text)
    assert found.func is print and found.args == (["a", 1],)
    assert found.keywords == {"job": Held("b", ({"x": "c"},)), "plain": {2: {}}}  # type: ignore[arg-type]
    assert work.args == ([Path("a"), 1],), "what was given stays as it is"


def test_what_holds_nothing_that_changes_is_not_copied() -> None:
    work = [Held("b", (b"bytes", "text", None)), {"x": {1, 2}}, Held]  # type: ignore[arg-type]
    assert replaced(work, _text) is work
