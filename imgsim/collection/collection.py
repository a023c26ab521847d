"""What a user opens: the live generation, with what people decided applied to it, and the registry of its ids."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.collection.answers import Answers
from imgsim.collection.corrected import families_of
from imgsim.collection.decided import Decided, by_pair, reviews_of
from imgsim.collection.query import check_filters
from imgsim.families import Decisions, Families, decisions_of
from imgsim.generation.generation import Generation
from imgsim.reviews import Review, Reviews, standing_frame
from imgsim.reviews.pictures import Unconfirmed, counting, unconfirmed

if TYPE_CHECKING:
    from imgsim.collection.between import Between
    from imgsim.collection.book_network import BookNetwork
    from imgsim.collection.calibration import Calibration
    from imgsim.collection.id_registry import Registry
    from imgsim.collection.overview_counts import Overview
    from imgsim.collection.plate_table import PlateTable
    from imgsim.collection.registration import Registration
    from imgsim.collection.review_queue import Queue

T = TypeVar("T")
A = TypeVar("A", bound=np.ndarray)
Pair = tuple[str, str]
LEFT_OUT = -1  # the revision of decisions that are left out


@dataclass(frozen=True)
class Collection(Generation):
    """A generation with what people decided applied to it: the one object that screen, exports and scripts ask.

    Answers are made when first asked for, and anew after every decision. They are shared and read-only. Where the
    decisions cannot be read, whatever depends on them raises CollectionError; :attr:`without_decisions` answers all
    the same, and says by its name what is missing.
    """

    heeding: bool = True  # whether decisions count
    _answers: Answers = field(default_factory=Answers, repr=False, compare=False)

    # -- what people decided

    @property
    def reviews(self) -> Reviews:
        """What people decided, every record."""
        return reviews_of(self)

    @property
    def registry(self) -> Registry:
        """The ids of plates that are, and of those that were."""
        from imgsim.collection.id_registry import Registry

        return Registry(self.path)

    @property
    def revision(self) -> int:
        """A number that changes with every decision; 0 where there are none. Raises CollectionError if unreadable."""
        return self.reviews.revision if self.heeding else LEFT_OUT

    @cached_property
    def without_decisions(self) -> Collection:
        """The same as if nobody had decided anything."""
        return replace(self, heeding=False, _answers=Answers())

    @property
    def records(self) -> list[Review]:
        """Every record of what people decided, the oldest first; read once, for it takes longest."""
        return self._answer("records", lambda: self.reviews.all() if self.heeding else [], keep=1)

    @property
    def standing(self) -> pd.DataFrame:
        """What is decided now about the pictures that are here, one row a pair: see `imgsim.reviews.standing_frame`."""
        return self._answer("standing", lambda: standing_frame(counting(self.records, self.catalogue.pictures)))

    @property
    def unconfirmed(self) -> list[Unconfirmed]:
        """Decisions about plates that are gone or show another picture, the latest first."""
        return self._answer("unconfirmed", lambda: unconfirmed(self.records, self.catalogue.pictures))

    @property
    def decisions(self) -> Mapping[Pair, Decided]:
        """What is decided, by the ids of a pair in order. Ask once for many pairs."""
        return self._answer("decisions", lambda: by_pair(self.standing))

    def decision(self, plate_a: str, plate_b: str) -> Decided | None:
        """What is decided on one pair; None where nothing is."""
        return self.decisions.get((min(plate_a, plate_b), max(plate_a, plate_b)))

    @property
    def constraints(self) -> Decisions:
        """What decisions ask of the families: pairs of rows that must, and that cannot, be together."""
        return self._answer("constraints", lambda: decisions_of(self.standing, self.catalogue))

    # -- what follows

    @property
    def families(self) -> Families | None:
        """The families after what people decided, under their permanent ids; None where plates were never compared."""
        if self.found_families is None or self.matches is None:
            return None

        return self._answer("families", lambda: families_of(self, self.records, self.constraints, write=self.heeding))

    @property
    def reused(self) -> npt.NDArray[np.bool_] | None:
        """Which plates were used again, bool (n,); None where plates were never compared."""
        from imgsim.collection.evidence import reused

        matches = self.matches
        if matches is None:
            return None
        return self._answer("reused", lambda: _read_only(reused(matches, self.catalogue, self.constraints)))

    @property
    def book_network(self) -> BookNetwork | None:
        """Which books share images with which; None where plates were never compared."""
        from imgsim.collection.book_network import BookNetwork

        def make() -> BookNetwork | None:
            families, matches = self.families, self.matches
            if families is None or matches is None:
                return None
            return BookNetwork.from_families(families, matches, self.catalogue)

        return self._answer("book network", make)

    @property
    def overview(self) -> Overview:
        """The collection in numbers."""
        from imgsim.collection.overview_counts import Overview

        return self._answer("overview", lambda: Overview(self.catalogue, self.reused, self.families))

    def review_queue(self, backbone: str) -> Queue | None:
        """The pairs to judge, those first from which most is learned; None where plates were never compared."""
        from imgsim.collection.review_queue import queue_of

        return self.once(("review queue", backbone), lambda: queue_of(self, backbone))

    def calibration(self, backbone: str) -> Calibration:
        """Where the line across a list of neighbours stands, and what it means here. Decisions do not move it."""
        from imgsim.collection.calibration import calibrate

        return self.once(("calibration", backbone), lambda: calibrate(self, backbone))

    def between(self, *names: str) -> Between:
        """Some plates, one's new books say, against all others: only the families and pairs between the two sides.

        Parameters
        ----------
        names : "added:last", or names of :func:`imgsim.collection.between.parts`, such as "book:0904700600"; all of
            their plates are one side. Raises ImgsimError for none, and for a name of no plates of this collection.
        """
        from imgsim.collection.between import between

        return between(self, self.registry.moments(), lambda: self.families, names)

    # -- plates

    def search(
        self,
        text: str = "",
        *,
        choices: Mapping[str, Sequence[str]] | None = None,
        decades: tuple[int, int] | None = None,
        reused: bool = False,
    ) -> npt.NDArray[np.int64]:
        """The rows of the plates that words and filters leave, in catalogue order: int64 (m,).

        Parameters
        ----------
        text, choices, decades : as :meth:`imgsim.catalogue.Catalogue.search` takes them.
        reused : only plates that were used again; no filter where plates were never compared.

        Raises
        ------
        ImgsimError
            A column that is not there, one text where a list is wanted, or decades that end before they begin.
        """
        check_filters(self.catalogue, choices or {}, decades)
        key = (text, tuple(sorted((name, tuple(values)) for name, values in (choices or {}).items())), decades)

        def make() -> npt.NDArray[np.int64]:
            found = self.catalogue.search(text, choices=dict(choices or {}), decades=decades)
            return _read_only(np.array(found, dtype=np.int64))

        rows = self.answers.get("search", key, make, 256)
        if not reused or not self.are_compared:
            return rows

        def used_again() -> npt.NDArray[np.int64]:
            again = self.reused
            return rows if again is None else _read_only(rows[again[rows]])

        return self._answer("search reused", used_again, *key, keep=256)

    def similarities(self, plate: str, backbone: str) -> npt.NDArray[np.float32]:
        """The similarity of every plate to one: float32 (n,), its own 1."""
        from imgsim.retrieval.neighbours import similarities

        row = self.catalogue.row(plate)

        def make() -> npt.NDArray[np.float32]:
            embeddings = self.embeddings(backbone)
            return _read_only(similarities(embeddings, embeddings[row]))

        return self.answers.get("similarities", (backbone, row), make, 128)

    def neighbours(
        self,
        plate: str,
        *,
        backbone: str | None = None,
        top_k: int = 24,
        threshold: float | None = None,
        other_books: bool = False,
        when: str = "any",
        verdicts: Sequence[str] = (),
        verified_first: bool = False,
    ) -> PlateTable:
        """The nearest plates of one under conditions: exact, and never empty while there are other plates.

        Returns
        -------
        A DataFrame, one row a neighbour (see :func:`imgsim.collection.plate_table.neighbour_table`), which shows the
        plates in a notebook.

        Parameters
        ----------
        plate : a plate id.
        backbone : whose similarity; None: the first of the collection.
        top_k : how many at most.
        threshold : where the line across the list stands; None: where it is calibrated. What lies below is listed too.
        other_books : leave the plate's own book out, where books are told apart.
        when : "any", "earlier" or "later": what was certainly printed before, or after, the plate.
        verdicts : only plates with one of these verdicts, of :data:`imgsim.base.verdict_words.CODES`; none: all.
        verified_first : list the plates whose re-use is verified before all others.

        Raises
        ------
        ImgsimError
            For a plate or a backbone that is not here, and a word that is none of ``when`` or ``verdicts``.
        """
        from imgsim.collection.listing import Conditions
        from imgsim.collection.parts_seen import near_plate
        from imgsim.collection.plate_table import neighbour_table
        from imgsim.collection.query import find, plate_query

        name = self.backbones[0] if backbone is None else backbone
        line = self.calibration(name).threshold if threshold is None else threshold
        wanted = Conditions(top_k, line, other_books, when)
        row, similarities = self.catalogue.row(plate), self.similarities(plate, name)
        query = plate_query(self, row, similarities, near_plate(self, name, similarities, row))
        found = find(self.catalogue, query, wanted, verdicts=verdicts, verified_first=verified_first)
        return neighbour_table(self, found, query.evidence)

    def register(self, plate_a: str, plate_b: str) -> Registration:
        """Lay one plate on another: see :func:`imgsim.collection.registration.register`."""
        from imgsim.collection.registration import register

        return register(self, self.catalogue.row(plate_a), self.catalogue.row(plate_b))

    # -- answers

    def knows(self, question: str) -> bool:
        """Whether an answer that decisions shape is there, so that asking costs nothing."""
        return self._answers.known(question, (self.revision,))

    @property
    def answers(self) -> Answers:
        """What was asked before."""
        return self._answers

    def _answer(self, question: str, make: Callable[[], T], *key: Hashable, keep: int = 6) -> T:
        # What decisions say is read within `make`: what was read before may be older than the revision of the key.
        return self._answers.get(question, (self.revision, *key), make, keep)


def _read_only(array: A) -> A:
    array.setflags(write=False)
    return array
