"""What pages give their components, kept: without a browser nobody sees it, nor answers."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from imgsim.app import components, parts
from tests.pages import replace_component

EVENTS: dict[str, Callable[..., Any]] = {
    "bar_chart": components.BarEvent,
    "book_matrix": lambda: None,  # its page asks the browser's state
    "family_strips": components.StripEvent,
    "pair_list": components.PairEvent,
    "rank_lines": components.RankEvent,
    "thumbnail_grid": components.GridEvent,
    "time_line": lambda clicked=None: clicked,
}
# Imported later, while a component is replaced, a part would keep what stands for it.
PARTS = [importlib.import_module(f"{parts.__name__}.{one.name}") for one in pkgutil.iter_modules(parts.__path__)]


@dataclass
class Drawn:
    """What the last run gave each component, by its key, and what it is to answer."""

    given: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def ids(self, key: str) -> list[str]:
        """What a component lists."""
        return [item["id"] for item in self.given[key]["items"]]


def watched(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """Have every component keep what it is given, and answer as it is told, wherever it is used."""
    kept = Drawn()
    for name, event in EVENTS.items():
        real = getattr(components, name)

        def fake(_real: Any = real, _event: Any = event, **given: Any) -> Any:
            _real(**given)  # it checks what it is given
            kept.given[given["key"]] = given
            return _event(**kept.answers.pop(given["key"], {}))

        replace_component(monkeypatch, name, fake)
        for part in PARTS:
            if vars(part).get(name) is real:
                monkeypatch.setattr(part, name, fake)
    return kept


def marks(drawn: Drawn) -> dict[str, str]:
    """What is said of the plates of a book that are in others, by plate."""
    return {
        item["id"]: item["verdict"]["text"]
        for item in drawn.given["book_plates"]["items"]
        if "verdict" in item
    }
