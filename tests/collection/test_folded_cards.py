"""Plates of one book folded into one card."""

from __future__ import annotations

from imgsim.collection.folded_cards import fold
from imgsim.collection.listing import ABOVE, BELOW, VERIFIED


def test_a_book_is_folded_under_its_best_and_no_book_is_not_folded() -> None:
    books = ["a", "b", "a", "", "", "a", "b"]
    assert [(card.place, card.folded) for card in fold(books)] == [(0, (2, 5)), (1, (6,)), (3, ()), (4, ())]
    assert [card.place for card in fold(books, unfolded="a")] == [0, 2, 5, 1, 3, 4]
    assert fold([]) == []


def test_nothing_is_folded_across_the_line_or_below_it() -> None:
    books = ["a", "b", "a", "a", "b", "a", "a", "b"]
    sections = [VERIFIED, VERIFIED, VERIFIED, ABOVE, ABOVE, ABOVE, BELOW, BELOW]
    cards = [(card.place, card.folded) for card in fold(books, sections=sections)]
    assert cards == [(0, (2,)), (1, ()), (3, (5,)), (4, ()), (6, ()), (7, ())]
    assert [card.place for card in fold(books, "a", sections)] == [0, 2, 1, 3, 5, 4, 6, 7]
