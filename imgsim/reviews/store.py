"""All reviews of a collection: appended to by anyone, at any time, and never changed or removed."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.errors import CollectionError, ImgsimError
from imgsim.reviews.database import Database
from imgsim.reviews.record import Review, checked_evidence, evidence_text, is_by_hand, made, written
from imgsim.reviews.standing import standing_frame, taken_back
from imgsim.reviews.words import TAKEN_BACK

if TYPE_CHECKING:
    import pandas as pd

    from imgsim.catalogue import Catalogue
    from imgsim.reviews.exchange import MergeReport

FILE = "reviews.sqlite"
_COLUMNS = 'uuid, plate_a, plate_b, decision, reviewer, note, "when", evidence, undoes'


class Reviews:
    """The reviews in one file.

    Parameters
    ----------
    path : of the file; where there is none there are no reviews, and the first one makes it.

    Raises
    ------
    CollectionError
        From every method: the file is damaged, foreign, or cannot be written to. BusyError: no turn came.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._database = Database(self.path)

    @classmethod
    def of(cls, folder: Path) -> Reviews:
        """The reviews of the collection in a folder."""
        return cls(Path(folder) / FILE)

    # -- writing

    def record(
        self,
        plate_a: str,
        plate_b: str,
        decision: str,
        *,
        reviewer: str,
        note: str = "",
        evidence: Mapping[str, Any] | None = None,
    ) -> Review:
        """Append a decision and return it as it was written.

        Parameters
        ----------
        plate_a, plate_b : in any order; ``evidence`` is of this order.
        decision : one of :data:`~imgsim.reviews.words.DECISIONS`.
        evidence : what was shown, by the names of :data:`~imgsim.reviews.record.EVIDENCE`.
        """
        review = made(plate_a, plate_b, decision, reviewer=reviewer, note=note, evidence=evidence)
        return self._database.write(lambda connection: _append(connection, review))

    def undo(self, reviewer: str) -> Review | None:
        """Take back the reviewer's last decision that still stands, and return it; None where there is none.

        What the same person decided on that pair before stands again. Taking back is a record of its own.
        """
        name = " ".join(str(reviewer).split())

        def act(connection: sqlite3.Connection) -> Review | None:
            own = _select(connection, "WHERE reviewer = ?", (name,))
            gone = taken_back(own)
            standing = [r for r in own if r.uuid not in gone and r.decision != TAKEN_BACK]
            if not standing:
                return None
            last = max(standing, key=lambda review: review.order)
            undoing = made(last.plate_a, last.plate_b, TAKEN_BACK, reviewer=name, undoes=last.uuid)
            _append(connection, undoing)
            return last

        # An undo that finds nothing must not make a file.
        return self._database.write(act) if self.revision else None

    def add(
        self, reviews: Iterable[Review]
    ) -> tuple[list[Review], list[Review], list[tuple[Review, Review]]]:
        """Append reviews that were made elsewhere, all or none.

        Returns
        -------
        (added, already there, those that are here with another content as pairs of ours and theirs)
        """
        given = list(reviews)

        def act(
            connection: sqlite3.Connection,
        ) -> tuple[list[Review], list[Review], list[tuple[Review, Review]]]:
            known = {review.uuid: review for review in _select(connection)}
            added: list[Review] = []
            same: list[Review] = []
            other: list[tuple[Review, Review]] = []
            for review in given:
                ours = known.get(review.uuid)
                if ours is None:
                    known[review.uuid] = review
                    _insert(connection, review)
                    added.append(review)
                # A row by hand without a time has that of its first import.
                elif ours in (review, replace(review, when=ours.when) if is_by_hand(review) else review):
                    same.append(review)
                else:
                    other.append((ours, review))
            return added, same, other

        return self._database.write(act) if given else ([], [], [])

    # -- reading

    @property
    def revision(self) -> int:
        """A number that changes with every review, for the keys of caches; 0 where there are none. Quick."""

        def ask(connection: sqlite3.Connection) -> int:
            last = connection.execute(
                "SELECT number, uuid FROM reviews ORDER BY number DESC LIMIT 1"
            ).fetchone()
            # Another file put in this one's place may have as many reviews.
            return 0 if last is None else (int(last[0]) << 32) | zlib.crc32(str(last[1]).encode())

        return self._database.read(ask, 0)

    def all(self) -> list[Review]:
        """Every record, in the order in which they came into this file."""
        return self._database.read(_select, [])

    def history(self, plate_a: str, plate_b: str) -> list[Review]:
        """Every record of one pair, the oldest first."""
        pair = (min(plate_a, plate_b), max(plate_a, plate_b))
        nothing: list[Review] = []
        found = self._database.read(lambda c: _select(c, "WHERE plate_a = ? AND plate_b = ?", pair), nothing)
        return sorted(found, key=lambda review: review.order)

    def standing(self) -> pd.DataFrame:
        """What is decided now, one row a pair: see :func:`~imgsim.reviews.standing.standing_frame`."""
        return standing_frame(self.all())

    # -- exchange

    def to_csv(self, catalogue: Catalogue, *, collection: str, date: str) -> bytes:
        """Every record as CSV: see :func:`~imgsim.reviews.exchange.reviews_csv`."""
        from imgsim.reviews.exchange import reviews_csv

        return reviews_csv(self.all(), catalogue, collection=collection, date=date)

    def merge_csv(self, content: bytes, catalogue: Catalogue | None = None) -> MergeReport:
        """Add what a CSV holds and is not here yet: see :func:`~imgsim.reviews.exchange.merge_csv`."""
        from imgsim.reviews.exchange import merge_csv

        return merge_csv(self, content, catalogue)


def _append(connection: sqlite3.Connection, review: Review) -> Review:
    """Write a review that was made just now. A person's own reviews keep their order even if the clock is set back."""
    last = connection.execute(
        'SELECT MAX("when") FROM reviews WHERE reviewer = ?', (review.reviewer,)
    ).fetchone()[0]
    if last is not None and review.when <= last:
        review = replace(review, when=written(datetime.fromisoformat(last) + timedelta(microseconds=1)))
    _insert(connection, review)
    return review


def _insert(connection: sqlite3.Connection, review: Review) -> None:
    values = (
        review.uuid, review.plate_a, review.plate_b, review.decision, review.reviewer, review.note, review.when,
        evidence_text(review.evidence), review.undoes,
    )  # fmt: skip
    connection.execute(f"INSERT INTO reviews ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def _select(connection: sqlite3.Connection, where: str = "", values: tuple[str, ...] = ()) -> list[Review]:
    found = connection.execute(f"SELECT {_COLUMNS} FROM reviews {where} ORDER BY number", values)
    return [_review(row) for row in found]


def _review(row: tuple[str, ...]) -> Review:
    uuid, plate_a, plate_b, decision, reviewer, note, when, evidence, undoes = row
    try:
        shown = checked_evidence(json.loads(evidence))
        return made(
            plate_a,
            plate_b,
            decision,
            reviewer=reviewer,
            note=note,
            when=when,
            evidence=shown,
            uuid_=uuid,
            undoes=undoes,
        )
    except (ImgsimError, ValueError, AttributeError, TypeError) as error:
        raise CollectionError(
            f"A review in the file cannot be read: {error} Put a good copy of {FILE} in its place."
        ) from None
