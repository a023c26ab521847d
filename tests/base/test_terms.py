"""The words of the pages and the terms for the same: no word is a term, and each term stands in one tooltip alone."""

from __future__ import annotations

import pytest

from imgsim.base.terms import LAID, MAPS, TERMS, Term
from tests.jargon import jargon


@pytest.mark.parametrize("one", TERMS, ids=lambda one: one.term)
def test_a_word_is_not_a_term_and_the_tooltip_names_it(one: Term) -> None:
    assert not jargon(one.word) and not jargon(one.title)
    assert one.hint.lower().startswith(f"{one.term.lower()}: ") and one.hint.endswith(".")
    assert one.hint[0].isupper() or not one.hint[0].isalpha() or one.term[0] == one.hint[0]


def test_no_word_and_no_term_stands_for_two() -> None:
    assert len({one.word for one in TERMS}) == len({one.term for one in TERMS}) == len(TERMS)
    assert {*MAPS.values(), *LAID.values()} <= set(TERMS)


def test_every_term_that_pages_must_not_say_is_found() -> None:
    """The names of maps apart: pages say them beside theirs, for readers ask for a map by its name."""
    for one in set(TERMS) - set(MAPS.values()):
        assert jargon(one.term), one.term
