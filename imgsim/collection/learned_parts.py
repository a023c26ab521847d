"""Parts that were learned not to count: marks that repeat at like places over the plates of a book or a source.

What was learned lies in the generation, of every book and source; what somebody says against it in marks.sqlite.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from imgsim.base.hashing import key_of
from imgsim.collection.excluded_parts import BOOK, Box, Boxes, ExcludedParts, Part, checked_box
from imgsim.errors import CollectionError, ImgsimError, PrepareAgain
from imgsim.generation import layout
from imgsim.generation.checked_files import CheckedFiles

SOURCE = "source"
SCOPES = (BOOK, SOURCE)


@dataclass(frozen=True)
class Learned:
    """A mark that repeats.

    Attributes
    ----------
    scope, name : over the plates of which book, or of which source (its path).
    boxes : where it is on each scan that bears it, by its SHA-256: x0, y0, x1, y1 in shares of width and height.
    counts : whether somebody has said that it counts all the same.
    """

    scope: str
    name: str
    boxes: Mapping[str, Box] = field(repr=False)
    counts: bool = False

    @property
    def box(self) -> Box:
        """Where it is as a rule."""
        x0, y0, x1, y1 = np.median(np.array(list(self.boxes.values())), axis=0).round(4).tolist()
        return x0, y0, x1, y1


@dataclass(frozen=True)
class Unit:
    """What was learned from the plates of one book or source; ``key`` stands for these plates."""

    scope: str
    name: str
    key: str
    marks: tuple[Learned, ...] = ()


class CountingParts(ExcludedParts):
    """What was learned not to count, and counts all the same as somebody says: the book or source, and the box."""

    scopes = SCOPES
    kind = "counting"


def with_word(units: Iterable[Unit], parts: Sequence[Part]) -> list[Unit]:
    """The same units, their marks with what people say of them."""
    said = defaultdict(list)
    for part in parts:
        said[part.scope, part.name].append(part.box)

    def spoken(mark: Learned) -> Learned:
        return replace(mark, counts=any(_same(mark.box, box) for box in said[mark.scope, mark.name]))

    return [replace(unit, marks=tuple(map(spoken, unit.marks))) for unit in units]


def part_of(mark: Learned, parts: Sequence[Part]) -> list[Part]:
    """What somebody said of a mark: that it counts."""
    return [p for p in parts if (p.scope, p.name) == (mark.scope, mark.name) and _same(mark.box, p.box)]


def _same(a: Box, b: Box) -> bool:
    """Whether two boxes are one, learned of more or fewer plates: most of both is in the other."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    most = max((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return wide > 0 and high > 0 and wide * high > 0.4 * most


def boxes_by_content(units: Iterable[Unit]) -> dict[str, Boxes]:
    """What was learned not to count on each scan, by its SHA-256, without what counts all the same."""
    found: dict[str, set[Box]] = defaultdict(set)
    for unit in units:
        for mark in unit.marks:
            if not mark.counts:
                for content, box in mark.boxes.items():
                    found[content].add(box)
    return {content: tuple(sorted(boxes)) for content, boxes in found.items()}


def with_learned(drawn: Mapping[str, str], learned: Mapping[str, Boxes]) -> dict[str, str]:
    """What stands for the parts of each scan in the keys of pairs: of those that were drawn, and of learned ones."""
    marks = dict(drawn)
    for content, boxes in learned.items():
        marks[content] = f"{drawn.get(content, '')}+{key_of(learned=boxes)[:16]}"
    return marks


def said_key(parts: Sequence[Part]) -> str:
    """What stands for all that was said of what was learned; '' where nothing was."""
    return key_of(counting=sorted((p.scope, p.name, p.box) for p in parts))[:16] if parts else ""


def learned_of(files: CheckedFiles) -> list[Unit]:
    """What a generation has learned. Raises CollectionError where that is damaged."""
    if not files.has(layout.LEARNED):
        return []
    return files.once(layout.LEARNED, lambda: units_in(files.content(layout.LEARNED)))


def units_bytes(units: Sequence[Unit]) -> bytes:
    """Units as a file of a generation."""
    return json.dumps({"units": [_plain(unit) for unit in units]}, ensure_ascii=False).encode()


def _plain(unit: Unit) -> dict[str, Any]:
    marks = [{"counts": mark.counts, "boxes": mark.boxes} for mark in unit.marks]
    return {"scope": unit.scope, "name": unit.name, "key": unit.key, "marks": marks}


def units_in(data: bytes) -> list[Unit]:
    """The units in a file of a generation. Raises CollectionError for a damaged one."""
    try:
        return [_unit(one) for one in json.loads(data)["units"]]
    except (ImgsimError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise CollectionError(
            f"What was learned not to count cannot be read ({error!r}).", PrepareAgain()
        ) from None


def _unit(value: Mapping[str, Any]) -> Unit:
    scope, name, key = (str(value[word]) for word in ("scope", "name", "key"))
    if scope not in SCOPES:
        raise ValueError(f"{scope!r} is none of {', '.join(SCOPES)}")
    marks = []
    for one in value["marks"]:
        boxes = {layout.check_sha256(content): checked_box(box) for content, box in one["boxes"].items()}
        marks.append(Learned(scope, name, boxes, bool(one["counts"])))
    return Unit(scope, name, key, tuple(mark for mark in marks if mark.boxes))


def read_units(path: Path) -> list[Unit]:
    """The units in a file. Raises CollectionError where it is not there, or damaged."""
    try:
        return units_in(path.read_bytes())
    except OSError as error:
        raise CollectionError(f"{path} cannot be read ({error.strerror}).", PrepareAgain()) from None
