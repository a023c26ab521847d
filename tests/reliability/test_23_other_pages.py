"""Row 23: another web page neither reads nor decides anything, whatever it tries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright

from imgsim.collection import Collection, open_collection, settings
from imgsim.iiif import Addresses
from tests.e2e.serving import Served, find_browser, launch, serve, settle
from tests.herbals import make_herbals
from tests.library import Library, open_library
from tests.making import add_matches, match_values
from tests.outsider import SOCKET, Answer, head, send
from tests.reliability.tally import Tally

ALLOWED = "plates.example.org"
EVIL = "evil.example"
STREAM = "/_stcore/stream"
PROTECTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_herbals(tmp_path_factory.mktemp("other_pages"))
    add_matches(folder / "herbals", [match_values("p000", "p006"), match_values("p006", "p012")])
    return folder


@pytest.fixture(scope="module")
def app(data: Path) -> Iterator[Served]:
    with serve(data, environ={"IMGSIM_ALLOW_HOST": ALLOWED}) as served:
        yield served


@pytest.fixture
def herbals(data: Path) -> Iterator[Collection]:
    """The collection; nothing may have been decided or opened in it when a test ends."""
    collection = open_collection(data / "herbals")
    settings.open_iiif(collection.path, False)
    yield collection
    assert not (collection.path / "reviews.sqlite").exists()
    assert json.loads((collection.path / settings.FILE).read_bytes()) == {"iiif_open_to_other_pages": False}


def paths(collection: Collection) -> dict[str, str]:
    """One address of everything that is served."""
    base = f"/collections/herbals/{collection.generation}"
    page = Path(__import__("streamlit").__file__).parent / "static" / "index.html"
    script = re.findall(r'src="\.(/static/js/index[^"]*)"', page.read_text(encoding="utf-8"))[0]
    sha256 = collection.catalogue.record(0)["sha256"]
    return {
        "a page": "/", "a deep page": "/plate?collection=herbals&plate=p000", "health": "/_stcore/health",
        "the host's configuration": "/_stcore/host-config", "a script": script, "uploads": "/_stcore/upload_file/a/b",
        "media": "/media/x.png", "a thumbnail": f"{base}/thumbnails/{sha256}.webp", "labels": f"{base}/labels.json",
        "a plate": f"{base}/plates?id=p000", "points": f"{base}/map/toy/pca.bin", "agents": "/_stcore/agent/interact",
        "a manifest": Addresses("", "herbals").plate("p000"),
    }  # fmt: skip


class Client:
    """Asks the app, with the headers that it is told, and with its own Host unless it is told another."""

    def __init__(self, app: Served) -> None:
        self.port = urlsplit(app.url).port or 0
        self.own = f"127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, *, host: str | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = [("Host", self.own if host is None else host), *named.items()]
        if method not in {"GET", "HEAD"}:
            given.append(("Content-Length", "0"))
        return send(self.port, head(method, path, given))

    def open_socket(self, **headers: str) -> Answer:
        host = headers.pop("host", None)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = [("Host", self.own if host is None else host), *SOCKET.items(), *named.items()]
        return send(self.port, head("GET", STREAM, given))


@pytest.fixture
def client(app: Served) -> Client:
    return Client(app)


# ---- clients that are no browsers, so that every header is in our hands


def test_what_is_ours_is_answered_and_protected(
    client: Client, herbals: Collection, tally: Tally
) -> None:
    served = {"uploads", "media", "agents"}  # these answer no plain GET
    for what, path in paths(herbals).items():
        for host in (client.own, f"LOCALHOST:{client.port}", "[::1]:1", "127.9.9.9", ALLOWED):
            with tally.attempt(f"{what} at {host}"):
                answer = client.ask("GET", path, host=host)
                assert answer.status == 200 or (what in served and 400 <= answer.status < 500)
                assert {name: answer.headers.get(name) for name in PROTECTED} == PROTECTED
                policy = answer.headers["content-security-policy"]
                assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
                assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
                assert "access-control-allow-origin" not in answer.headers
    own = f"http://{client.own}"
    for what, headers in {
        "no browser": {}, "our page": {"Origin": own, "Sec_Fetch_Site": "same-origin"},
        "behind TLS": {"host": ALLOWED, "Origin": f"https://{ALLOWED}"},
    }.items():  # fmt: skip
        with tally.attempt(f"a websocket of {what}"):
            assert client.open_socket(**headers).status == 101
    with tally.attempt("a link that is followed"):
        headers = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
        assert client.ask("GET", "/plate", **headers).status == 200


def test_no_other_name_is_answered(client: Client, herbals: Collection, tally: Tally) -> None:
    hosts = [
        EVIL, f"{EVIL}:{client.port}", f"localhost.{EVIL}:{client.port}", f"127.0.0.1.{EVIL}", "127.0.0.1.nip.io",
        f"{ALLOWED}.{EVIL}", f"www.{ALLOWED}", "0.0.0.0", f"192.168.1.5:{client.port}", "[fe80::1]", "localhost.",
        "127.1", "2130706433", "0x7f000001", f"localhost@{EVIL}", f"{EVIL}#localhost", f"localhost, {EVIL}",
        f"localhost:{client.port}@{EVIL}", "localhost:99999", "::1", "", "lócalhost", "<script>alert(1)</script>",
    ]  # fmt: skip
    for host in hosts:
        for what in ("a page", "health", "a thumbnail", "a manifest"):
            with tally.attempt(f"{what} at {host!r}"):
                _refused(client.ask("GET", paths(herbals)[what], host=host), {400, 421})
        with tally.attempt(f"a websocket at {host!r}"):
            _refused(client.open_socket(host=host, Origin=f"http://{host}"), {400, 421})
    for what, path in paths(herbals).items():
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            with tally.attempt(f"{method} {what} at {EVIL}"):
                _refused(client.ask(method, path, host=EVIL, Origin=f"http://{EVIL}"), {421})
    with tally.attempt("it says how to allow a name"):
        said = client.ask("GET", "/", host=f"{EVIL}:{client.port}")
        assert said.headers["content-type"] == "text/plain; charset=utf-8"
        assert f"--allow-host {EVIL}".encode() in said.body


def _refused(answer: Answer, statuses: set[int]) -> None:
    assert answer.status in statuses, answer
    assert b"<" not in answer.body and b"herbals" not in answer.body and len(answer.body) < 400
    assert "access-control-allow-origin" not in answer.headers and "set-cookie" not in answer.headers


def test_no_second_way_of_naming_the_host_counts(client: Client, tally: Tally) -> None:
    own, evil = ("Host", client.own), ("Host", EVIL)
    requests = {
        "two hosts": head("GET", "/", [own, evil]),
        "two hosts, the other way round": head("GET", "/", [evil, own]),
        "twice the same": head("GET", "/", [own, own]),
        "none": head("GET", "/", []),
        "none in the old form": head("GET", "/", [], "1.0"),
        "the name in the target": head("GET", f"http://{EVIL}/", [own]),
        "our name in the target": head("GET", f"http://{client.own}/", [evil]),
        "our name in both": head("GET", f"http://{client.own}/_stcore/health", [own]),
        "forwarded": head("GET", "/", [evil, ("X-Forwarded-Host", client.own), ("Forwarded", f"host={client.own}")]),
        "a tunnel": head("CONNECT", client.own, [own]),
        "a star": head("OPTIONS", "*", [own]),
        "a folded line": b"GET / HTTP/1.1\r\nHost: evil.example\r\n " + client.own.encode() + b"\r\n\r\n",
        "a space before the colon": b"GET / HTTP/1.1\r\nHost : " + client.own.encode() + b"\r\n\r\n",
        "a websocket with the name in the target": head("GET", f"ws://{EVIL}{STREAM}", [own, *SOCKET.items()]),
    }
    for what, data in requests.items():
        with tally.attempt(what):
            answer = send(client.port, data)
            assert answer.status in {400, 421}, answer


def test_no_page_of_another_origin_is_answered(client: Client, herbals: Collection, tally: Tally) -> None:
    port = client.port
    origins = [
        f"http://{EVIL}", f"http://{EVIL}:{port}", "http://localhost:9999", "http://127.0.0.1:9999", "http://localhost",
        f"http://localhost:{port}", f"https://127.0.0.1:{port + 1}", "null", "file://", "",
        f"http://127.0.0.1:{port}.{EVIL}", f"http://127.0.0.1:{port}@{EVIL}", f"http://127.0.0.1:{port}/",
        f"http://127.0.0.1:{port}, http://{EVIL}", f"http://{ALLOWED}", "chrome-extension://abcdef", f"//{client.own}",
    ]  # fmt: skip
    for origin in origins:
        with tally.attempt(f"a websocket from {origin!r}"):
            _refused(client.open_socket(Origin=origin), {403})
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
            for what in ("labels", "uploads", "a manifest"):
                with tally.attempt(f"{method} {what} from {origin!r}"):
                    _refused(client.ask(method, paths(herbals)[what], Origin=origin), {403})
    with tally.attempt("two origins"):
        given = [("Host", client.own), *SOCKET.items(), ("Origin", f"http://{EVIL}"), ("Origin", f"http://{client.own}")]
        _refused(send(port, head("GET", STREAM, given)), {400, 403})


def test_nothing_that_a_browser_says_comes_from_elsewhere_is_answered(
    client: Client, herbals: Collection, tally: Tally
) -> None:
    for site in ("cross-site", "same-site", "something new"):
        for mode, dest in (
            ("no-cors", "image"), ("no-cors", "script"), ("no-cors", "style"), ("no-cors", "empty"), ("cors", "empty"),
            ("navigate", "iframe"), ("navigate", "frame"), ("navigate", "object"), ("navigate", "embed"),
            ("no-cors", "audio"), ("no-cors", "serviceworker"), ("websocket", "empty"),
        ):  # fmt: skip
            headers = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": mode, "Sec_Fetch_Dest": dest}
            for what in ("a page", "a thumbnail", "a script"):
                with tally.attempt(f"{what} as {dest}, {mode}, from {site}"):
                    _refused(client.ask("GET", paths(herbals)[what], **headers), {403})
        headers = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
        for method in ("POST", "PUT"):
            with tally.attempt(f"{method} of a form from {site}"):
                _refused(client.ask(method, "/", **headers), {403})
        with tally.attempt(f"a websocket from {site}"):
            _refused(client.open_socket(Sec_Fetch_Site=site), {403})


def test_what_a_person_opened_is_read_and_nothing_else(
    client: Client, herbals: Collection, tally: Tally
) -> None:
    manifest = paths(herbals)["a manifest"]
    origin = {"Origin": "https://viewer.example", "Sec_Fetch_Site": "cross-site"}
    settings.open_iiif(herbals.path, True)
    try:
        for method, status in (("GET", 200), ("HEAD", 200), ("OPTIONS", 204)):
            with tally.attempt(f"{method} of what is open"):
                answer = client.ask(method, manifest, **origin)
                assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, "*")
        for method in ("POST", "PUT", "DELETE"):
            with tally.attempt(f"{method} of what is open"):
                _refused(client.ask(method, manifest, **origin), {403})
        with tally.attempt("another name for what is open"):
            _refused(client.ask("GET", manifest, host=EVIL, **origin), {421})
        for what, path in paths(herbals).items():
            if what != "a manifest":
                with tally.attempt(f"{what} beside what is open"):
                    _refused(client.ask("GET", path, **origin), {403})
        for path in ("/collections/herbals/iiif", "/collections/nobody/iiif/plate/manifest.json?id=p000"):
            with tally.attempt(path):
                _refused(client.ask("GET", path, **origin), {403})
        with tally.attempt("a websocket beside what is open"):
            _refused(client.open_socket(Origin="https://viewer.example"), {403})
    finally:
        settings.open_iiif(herbals.path, False)
    with tally.attempt("closed again"):
        _refused(client.ask("GET", manifest, **origin), {403})


# ---- a browser

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
        # A name of the attacker's that leads to this computer.
        browser = launch(playwright, path, f"--host-resolver-rules=MAP {EVIL} 127.0.0.1")
        yield browser.new_page()
        browser.close()


def _knowing(app: Served, collection: Collection) -> str:
    """The addresses that an attack knows, as JavaScript."""
    at, every = app.url, paths(collection)
    sha256 = str(collection.catalogue.record(0)["sha256"])
    css = Path(__import__("streamlit").__file__).parent / "static" / "css"
    known = {
        "app": at, "labels": at + every["labels"], "manifest": at + every["a manifest"],
        "script": at + every["a script"],
        "thumbnail": at + every["a thumbnail"], "plate": at + every["a plate"],
        "picture": f"{Addresses(at, 'herbals').image(sha256)}/full/max/0/default.jpg",
        "socket": at.replace("http", "ws") + STREAM,
        "style": f"{at}/static/css/{next(css.glob('*.css')).name}",
    }  # fmt: skip
    return "".join(f"const {name} = {json.dumps(value)};" for name, value in known.items())


def _tried(page: Page, known: str, attack: str) -> Any:
    return page.evaluate(f"async () => {{ {known} try {{ return await {attack} }} catch (e) {{ return false }} }}")


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
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
