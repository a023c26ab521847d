"""A context that was lent is as if new: nothing that a page can keep in a browser comes to the next borrower."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page

from tests.e2e.lending import DESK, Lent
from tests.library import Library, open_library

_LEAVES = """async () => {
  localStorage.setItem('a', '1');
  sessionStorage.setItem('a', '1');
  document.cookie = 'a=1; max-age=1000; path=/';
  await new Promise((done, fail) => {
    const asked = indexedDB.open('a', 1);
    asked.onerror = fail;
    asked.onsuccess = () => { asked.result.close(); done(); };
  });
  await (await caches.open('a')).put('/a', new Response('a'));
  const root = await navigator.storage.getDirectory();
  await root.getFileHandle('a', {create: true});
  window.name = 'a';
}"""
_FINDS = """async () => {
  const files = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
  return [localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length,
    (await caches.keys()).length, files.length, window.name, Notification.permission];
}"""
_NOTHING = [0, 0, "", 0, 0, 0, "", "default"]


def _opened(context: BrowserContext, at: Library, path: str) -> Page:
    page = context.new_page()
    page.goto(at.url + path)
    return page


def test_nothing_is_carried_over_but_what_was_loaded(lent: Lent) -> None:
    with open_library() as one, open_library() as two:
        for library in (one, two):
            library.put("/page.html", b"<!doctype html><title>a</title>", "text/html")
        with lent.context() as context:
            context.grant_permissions(["notifications"])
            for library in (one, two):
                page = _opened(context, library, "/page.html")
                page.evaluate(_LEAVES)
                assert page.evaluate(_FINDS) == [1, 1, "a=1", 1, 1, 1, "a", "granted"]
            page.set_viewport_size({"width": 400, "height": 300})
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        with lent.context() as context:
            assert context.cookies() == []
            for library in (one, two):
                page = _opened(context, library, "/page.html")
                assert page.evaluate(_FINDS) == _NOTHING
                assert page.viewport_size == DESK
                assert not page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
                assert not page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")


def test_a_borrower_has_no_other_borrowers_pages(lent: Lent) -> None:
    with lent.context() as context:
        before = len(context.pages)
        context.new_page()
    with lent.context() as context:
        assert len(context.pages) == before


def test_touch_is_felt_only_where_it_was_asked_for(lent: Lent) -> None:
    with lent.context() as desk, lent.context(touch=True) as tablet:
        felt = [one.new_page().evaluate("navigator.maxTouchPoints") for one in (desk, tablet)]
    assert felt[0] == 0 < felt[1]
