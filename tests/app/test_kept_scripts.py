"""The components' scripts and style sheets, as browsers may keep them."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from imgsim.app.components import mounting
from imgsim.app.services.kept_scripts import KeptScripts

LATER = "/_stcore/bidi-components/imgsim-0123456789abcdef.plate_map/plate_map/map.js"


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The scripts before a server that has something at every address."""
    routes = [Route("/{path:path}", lambda _: PlainTextResponse("streamlit"), methods=["GET", "POST"])]
    return TestClient(KeptScripts(Starlette(routes=routes)))


def test_every_file_is_served_as_it_is_for_good(client: TestClient) -> None:
    assert len(mounting.FILES) > 60 and {name.rpartition(".")[2] for name in mounting.FILES} == {"js", "css"}
    for base in ("", "/path"):
        for name, content in mounting.FILES.items():
            answer = client.get(base + mounting.address("plate_map", name))
            kind = "text/javascript" if name.endswith(".js") else "text/css"
            assert answer.content == content == (mounting.FOLDER / name).read_bytes()
            assert answer.headers["content-type"].startswith(kind) and "immutable" in answer.headers["cache-control"]


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
def test_whatever_else_is_asked_for_is_left_to_streamlit(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.text == "streamlit" and "cache-control" not in answer.headers


def test_nothing_is_written_there(client: TestClient) -> None:
    assert client.post(mounting.address("plate_map", "plate_map/map.js")).text == "streamlit"
