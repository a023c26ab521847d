"""The app's pages as Streamlit runs them without a browser: opening one, and reading what it says."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from imgsim.app import components
from imgsim.app import pages as _registering  # noqa: F401  (the pages are known once they are imported)
from imgsim.app.services import page_registry

# Each AppTest looks through every installed package for components, which takes longer than to draw a page.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

ROOT = Path(__file__).resolve().parent.parent
PAGES = {name: page.title for name, page in page_registry.registered().items()}


def visit(name: str = "browse", **query: Any) -> AppTest:
    """Open a page with a state in its address: visit("plate", plate="p003", in_place="London", with_="p004").

    ``in_x`` stands for the parameter in.x; a _ at the end is dropped, for words that Python keeps for itself.
    """
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[f"in.{key[3:]}" if key.startswith("in_") else key.rstrip("_")] = value
    if name != "browse":
        app.switch_page(f"imgsim/app/pages/{name}.py")
    return check(app.run())


def check(app: AppTest) -> AppTest:
    """Fail with what the page says went wrong."""
    assert not app.exception, [(e.message, e.stack_trace) for e in app.exception]
    return app


def words(app: AppTest) -> str:
    """All Markdown and captions of the page."""
    return "\n".join(str(e.value) for group in (app.markdown, app.caption, app.title) for e in group)


def param(app: AppTest, name: str) -> str:
    """A parameter of the page's address; '' if it is not there."""
    value = app.query_params.get(name, "")
    return value if isinstance(value, str) else str(value[-1])


def button(app: AppTest, label: str) -> Any:
    """The button whose label begins so."""
    return next(found for found in app.button if found.label.startswith(label))


def replace_component(monkeypatch: pytest.MonkeyPatch, name: str, fake: Any) -> None:
    """Have every page that shows a component call `fake` instead; parts that do are named by the test itself."""
    monkeypatch.setattr(components, name, fake)
    for page in page_registry.registered().values():
        if hasattr(page, name):
            monkeypatch.setattr(page, name, fake)
