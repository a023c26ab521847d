"""Reviews as CSV, to be cited, looked through in a spreadsheet, and merged with those of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from imgsim.base.cells import csv_bytes
from imgsim.base.spreadsheets import read_back
from imgsim.errors import ImgsimError
from imgsim.reviews.decision_record import EVIDENCE, Review, by_hand, made
from imgsim.reviews.decision_words import DECISIONS, TAKEN_BACK
from imgsim.reviews.package import reviews_table
from imgsim.reviews.pictures import counting, unconfirmed
from imgsim.reviews.recognising import Recogniser
from imgsim.reviews.standing import latest, standing_frame

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue



class Store(Protocol):
    """What keeps reviews: :class:`imgsim.reviews.Reviews`."""

    def all(self) -> list[Review]: ...
    def add(self, reviews: Iterable[Review]) -> tuple[list[Review], list[Review], list[tuple[Review, Review]]]: ...
    @property
    def pictures(self) -> Callable[[], Mapping[str, str]]: ...


_OF_BOTH = ("book", "title", "author", "year", "place", "page")
_NEEDED = ("plate_a_id", "plate_b_id", "decision", "reviewer")
_TRUTH = {"yes": True, "no": False}


@dataclass(frozen=True)
class Conflict:
    """A record that is here with another content, or a pair that the import made disputed.

    Attributes
    ----------
    plate_a, plate_b : the pair.
    ours, theirs : what stood here, and what came; the first is empty where the file disagrees with itself.
    kind : "altered" (one and the same record; the one kept is ours) or "disputed" (all stand, by different people, and
        none of them is what is decided).
    """

    plate_a: str
    plate_b: str
    ours: tuple[Review, ...]
    theirs: tuple[Review, ...]
    kind: str


@dataclass(frozen=True)
class MergeReport:
    """What an import did.

    Attributes
    ----------
    added, already : how many records are new, and how many were here before.
    conflicts : see :class:`Conflict`. Nothing of ours was changed.
    refused : (line in the file, why) of what is no review.
    unknown : ids of plates that the collection does not have. Their reviews are refused.
    unconfirmed : how many of the new records are about another image file than the plate has here. They are kept, and
        count for nothing until somebody confirms them.
    renamed : (id in the file, id here) of plates that are called otherwise here, and were known by their scans.
    """

    added: int
    already: int
    conflicts: tuple[Conflict, ...]
    refused: tuple[tuple[int, str], ...]
    unknown: tuple[str, ...]
    unconfirmed: int = 0
    renamed: tuple[tuple[str, str], ...] = ()


# Columns that hold numbers or dates.
NUMBERS = frozenset(
    {"when", "inliers", "coverage_a", "coverage_b", "similarity", "date"}
    | {f"{side}_{name}" for side in "ab" for name in ("year", "page")}
)


def reviews_csv(reviews: Sequence[Review], catalogue: Catalogue, *, collection: str, date: str) -> bytes:
    """Return every record as CSV, one row each, in the order given.

    Returns
    -------
    bytes
        Columns: uuid, plate_a_id, plate_b_id, decision, undoes_uuid (of a record that takes another one back),
        reviewer, when (UTC), note, what was shown (see :data:`~imgsim.reviews.decision_record.EVIDENCE`), a_sha256
        and b_sha256 of the image files that were decided about, confirms_uuid (of a record that repeats an older one
        for the pictures that are here now), then book, title, author, year, place and page of both plates where the
        collection knows them, collection and date.
    """
    return csv_bytes(review_columns(reviews, catalogue, collection=collection, date=date), NUMBERS)


def review_columns(
    reviews: Sequence[Review], catalogue: Catalogue, *, collection: str, date: str
) -> dict[str, Sequence[Any]]:
    """Return these columns, one value a record."""
    columns: dict[str, Sequence[Any]] = {
        "uuid": [review.uuid for review in reviews],
        "plate_a_id": [review.plate_a for review in reviews],
        "plate_b_id": [review.plate_b for review in reviews],
        "decision": [review.decision for review in reviews],
        "undoes_uuid": [review.undoes for review in reviews],
        "reviewer": [review.reviewer for review in reviews],
        "when": [review.when for review in reviews],
        "note": [review.note for review in reviews],
    }
    for name in EVIDENCE:
        columns[name] = [_shown(review.evidence.get(name)) for review in reviews]
    columns |= {
        "a_sha256": [review.picture_a for review in reviews],
        "b_sha256": [review.picture_b for review in reviews],
        "confirms_uuid": [review.confirms for review in reviews],
    }
    for side, ids in (("a", columns["plate_a_id"]), ("b", columns["plate_b_id"])):
        records = [
            catalogue.record(catalogue.row(plate)) if catalogue.has(plate) else dict.fromkeys(_OF_BOTH)
            for plate in ids
        ]
        for name in _OF_BOTH:
            columns[f"{side}_{name}"] = [record[name] for record in records]
    columns |= {"collection": [collection] * len(reviews), "date": [date] * len(reviews)}
    return columns


def merge_csv(reviews: Store, content: bytes, catalogue: Catalogue | None = None) -> MergeReport:
    """Add the reviews of a CSV, or of an export's zip, that are not here yet; all of them, or none if something fails.

    A row names two pictures beside its two plates. Where a plate is called otherwise here, the row is of the plate that
    shows that picture: see :mod:`imgsim.reviews.recognising`.

    A table written by hand is welcome, too: it needs the columns plate_a_id, plate_b_id, decision and reviewer, and may
    have when and note; it speaks of the pictures that are here. With a catalogue, reviews of plates that it does not
    have are refused.

    Raises
    ------
    ImgsimError
        The file is no CSV, or lacks a column that is needed; a zip is none that holds reviews. A row that is no review
        is refused and listed.
    """
    frame = read_back(reviews_table(content))
    lacking = [name for name in _NEEDED if name not in frame.columns]
    if lacking:
        raise ImgsimError(
            f"These are no reviews: the column {lacking[0]} is missing. Choose a file that was downloaded here as "
            f"“reviews”, or a table with the columns {', '.join(_NEEDED)}."
        )
    found: list[Review] = []
    refused: list[tuple[int, str]] = []
    unknown: set[str] = set()
    here = catalogue.pictures if catalogue is not None else reviews.pictures()
    recogniser = Recogniser(here, reviews.all())
    for line, cells in enumerate(frame.to_dict("records"), start=2):
        try:
            # A row with fewer cells than the header ends in None.
            texts = {str(name): value if isinstance(value, str) else "" for name, value in cells.items()}
            review = recogniser.recognised(_read(texts, here))
        except ImgsimError as error:
            refused.append((line, str(error)))
            continue
        missing = [plate for plate in review.pair if catalogue is not None and plate not in here]
        if missing:
            unknown.update(missing)
            refused.append((line, f"The plate {missing[0][:80]!r} is not in this collection."))
        else:
            found.append(review)
    before = _counting(reviews, here)
    added, same, other = reviews.add(found)
    conflicts = [Conflict(*ours.pair, (ours,), (theirs,), "altered") for ours, theirs in other]
    stood, new = latest(before), {review.uuid for review in added}
    was = _disputed(before)
    after = _counting(reviews, here)
    stands = latest(after)
    for pair in sorted(_disputed(after) - was):
        ours = tuple(stood.get(pair, {}).values())
        theirs = tuple(review for review in stands[pair].values() if review.uuid in new)
        conflicts.append(Conflict(*pair, ours, theirs, "disputed"))
    return MergeReport(
        added=len(added),
        already=len(same),
        conflicts=tuple(conflicts),
        refused=tuple(refused),
        unknown=tuple(sorted(unknown)),
        unconfirmed=len(unconfirmed(added, here)),
        renamed=tuple(sorted(recogniser.renamed.items())),
    )


def _counting(reviews: Store, here: Mapping[str, str]) -> list[Review]:
    """The records that count; all of them where nobody knows which plates are here."""
    return counting(reviews.all(), here) if here else reviews.all()


def _disputed(reviews: Iterable[Review]) -> set[tuple[str, str]]:
    frame = standing_frame(reviews)
    rows = frame[frame["disputed"]]
    return set(zip(rows["plate_a"], rows["plate_b"], strict=True))


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    # The shortest text that is read back as the same number.
    return repr(value) if isinstance(value, float) else value


def _read(cells: dict[str, str], here: Mapping[str, str]) -> Review:
    """A row as a review; ImgsimError says why it is none. ``here``: plate id -> SHA-256, for rows that name none."""
    decision = cells["decision"].strip().lower()
    undoes = cells.get("undoes_uuid", "").strip()
    if decision == TAKEN_BACK and not undoes:
        raise ImgsimError("It takes back a decision and does not say which (undoes_uuid is empty).")
    if decision not in DECISIONS and decision != TAKEN_BACK:
        raise ImgsimError(f"{decision[:80]!r} is no decision: write one of {', '.join(DECISIONS)}.")
    evidence: dict[str, Any] = {}
    for name, kind in EVIDENCE.items():
        text = cells.get(name, "")
        if text == "":
            continue
        if kind is bool:
            evidence[name] = _TRUTH.get(text.strip().lower())
        elif kind is str or re.fullmatch(r"[-+.\de]+", text):
            evidence[name] = text
    own = cells.get("uuid", "").strip()
    when = cells.get("when", "").strip()
    pictures = (cells.get("a_sha256", ""), cells.get("b_sha256", ""))
    if not own and not any(pictures):
        pictures = (here.get(cells["plate_a_id"], ""), here.get(cells["plate_b_id"], ""))
    review = made(
        cells["plate_a_id"],
        cells["plate_b_id"],
        decision,
        reviewer=cells["reviewer"],
        note=cells.get("note", ""),
        when=when,
        evidence=evidence,
        uuid_=own,
        undoes=undoes,
        pictures=pictures,
        confirms=cells.get("confirms_uuid", "").strip(),
    )
    return review if own else by_hand(review, timed=bool(when))
