"""What the app serves beside its pages, asked as a browser asks, without a browser and without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.applications import Starlette

from imgsim.app.services import browser_words, first_page, iiif_routes, incoming, reader_language, server

HOST = "127.0.0.1:8501"
APP = f"http://{HOST}"


def get(
    path: str,
    query: str = "",
    *,
    host: str | None = None,
    accept: str = "",
    method: str = "GET",
    scheme: str = "http",
    raw: bool = False,
    more: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, str], bytes]:
    """Ask the app's routes, all of them; `raw` hands the path over as a server would that decoded it already.

    `more` are headers."""
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    requests = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict:
        if not requests:
            await asyncio.Event().wait()  # whoever asks stays until the answer is there
        return requests.pop()

    named = [(b"host", host.encode("latin-1"))] if host is not None else []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": path if raw else unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [*named, (b"accept", accept.encode()), *((k.encode(), v.encode()) for k, v in (more or {}).items())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    beside = (server, iiif_routes, first_page, browser_words, reader_language)
    app = Starlette(routes=[route for module in beside for route in module.routes()])
    asyncio.run(reader_language.InReadersLanguage(app)(scope, receive, send))  # type: ignore[arg-type]
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


def ask(
    address: str, *, host: str | None = HOST, accept: str = "", method: str = "GET", scheme: str = "http"
) -> tuple[int, dict[str, str], bytes]:
    """Ask for an address, absolute or not."""
    parts = urlsplit(address)
    return get(parts.path, parts.query, host=host, accept=accept, method=method, scheme=scheme)


def put(
    path: str,
    pieces: list[bytes],
    headers: dict[str, str] | None = None,
    *,
    client: str = "127.0.0.1",
    cut: bool = False,
) -> tuple[int, dict[str, Any]]:
    """Hand a file in, piece by piece, as a browser does; ``cut``: the browser goes away before the end."""
    named = {"host": HOST, "content-length": str(sum(map(len, pieces))), **(headers or {})}
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.disconnect"} if cut else {"type": "http.request", "body": b"", "more_body": False})
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "PUT", "scheme": "http",
        "path": unquote(path), "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in named.items() if value],
        "client": (client, 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    asyncio.run(Starlette(routes=incoming.routes())(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], json.loads(body) if body[:1] == b"{" else {}
