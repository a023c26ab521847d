"""Row 23, in a real browser: a page of another origin, and one whose name is bound to this computer anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright

from imgsim.collection import Collection, settings
from imgsim.export.iiif import Addresses
from tests.e2e.serving import Served, find_browser, launch, settle
from tests.library import Library, open_library
from tests.reliability.other_pages import EVIL, STREAM, app, data, herbals, of_streamlit, paths
from tests.reliability.tally import Tally

__all__ = ["app", "data", "herbals"]  # fixtures
pytestmark = pytest.mark.browser

# What a page can try, by name: each is true if something came through. It knows every address that it wants to know.
ATTACKS: dict[str, str] = {
    "fetch a page": "fetch(app + '/').then(r => r.ok)",
    "fetch labels": "fetch(labels).then(r => r.json()).then(() => true)",
    "fetch labels with cookies": "fetch(labels, {credentials: 'include'}).then(r => r.ok)",
    "fetch without reading": "fetch(labels, {mode: 'no-cors'}).then(r => true)",
    "fetch a manifest": "fetch(manifest).then(r => r.ok)",
    "ask before (preflight)": "fetch(manifest, {headers: {'X-Own': '1'}}).then(r => r.ok)",
    "upload": "fetch(app + '/_stcore/upload_file/a/b', {method: 'PUT', body: 'x'}).then(r => r.ok)",
    "upload as text": "fetch(app + '/_stcore/upload_file/a/b', {method: 'POST', mode: 'no-cors', body: 'x'})"
    ".then(r => r.ok)",
    "delete an upload": "fetch(app + '/_stcore/upload_file/a/b', {method: 'DELETE'}).then(r => r.ok)",
    "old request": "new Promise(done => { const x = new XMLHttpRequest(); x.onload = () => done(x.status === 200);"
    "x.onerror = () => done(false); x.open('GET', labels); x.send() })",
    "websocket": "new Promise(done => { const s = new WebSocket(socket, ['streamlit']); s.onopen = () => done(true);"
    "s.onerror = s.onclose = () => done(false) })",
    "image": "new Promise(done => { const i = new Image(); i.onload = () => done(true); i.onerror = () => done(false);"
    "i.src = thumbnail })",
    "plate as an image": "new Promise(done => { const i = new Image(); i.onload = () => done(true);"
    "i.onerror = () => done(false); i.src = plate })",
    "image of a manifest": "new Promise(done => { const i = new Image(); i.onload = () => done(true);"
    "i.onerror = () => done(false); i.crossOrigin = 'anonymous'; i.src = picture })",
    "script": "new Promise(done => { const s = document.createElement('script'); s.onload = () => done(true);"
    "s.onerror = () => done(false); s.src = script; document.head.append(s) })",
    "data as a script": "new Promise(done => { const s = document.createElement('script'); s.onload = () => done(true);"
    "s.onerror = () => done(false); s.src = labels; document.head.append(s) })",
    "module": "import(script).then(() => true)",
    "stylesheet": "new Promise(done => { const l = document.createElement('link'); l.rel = 'stylesheet';"
    "l.onload = () => done(true); l.onerror = () => done(false); l.href = style; document.head.append(l) })",
    "iframe": "new Promise(done => { const f = document.createElement('iframe'); f.src = app + '/';"
    "f.onload = () => setTimeout(() => { let n = -1; try { n = f.contentWindow.length } catch (e) {}"
    "done(n > 0) }, 300); document.body.append(f) })",
    "object": "new Promise(done => { const o = document.createElement('object'); o.data = thumbnail;"
    "o.onload = () => done(true); o.onerror = () => done(false); document.body.append(o);"
    "setTimeout(() => done(false), 1500) })",
    "event stream": "new Promise(done => { const e = new EventSource(labels); e.onopen = () => done(true);"
    "e.onerror = () => { e.close(); done(false) } })",
    "beacon": "Promise.resolve(navigator.sendBeacon(app + '/_stcore/upload_file/a/b', 'x')).then(() => false)",
}


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Library]:
    with open_library() as library:
        library.put("/page.html", b"<!doctype html><title>Elsewhere</title><body>", "text/html")
        yield library


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium or Chrome found on the PATH (IMGSIM_BROWSER may name one)")
    with sync_playwright() as playwright:
        # A name of the attacker's that leads to this computer, in a browser that does not ask its user about that.
        more = (f"--host-resolver-rules=MAP {EVIL} 127.0.0.1", "--disable-features=LocalNetworkAccessChecks")
        browser = launch(playwright, path, *more)
        yield browser.new_page()
        browser.close()


def _knowing(app: Served, collection: Collection) -> str:
    """The addresses that an attack knows, as JavaScript."""
    at, every = app.url, paths(collection)
    sha256 = str(collection.catalogue.record(0)["sha256"])
    known = {
        "app": at, "labels": at + every["labels"], "manifest": at + every["a manifest"],
        "script": at + every["a script"], "thumbnail": at + every["a thumbnail"], "plate": at + every["a plate"],
        "picture": f"{Addresses(at, 'herbals').image(sha256)}/full/max/0/default.jpg",
        "socket": at.replace("http", "ws") + STREAM,
        "style": at + of_streamlit("css"),
    }  # fmt: skip
    return "".join(f"const {name} = {json.dumps(value)};" for name, value in known.items())


def _tried(page: Page, known: str, attack: str) -> Any:
    return page.evaluate(f"async () => {{ {known} try {{ return await {attack} }} catch (e) {{ return false }} }}")


def test_a_browser_lets_our_own_page_do_it(app: Served, page: Page, herbals: Collection) -> None:
    """The attacks are real ones: all but those that nobody can do come through from a page of ours."""
    page.goto(f"{app.url}/help?collection=herbals")
    settle(page)
    known = _knowing(app, herbals)
    through = {name for name, attack in ATTACKS.items() if _tried(page, known, attack)}
    assert through >= {
        "fetch a page", "fetch labels", "fetch labels with cookies", "fetch a manifest", "old request", "websocket",
        "image", "plate as an image", "image of a manifest", "script", "module", "stylesheet",
    }  # fmt: skip
    assert "iframe" not in through


@pytest.mark.parametrize("at", ["another port", "another name"])
def test_a_page_of_another_origin_gets_nothing_through(
    app: Served, page: Page, elsewhere: Library, herbals: Collection, tally: Tally, at: str
) -> None:
    own = f"{elsewhere.url}/page.html"
    address = own if at == "another port" else own.replace("127.0.0.1", EVIL)
    known = _knowing(app, herbals)
    page.goto(address)
    assert page.evaluate("fetch('/page.html').then(r => r.ok)")
    for name, attack in ATTACKS.items():
        with tally.attempt(f"{name} from {at}"):
            assert not _tried(page, known, attack)
    with tally.attempt(f"a form from {at}"):
        _no_form(page, app, address)
    with tally.attempt(f"a window from {at}"):
        page.goto(address)
        with page.expect_popup() as popup:
            page.evaluate(f"void (window.other = window.open({app.url + '/help'!r}))")
        settle(popup.value)
        assert page.evaluate("other.closed || other.document === undefined")  # cut off by the opener policy
        popup.value.close()
    with tally.attempt(f"a sandboxed page from {at}"):
        page.goto(address)
        inner = f"{known} fetch(labels).then(() => parent.postMessage(1, '*'), () => parent.postMessage(0, '*'))"
        page.evaluate(
            "html => { window.said = new Promise(done => onmessage = e => done(e.data));"
            "const f = document.createElement('iframe'); f.sandbox = 'allow-scripts'; f.srcdoc = html;"
            "document.body.append(f) }",
            f"<script>{inner}</script>",
        )
        assert page.evaluate("said") == 0


def _no_form(page: Page, app: Served, address: str) -> None:
    for path in ("/", "/_stcore/upload_file/a/b", "/_stcore/agent/interact"):
        page.goto(address)
        with page.expect_navigation() as navigated:
            page.evaluate(
                "to => { const f = document.createElement('form'); f.method = 'POST'; f.action = to;"
                "f.enctype = 'text/plain'; document.body.append(f); f.submit() }",
                app.url + path,
            )
        assert navigated.value is not None and navigated.value.status == 403


def test_a_name_that_is_bound_anew_leads_nowhere(
    app: Served, page: Page, herbals: Collection, tally: Tally
) -> None:
    """DNS rebinding: the attacker's page came from its own server, and now its name leads to ours."""
    here = f"http://{EVIL}:{urlsplit(app.url).port}"
    page.route(f"{here}/page.html", lambda route: route.fulfill(body="<body>", content_type="text/html"))
    known = _knowing(Served(here, app.process, app.log), herbals)
    page.goto(f"{here}/page.html")
    for name, attack in ATTACKS.items():
        if name == "fetch without reading":
            attack = attack.replace("true", "r.ok")  # of the same origin, it can read the refusal
        if name == "iframe":
            attack = attack.replace("n > 0", "n > 0 || f.contentDocument?.title === 'Streamlit'")
        with tally.attempt(f"{name}, bound anew"):
            assert not _tried(page, known, attack)
    with tally.attempt("the page itself"):
        answer = page.goto(here)
        assert answer is not None and answer.status == 421
        assert f"--allow-host {EVIL}" in page.inner_text("body")


def test_a_viewer_elsewhere_reads_what_was_opened_until_it_is_closed(
    app: Served, page: Page, elsewhere: Library, herbals: Collection, tally: Tally
) -> None:
    readable = {"fetch a manifest", "ask before (preflight)", "image of a manifest"}
    known = _knowing(app, herbals)
    page.goto(f"{elsewhere.url}/page.html")
    for is_open in (True, False):
        settings.open_iiif(herbals.path, is_open)
        for name, attack in ATTACKS.items():
            with tally.attempt(f"{name}, {'open' if is_open else 'closed'}"):
                attack = attack.replace("fetch(manifest", f"fetch(manifest + '&{is_open}'")  # not from its cache
                if is_open or name != "image of a manifest":
                    assert bool(_tried(page, known, attack)) == (is_open and name in readable)
