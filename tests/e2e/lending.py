"""Contexts of a browser that tests lend each other: what it has loaded is kept, what a reader leaves behind is not.

Half of what a first visit costs is the app's JavaScript, fetched and compiled. A context that is lent anew has it: its
cache is kept, and a page of no content that stays open keeps the process in which all of its pages are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

DESK: ViewportSize = {"width": 1280, "height": 900}
# One process for all pages of a site, and so for all of an app's, that lives as long as one of them is open.
ARGUMENT = "--process-per-site"
_LASTING = "http://127.0.0.1/lasting"  # nobody is asked for it; the site is that of every app, whatever its port
_LEFT_BEHIND = (
    "file_systems,indexeddb,local_storage,websql,service_workers,cache_storage,shared_storage,storage_buckets"
)


class Lent:
    """The contexts of a browser that are lent, one a kind.

    Parameters
    ----------
    browser : started with `ARGUMENT`, or nothing is gained.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._kept: dict[bool, tuple[BrowserContext, Page]] = {}
        self._out: set[bool] = set()

    @contextmanager
    def context(self, *, touch: bool = False) -> Iterator[BrowserContext]:
        """A context as if it were new, for one borrower at a time; its first pages are as large as a desk's window.

        A borrower may set cookies and sizes, and open pages; init scripts and routes of the context itself would stay.
        """
        assert touch not in self._out, "it is lent already"
        if touch not in self._kept:
            self._kept[touch] = self._begun(touch)
        context, lasting = self._kept[touch]
        self._out.add(touch)
        try:
            yield context
        finally:
            self._out.remove(touch)
            _clear(context, lasting)

    def _begun(self, touch: bool) -> tuple[BrowserContext, Page]:
        context = self._browser.new_context(viewport=DESK, has_touch=touch, accept_downloads=True)
        lasting = context.new_page()
        lasting.route(_LASTING, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        lasting.goto(_LASTING)
        return context, lasting


def _clear(context: BrowserContext, lasting: Page) -> None:
    """Close what was opened, and forget all that a page may keep in a browser, whatever its address."""
    for page in context.pages:
        if page is not lasting:
            page.close()
    context.clear_cookies()
    context.clear_permissions()
    session = context.new_cdp_session(lasting)
    session.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": _LEFT_BEHIND})
    session.detach()
