"""What the browser keeps: only known names, only short lines, and its reader's own words at once."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.components import browser_memory
from imgsim.errors import ImgsimError
from tests.app.node import module, needs_node, node


@pytest.mark.parametrize(
    ("name", "value"),
    [("password", "x"), ("reviewer", "x" * 81), ("reviewer", "two\nlines"), ("tour", 3), ("tour", None)],
)
def test_what_may_not_be_kept_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ImgsimError):
        browser_memory.keep(name, value)


def test_a_foreign_answer_is_cut_to_what_may_be_kept() -> None:
    answer = {"reviewer": "Ada L.", "tour": ["done"], "password": "x", 3: "y"}
    assert browser_memory.understood(answer) == {"reviewer": "Ada L."}
    assert browser_memory.understood({"reviewer": "x" * 81, "tour": "a\x00b"}) == {}


def page() -> None:
    import streamlit as st

    from imgsim.app.components import browser_memory

    if st.button("keep"):
        browser_memory.keep("reviewer", "Ada")
    if st.button("forget"):
        browser_memory.keep("reviewer", "")
    st.text(repr(browser_memory.browser_memory()))


def test_nothing_is_known_without_a_browser_and_ones_own_words_hold_at_once() -> None:
    app = AppTest.from_function(page).run()
    assert app.text[0].value == "None"
    app.session_state[browser_memory._ANSWER] = {"reviewer": "Bob", "tour": "done"}
    assert app.run().text[0].value == "{'reviewer': 'Bob', 'tour': 'done'}"
    assert app.button[0].click().run().text[0].value == "{'reviewer': 'Ada', 'tour': 'done'}"
    assert app.button[1].click().run().text[0].value == "{'tour': 'done'}"
    assert not app.exception


def test_what_a_browser_sends_is_known_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cookies = {"imgsim.reviewer": "Z%C3%B6e%20L.%3B", "imgsim.tour": "1%0A3", "other": "x", "imgsim.password": "y"}
    sent = SimpleNamespace(headers={"Host": "127.0.0.1"}, cookies=cookies)
    monkeypatch.setattr(browser_memory.st, "context", sent)
    app = AppTest.from_function(page).run()
    assert app.text[0].value == "{'reviewer': 'Zöe L.;'}"  # a line break is no part of what may be kept


@needs_node
@pytest.mark.parametrize("blocked", [False, True])
def test_the_browser_keeps_what_it_is_told_once_each(blocked: bool) -> None:
    """The script itself, with cookies and where they are refused."""
    source = f"""
      const told = [];
      globalThis.document = {{}};
      Object.defineProperty(document, "cookie", {{
        set: (line) => {{ told.push(line); if ({json.dumps(blocked)}) throw new Error("blocked"); }},
      }});
      globalThis.getComputedStyle = () => ({{ getPropertyValue: () => "#ffffff" }});
      const draw = (await import({module("memory.js")})).default;
      const root = {{ host: {{}}, adoptedStyleSheets: [], isConnected: true }};
      const run = (write) => draw({{ data: {{ write }}, parentElement: root }});
      run({{}});
      run({{ reviewer: "Zöe; x" }});
      run({{ reviewer: "Zöe; x" }});
      run({{ reviewer: "Zöe; x", tour: "1" }});
      run({{ reviewer: "", tour: "1" }});
      console.log(JSON.stringify(told));
    """
    lasting = "path=/; max-age=31536000; samesite=strict"
    assert json.loads(node(source=source)) == [
        f"imgsim.reviewer=Z%C3%B6e%3B%20x; {lasting}", f"imgsim.tour=1; {lasting}",
        "imgsim.reviewer=; path=/; max-age=0; samesite=strict",
    ]  # fmt: skip
