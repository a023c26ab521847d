"""Which neighbours the reader sees: the ranked list under the reader's conditions. No Streamlit here.

Similarities to all plates are computed when they are asked for, so every condition is exact: the list is never a
filtered rest of a list that was cut off before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imgsim.catalogue import Catalogue, DateInterval
from imgsim.neighbours import ranked

BAND = 0.02  # how far below the threshold "just below" reaches


@dataclass(frozen=True)
class Conditions:
    """What the reader asked for."""

    top_k: int
    threshold: float
    other_books: bool
    when: str  # any, earlier, later


@dataclass(frozen=True)
class Listing:
    """The list, and what lies just outside of it.

    Attributes
    ----------
    rows, similarities
        int64 (m,) and float32 (m,), m at most top_k; falling, and every similarity reaches the threshold, but for
        verified plates that come first.
    reaching
        How many plates could be listed, top_k or not: they reach the threshold, or are verified and come first.
    nearest
        The row and similarity of the nearest plate under the conditions but the threshold; None if there is none.
    below
        The best similarity that does not reach the threshold; None if there is none.
    just_below
        How many plates lie within BAND below the threshold.
    allowed
        How many plates meet the conditions but the threshold.
    verified, unlisted
        How many verified plates meet the conditions but the threshold, and how many of them are not in the list.
    """

    rows: npt.NDArray[np.int64]
    similarities: npt.NDArray[np.float32]
    reaching: int
    nearest: tuple[int, float] | None
    below: float | None
    just_below: int
    allowed: int
    verified: int = 0
    unlisted: int = 0


@dataclass(frozen=True)
class Card:
    """A plate in the list, with the plates of the same book that are folded under it."""

    place: int  # index into the listing's rows
    folded: tuple[int, ...]  # indices too


def conditions_mask(
    catalogue: Catalogue, conditions: Conditions, *, book: str, date: DateInterval
) -> npt.NDArray[np.bool_]:
    """The plates that meet the conditions on book and time, bool (n,).

    Earlier and later are what certainly is: a plate whose interval overlaps that of the query, or that has no date, is
    neither. Without a book or a date of the query's own, the condition on it cannot be tested and lets everything pass.
    """
    mask = np.ones(len(catalogue), dtype=bool)
    if conditions.other_books and book:
        mask[catalogue.book_rows(book)] = False
    if conditions.when != "any" and date.dated:
        dates = catalogue.dates
        mask &= dates.certainly_before(date) if conditions.when == "earlier" else dates.certainly_after(date)
    return mask


def make_listing(
    similarities: npt.NDArray[np.float32],
    mask: npt.NDArray[np.bool_],
    conditions: Conditions,
    *,
    exclude: int | None,
    verified: Sequence[int] = (),
    verified_first: bool = False,
) -> Listing:
    """Rank the plates that meet the conditions.

    Parameters
    ----------
    similarities, mask
        float32 (n,) and bool (n,).
    exclude
        The query's own row; its exact duplicates stay in.
    verified
        Rows whose re-use is verified, the best evidence first.
    verified_first
        List them before all others, in their own order and however low their similarity is.
    """
    allowed = mask.copy()
    if exclude is not None:
        allowed[exclude] = False
    threshold = np.float32(conditions.threshold)
    listable = allowed & (similarities >= threshold)
    own = np.array([row for row in verified if allowed[row]], dtype=np.int64)
    if verified_first:
        listable[own] = False
        first = own[: conditions.top_k]
        rows, values = ranked(similarities, mask=listable, k=conditions.top_k - len(first))
        rows, values = np.concatenate([first, rows]), np.concatenate([similarities[first], values])
        listable[own] = True
    else:
        rows, values = ranked(similarities, mask=listable, k=conditions.top_k)
    first_row, first_value = ranked(similarities, mask=allowed, k=1)
    rest = similarities[allowed & ~listable]
    return Listing(
        rows=rows,
        similarities=values,
        reaching=int(listable.sum()),
        nearest=(int(first_row[0]), float(first_value[0])) if len(first_row) else None,
        below=float(rest.max()) if len(rest) else None,
        just_below=int((rest >= threshold - np.float32(BAND)).sum()),
        allowed=int(allowed.sum()),
        verified=len(own),
        unlisted=int((~np.isin(own, rows)).sum()),
    )


def fold(books: Sequence[str], unfolded: str = "") -> list[Card]:
    """Fold the plates of one book under its best one; those of `unfolded` stand behind it instead.

    Parameters
    ----------
    books
        The book of every plate in the list; '' is no book, and never folded.
    """
    members: dict[str, list[int]] = {}
    for place, book in enumerate(books):
        members.setdefault(book, []).append(place)
    cards: list[Card] = []
    for place, book in enumerate(books):
        own = members[book]
        if not book:
            cards.append(Card(place, ()))
        elif place == own[0]:
            if book == unfolded:
                cards += [Card(other, ()) for other in own]
            else:
                cards.append(Card(place, tuple(own[1:])))
    return cards
