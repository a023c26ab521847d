"""What people observed of a pair of plates, each tied to a numbered place that both have: "3: the broken stem".

A number stays with its place: whoever opens the pair later, from whichever side, reads the same words at the same
number. Records are kept as marks are; writing again on one's own number replaces what one wrote, taking back is a
record of its own, after which what was before stands again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.collection.marks import Mark, Marks
from imgsim.errors import CollectionError, ImgsimError

LONGEST = 600  # letters
_NEAR = 2.0  # pixels within which two places are one
_UNDO = "undo"
Place = tuple[float, float, float, float]


@dataclass(frozen=True)
class Observation:
    """What one person says of one place of a pair.

    plate_a, plate_b : ids, in their own order.
    pictures : SHA-256 of the two image files that were looked at.
    number : of the place, 1 or more.
    place : x and y in A, x and y in B, in pixels of the originals.
    when : UTC, ISO 8601.
    """

    plate_a: str
    plate_b: str
    pictures: tuple[str, str]
    number: int
    place: Place
    text: str
    reviewer: str
    when: str

    @property
    def pair(self) -> tuple[str, str]:
        """The two ids."""
        return self.plate_a, self.plate_b

    def of_these(self, pictures: Mapping[str, str]) -> bool:
        """Whether both plates are here, and show what was looked at; ``pictures`` is id -> SHA-256."""
        return (pictures.get(self.plate_a), pictures.get(self.plate_b)) == self.pictures

    def seen_from(self, plate_id: str) -> Observation:
        """The same with this one of its plates as A."""
        if plate_id == self.plate_a:
            return self
        (one, other), (x_a, y_a, x_b, y_b) = self.pictures, self.place
        return replace(
            self, plate_a=self.plate_b, plate_b=self.plate_a, pictures=(other, one), place=(x_b, y_b, x_a, y_a)
        )


class Observations:
    """The observations of the collection in a folder. Every method raises as :class:`imgsim.base.database.Database`."""

    def __init__(self, folder: Path | str) -> None:
        self._marks = Marks(folder, "observation")

    @property
    def revision(self) -> int:
        """A number that changes with every record; 0 where there are none."""
        return self._marks.revision

    def standing(self) -> list[Observation]:
        """What is said now: by pair, number and moment."""
        return _standing(self._marks.all())

    def write(self, seen: Observation) -> Observation:
        """Write an observation down, and return it as it stands: ``when`` is filled in.

        A number that somebody gave to another place meanwhile is exchanged for a free one, and a place that has a
        number keeps it. Without text, what its author wrote there is removed.

        Raises
        ------
        ImgsimError
            A text that is too long or holds control characters, one plate twice, a number below 1, places that are no
            numbers, or no reviewer.
        """
        text = " ".join(seen.text.split())
        if len(text) > LONGEST or not (text.isprintable() or not text):
            raise ImgsimError(f"An observation has at most {LONGEST} letters, not {len(text):,}: {text[:60]!r} …")
        if seen.plate_a == seen.plate_b:
            raise ImgsimError(f"An observation is about two plates, not {seen.plate_a!r} and itself.")
        if seen.number < 1 or not np.isfinite(seen.place).all():
            raise ImgsimError(f"An observation has a number from 1 on and a place, not {seen.number}, {seen.place}.")
        ordered = replace(seen.seen_from(min(seen.pair)), text=text, reviewer=seen.reviewer.strip())
        subject = _subject(ordered.pair)
        ordered = replace(ordered, number=_number(ordered, _standing(self._marks.all(subject))))
        body = {
            "pictures": list(ordered.pictures), "number": ordered.number,
            "place": [round(float(value), 1) for value in ordered.place], "text": text,
        }  # fmt: skip
        return replace(ordered, when=self._marks.add(subject, body, ordered.reviewer).when)

    def can_undo(self, pair: Sequence[str], reviewer: str) -> bool:
        """Whether this person wrote something of the pair that can be taken back."""
        return bool(_steps(self._marks.all(_subject(pair))).get((_subject(pair), reviewer)))

    def undo(self, pair: Sequence[str], reviewer: str) -> None:
        """Take back the last thing that this person wrote of a pair. Raises ImgsimError where there is none."""
        if not self.can_undo(pair, reviewer):
            raise ImgsimError(f"{reviewer or 'Nobody'} has observed nothing of this pair that could be taken back.")
        self._marks.add(_subject(pair), {_UNDO: True}, reviewer)


def numbered(points: npt.ArrayLike, seen: Iterable[Observation]) -> dict[int, Place]:
    """The places of a pair by their numbers: those of observations keep theirs, the others take what is free, in order.

    Parameters
    ----------
    points : (m, 4), places found in both as x and y in A, x and y in B, in pixels of the originals.
    seen : observations of the pair, from the same side.
    """
    found: dict[int, Place] = {}
    for one in seen:
        found.setdefault(one.number, one.place)
    taken = np.array(list(found.values()), float).reshape(-1, 4)
    free = iter(number for number in range(1, 10_000) if number not in found)
    others = [
        point
        for point in np.asarray(points, float).reshape(-1, 4)
        if not (np.abs(taken - point).max(axis=1) <= _NEAR).any()
    ]
    found |= {number: tuple(point.tolist()) for number, point in zip(free, others, strict=False)}
    return dict(sorted(found.items()))


def _number(seen: Observation, others: Iterable[Observation]) -> int:
    used = {one.number: one.place for one in others}
    same = [number for number, place in used.items() if np.abs(np.subtract(place, seen.place)).max() <= _NEAR]
    if same:
        return same[0]
    return seen.number if seen.number not in used else next(n for n in range(1, len(used) + 2) if n not in used)


def _subject(pair: Sequence[str]) -> str:
    return "\n".join(sorted(pair))  # an id has no line breaks


def _steps(marks: Iterable[Mark]) -> dict[tuple[str, str], list[Observation]]:
    """What each person wrote of each pair, and did not take back, in order."""
    steps: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for mark in marks:
        own = steps[mark.subject, mark.reviewer]
        try:
            if mark.body.get(_UNDO):
                own.pop()
            else:
                own.append(_observation(mark, mark.body))
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            raise CollectionError(f"The observation {mark.number} is not what was written ({error}).") from None
    return steps


def _observation(mark: Mark, body: Mapping[str, Any]) -> Observation:
    (plate_a, plate_b), (sha_a, sha_b) = mark.subject.split("\n"), body["pictures"]
    x_a, y_a, x_b, y_b = (float(value) for value in body["place"])
    return Observation(
        plate_a, plate_b, (str(sha_a), str(sha_b)), int(body["number"]), (x_a, y_a, x_b, y_b), str(body["text"]),
        mark.reviewer, mark.when,
    )  # fmt: skip


def _standing(marks: Iterable[Mark]) -> list[Observation]:
    last = {
        (one.pair, one.number, one.reviewer): one for own in _steps(marks).values() for one in own
    }
    return sorted((one for one in last.values() if one.text), key=lambda one: (one.pair, one.number, one.when))
