"""Parts that never count: what somebody says of a plate, a book or the whole collection, such as where a stamp stands.

Lines in such a part vouch for no pair of plates. Places are in shares of a plate's width and height, so that one box
holds for all scans of a book.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from imgsim.base.hashing import key_of
from imgsim.collection.marks import Mark, Marks
from imgsim.errors import CollectionError, ImgsimError

PLATE, BOOK, COLLECTION = SCOPES = ("plate", "book", "collection")
Box = tuple[float, float, float, float]
Boxes = tuple[Box, ...]


@dataclass(frozen=True)
class Part:
    """A part that never counts.

    Attributes
    ----------
    number : by which it is taken back.
    scope, name : whose: the SHA-256 of a plate's scan, a book, or "" for the collection.
    box : x0, y0, x1, y1 in shares of width and height, 0 to 1.
    reviewer, when : who said so, and when, UTC.
    """

    number: int
    scope: str
    name: str
    box: Box
    reviewer: str
    when: str


class ExcludedParts:
    """The parts of the collection in a folder. Every method raises as :class:`imgsim.base.database.Database`."""

    scopes: ClassVar[tuple[str, ...]] = SCOPES
    kind: ClassVar[str] = "excluded"

    def __init__(self, folder: Path | str) -> None:
        self._marks = Marks(folder, self.kind)

    def standing(self) -> list[Part]:
        """Those that were not taken back, the first first."""
        marks = self._marks.all()
        removed = {mark.body.get("removes") for mark in marks if isinstance(mark.body, dict)}
        return [_part(mark) for mark in marks if mark.number not in removed and "removes" not in mark.body]

    def add(self, scope: str, name: str, box: Box, reviewer: str) -> Part:
        """Say that a part never counts. Raises ImgsimError for an unknown scope, an empty box or one outside."""
        if scope not in self.scopes:
            raise ImgsimError(f"{scope!r} is none of {', '.join(self.scopes)}.")
        if bool(name) != (scope != COLLECTION):
            raise ImgsimError(f"A part of a {scope} was named {name[:80]!r}.")
        return _part(self._marks.add(f"{scope}:{name}", {"box": list(checked_box(box))}, reviewer))

    def remove(self, number: int, reviewer: str) -> None:
        """Take one back. Raises ImgsimError where there is none of that number."""
        found = next((part for part in self.standing() if part.number == number), None)
        if found is None:
            raise ImgsimError(f"There is no part {number} that could be taken back.")
        self._marks.add(f"{found.scope}:{found.name}", {"removes": number}, reviewer)


def _part(mark: Mark) -> Part:
    try:
        scope, _, name = mark.subject.partition(":")
        return Part(mark.number, scope, name, checked_box(mark.body["box"]), mark.reviewer, mark.when)
    except (ImgsimError, KeyError, TypeError, ValueError) as error:
        raise CollectionError(f"The part {mark.number} that never counts is not what was written ({error}).") from None


def checked_box(box: Sequence[float]) -> Box:
    """A box in shares of width and height. Raises ImgsimError for one that is empty or lies outside."""
    x0, y0, x1, y1 = (float(edge) for edge in box)
    if not all(map(math.isfinite, (x0, y0, x1, y1))) or not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
        raise ImgsimError(
            f"{list(box)} is no part of a plate: left, top, right, bottom are wanted, in shares from 0 to 1."
        )
    return x0, y0, x1, y1


def by_content(parts: Sequence[Part], pictures: Sequence[str], books: Sequence[str]) -> dict[str, Boxes]:
    """What never counts on each scan, by its SHA-256; scans without such a part are left out.

    Parameters: ``pictures`` and ``books`` are each plate's SHA-256 and book, '' where that is not known.
    """
    if not parts:
        return {}
    whose: dict[tuple[str, str], list[Box]] = defaultdict(list)
    for part in parts:
        whose[part.scope, part.name].append(part.box)
    everywhere = whose.pop((COLLECTION, ""), [])
    found: dict[str, set[Box]] = defaultdict(set)
    for picture, book in zip(pictures, books, strict=True):
        boxes = [*everywhere, *whose.get((PLATE, picture), ()), *(whose.get((BOOK, book), ()) if book else ())]
        if boxes:
            found[picture].update(boxes)
    return {picture: tuple(sorted(boxes)) for picture, boxes in found.items()}


def idle(parts: Sequence[Part], pictures: Sequence[str], books: Sequence[str]) -> str:
    """What to say of parts of plates and books that are not here, such as of a scan that is another one now; or ''."""
    here = {COLLECTION: {""}, PLATE: set(pictures), BOOK: set(books)}
    count = sum(part.name not in here.get(part.scope, ()) for part in parts)
    parted = "1 part that never counts is" if count == 1 else f"{count:,} parts that never count are"
    return f"{parted} of no use now: the plate has another scan, or plate or book is not here." if count else ""


def keys_of(excluded: Mapping[str, Boxes]) -> dict[str, str]:
    """What stands for the parts of each scan in the keys of what is made of it."""
    return {picture: key_of(excluded=boxes)[:16] for picture, boxes in excluded.items()}
