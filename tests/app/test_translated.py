"""Every page in a made-up language: no text is left that translators do not see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsim.app.services import text
from imgsim.base.translation import LANGUAGES
from imgsim.collection import Collection
from tests.app.said_scene import STATES, state_name
from tests.jargon import seen
from tests.pages import visit
from tests.pseudo import OPEN, spoken, unmarked

# Names that are the same in every language, and what the tests' collection says of itself.
NAMES = ("imgsim", "CSV", "IIIF", "Ada", "toy", "other", "herbals", "plates18", "resnet18", "resnet50")
# What the core says of a scan that cannot be read: kept from the run, as it was said then.
KEPT = ("book0/broken.png", "cut short: the PNG ends after 15 bytes without its end mark. Copy it again.")


@pytest.fixture(scope="module")
def folder(judged: Path) -> Path:
    """Two networks see it, pairs are verified, and some are judged: what can be said is said."""
    return judged


def data_of(collection: Collection) -> Iterator[str]:
    """What stands in the collection's table, as it is or as Markdown and HTML want it: titles, ids, places, paths."""
    yield from (*NAMES, *KEPT, *LANGUAGES.values())
    yield from ("bold", "alert", "TABLE", "DROP")  # of titles that try to be more than words
    for column in collection.catalogue.frame:
        for value in map(str, collection.catalogue.frame[column]):
            yield from (value, text.plain(value))
    yield from (str(collection.path), text.plain(collection.path))


@pytest.mark.parametrize(("name", "query"), STATES, ids=state_name)
def test_no_page_has_a_text_that_is_not_marked(herbals: Collection, name: str, query: dict[str, str]) -> None:
    with spoken():
        said = seen(visit(name, **query))
    assert unmarked(said, data_of(herbals)) == []
    # What the app keeps of one reader's page is not shown to a reader of another language.
    english = visit(name, **query)
    kept = [str(element.proto) for place in (english.main, english.sidebar) for element in place]
    assert [one for one in kept if OPEN in one] == []


def test_what_is_not_marked_is_found() -> None:
    assert unmarked("⟦Save ⟦3 plates⟧ now⟧ · 1752\n⟦A⟧ left out ⟦B⟧", ["left"]) == ["left out"]
    assert unmarked("p003 ⟦of⟧ Flora", ["Flora", "p003"]) == [] and unmarked("Flora ⟦a⟧", []) == ["Flora"]
