"""What is asked for: which plates of which collection, and how far their lists go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.catalogue import Catalogue
from imgsim.collection import Collection
from imgsim.collection.passed_words import revision
from imgsim.errors import ImgsimError, NameBooks

if TYPE_CHECKING:
    from imgsim.collection.between import Between
    from imgsim.families import Families
    from imgsim.reviews import Review

STEP = 200  # plates, pairs or books in a chunk, roughly


class Chunk(NamedTuple):
    """A part of a file: its bytes, and how many rows it holds (0 for a header)."""

    data: bytes
    rows: int = 0


@dataclass(frozen=True, eq=False)
class Request:
    """One export. The same request gives the same bytes.

    Attributes
    ----------
    collection : the collection.
    date : the day of the export, as it stands in every list, e.g. ``2026-11-22``.
    backbone : the network whose neighbours and maps are meant.
    rows : int64 (m,), the plates; None for all of them.
    top_k, threshold, other_books, when : neighbours of each plate: at most so many, from which similarity on, of other
        books only (ImgsimError where books are not told apart), and of any time, earlier or later than the plate (see
        :mod:`imgsim.export.neighbour_lists`).
    line : where the line across each list stands; None for what is calibrated, or the threshold where there is one.
    look_alikes : whether matches include the pairs whose lines do not agree.
    method, colour : the projection and the column of the map as a page.
    between : a reference set: of matches, copies, families, neighbours and the network of books only what is between
        its plates and all others; None for all.
    makers : whom the export is to be cited by, as :func:`imgsim.export.crate.persons.maker` takes them; () for those
        who decided.
    licence : of the lists, one of :data:`imgsim.export.crate.licences.LICENCES`; "" for none.
    given_families : the families after what people decided, where the caller has them; else they are found anew.
    """

    collection: Collection
    date: str
    backbone: str
    rows: npt.NDArray[np.int64] | None = None
    top_k: int = 50
    threshold: float = -1.0
    other_books: bool = False
    when: str = "any"
    line: float | None = None
    look_alikes: bool = False
    method: str = ""
    colour: str = "decade"
    between: Between | None = None
    makers: tuple[str, ...] = ()
    licence: str = ""
    given_families: Families | None = None

    def __post_init__(self) -> None:
        if self.other_books and not self.catalogue.books_known:
            raise ImgsimError(
                "Neighbours from other books only cannot be listed: this collection does not tell its books apart. "
                "Leave that condition out, or tell them apart.",
                NameBooks(str(self.collection.path)),
            )

    @property
    def catalogue(self) -> Catalogue:
        """The plates."""
        return self.collection.catalogue

    @cached_property
    def across(self) -> float | None:
        """The similarity at which the line across each list stands; None where there is none."""
        if self.line is not None:
            return self.line
        if self.threshold > -1:
            return self.threshold
        return self.collection.calibration(self.backbone).threshold

    @cached_property
    def chosen(self) -> npt.NDArray[np.int64]:
        """The rows of the plates, int64 (m,), in catalogue order."""
        if self.rows is None:
            return np.arange(len(self.catalogue), dtype=np.int64)
        return np.unique(np.asarray(self.rows, dtype=np.int64))

    @cached_property
    def mask(self) -> npt.NDArray[np.bool_]:
        """Which plates are chosen, bool (n,)."""
        mask = np.zeros(len(self.catalogue), dtype=bool)
        mask[self.chosen] = True
        return mask

    @property
    def side(self) -> npt.NDArray[np.bool_] | None:
        """Which plates are on the chosen side of the reference set, bool (n,); None where there is none."""
        return None if self.between is None else self.between.chosen

    @cached_property
    def reviews(self) -> tuple[Review, ...]:
        """What people decided, every record, as it was when first asked for. Raises CollectionError if unreadable."""
        from imgsim.collection.decided import reviews_of

        return tuple(reviews_of(self.collection).all())

    @cached_property
    def standing(self) -> pd.DataFrame:
        """What of it stands for the pictures that are here, one row a pair."""
        from imgsim.reviews import standing_frame
        from imgsim.reviews.pictures import counting

        return standing_frame(counting(self.reviews, self.catalogue.pictures))

    @cached_property
    def families(self) -> Families | None:
        """The families after what people decided; None where plates were never compared."""
        from imgsim.collection.corrected import families_of

        if self.given_families is not None:
            return self.given_families
        return families_of(self.collection, self.reviews)

    def described(self) -> dict[str, object]:
        """What was asked for, in plain values; with the collection's generation it names the result."""
        return {
            "plates": "all" if self.rows is None else [self.catalogue.plate_ids[row] for row in self.chosen],
            "date": self.date,
            "backbone": self.backbone,
            "top_k": self.top_k,
            "threshold": self.threshold,
            "line": self.line,
            "other_books": self.other_books,
            "when": self.when,
            "look_alikes": self.look_alikes,
            "between": [] if self.between is None else list(self.between.names),
            "map": self.method,
            "colour": self.colour,
            "makers": list(self.makers),
            "licence": self.licence,
            "reviews": len(self.reviews),
            "notes": list(revision(self.collection.path)),
        }
