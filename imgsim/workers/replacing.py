"""A copy of a value in which some parts are others: of a function with its arguments, of what a dataclass holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any


def replaced(value: Any, change: Callable[[Any], Any]) -> Any:
    """``value`` with every part for which ``change`` gives something else.

    It is asked about the value itself, then about what lists, tuples, dictionaries, partials and dataclasses in it
    hold. What holds nothing that changes is taken as it is, not copied.
    """
    new = change(value)
    if new is not value:
        return new
    if type(value) in (list, tuple):
        parts = [replaced(one, change) for one in value]
        return type(value)(parts) if _changed(parts, value) else value
    if isinstance(value, Mapping):
        parts = [replaced(one, change) for one in value.values()]
        return dict(zip(value, parts, strict=True)) if _changed(parts, list(value.values())) else value
    if isinstance(value, partial):
        parts = replaced([value.func, value.args, value.keywords], change)
        return partial(parts[0], *parts[1], **parts[2])
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        held = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
        new = replaced(held, change)
        return dataclasses.replace(value, **new) if new is not held else value
    return value


def _changed(parts: list[Any], before: Any) -> bool:
    return any(part is not old for part, old in zip(parts, before, strict=True))
