"""All reviews of a collection: appended to by anyone, at any time, and never changed or removed.

A record names the two plates and the two image files that were decided about; records of the first form of the file,
which named the plates alone, are given the image files that the plates had when the file is first read by this version.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.base.database import Database, Schema
from imgsim.errors import ImgsimError
from imgsim.reviews import rows
from imgsim.reviews.decision_record import Review, is_by_hand, made, written
from imgsim.reviews.decision_words import TAKEN_BACK
from imgsim.reviews.pictures import Unconfirmed, counting, unconfirmed
from imgsim.reviews.standing import standing_frame, taken_back
from imgsim.reviews.together import with_it

if TYPE_CHECKING:
    import pandas as pd

    from imgsim.catalogue import Catalogue
    from imgsim.reviews.exchange import MergeReport

FILE = "reviews.sqlite"
Pictures = Callable[[], Mapping[str, str]]


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
        self.schema = Schema(
            0x696D6773, rows.VERSION, rows.TABLE + rows.TRIGGERS, "Reviews",
            {1: lambda connection: rows.with_pictures(connection, self.pictures()), 2: rows.with_checksums},
            count="SELECT COALESCE(MAX(number), 0) FROM reviews", counted="decisions", wrong=rows.wrong,
        )  # fmt: skip
        self.database = Database(self.path, self.schema)

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
        decision : one of :data:`~imgsim.reviews.decision_words.DECISIONS`.
        evidence : what was shown, by the names of :data:`~imgsim.reviews.decision_record.EVIDENCE`.
        pictures : SHA-256 of the two image files that were looked at. None: of those that the plates have now.
        confirms : uuid of the older record whose decision is repeated here for the pictures that are here now.
        """
        review = made(
            plate_a, plate_b, decision, reviewer=reviewer, note=note, evidence=evidence,
            pictures=self._now(plate_a, plate_b) if pictures is None else pictures, confirms=confirms,
        )  # fmt: skip
        return self.database.write(lambda connection: _append_all(connection, [review])[0])

    def record_together(
        self, decisions: Sequence[Review], seen: Mapping[tuple[str, str], Iterable[str]]
    ) -> tuple[list[Review], list[Review]]:
        """Append the decisions of one action, all at one moment, or none if something fails.

        Parameters
        ----------
        decisions : as :func:`~imgsim.reviews.decision_record.made` gives them, of one person, one a pair.
        seen : by pair, the uuids of its records that the person knew of.

        Returns
        -------
        (written, left): about a pair of which somebody said more than was seen nothing is written.

        Raises
        ------
        ImgsimError
            Several people, or a pair twice.
        """
        if len({one.reviewer for one in decisions}) > 1:
            raise ImgsimError("One action is of one person, and these decisions are of several.")
        if len({one.pair for one in decisions}) < len(decisions):
            raise ImgsimError("One action says one thing of a pair, and a pair is here twice.")

        def act(connection: sqlite3.Connection) -> tuple[list[Review], list[Review]]:
            as_seen: list[Review] = []
            left: list[Review] = []
            for one in decisions:
                told = rows.select(connection, "WHERE plate_a = ? AND plate_b = ?", one.pair)
                unchanged = {record.uuid for record in told} == set(seen.get(one.pair, ()))
                (as_seen if unchanged else left).append(one)
            return _append_all(connection, as_seen), left

        return self.database.write(act) if decisions else ([], [])

    def undo(self, reviewer: str) -> list[Review]:
        """Take back the reviewer's last action that still stands, and return its decisions; none where there is none.

        That is one decision, or all that were recorded together. What the same person decided on those pairs before
        stands again. Taking back is a record of its own.
        """
        name = " ".join(str(reviewer).split())

        def act(connection: sqlite3.Connection) -> list[Review]:
            own = rows.select(connection, "WHERE reviewer = ?", (name,))
            gone = taken_back(own)
            standing = [r for r in own if r.uuid not in gone and r.decision != TAKEN_BACK]
            if not standing:
                return []
            undone = with_it(max(standing, key=lambda review: review.order), standing)
            undoing = [
                made(
                    one.plate_a, one.plate_b, TAKEN_BACK, reviewer=name, undoes=one.uuid,
                    pictures=(one.picture_a, one.picture_b),
                )
                for one in undone
            ]  # fmt: skip
            _append_all(connection, undoing)
            return undone

        # An undo that finds nothing must not make a file.
        return self.database.write(act) if self.revision else []

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
            known = {review.uuid: review for review in rows.select(connection)}
            added: list[Review] = []
            same: list[Review] = []
            other: list[tuple[Review, Review]] = []
            for review in given:
                ours = known.get(review.uuid)
                if ours is None:
                    known[review.uuid] = review
                    rows.insert(connection, review)
                    added.append(review)
                elif _repeats(ours, review):
                    same.append(review)
                else:
                    other.append((ours, review))
            return added, same, other

        return self.database.write(act) if given else ([], [], [])

    # -- reading

    @property
    def revision(self) -> int:
        """A number that changes with every review, for the keys of caches; 0 where there are none. Quick."""

        def ask(connection: sqlite3.Connection) -> int:
            last = connection.execute(
                "SELECT number, checksum FROM reviews ORDER BY number DESC LIMIT 1"
            ).fetchone()
            # Another file put in this one's place may have as many reviews.
            return 0 if last is None else (int(last[0]) << 32) | zlib.crc32(str(last[1]).encode())

        return self.database.read(ask, 0)

    def all(self) -> list[Review]:
        """Every record, in the order in which they came into this file."""
        return self.database.read(rows.select, [])

    def history(self, plate_a: str, plate_b: str) -> list[Review]:
        """Every record of one pair, the oldest first."""
        pair = (min(plate_a, plate_b), max(plate_a, plate_b))
        nothing: list[Review] = []
        found = self.database.read(
            lambda c: rows.select(c, "WHERE plate_a = ? AND plate_b = ?", pair), nothing
        )
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

    def problems(self) -> list[str]:
        """What is wrong with the file, after looking through all of it, as messages; none where there is no file."""
        return self.database.problems()

    # -- helpers

    def _now(self, plate_a: str, plate_b: str) -> tuple[str, str]:
        here = self.pictures()
        return here.get(plate_a, ""), here.get(plate_b, "")


def _repeats(ours: Review, given: Review) -> bool:
    """Whether a record that came from elsewhere says what ours says."""
    if is_by_hand(given):  # a row by hand without a time has that of its first import
        given = replace(given, when=ours.when)
    if not (given.picture_a or given.picture_b):  # written before reviews named their pictures
        given = replace(given, picture_a=ours.picture_a, picture_b=ours.picture_b)
    return ours == given


def _append_all(connection: sqlite3.Connection, reviews: Sequence[Review]) -> list[Review]:
    """Write reviews that one person made just now, in one action: at one moment, which is of no other action of theirs.

    A person's own reviews keep their order even if the clock is set back.
    """
    if not reviews:
        return []
    when = max(review.when for review in reviews)
    last = connection.execute(
        'SELECT MAX("when") FROM reviews WHERE reviewer = ?', (reviews[0].reviewer,)
    ).fetchone()[0]
    if last is not None and when <= last:
        when = written(datetime.fromisoformat(last) + timedelta(microseconds=1))
    dated = [replace(review, when=when) for review in reviews]
    for review in dated:
        rows.insert(connection, review)
    return dated
