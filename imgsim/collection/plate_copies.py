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
    codes = generation.catalogue.book_codes if generation.catalogue.books_known else None

    def stands(pair: MatchRow) -> bool:
        one_book = codes is not None and codes[pair.a] == codes[pair.b]
        return pair.verdict == COPY and (not one_book or pair.inliers >= LEAST_IN_BOOK)

    return [pair for pair in found.of(row) if stands(pair)]
