"""What the app serves beside its pages, asked as a browser asks, without a browser and without a network."""

from __future__ import annotations

import asyncio
from urllib.parse import unquote, urlsplit

from starlette.applications import Starlette

from imgsim.app.services import iiif_routes, server

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
) -> tuple[int, dict[str, str], bytes]:
    """Ask the app's routes, all of them; `raw` hands the path over as a server would that decoded it already."""
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
        "headers": [*named, (b"accept", accept.encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    app = Starlette(routes=[*server.routes(), *iiif_routes.routes()])
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


def ask(
    address: str, *, host: str | None = HOST, accept: str = "", method: str = "GET", scheme: str = "http"
) -> tuple[int, dict[str, str], bytes]:
    """Ask for an address, absolute or not."""
    parts = urlsplit(address)
    return get(parts.path, parts.query, host=host, accept=accept, method=method, scheme=scheme)
