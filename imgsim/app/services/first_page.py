"""The document with which a browser begins on each page: Streamlit's own, and two scripts of ours before its scripts.

One keeps the browser's history at one entry a step of the reader. It must be there before Streamlit writes the first
entry, and the scripts of components come later than that. The other has a page's keys rest under what lies over it.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from imgsim.app.components.mounting import FOLDER
from imgsim.app.services import page_registry
from imgsim.app.services.server import prefix

SCRIPTS = ("history.js", "covered.js")
_STREAMLITS = '<script type="module"'  # where Streamlit's begin
_HEADERS = {"Cache-Control": "no-cache"}


def routes() -> list[Route]:
    """The routes of the scripts, and of the document for each page that is registered."""
    names = list(page_registry.registered())
    paths = ["/", *(f"/{name}" for name in names[1:])]  # the first page has no name in its address
    pages = [Route(prefix() + path, _answer, methods=["GET"]) for path in paths]
    return [*(Route(f"{prefix()}/{script}", _script, methods=["GET"]) for script in SCRIPTS), *pages]


def _script(request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    return Response((FOLDER / "shared" / name).read_bytes(), 200, _HEADERS, "text/javascript")


def _answer(_: Request) -> Response:
    return Response(document(prefix()), 200, _HEADERS, "text/html")


@cache
def document(base: str) -> str:
    """The document, where the app is served below a path, "" or "/path"."""
    streamlits = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    tags = (f'<script type="module" src="{escape(f"{base}/{script}")}"></script>\n    ' for script in SCRIPTS)
    return streamlits.replace(_STREAMLITS, "".join(tags) + _STREAMLITS, 1)
