"""Help, the keys and the first hints: what is listed is there, and what is there is listed."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.components import browser_memory, keyboard
from imgsim.app.pages import help
from imgsim.app.parts import tour
from imgsim.app.services import page_registry, verdict_labels
from imgsim.reviews.decision_words import DECISIONS
from tests.pages import PAGES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def visit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open a page as one whose browser keeps `kept`, or has not answered."""
    monkeypatch.setenv("IMGSIM_DATA", str(folder))

    def open_page(name: str, kept: dict[str, str] | None = None, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        for key, value in query.items():
            app.query_params[key] = value
        if kept is not None:
            app.session_state[browser_memory._ANSWER] = kept
        if name != "browse":
            app.switch_page(f"imgsim/app/pages/{name}.py")
        app.run()
        assert not app.exception
        return app

    return open_page


def markup(app: AppTest) -> str:
    """Everything that the page says, its HTML included."""
    return "\n".join(str(one.proto) for one in app.main)


# ---- the keys


# Each is pressed in the browser: tests/e2e/test_every_key.py and test_every_key_of_judging.py.


def test_keys_are_spoken_in_sentences() -> None:
    assert keyboard.spoken(keyboard.COMPARE[:3]) == "Space: swap. 1 to 6: mode. ← and →: neighbours."
    assert keyboard.sent(keyboard.COMPARE[1:2]) == [[["1", "–", "6"], "mode"]]


def test_review_has_a_key_for_each_decision() -> None:
    assert [(key.does, key.caps) for key in keyboard.DECISION_KEYS] == [
        (decision, (letter,)) for decision, letter in zip(DECISIONS, "SEMDUQ", strict=True)
    ]


# ---- Help


def test_help_says_all_words_verdicts_decisions_and_keys(visit: Callable[..., AppTest]) -> None:
    app = visit("help")
    assert app.title[0].value == "Help"
    said = re.sub(r"\\+(['\"])", r"\1", markup(app))
    for word in (*help._WORDS, *verdict_labels.WORDS.values(), *DECISIONS):
        assert word in said, word
    for where, held in keyboard.LISTED:
        assert where in said
        for key in held:
            assert key.does in said, key
    assert [one.label for one in app.expander] == [*help._QUESTIONS, help._TERMS]


def test_help_says_what_every_page_is_for(visit: Callable[..., AppTest]) -> None:
    said = markup(visit("help"))
    for page in page_registry.registered().values():
        assert f"<dt>{page.title}</dt>" in said
        assert escape(page_registry.purpose(page)[1:]) in said


def test_the_contents_lead_to_every_part(visit: Callable[..., AppTest]) -> None:
    app = visit("help")
    contents = next(one.value for one in app.markdown if one.value.startswith("On this page"))
    anchors = [one.proto.anchor for one in app.header]
    assert sorted(re.findall(r"\(#(\w+)\)", contents)) == sorted(anchors) == sorted(help._PARTS)


# ---- the first hints


def hint(app: AppTest) -> str:
    found = re.search(r"Hint (\d) of", markup(app))
    return found.group(1) if found else ""


def test_hints_are_for_pages_that_there_are() -> None:
    assert {page for one in tour.HINTS for page in one.pages} <= set(PAGES)
    assert len(tour.READ) <= browser_memory.NAMES["tour"]


@pytest.mark.parametrize(
    ("page", "kept", "query", "wanted"),
    [
        ("browse", None, {}, ""),  # the browser has not answered
        ("browse", {}, {}, "1"),
        ("browse", {"tour": "1"}, {}, ""),
        ("browse", {"tour": "123"}, {}, ""),
        ("plate", {"tour": "1"}, {"plate": "p003"}, "2"),
        ("plate", {}, {}, ""),  # no plate, no neighbours to speak of
        ("map", {}, {}, "3"),
        ("reuse", {"tour": "12"}, {}, "3"),
        ("about", {}, {}, ""),
    ],
)
def test_a_hint_is_shown_where_it_belongs_until_it_is_read(
    visit: Callable[..., AppTest], page: str, kept: dict[str, str] | None, query: dict[str, str], wanted: str
) -> None:
    assert hint(visit(page, kept, **query)) == wanted


def test_got_it_and_skip_all_and_again(visit: Callable[..., AppTest]) -> None:
    app = visit("browse", {})
    app.button("hint_read").click().run()
    assert hint(app) == "" and app.session_state[browser_memory._WRITTEN] == {"tour": "1"}
    app = visit("map", {"tour": "1"})
    app.button("hint_skip").click().run()
    assert hint(app) == "" and app.session_state[browser_memory._WRITTEN] == {"tour": "123"}
    app = visit("help", {"tour": "123"})
    next(one for one in app.button if one.label == "Show the first hints again").click().run()
    assert app.title[0].value == "Browse" and hint(app) == "1"


def test_whoever_leaves_the_page_has_read_its_hint(visit: Callable[..., AppTest]) -> None:
    app = visit("browse", {})
    assert hint(app) == "1"
    app.switch_page("imgsim/app/pages/about.py").run()
    assert app.session_state[browser_memory._WRITTEN] == {"tour": "1"}
