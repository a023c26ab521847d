"""What a run is made of: stages, each of which gives some files of the generation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

# The content of each file: its bytes, or a finished file that is taken over.
Made = Mapping[str, bytes | Path]


@dataclass(frozen=True)
class Stage:
    """One step of a run.

    Attributes
    ----------
    keys : each file that it gives, with the key that stands for everything that shapes it: the same key, the same
        content. A file whose key the generation before has, too, is taken over from it.
    make : gives the content of each; a function of what the keys stand for, and called only if one is missing.
    """

    keys: Mapping[str, str]
    make: Callable[[], Made]
