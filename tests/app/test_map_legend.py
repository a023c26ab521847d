"""What the map's legend shows, and what its address says."""

from __future__ import annotations

import numpy as np
import pytest

from imgsim.app.parts.map_legend import Choice, chosen, counts, palette, pressed, read, shown, written
from imgsim.charts.colours import CATEGORIES, NO_TONE, OTHER, Colouring, colour_by_category

COLOURS = colour_by_category(["London"] * 4 + ["A|B, 10%"] * 3 + ["Rome"] * 2 + [""], most=2)


@pytest.mark.parametrize(
    "choice", [Choice(), Choice(("London",)), Choice(("A|B, 10%", ""), but=True), Choice(("",)), Choice(("ü & =", "+"))]
)
def test_a_choice_survives_its_address(choice: Choice) -> None:
    assert read(written(choice)) == choice


@pytest.mark.parametrize("text", ["", "only", "not", "some|London", "London", "|"])
def test_what_is_no_choice_chooses_nothing(text: str) -> None:
    assert read(text) == Choice()


def press(colours: Colouring, *presses: tuple[int, bool]) -> Choice:
    choice = Choice()
    for tone, but in presses:
        choice = pressed(colours, choice, tone, but)
    return choice


def places(choice: Choice) -> list[int]:
    return [tone for tone in (0, 1, 2, NO_TONE) if shown(COLOURS, choice)[tone]]


def test_entries_alone_all_but_entries_and_back() -> None:
    for presses, seen in (
        ([], [0, 1, 2, NO_TONE]),
        ([(1, False)], [1]),
        ([(1, False), (NO_TONE, False)], [1, NO_TONE]),
        ([(1, False), (1, False)], [0, 1, 2, NO_TONE]),  # pressed once more
        ([(1, True)], [0, 2, NO_TONE]),
        ([(1, True), (0, True)], [2, NO_TONE]),
        ([(1, True), (1, True)], [0, 1, 2, NO_TONE]),
        ([(1, True), (0, False)], [0]),  # another kind of choice begins anew
        ([(1, False), (2, False), (1, True)], [2]),  # of those alone shown, one goes
        ([(0, False), (1, False), (2, False), (NO_TONE, False)], [0, 1, 2, NO_TONE]),
        ([(0, True), (1, True), (2, True), (NO_TONE, True)], [0, 1, 2, NO_TONE]),  # never an empty map
        ([(7, False)], [0, 1, 2, NO_TONE]),
    ):
        assert places(press(COLOURS, *presses)) == seen, presses
    assert places(Choice(("of another colouring",))) == [0, 1, 2, NO_TONE]
    assert chosen(COLOURS, Choice(("Rome", ""))) == [2, NO_TONE]


def test_counts_follow_what_passes_the_filters() -> None:
    assert counts(COLOURS, None) == ([4, 3, 2], 1)
    passing = np.array([1, 1, 0, 0, 0, 0, 0, 1, 0, 1], dtype=bool)
    assert counts(COLOURS, passing) == ([2, 0, 1], 1)


def test_what_is_grey_gets_a_colour_when_it_is_shown_alone() -> None:
    assert palette(COLOURS, Choice()) == [*CATEGORIES[:2], OTHER]
    assert palette(COLOURS, Choice(("Rome",), but=True)) == [*CATEGORIES[:2], OTHER]
    assert palette(COLOURS, Choice(("London", "Rome"))) == [CATEGORIES[0], CATEGORIES[1], CATEGORIES[1]]
    many = colour_by_category([str(number) for number in range(30)])
    alone = palette(many, Choice(many.keys[8:20]))[8:20]
    assert alone == [*CATEGORIES, *[OTHER] * 4]  # as far as colours go
