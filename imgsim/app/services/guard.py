"""Who may ask: one gate before everything that is served, Streamlit's own pages, uploads and websocket included.

Nothing here has a password; whoever can reach the server is let in. What must not get in is another web page that the
reader has open in the same browser. Three things tell it: the name under which it asks (`imgsim.app.services.hosts`),
the Origin that browsers put on what a page sends, and Sec-Fetch-Site, which they put on everything. A program that is
no browser sends neither, and is let in: it could send whatever it liked.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path, PurePosixPath

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imgsim.app.components.mounting import SERVED
from imgsim.app.services.hosts import VARIABLE, Host, Hosts, allowed_names, is_own, read_host
from imgsim.base.translation import tr
from imgsim.errors import ImgsimError

_READING = {"GET", "HEAD"}
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_COMPONENTS = "/_stcore/bidi-components/"
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


class Guard:
    """The gate, an ASGI application before another.

    Parameters
    ----------
    app : what is served.
    hosts : the names that are answered.
    opened : whether a person opened that path to the pages of others (for reading only).
    """

    def __init__(self, app: ASGIApp, hosts: Hosts, opened: Callable[[str], bool] = lambda path: False) -> None:
        self.app, self.hosts, self.opened = app, hosts, opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        host = read_host(named[0]) if len(named) == 1 else None

        async def protected(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                _protect(MutableHeaders(scope=message), host)
            await send(message)

        refused = self._refused(scope, headers, host)
        if refused is None:
            await self.app(scope, receive, protected)
        else:
            await _say(scope, protected, *refused)

    def _refused(self, scope: Scope, headers: Headers, host: Host | None) -> tuple[int, str] | None:
        """The status and the sentence with which a request is refused; None where it is let in."""
        if not scope["path"].startswith("/"):
            return 400, tr("imgsim is no proxy: ask for a path, such as /.")
        # The patterns of routes end in $, which lets a line break through.
        if scope["path"].endswith("\n"):
            return 404, tr("No address here ends in a line break.")
        if host is None:
            return 400, tr("The request does not say plainly which host it is for.")
        if not self.hosts.answers(host):
            return 421, tr(
                "imgsim does not answer to the name {name}. If it is yours, start imgsim with "
                "python3 -m imgsim --allow-host {name} (or set {variable}={name}).",
                name=host.name,
                variable=VARIABLE,
            )
        if _COMPONENTS in scope["path"] and PurePosixPath(scope["path"]).suffix not in SERVED:
            return 404, tr("Of the components only what a browser runs is served.")
        method = scope.get("method", "GET")
        if not _foreign(headers, host, reading=scope["type"] == "http" and method in _READING):
            return None
        if scope["type"] == "http" and method in {*_READING, "OPTIONS"} and self.opened(scope["path"]):
            return None
        return 403, tr(
            "This came from a page that is not one of imgsim at this address. If a proxy stands before imgsim, it "
            "must hand on the Host of the request as it is."
        )


def _foreign(headers: Headers, host: Host, reading: bool) -> bool:
    """Whether a request comes from a page that is not ours; a link that the reader follows comes from the reader."""
    origins = headers.getlist("origin")
    if origins:
        return len(origins) > 1 or not is_own(origins[0], host)
    if headers.get("sec-fetch-site", "none") in {"same-origin", "none"}:
        return False
    followed = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return not (reading and followed)


async def _say(scope: Scope, send: Send, status: int, sentence: str) -> None:
    body = f"{sentence}\n".encode()
    kind = "http.response" if scope["type"] == "http" else "websocket.http.response"
    if scope["type"] == "websocket" and kind not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": "not allowed"})
        return
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        # What is left of an unwanted request is not waited for.
        *([(b"connection", b"close")] if scope["type"] == "http" else []),
    ]
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})


def _protect(headers: MutableHeaders, host: Host | None) -> None:
    for name, value in _ALWAYS.items():
        headers[name] = value
    # What is no page has stricter words of its own; so have answers that a person opened to others.
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Content-Security-Policy", page_policy(host))


def page_policy(host: Host | None) -> str:
    """What a page may do: everything comes from here, and nothing may show it within a page of its own.

    Streamlit writes styles and a font into the page, and reads its messages with WebAssembly; scripts come as files.
    Some browsers do not take the websocket of the same host for 'self', so it is named.
    """
    own = "" if host is None else f" ws://{host} wss://{host}"
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval'{_inline_scripts()}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self'{own}",
            "manifest-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


@cache
def _inline_scripts() -> str:
    """The hashes of the scripts that stand within Streamlit's own page."""
    page = Path(st.__file__).parent / "static" / "index.html"
    found = _INLINE.findall(page.read_bytes())
    return "".join(f" 'sha256-{base64.b64encode(hashlib.sha256(one).digest()).decode()}'" for one in found)


def guarded(app: ASGIApp, opened: Callable[[str], bool]) -> Guard:
    """Put the gate before an app, with the names that the configuration and the environment allow."""
    try:
        names = allowed_names()
    except ImgsimError as error:
        raise SystemExit(f"imgsim: {error} (It stands in {VARIABLE}.)") from None
    return Guard(app, Hosts(names, str(st.get_option("server.address") or "")), opened)
