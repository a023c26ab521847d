"""Row 16: titles, names and notes are shown as they stand: no page reads markup in them, and none of them is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsim.app.services import text
from imgsim.collection import Collection, open_collection
from imgsim.collection.corrected import families_of
from tests import pages
from tests.herbals import HOSTILE
from tests.pages import PAGES
from tests.reliability.hostile_titles import COUNT, NAME, TITLES, make_attacks, plate
from tests.reliability.tally import Tally


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_attacks(tmp_path_factory.mktemp("markup"))


@pytest.fixture
def attacks(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collection]:
    monkeypatch.setenv("IMGSIM_DATA", str(data))
    yield open_collection(data / NAME)


def states(collection: Collection, name: str) -> list[dict[str, str]]:
    """In which states a page is looked at: with every fourth plate, or what it shows of itself."""
    families = families_of(collection)
    assert families is not None and len(families) == COUNT // 2
    some = range(0, COUNT, 4)
    if name == "reuse":
        return [{}, *({"family": family.id} for family in families.ordered()[::4])]
    if name == "compare":
        return [{"plate": plate(n), "with_": plate(n + 1), "who": TITLES[n][:80]} for n in some]
    if name in ("book", "books"):
        return [{}, *({"book": TITLES[n], "and_": TITLES[n + 1]} for n in some)]
    if name in ("plate", "map", "search", "review", "models"):
        return [{"plate": plate(n), "threshold": "-1", "fold": "no"} for n in some]
    return [{}, {"text": TITLES[0], "in_place": TITLES[1]}]


def raw(title: str, shown: str) -> bool:
    """Whether a title that has markup stands among Markdown as it is: not escaped, so it would be read."""
    return any(sign in title for sign in "<[*`$") and title in shown


@pytest.mark.parametrize("name", PAGES)
def test_no_page_reads_markup_in_them(attacks: Collection, name: str, tally: Tally) -> None:
    shown = ""
    for state in states(attacks, name):
        app = pages.visit(name, collection=NAME, **state)
        shown += pages.words(app) + "".join(str(one.value) for group in (app.info, app.warning) for one in group)
    for title in TITLES:
        with tally.attempt(f"{name}: {title}"):
            assert not raw(title, shown)


def test_plain_text_comes_back_when_markdown_is_undone(tally: Tally) -> None:
    for title in dict.fromkeys([*TITLES, *HOSTILE]):
        with tally.attempt(title):
            escaped = text.plain(title)
            assert re.sub(r"\\(.)", r"\1", escaped) == " ".join(title.split())
            assert not re.search(r"(?<!\\)(?:\\\\)*[<>*_`\[\]$#|~]", escaped)
