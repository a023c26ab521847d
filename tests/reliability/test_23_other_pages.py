"""Row 23: another web page neither reads nor decides anything: every header in our hands, without a browser."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from imgsim.collection import Collection, settings
from tests.e2e.serving import Served
from tests.outsider import SOCKET, Answer, head, send
from tests.reliability.other_pages import ALLOWED, EVIL, STREAM, app, data, herbals, paths
from tests.reliability.tally import Tally

__all__ = ["app", "data", "herbals"]  # fixtures

PROTECTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


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


def test_what_is_ours_is_answered_and_protected(
    client: Client, herbals: Collection, tally: Tally
) -> None:
    served = {"uploads", "media", "agents", "incoming"}  # these answer no plain GET
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
    for what, request in requests.items():
        with tally.attempt(what):
            answer = send(client.port, request)
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
