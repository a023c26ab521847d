"""All reviews of a collection: appended to by anyone, at any time, and never changed or removed.

A record names the two plates and the two image files that were decided about; records of the first form of the file,
which named the plates alone, are given the image files that the plates had when the file is first read by this version.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.database import Database, Schema, run_statements
from imgsim.errors import CollectionError, ImgsimError
from imgsim.reviews.pictures import Unconfirmed, counting, unconfirmed
from imgsim.reviews.record import Review, checked_evidence, evidence_text, is_by_hand, made, written
from imgsim.reviews.standing import standing_frame, taken_back
from imgsim.reviews.words import TAKEN_BACK

if TYPE_CHECKING:
    import pandas as pd

    from imgsim.catalogue import Catalogue
    from imgsim.reviews.exchange import MergeReport

FILE = "reviews.sqlite"
_COLUMNS = 'uuid, plate_a, plate_b, decision, reviewer, note, "when", evidence, undoes'
_PICTURES = "picture_a, picture_b, confirms"
Pictures = Callable[[], Mapping[str, str]]
_VERSION = 2
_TABLE = """
CREATE TABLE IF NOT EXISTS reviews (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of arrival in this file
    uuid TEXT NOT NULL UNIQUE,
    plate_a TEXT NOT NULL,
    plate_b TEXT NOT NULL CHECK (plate_a < plate_b),
    decision TEXT NOT NULL,
    reviewer TEXT NOT NULL CHECK (reviewer <> ''),
    note TEXT NOT NULL,
    "when" TEXT NOT NULL,
    evidence TEXT NOT NULL,
    undoes TEXT NOT NULL,
    picture_a TEXT NOT NULL DEFAULT '',
    picture_b TEXT NOT NULL DEFAULT '',
    confirms TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS by_pair ON reviews (plate_a, plate_b);
CREATE INDEX IF NOT EXISTS by_reviewer ON reviews (reviewer, "when");
"""
_TRIGGERS = """
CREATE TRIGGER IF NOT EXISTS append_only_update BEFORE UPDATE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are never changed'); END;
CREATE TRIGGER IF NOT EXISTS append_only_delete BEFORE DELETE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are never removed'); END;
"""


class Reviews:
    """The reviews in one file.

    Parameters
    ----------
    path : of the file; where there is none there are no reviews, and the first one makes it.
    pictures : asked for plate id -> SHA-256 of the plates that are here, for decisions that do not say what they are
        about. :func:`imgsim.collection.reviews_of` gives those of a collection.

    Raises
    ------
    CollectionError
        From every method: the file is damaged, foreign, or cannot be written to. BusyError: no turn came.
    """

    def __init__(self, path: Path, pictures: Pictures | None = None) -> None:
        self.path = Path(path)
        self.pictures: Pictures = pictures or dict
        self.schema = Schema(0x696D6773, _VERSION, _TABLE + _TRIGGERS, "Reviews", {1: self._with_pictures})
        self._database = Database(self.path, self.schema)

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
        pictures: tuple[str, str] | None = None,
        confirms: str = "",
    ) -> Review:
        """Append a decision and return it as it was written.

        Parameters
        ----------
        plate_a, plate_b : in any order; ``evidence`` and ``pictures`` are of this order.
        decision : one of :data:`~imgsim.reviews.words.DECISIONS`.
        evidence : what was shown, by the names of :data:`~imgsim.reviews.record.EVIDENCE`.
        pictures : SHA-256 of the two image files that were looked at. None: of those that the plates have now.
        confirms : uuid of the older record whose decision is repeated here for the pictures that are here now.
        """
        review = made(
            plate_a, plate_b, decision, reviewer=reviewer, note=note, evidence=evidence,
            pictures=self._now(plate_a, plate_b) if pictures is None else pictures, confirms=confirms,
        )  # fmt: skip
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
            undoing = made(
                last.plate_a, last.plate_b, TAKEN_BACK, reviewer=name, undoes=last.uuid,
                pictures=(last.picture_a, last.picture_b),
            )  # fmt: skip
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
                elif _repeats(ours, review):
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
        """What is decided now about the pictures that are here, one row a pair.

        See :func:`~imgsim.reviews.standing.standing_frame`; :meth:`unconfirmed` has what does not count.
        """
        return standing_frame(counting(self.all(), self.pictures()))

    def unconfirmed(self) -> list[Unconfirmed]:
        """Decisions about plates that are gone or show another picture: see :mod:`imgsim.reviews.pictures`."""
        return unconfirmed(self.all(), self.pictures())

    # -- exchange

    def to_csv(self, catalogue: Catalogue, *, collection: str, date: str) -> bytes:
        """Every record as CSV: see :func:`~imgsim.reviews.exchange.reviews_csv`."""
        from imgsim.reviews.exchange import reviews_csv

        return reviews_csv(self.all(), catalogue, collection=collection, date=date)

    def merge_csv(self, content: bytes, catalogue: Catalogue | None = None) -> MergeReport:
        """Add what a CSV holds and is not here yet: see :func:`~imgsim.reviews.exchange.merge_csv`."""
        from imgsim.reviews.exchange import merge_csv

        return merge_csv(self, content, catalogue)

    # -- helpers

    def _now(self, plate_a: str, plate_b: str) -> tuple[str, str]:
        here = self.pictures()
        return here.get(plate_a, ""), here.get(plate_b, "")

    def _with_pictures(self, connection: sqlite3.Connection) -> None:
        """The second form of the file from the first: which pictures each record was about, as far as is known."""
        run_statements(
            connection,
            """
            DROP TRIGGER IF EXISTS append_only_update;
            DROP TRIGGER IF EXISTS append_only_delete;
            ALTER TABLE reviews ADD COLUMN picture_a TEXT NOT NULL DEFAULT '';
            ALTER TABLE reviews ADD COLUMN picture_b TEXT NOT NULL DEFAULT '';
            ALTER TABLE reviews ADD COLUMN confirms TEXT NOT NULL DEFAULT '';
            """,
        )
        here = self.pictures()
        rows = connection.execute("SELECT number, plate_a, plate_b FROM reviews").fetchall()
        connection.executemany(
            "UPDATE reviews SET picture_a = ?, picture_b = ? WHERE number = ?",
            [(here.get(a, ""), here.get(b, ""), number) for number, a, b in rows],
        )
        run_statements(connection, _TRIGGERS)


def _repeats(ours: Review, given: Review) -> bool:
    """Whether a record that came from elsewhere says what ours says."""
    if is_by_hand(given):  # a row by hand without a time has that of its first import
        given = replace(given, when=ours.when)
    if not (given.picture_a or given.picture_b):  # written before reviews named their pictures
        given = replace(given, picture_a=ours.picture_a, picture_b=ours.picture_b)
    return ours == given


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
        evidence_text(review.evidence), review.undoes, review.picture_a, review.picture_b, review.confirms,
    )  # fmt: skip
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO reviews ({_COLUMNS}, {_PICTURES}) VALUES ({marks})", values)


def _select(connection: sqlite3.Connection, where: str = "", values: tuple[str, ...] = ()) -> list[Review]:
    found = connection.execute(f"SELECT {_COLUMNS}, {_PICTURES} FROM reviews {where} ORDER BY number", values)
    return [_review(row) for row in found]


def _review(row: tuple[str, ...]) -> Review:
    uuid, plate_a, plate_b, decision, reviewer, note, when, evidence, undoes, *pictures, confirms = row
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
            pictures=(pictures[0], pictures[1]),
            confirms=confirms,
        )
    except (ImgsimError, ValueError, AttributeError, TypeError) as error:
        raise CollectionError(
            f"A review in the file cannot be read: {error} Put a good copy of {FILE} in its place."
        ) from None
