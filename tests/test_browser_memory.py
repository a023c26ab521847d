"""What the browser keeps: only known names, only short lines, and its reader's own words at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.components import browser_memory
from imgsim.errors import ImgsimError
from tests.test_components_scripts import module, needs_node, node


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


def test_nothing_is_known_until_the_browser_answers_and_ones_own_words_hold_at_once() -> None:
    app = AppTest.from_function(page).run()
    assert app.text[0].value == "None"
    app.session_state[browser_memory._ANSWER] = {"reviewer": "Bob", "tour": "done"}
    assert app.run().text[0].value == "{'reviewer': 'Bob', 'tour': 'done'}"
    assert app.button[0].click().run().text[0].value == "{'reviewer': 'Ada', 'tour': 'done'}"
    assert app.button[1].click().run().text[0].value == "{'tour': 'done'}"
    assert not app.exception


@needs_node
@pytest.mark.parametrize("blocked", [False, True])
def test_the_browser_keeps_what_it_is_told_and_answers_once(blocked: bool) -> None:
    """The script itself, on a storage that works and on one that throws at every touch."""
    source = f"""
      const store = new Map(), sent = [], touched = [], waiting = [];
      let clock = 0;
      globalThis.performance = {{ now: () => clock }};
      globalThis.document = {{ addEventListener: (sign, act) => touched.push(act) }};
      globalThis.setTimeout = (act, left) => waiting.push([act, left]);
      globalThis.clearTimeout = () => waiting.pop();
      const touch = (act) => {{ if ({json.dumps(blocked)}) throw new Error("blocked"); return act(); }};
      globalThis.localStorage = {{
        getItem: (name) => touch(() => store.get(name) ?? null),
        setItem: (name, value) => touch(() => store.set(name, value)),
        removeItem: (name) => touch(() => store.delete(name)),
      }};
      globalThis.getComputedStyle = () => ({{ getPropertyValue: () => "#ffffff" }});
      const draw = (await import({module("memory.js")})).default;
      const root = {{ host: {{}}, adoptedStyleSheets: [], isConnected: true }};
      const run = (write, known) => draw({{
        data: {{ names: {{ reviewer: 5, tour: 20 }}, write, known }}, parentElement: root,
        setStateValue: (name, value) => sent.push(value), setTriggerValue: () => {{}},
      }});
      run({{}}, null);
      const early = [sent.length, waiting.length]; // what was clicked before the script came may be under way
      clock = 2000;
      touched.forEach((act) => act());
      waiting.splice(0).forEach(([act]) => act());
      const clicked = [sent.length, waiting.map(([, left]) => left)];
      clock = 3000;
      waiting.splice(0).forEach(([act]) => act());
      run({{}}, null);
      run({{ reviewer: "Ada" }}, {{ reviewer: "Ada" }});
      run({{ reviewer: "Ada" }}, {{}});
      run({{ reviewer: "" }}, {{ reviewer: "Ada" }});
      store.set("imgsim.tour", "elsewhere");
      run({{ reviewer: "" }}, {{}});
      store.set("imgsim.reviewer", "too long a name");
      run({{ reviewer: "" }}, {{ tour: "elsewhere" }});
      console.log(JSON.stringify({{ sent, early, clicked }}));
    """
    found = json.loads(node(source=source))
    assert found["early"] == [0, 1] and found["clicked"] == [0, [1000]]
    said = found["sent"]
    assert said[:3] == [{}, {"reviewer": "Ada"}, {}]
    assert said[3:] == ([] if blocked else [{"tour": "elsewhere"}])
