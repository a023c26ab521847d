"""Which neighbours the reader sees: the nearest plates under the reader's conditions. No Streamlit here.

Similarities to all plates are computed when they are asked for, so every condition is exact: the list is never a
filtered rest of a list that was cut off before. The threshold is a line across the list, never a gate: what lies below
it is listed as well, as far as ``top_k`` reaches. What a condition leaves out is counted where it matters, and a
condition that would leave nothing to list is lifted: while there are other plates, no list is empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from imgsim.catalogue import Catalogue
from imgsim.retrieval.neighbours import ranked

Mask = npt.NDArray[np.bool_]

TIMES = ("any", "earlier", "later")
VERDICTS, WHEN, OTHER_BOOKS = "verdicts", "when", "other_books"  # the conditions, by the field of the state
VERIFIED, COPIED, ABOVE, PARTED, BELOW = range(5)  # the sections of a list, in their order


@dataclass(frozen=True)
class Conditions:
    """What the reader asked for."""

    top_k: int
    threshold: float | None  # where the line stands; None: there is none
    other_books: bool
    when: str  # one of TIMES


@dataclass(frozen=True)
class Hidden:
    """Plates that conditions leave out, and that the reader would want to know of.

    Attributes
    ----------
    conditions : the condition that leaves them out; more than one where each of some plates fails several.
    count : how many are verified, or reach the line; where there is no line, or nearer than all that is listed.
    verified : how many of them are verified and do not reach the line.
    """

    conditions: tuple[str, ...]
    count: int
    verified: int


@dataclass(frozen=True)
class Listing:
    """The list, and what lies outside of it.

    Attributes
    ----------
    rows, similarities
        int64 (m,) and float32 (m,), m the least of top_k and ``allowed``: first the verified plates where these come
        first, in their own order, then the copies by another hand, then what reaches the line, falling, then what is
        nearer by a part than any whole plate that follows, the nearest part first, then all others, falling.
    first, copied, above, parted
        How many of them come first for being verified, how many then for being copies, how many of those behind reach
        the line, and how many then by a part.
    reaching, beyond
        How many plates that meet the conditions reach the line, verified or not; how many of them are not listed.
    next
        The best similarity that is not listed; None if everything is.
    allowed
        How many plates meet the conditions.
    verified, unlisted
        How many verified plates meet the conditions, and how many of them are not in the list.
    hidden
        What each condition leaves out.
    lifted
        Conditions that were not applied, because they left nothing to list.
    """

    rows: npt.NDArray[np.int64]
    similarities: npt.NDArray[np.float32]
    first: int
    above: int
    reaching: int
    beyond: int
    next: float | None
    allowed: int
    verified: int = 0
    unlisted: int = 0
    copied: int = 0
    parted: int = 0
    hidden: tuple[Hidden, ...] = ()
    lifted: tuple[str, ...] = ()

    @property
    def sections(self) -> list[int]:
        """Of every row, whether it is VERIFIED, COPIED, ABOVE the line, by a part (PARTED), or BELOW."""
        counts = (
            (VERIFIED, self.first), (COPIED, self.copied), (ABOVE, self.above), (PARTED, self.parted),
            (BELOW, self.below),
        )  # fmt: skip
        return [section for section, count in counts for _ in range(count)]

    @property
    def below(self) -> int:
        """How many of the list are none of those that come first, nor reach the line."""
        return len(self.rows) - self.first - self.copied - self.above - self.parted


def meets(
    catalogue: Catalogue,
    rows: npt.NDArray[np.integer],
    others: npt.NDArray[np.integer],
    *,
    other_books: bool = False,
    when: str = "any",
) -> Mask:
    """Whether plates (``others``) meet the conditions on book and time of queries (``rows``); both broadcast.

    Earlier and later are what certainly is: a plate whose interval overlaps that of the query, or that has no date, is
    neither. Without a book or a date of the query's own, and in a collection that does not tell its books apart, the
    condition on it cannot be tested and lets everything pass.
    """
    fits = np.ones(np.broadcast_shapes(rows.shape, others.shape), dtype=bool)
    if other_books and catalogue.books_known:
        books = catalogue.book_codes
        fits &= (books[rows] != books[others]) | (books[rows] < 0)
    if when != "any":
        dates = catalogue.dates
        fits &= ~dates.dated[rows] | (
            dates.before(others, rows) if when == "earlier" else dates.before(rows, others)
        )
    return fits


def masks_of(
    catalogue: Catalogue, conditions: Conditions, row: int | None, verdicts: Mask | None = None
) -> dict[str, Mask]:
    """By each condition that leaves anything out, the plates that meet it, bool (n,).

    ``row`` is the query's, None for an image from outside, of which neither book nor date is known.
    """
    found = {} if verdicts is None else {VERDICTS: verdicts}
    if row is not None:
        query, others = np.array([row]), np.arange(len(catalogue))
        found[WHEN] = meets(catalogue, query, others, when=conditions.when)
        found[OTHER_BOOKS] = meets(catalogue, query, others, other_books=conditions.other_books)
    return {name: mask for name, mask in found.items() if not mask.all()}


def list_under(
    masks: Mapping[str, Mask],
    similarities: npt.NDArray[np.float32],
    conditions: Conditions,
    *,
    exclude: int | None,
    verified_first: bool = False,
    verified: Sequence[int] = (),
    copies: Sequence[int] = (),
    by_part: npt.NDArray[np.float32] | None = None,
) -> Listing:
    """Rank the plates that meet all conditions that can be met; count what each leaves out.

    Parameters: ``masks`` by condition, bool (n,); the others as those of :func:`make_listing`.
    """
    others = np.ones(len(similarities), dtype=bool)
    if exclude is not None:
        others[exclude] = False
    lifted = _lifted(masks, others)
    kept = {name: mask for name, mask in masks.items() if name not in lifted}
    allowed = np.logical_and.reduce([others, *kept.values()])
    found = make_listing(
        similarities, allowed, conditions, exclude=exclude, verified=verified, copies=copies,
        verified_first=verified_first, by_part=by_part,
    )  # fmt: skip
    return replace(
        found, lifted=lifted, hidden=_hidden(kept, others, similarities, conditions, found, verified)
    )


def _lifted(masks: Mapping[str, Mask], others: Mask) -> tuple[str, ...]:
    """The fewest conditions that must not be applied for anything to be left."""
    for number in range(len(masks) + 1):
        for lifted in combinations(masks, number):
            if np.logical_and.reduce([others, *(masks[name] for name in masks if name not in lifted)]).any():
                return lifted
    return ()


def _hidden(
    masks: Mapping[str, Mask],
    others: Mask,
    similarities: npt.NDArray[np.float32],
    conditions: Conditions,
    found: Listing,
    verified: Sequence[int],
) -> tuple[Hidden, ...]:
    near = np.zeros(len(similarities), dtype=bool)
    if conditions.threshold is not None:
        near = similarities >= np.float32(conditions.threshold)
    elif len(found.rows):
        near = similarities > found.similarities.max()
    tied = np.zeros(len(similarities), dtype=bool)
    tied[list(verified)] = True
    wanted = others & (near | tied)
    failing = np.sum([~mask for mask in masks.values()], axis=0) if masks else np.zeros(len(wanted))
    groups: list[tuple[tuple[str, ...], Mask]] = [
        ((name,), ~mask & (failing == 1)) for name, mask in masks.items()
    ]
    groups.append((tuple(masks), failing > 1))
    return tuple(
        Hidden(names, int((wanted & group).sum()), int((wanted & group & ~near).sum()))
        for names, group in groups
        if (wanted & group).any()
    )


def make_listing(
    similarities: npt.NDArray[np.float32],
    mask: Mask,
    conditions: Conditions,
    *,
    exclude: int | None,
    verified: Sequence[int] = (),
    copies: Sequence[int] = (),
    verified_first: bool = False,
    by_part: npt.NDArray[np.float32] | None = None,
) -> Listing:
    """Rank the plates that a mask lets pass.

    Parameters
    ----------
    similarities, mask
        float32 (n,) and bool (n,).
    exclude
        The query's own row; its exact duplicates stay in.
    verified
        Rows whose re-use is verified, the best evidence first.
    copies
        Rows that show the same by another hand, the surest first.
    verified_first
        List them before all others, in their own order and however low their similarity is, and the copies next.
    by_part
        How near they are by a part, float32 (n,): what is nearer so than all wholes below the line comes before these.
    """
    allowed = mask.copy()
    if exclude is not None:
        allowed[exclude] = False
    own = np.array([row for row in verified if allowed[row]], dtype=np.int64)
    first = own[: conditions.top_k] if verified_first else own[:0]
    drawn = np.array([row for row in copies if allowed[row] and row not in set(own.tolist())], dtype=np.int64)
    second = drawn[: conditions.top_k - len(first)] if verified_first else drawn[:0]
    rest = allowed.copy()
    rest[first] = rest[second] = False
    left = conditions.top_k - len(first) - len(second)
    reach = np.zeros(len(similarities), dtype=bool)
    if conditions.threshold is not None:
        reach = similarities >= np.float32(conditions.threshold)
    above = min(left, int((rest & reach).sum()))
    cut, below = np.zeros(0, dtype=np.int64), rest & ~reach
    if by_part is not None and below.any():
        cut, _ = ranked(by_part, mask=below & (by_part > similarities[below].max()), k=left - above)
        rest[cut] = False
    rows, _ = ranked(similarities, mask=rest, k=left - len(cut))
    listed = np.concatenate([first, second, rows[:above], cut, rows[above:]])
    unlisted = allowed.copy()
    unlisted[listed] = False
    return Listing(
        rows=listed,
        similarities=similarities[listed],
        first=len(first),
        copied=len(second),
        above=above,
        parted=len(cut),
        reaching=int((allowed & reach).sum()),
        beyond=int((unlisted & reach).sum()),
        next=float(similarities[unlisted].max()) if unlisted.any() else None,
        allowed=int(allowed.sum()),
        verified=len(own),
        unlisted=int(unlisted[own].sum()),
    )
