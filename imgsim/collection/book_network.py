"""Books that share images: the matrix, what two books share, the decades, and the edges of the network."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imgsim.base.verdict_words import DETAIL, MIRRORED, NEGATIVE, SAME
from imgsim.catalogue import BookDates
from imgsim.collection.kept_order import RankCorrelation, rank_correlation
from imgsim.collection.shared_counts import SharedCounts
from imgsim.families import Families, Family, Member

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.verification.matches import Matches

KINDS = (SAME, MIRRORED, NEGATIVE, DETAIL)
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Shared:
    """An image that two books share.

    Attributes
    ----------
    family : id of the family.
    row_a, row_b : its plate in either book (of several, those that agree best).
    verdict, mirrored, inliers, negative : how these two agree; ``verdict`` is "" and ``inliers`` 0 where only
        other plates of the family tie them together.
    place_a, place_b : their place among the plates that the two books share, 0-based, as each book prints them.
    """

    family: str
    row_a: int
    row_b: int
    verdict: str
    mirrored: bool
    inliers: int
    negative: bool
    place_a: int
    place_b: int


@dataclass(frozen=True)
class Edge:
    """Two books that share images.

    Attributes
    ----------
    source, target : ids, the earlier book first where both are dated.
    directed : whether the first is certainly the earlier one; not in the same year, or without a date.
    families : ids of the families they share.
    kinds : how many of these agree as "same image", "mirrored", "negative", "shared detail"; the rest have no pair of
        their own.
    from_earliest : of how many the source prints the earliest plate in this collection.
    """

    source: str
    target: str
    directed: bool
    families: tuple[str, ...]
    kinds: dict[str, int]
    from_earliest: int


class BookNetwork:
    """Books that share images. Made by :meth:`from_families`.

    Attributes
    ----------
    books : ids of the books that share at least one family with another, in order of date, undated ones last.
    counts, matrix : int64 (b, b), symmetric: families that two books share; 0 on the diagonal. The matrix is made anew.
    chosen : None, or bool (n,), some plates: only what a chosen plate shares with one that is not counts.
    """

    def __init__(
        self, families: Families, matches: Matches, catalogue: Catalogue, chosen: Mask | None = None
    ) -> None:
        self.families, self.matches, self.catalogue, self.chosen = families, matches, catalogue, chosen
        shared: dict[tuple[str, str], list[str]] = {}
        for family in families.ordered():
            for pair in book_pairs(family, chosen):
                shared.setdefault(pair, []).append(family.id)
        self._shared = shared
        self._correlations: dict[tuple[str, str], RankCorrelation] = {}
        self.books = self.dates.in_order({book for pair in shared for book in pair})
        self._at = {book: at for at, book in enumerate(self.books)}
        pairs = ((self._at[one], self._at[two], len(ids)) for (one, two), ids in shared.items())
        self.counts = SharedCounts(len(self.books), pairs)

    @classmethod
    def from_families(cls, families: Families, matches: Matches, catalogue: Catalogue) -> BookNetwork:
        """Compare all books of all families."""
        return cls(families, matches, catalogue)

    def __len__(self) -> int:
        return len(self.books)

    @property
    def matrix(self) -> npt.NDArray[np.int64]:
        return self.counts.whole()

    def year(self, book: str) -> int | None:
        """The year in which a book was printed, None where it is not one."""
        return self.dates.year(book)

    def decade(self, book: str) -> int | None:
        """The decade likewise."""
        return self.dates.decade(book)

    @cached_property
    def dates(self) -> BookDates:
        """When the books were printed."""
        return BookDates(self.catalogue)

    def label(self, book: str) -> str:
        """A book's short title and year."""
        return self.catalogue.book_label(book)

    # ---- orders of the matrix

    def by_date(self) -> npt.NDArray[np.int64]:
        """int64 (b,): rows of the matrix in order of date, which is its own order."""
        return np.arange(len(self.books), dtype=np.int64)

    def clustered(self) -> npt.NDArray[np.int64]:
        """int64 (b,): rows of the matrix so that books that share much stand together.

        Average linkage, leaves in the best order (Bar-Joseph et al. 2001). Two books are the nearer, the more of what
        they share with any other book at most they share with each other.
        """
        if len(self.books) < 3:
            return self.by_date()
        from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
        from scipy.spatial.distance import squareform

        counts = self.matrix.astype(np.float64)
        scale = np.sqrt(counts.max(axis=1))
        distances = 1 - counts / np.outer(scale, scale)
        np.fill_diagonal(distances, 0)
        flat = squareform(np.clip(distances, 0, 1), checks=False)
        tree = linkage(flat, "average")
        # The best order takes cubic time: beyond some hundred books any order of the tree must do.
        if len(self.books) <= 400:
            tree = optimal_leaf_ordering(tree, flat)
        return np.asarray(leaves_list(tree), dtype=np.int64)

    # ---- two books

    def shared(self, book_a: str, book_b: str) -> list[Shared]:
        """The images that two books share, in the order in which the first prints them; empty if there are none."""
        pairs = [
            (family_id, *self._best(family_id, book_a, book_b)) for family_id in self._ids(book_a, book_b)
        ]
        by_a = _places([pair[1] for pair in pairs], self._printed)
        by_b = _places([pair[2] for pair in pairs], self._printed)
        found = [Shared(*pair, place_a=a, place_b=b) for pair, a, b in zip(pairs, by_a, by_b, strict=True)]
        return sorted(found, key=lambda shared: shared.place_a)

    def rank_correlation(self, book_a: str, book_b: str) -> RankCorrelation:
        """Whether the two print what they share in one order: a copyist who kept the order is seen at once."""
        key = (book_a, book_b) if book_a <= book_b else (book_b, book_a)
        if key not in self._correlations:
            self._correlations[key] = rank_correlation([shared.place_b for shared in self.shared(*key)])
        return self._correlations[key]

    def _ids(self, book_a: str, book_b: str) -> list[str]:
        return self._shared.get((min(book_a, book_b), max(book_a, book_b)), [])

    @cached_property
    def _printed(self) -> npt.NDArray[np.int64]:
        """int64 (n,): each plate's place when all plates are sorted by book and by the order within it."""
        rows = self.catalogue.order(np.arange(len(self.catalogue)), "book")
        places = np.empty(len(rows), dtype=np.int64)
        places[rows] = np.arange(len(rows))
        return places

    def _best(self, family_id: str, book_a: str, book_b: str) -> tuple[int, int, str, bool, int, bool]:
        """The two plates that agree best; those printed first where no two were found to."""
        plates, chosen = self._plates[family_id], self.chosen
        pairs = [
            (a, b) for a in plates[book_a] for b in plates[book_b] if chosen is None or chosen[a] != chosen[b]
        ]
        best = (*pairs[0], "", False, 0, False)
        for a, b in pairs:
            match = self._verified.get((min(a, b), max(a, b)))
            if match is not None and match[2] > best[4]:
                best = (a, b, *match)
        return best

    @cached_property
    def _plates(self) -> dict[str, dict[str, list[int]]]:
        """Family -> book -> rows of its plates in the order in which the book prints them."""
        found: dict[str, dict[str, list[int]]] = {}
        for family in self.families.ordered():
            books = found.setdefault(family.id, {})
            for row in sorted(family.rows, key=lambda row: int(self._printed[row])):
                books.setdefault(str(self.catalogue.record(row)["book"]), []).append(row)
        return found

    @cached_property
    def _verified(self) -> dict[tuple[int, int], tuple[str, bool, int, bool]]:
        """Rows of a verified pair -> verdict, mirrored, inliers, negative: a network asks for a hundred thousand."""
        verified = np.flatnonzero(self.matches.verified)
        names = ("row_a", "row_b", "verdict", "mirrored", "inliers", "negative")
        columns = (self.matches.column(name, verified).tolist() for name in names)
        return {
            (a, b): (str(verdict), bool(mirrored), int(inliers), bool(negative))
            for a, b, verdict, mirrored, inliers, negative in zip(*columns, strict=True)
        }

    # ---- decades

    def decades(self) -> dict[int, dict[str, int]]:
        """Re-uses in every decade between the first and the last: decade -> verdict -> plates.

        A re-use is a plate of another book than its family's earliest plate, and certainly later than that; where some
        plates are chosen, than the earliest one on the other side. One that may be of several decades is in none. Gaps
        are filled, so that a decade without re-use shows as one.
        """
        counts: Counter[tuple[int, str]] = Counter()
        for family in self.families.ordered():
            for member in family.dated:
                first = self._first(family, member)
                if first is None or member.decade is None or member.book == first.book:
                    continue
                if first.when.certainly_before(member.when):
                    counts[member.decade, self._kind(family, first, member)] += 1
        if not counts:
            return {}
        known = [decade for decade, _ in counts]
        return {
            decade: {kind: counts[decade, kind] for kind in KINDS}
            for decade in range(min(known), max(known) + 10, 10)
        }

    def _first(self, family: Family, member: Member) -> Member | None:
        """The earliest dated plate of which this one may be a re-use; None where there is none."""
        chosen = self.chosen
        return next((m for m in family.dated if chosen is None or chosen[m.row] != chosen[member.row]), None)

    def _kind(self, family: Family, first: Member, member: Member) -> str:
        """What a plate is to an earlier one, as the lines say, or else as both are to the earliest of all."""
        if first is family.earliest:
            return member.verdict
        match = self._verified.get((min(first.row, member.row), max(first.row, member.row)))
        if match is not None:
            return match[0]
        if first.mirrored != member.mirrored:
            return MIRRORED
        return NEGATIVE if first.negative != member.negative else SAME

    # ---- the network

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every two books that share images; most shared first, then by date."""
        found = []
        for pair, ids in self._shared.items():
            source, target = self.dates.in_order(pair)
            directed = self.dates.certainly_earlier(source, target)
            kinds: Counter[str] = Counter()
            first = 0
            for family_id in ids:
                family = self.families.family(family_id)
                kinds[self._best(family_id, source, target)[2]] += 1
                first += family.earliest.book == source and family.earliest.dated
            counted = {kind: kinds[kind] for kind in KINDS}
            found.append(Edge(source, target, directed, tuple(ids), counted, first))
        found.sort(key=lambda e: (-len(e.families), self._at[e.source], self._at[e.target]))
        return tuple(found)


def book_pairs(family: Family, chosen: Mask | None = None) -> list[tuple[str, str]]:
    """Every two books that share a family, by their ids in order; with ``chosen``, bool (n,), only those of which one
    has a plate of it that is chosen and the other one that is not."""
    pairs = combinations(sorted(family.books), 2)
    if chosen is None:
        return list(pairs)
    sides: dict[str, set[bool]] = {}
    for member in family.members:
        sides.setdefault(member.book, set()).add(bool(chosen[member.row]))
    return [(one, two) for one, two in pairs if len(sides[one] | sides[two]) == 2]


def _places(rows: list[int], printed: npt.NDArray[np.int64]) -> list[int]:
    order = sorted(range(len(rows)), key=lambda at: (int(printed[rows[at]]), at))
    places = [0] * len(rows)
    for place, at in enumerate(order):
        places[at] = place
    return places
