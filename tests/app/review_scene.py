"""Pages as a reviewer opens them, and pairs to judge."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.making import match_values
from tests.pages import ROOT, check

PAIRS = [
    match_values("p000", "p006", inliers=200),
    match_values("p006", "p012", inliers=150),
    match_values("p000", "p012", inliers=120),
    match_values("p001", "p018", "mirrored", inliers=90),
    match_values("p003", "p007", inliers=37),
    match_values("p005", "p022", "look-alike"),
]


def visit(name: str, who: str = "Ada", **query: str) -> AppTest:
    """Open a page as somebody whose name the browser remembers."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    for key, value in query.items():
        app.query_params[key.removesuffix("_")] = value
    app.session_state["_imgsim_memory_answer"] = {"reviewer": who} if who else {}  # as the browser would
    app.switch_page(f"imgsim/app/pages/{name}.py")
    return check(app.run())


def told_of(app: AppTest) -> str:
    """All warnings of the page."""
    return " ".join(str(warning.value) for warning in app.warning)


def disabled(app: AppTest) -> list[bool]:
    """Of each way to download something, whether it is barred."""
    return [bool(getattr(button, "proto").disabled) for button in app.get("download_button")]  # noqa: B009


def press(app: AppTest, label: str) -> AppTest:
    """Press the button of that label."""
    return check(next(button for button in app.button if button.label == label).click().run())
