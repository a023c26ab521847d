"""Pressing keys, and looking whether they did what they are said to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playwright.sync_api import Locator, Page

from imgsim.app.components.keyboard import Key

_ARROWS = ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp")
_HELD = {"Shift": "Shift", "Ctrl": "Control"}
_STROKES = {"←": "ArrowLeft", "→": "ArrowRight", "−": "-", "Esc": "Escape"}
FOCUS = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return [element?.tagName, element?.textContent.slice(0, 80), element?.closest('li')?.dataset.id ?? ''].join('|');
}"""
Acts = Mapping[str, Callable[[str], None]]  # what a key does -> presses such a stroke, and looks whether it did


def strokes(key: Key) -> list[str]:
    """What is pressed for a key of the list, each in its turn: `Shift+ArrowLeft` is one stroke."""
    caps = list(key.caps)
    held = ""
    while caps[0] in _HELD and len(caps) > 1:
        held += f"{_HELD[caps.pop(0)]}+"
    if "–" in caps:
        return [str(number) for number in range(int(caps[0]), int(caps[2]) + 1)]
    return [
        held + stroke
        for cap in caps
        for stroke in (_ARROWS if cap == "arrows" else (_STROKES.get(cap, cap),))
    ]


def try_all(held: Sequence[Key], acts: Acts) -> None:
    """Press all these keys, in their order; a key that nobody tries is an error."""
    assert set(acts) == {key.does for key in held}
    for key in held:
        for stroke in strokes(key):
            acts[key.does](stroke)


def changes(page: Page, reading: Callable[[], Any]) -> Callable[[str], None]:
    """A stroke changes what is read."""

    def press(stroke: str) -> None:
        before = reading()
        page.keyboard.press(stroke)
        until(page, lambda: reading() != before, f"{stroke} changed nothing: {before}")

    return press


def until(page: Page, true: Callable[[], bool], otherwise: str) -> None:
    """Wait for what a stroke brings about; Python may have to answer first."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, otherwise
        page.wait_for_timeout(50)  # the address is told meanwhile, which a sleep would not let happen


def zooms(page: Page, stage: Locator) -> Callable[[str], None]:
    """In, out again, and all of it."""

    def zoom() -> float:
        return float(stage.get_attribute("data-zoom") or "nan")

    def press(stroke: str) -> None:
        if stroke == "0":
            page.keyboard.press("+")
        before = zoom()
        page.keyboard.press(stroke)
        reached = {"+": lambda: zoom() > before, "-": lambda: zoom() < before, "0": lambda: zoom() == 1.0}[stroke]
        until(page, reached, f"{stroke} leaves the zoom at {before}")

    return press


_FOCUSED = """(selector) => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return selector === null ? element?.outerHTML.slice(0, 120) : Boolean(element?.matches(selector));
}"""
CARD, ACTION = "[data-testid=imgsim-card]", "[data-testid=imgsim-action]"


def focused(page: Page, selector: str | None) -> Any:
    """Whether the element that has the focus, inside components too, is such a one; for None what it is."""
    return page.evaluate(_FOCUSED, selector)


def tab_to(page: Page, selector: str, most: int = 80, key: str = "Tab") -> None:
    """Go on with Tab until such an element has the focus."""
    met = []
    for _ in range(most):
        page.keyboard.press(key)
        if focused(page, selector):
            return
        met.append(focused(page, None))
    raise AssertionError(f"no {selector} within {most} steps: {met}")
