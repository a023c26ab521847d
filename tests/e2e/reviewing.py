"""Judging pairs in the browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.serving import settle

NAME = "Ada <b>Reader</b>"


def sign(page: Page) -> None:
    """Write the reviewer's name, as it is asked for once."""
    name = page.get_by_placeholder("Your name, then Enter")
    name.fill(NAME)
    name.press("Enter")
    expect(page.get_by_role("button", name=NAME)).to_be_visible()
    settle(page)


def shown(page: Page) -> tuple[str, str]:
    """The ids of the two plates that are asked for."""
    cards = page.get_by_test_id("imgsim-desk").locator("li")
    expect(cards).to_have_count(2)
    return str(cards.nth(0).get_attribute("data-id")), str(cards.nth(1).get_attribute("data-id"))
