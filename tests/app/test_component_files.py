"""What is served of the components' folders: scripts and style sheets, and nothing else."""

from __future__ import annotations

import asyncio

import pytest
from starlette.responses import PlainTextResponse

from imgsim.app.components import mounting
from imgsim.app.services.guard import Guard
from imgsim.app.services.hosts import Hosts


def status(path: str) -> int:
    """What the gate says to somebody who asks for a path; 200 where it lets them through."""
    sent: list[int] = []

    async def send(message: dict) -> None:
        if message["type"] == "http.response.start":
            sent.append(message["status"])

    async def receive() -> dict:
        return {"type": "http.request", "body": b""}

    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [(b"host", b"localhost:8501")],
    }  # fmt: skip
    guard = Guard(PlainTextResponse("there"), Hosts((), ""))
    asyncio.run(guard(scope, receive, send))  # type: ignore[arg-type]
    return sent[0]


def test_every_script_and_style_sheet_is_served() -> None:
    served = [path for path in mounting.FOLDER.glob("*/*") if path.suffix in {".js", ".css"}]
    assert len(served) > 30
    for path in served:
        relative = path.relative_to(mounting.FOLDER).as_posix()
        assert status(f"/_stcore/bidi-components/imgsim.plate_map/{relative}") == 200


@pytest.mark.parametrize(
    "file",
    ["mounting.py", "plate_map/__init__.py", "__pycache__/mounting.cpython-311.pyc", "plate_map", "", "map.js/x.pyc"],
)
def test_nothing_else_is(file: str) -> None:
    assert status(f"/_stcore/bidi-components/imgsim.plate_map/{file}") == 404
    assert status(f"/base/_stcore/bidi-components/imgsim.plate_map/{file}") == 404


def test_no_address_ends_in_a_line_break() -> None:
    assert status("/anything") == 200
    assert status("/collections/sample/iiif/image/0/full/max/0/default.jpg\n") == 404
