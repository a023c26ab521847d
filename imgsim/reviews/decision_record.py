"""One review: what a person decided about a pair of plates, when, and what was on the screen then."""

from __future__ import annotations

import json
import math
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from imgsim.errors import ImgsimError
from imgsim.reviews.decision_words import DECISIONS, TAKEN_BACK

MOST_NOTE, MOST_NAME, MOST_ID = 4000, 120, 500

# What the reviewer saw, and of which kind each value is. Coverages belong to plate_a and plate_b.
EVIDENCE: dict[str, type] = {
    "verdict": str, "inliers": int, "mirrored": bool, "negative": bool, "coverage_a": float, "coverage_b": float,
    "similarity": float, "backbone": str, "generation": str, "matching": str,
}  # fmt: skip
_BY_HAND = uuid.UUID("8f0c2c5e-52a5-5d0c-9a3e-1b5a64c1d6f1")
_SHA256 = re.compile("[0-9a-f]{64}")
# A text that no database, CSV or screen can hold as it stands: control characters and halves of characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What turns the direction of writing: in a name it would turn round what stands behind it in a list, others' names too.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Review:
    """One line of the history.

    Attributes
    ----------
    uuid : names it wherever it goes; a CSV that is imported twice adds nothing.
    plate_a, plate_b : ids of the plates, ``plate_a < plate_b``.
    decision : one of :data:`~imgsim.reviews.decision_words.DECISIONS`, or "taken back".
    reviewer, note : as the person wrote them.
    when : UTC in ISO 8601 with microseconds, such as ``2026-11-22T09:30:00.000000+00:00``; sorts as text.
    evidence : what was shown, by the names of :data:`EVIDENCE`; what was not known is left out.
    undoes : uuid of the record that this one takes back; "" for a decision.
    picture_a, picture_b : SHA-256 of the two image files that were decided about; "" where that is not known.
    confirms : uuid of an older record, whose plates show other pictures now or are gone, and whose decision this one
        repeats for pictures that are here; "" for any other.
    """

    uuid: str
    plate_a: str
    plate_b: str
    decision: str
    reviewer: str
    note: str
    when: str
    evidence: dict[str, Any] = field(default_factory=dict)
    undoes: str = ""
    picture_a: str = ""
    picture_b: str = ""
    confirms: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        """The ids of the two plates, in order."""
        return self.plate_a, self.plate_b

    @property
    def order(self) -> tuple[str, str]:
        """What reviews are ordered by: the time, then the uuid. The same wherever they were merged."""
        return self.when, self.uuid


def made(
    plate_a: str,
    plate_b: str,
    decision: str,
    *,
    reviewer: str,
    note: str = "",
    when: str = "",
    evidence: Mapping[str, Any] | None = None,
    uuid_: str = "",
    undoes: str = "",
    pictures: tuple[str, str] = ("", ""),
    confirms: str = "",
) -> Review:
    """Return a review that was checked, its plates in order, its coverages and pictures with them.

    Raises
    ------
    ImgsimError
        A word that is no decision, a plate twice, no name, a text that is too long, a time or a SHA-256 that is none.
    """
    for plate in (plate_a, plate_b):
        if not isinstance(plate, str) or not plate or len(plate) > MOST_ID or _UNPRINTABLE.search(plate):
            raise ImgsimError(f"{str(plate)[:80]!r} is no plate id. Give the ids of two plates.")
    if plate_a == plate_b:
        raise ImgsimError(f"The plate {plate_a[:80]!r} cannot be compared with itself. Choose another one.")
    if decision not in DECISIONS and not (decision == TAKEN_BACK and undoes):
        raise ImgsimError(f"{str(decision)[:80]!r} is no decision: choose one of {', '.join(DECISIONS)}.")
    reviewer = " ".join(_TURNING.sub("", _printable(reviewer)).split())
    if not reviewer:
        raise ImgsimError("A decision needs the name of the person who decides. Write your name first.")
    note = _printable(note).strip()
    for text, most, what in ((reviewer, MOST_NAME, "name"), (note, MOST_NOTE, "note")):
        if len(text) > most:
            raise ImgsimError(f"This {what} has {len(text):,} characters; {most:,} are kept. Shorten it.")
    shown = checked_evidence(evidence or {})
    picture_a, picture_b = map(checked_picture, pictures)
    if plate_a > plate_b:
        plate_a, plate_b = plate_b, plate_a
        picture_a, picture_b = picture_b, picture_a
        shown = turned(shown)
    return Review(
        uuid=checked_uuid(uuid_) if uuid_ else str(uuid.uuid4()),
        plate_a=plate_a,
        plate_b=plate_b,
        decision=decision,
        reviewer=reviewer,
        note=note,
        when=checked_time(when) if when else now(),
        evidence=shown,
        undoes=checked_uuid(undoes) if undoes else "",
        picture_a=picture_a,
        picture_b=picture_b,
        confirms=checked_uuid(confirms) if confirms else "",
    )


def by_hand(review: Review, *, timed: bool) -> Review:
    """A review that was written by hand, without a uuid: what it says names it, so that twice is once."""
    said = (*review.pair, review.decision, review.reviewer, review.note, review.when if timed else "")
    return replace(review, uuid=str(uuid.uuid5(_BY_HAND, "\x00".join(said))))


def is_by_hand(review: Review) -> bool:
    """Whether a review is named by what it says."""
    return uuid.UUID(review.uuid).version == 5


def checked_evidence(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return evidence in the order and the kinds of :data:`EVIDENCE`, without what is None; ImgsimError for others."""
    unknown = set(evidence) - set(EVIDENCE)
    if unknown:
        raise ImgsimError(f"Evidence has no {min(unknown)[:80]!r}: it has {', '.join(EVIDENCE)}.")
    found: dict[str, Any] = {}
    for name, kind in EVIDENCE.items():
        value = evidence.get(name)
        if value is None:
            continue
        try:
            value = _printable(value)[:MOST_ID] if kind is str else kind(value)
        except (TypeError, ValueError, OverflowError):
            raise ImgsimError(f"The {name} of a pair is {str(value)[:80]!r}, which is none.") from None
        if isinstance(value, float) and not math.isfinite(value):
            continue
        if value != "":
            found[name] = value
    return found


def turned(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The evidence of the same pair with its plates in the other order."""
    other = {"coverage_a": "coverage_b", "coverage_b": "coverage_a"}
    swapped = {other.get(name, name): value for name, value in evidence.items()}
    return {name: swapped[name] for name in EVIDENCE if name in swapped}


def evidence_text(evidence: Mapping[str, Any]) -> str:
    """Evidence as JSON."""
    return json.dumps(dict(evidence), ensure_ascii=False, allow_nan=False)


def now() -> str:
    """The time, as reviews hold it."""
    return written(datetime.now(UTC))


def written(moment: datetime) -> str:
    """A moment with a time zone, as reviews hold it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def checked_time(text: str) -> str:
    """A time in ISO 8601 as reviews hold it; without a zone it is UTC. ImgsimError for anything else."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return written(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise ImgsimError(
            f"{text[:80]!r} is no time: write it as 2026-11-22T09:30:00, or 2026-11-22."
        ) from None


def checked_uuid(text: str) -> str:
    """A UUID in its usual form; ImgsimError for anything else."""
    try:
        return str(uuid.UUID(text))
    except (ValueError, AttributeError, TypeError):
        raise ImgsimError(f"{str(text)[:80]!r} is no UUID. Leave the cell as imgsim wrote it.") from None


def checked_picture(text: str) -> str:
    """A SHA-256 in lower-case hexadecimal, or ""; ImgsimError for anything else."""
    found = str(text).strip().lower()
    if found and not _SHA256.fullmatch(found):
        raise ImgsimError(f"{str(text)[:80]!r} is no SHA-256 of an image. Leave the cell as imgsim wrote it.")
    return found


def _printable(text: object) -> str:
    return _UNPRINTABLE.sub("", str(text))
