"""The copies by another hand that a plate has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.base.verdict_words import COPY
from imgsim.verification.copies.copy_pairs import LEAST_IN_BOOK

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation
    from imgsim.verification.match_row import MatchRow


def copies_of(generation: Generation, row: int) -> list[MatchRow]:
    """The copies of a plate by another hand, seen from it, the surest first.

    Within a book plates have one hand, one frame and one set of letters: there more is asked of two.
    """
    found = generation.copies
    if found is None:
        return []
    return [
        pair
        for pair in found.of(row)
        if pair.verdict == COPY and enough_here(generation, pair.a, pair.b, pair.inliers)
    ]


def enough_here(generation: Generation, row_a: int, row_b: int, inliers: int) -> bool:
    """Whether so many places are enough for two plates that the verifier calls copies."""
    return inliers >= LEAST_IN_BOOK or not one_book(generation, row_a, row_b)


def one_book(generation: Generation, row_a: int, row_b: int) -> bool:
    """Whether two plates are of one book, as far as books are known."""
    catalogue = generation.catalogue
    return catalogue.books_known and bool(catalogue.book_codes[row_a] == catalogue.book_codes[row_b])
