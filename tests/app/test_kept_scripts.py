"""The components' scripts and style sheets, as browsers may keep them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from imgsim.app.components import mounting
from imgsim.app.services.kept_scripts import KeptScripts

LATER = "/_stcore/bidi-components/imgsim-0123456789abcdef.plate_map/plate_map/map.js"


def ask(path: str, method: str = "GET") -> tuple[dict[str, str], bytes]:
    """Headers and body of what is at a path, before a server that has something at every one."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    asyncio.run(KeptScripts(PlainTextResponse("streamlit"))(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return headers, b"".join(message.get("body", b"") for message in sent[1:])


def test_every_file_is_served_as_it_is_for_good() -> None:
    assert len(mounting.FILES) > 60 and {name.rpartition(".")[2] for name in mounting.FILES} == {"js", "css"}
    for base in ("", "/path"):
        for name, content in mounting.FILES.items():
            headers, body = ask(base + mounting.address("plate_map", name))
            kind = "text/javascript" if name.endswith(".js") else "text/css"
            assert body == content == (mounting.FOLDER / name).read_bytes()
            assert headers["content-type"].startswith(kind) and "immutable" in headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        LATER,  # of another version: these files are none of it
        mounting.address("plate_map", "mounting.py"),
        mounting.address("plate_map", "../app.py"),
        mounting.address("no_component", "plate_map/map.js"),
        "/plate_map/map.js",
        "/",
    ],
)
def test_whatever_else_is_asked_for_is_left_to_streamlit(path: str) -> None:
    headers, body = ask(path)
    assert body == b"streamlit" and "cache-control" not in headers


def test_nothing_is_written_there() -> None:
    assert ask(mounting.address("plate_map", "plate_map/map.js"), "POST")[1] == b"streamlit"
