"""What people decided about a collection's plates, and what of it counts for the pictures that are here."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from imgsim.errors import CollectionError
from imgsim.generation import current, layout
from imgsim.generation.generation import Generation
from imgsim.reviews.pictures import counting
from imgsim.reviews.review_store import FILE, Reviews
from imgsim.reviews.standing import standing_frame


class Decided(NamedTuple):
    """What stands on a pair, as in a row of :func:`imgsim.reviews.standing_frame`."""

    decision: str
    disputed: bool
    said: str
    reviewers: str
    when: str
    note: str


def by_pair(frame: pd.DataFrame) -> Mapping[tuple[str, str], Decided]:
    """What stands, by the ids of a pair in order, from a frame of :func:`imgsim.reviews.standing_frame`."""
    names = ("plate_a", "plate_b", "decision", "disputed", "said", "reviewers", "when", "note")
    columns = (frame[name].tolist() for name in names)
    return {(a, b): Decided(*rest) for a, b, *rest in zip(*columns, strict=True)}


def reviews_of(collection: Generation | Path | str) -> Reviews:
    """The reviews of an open collection, or of the one in a folder.

    Decisions are about the pictures of the open generation, or of the folder's live one.
    """
    if isinstance(collection, (str, Path)):
        folder = Path(collection)
        return Reviews(folder / FILE, lambda: live_pictures(folder))
    opened = collection
    return Reviews(opened.path / FILE, lambda: opened.catalogue.pictures)


def live_pictures(folder: Path) -> Mapping[str, str]:
    """Plate id -> SHA-256 of its image file, in the live generation; empty where there is none that can be read."""
    try:
        found = current.live(folder)
        return _pictures(str(folder.resolve()), found.generation) if found is not None else {}
    except (CollectionError, OSError):
        return {}


@functools.lru_cache(maxsize=4)
def _pictures(folder: str, generation: str) -> Mapping[str, str]:
    path = Path(folder)
    manifest = layout.read_manifest(path / layout.GENERATIONS / generation)
    return Generation(path.name, path, generation, manifest).catalogue.pictures


def standing(collection: Generation) -> pd.DataFrame:
    """What is decided now about the pictures of a collection: see :func:`~imgsim.reviews.standing.standing_frame`."""
    return standing_frame(counting(reviews_of(collection).all(), collection.catalogue.pictures))
