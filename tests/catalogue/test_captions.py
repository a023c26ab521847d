"""Words for plates on the screen."""

from __future__ import annotations

import pytest

from imgsim.catalogue import (
    Catalogue,
    build_catalogue,
)
from imgsim.catalogue.captions import cut, shorten
from tests.catalogue.ecco import plates


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("A curious herbal", "A curious herbal"),
        ("A system of surgery. By Benjamin Bell, Member of the Royal", "A system of surgery"),
        (
            "Flora. A very long title that goes on and on without a stop",
            "Flora. A very long title that goes on…",
        ),
        ("Nowordbreakinthisveryverylongtitlewhichneverends", "Nowordbreakinthisveryverylongtitlewhich…"),
        ("", ""),
    ],
)
def test_shortened_titles(title: str, short: str) -> None:
    assert shorten(title, 40) == short and len(short) <= 40


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("A curious herbal", "A curious herbal"),
        ("Flora inventa Britannica: or, figures of plants", "Flora inventa Britannica…"),
        ("Flora inventa: or, the figures of plants of Britain", "Flora inventa…"),
        ("The natural history of the herbs of that island", "The natural history…"),
        ("Le jardin calculé, ou la figure de plantes", "Le jardin calculé…"),
        ("Of the and of the and of the and of", "Of…"),
        ("Nowordbreakinthisveryverylongtitle", "Nowordbreakinthisveryverylo…"),
        ("", ""),
    ],
)
def test_a_title_that_is_cut_says_so_and_ends_in_no_word_that_joins(title: str, short: str) -> None:
    assert cut(title, 28) == short and len(short) <= 28


def test_captions_and_citations(dhh23: Catalogue) -> None:
    row = dhh23.row("090470060000120_1")
    assert dhh23.short_title(row) == "A curious herbal, containing five hundred cuts"
    assert dhh23.short_title(dhh23.row("105280020101620_0")) == "NA"
    assert (
        dhh23.book_label("0904700600") == "A curious herbal, containing five hundred cuts, 1737 (0904700600)"
    )
    assert dhh23.reference(row) == (
        "Blackwell, Elizabeth, 1700-1758, A curious herbal, containing five hundred cuts. By Elizabeth Blackwell, "
        "London: 1737, p. 12, illustration 2"
    )
    assert dhh23.book_reference("0904700600").endswith("London: 1737")
    bare, _ = build_catalogue(plates(["x/a.png"]), None)
    assert bare.reference(0) == "" and bare.short_title(0) == "a" and bare.book_label("b") == "b"
