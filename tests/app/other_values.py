"""For any field of a state, a value that is not its default: as an address could give it."""

from __future__ import annotations

from dataclasses import Field
from typing import Any

from imgsim.app.services.parameters import parameter_of

_TEXTS = ("yes", "no", "3", "0.75", "1750-1790", "0.1-0.25-0.5-1.0", "mirrored-same", "a text & = ? more")


def another(field: Field[Any]) -> Any:
    """The first value that the field's parameter reads and that is not the default."""
    known = parameter_of(field)
    if known is None:
        return (("place", ("Edinburgh", "London, again")), ("x.y", ("=",)))
    for text in (*getattr(known.read, "options", ()), *_TEXTS):
        try:
            value = known.read(text)
        except (ValueError, KeyError, OverflowError):
            continue
        if value != field.default:
            return value
    raise AssertionError(f"no text that is tried gives {field.name} another value")
