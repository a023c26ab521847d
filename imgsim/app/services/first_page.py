"""The document with which a browser begins on each page: Streamlit's own, and one script of ours before its scripts.

The script keeps the browser's history at one entry a step of the reader. It must be there before Streamlit writes the
first entry, and the scripts of components come later than that.
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

SCRIPT = "/history.js"
FILE = FOLDER / "shared" / "history.js"
_SCRIPTS = '<script type="module"'  # where Streamlit's begin
_HEADERS = {"Cache-Control": "no-cache"}


def routes() -> list[Route]:
    """The routes of the script, and of the document for each page that is registered."""
    names = list(page_registry.registered())
    paths = ["/", *(f"/{name}" for name in names[1:])]  # the first page has no name in its address
    pages = [Route(prefix() + path, _answer, methods=["GET"]) for path in paths]
    return [Route(prefix() + SCRIPT, _script, methods=["GET"]), *pages]


def _script(_: Request) -> Response:
    return Response(FILE.read_bytes(), 200, _HEADERS, "text/javascript")


def _answer(_: Request) -> Response:
    return Response(document(prefix()), 200, _HEADERS, "text/html")


@cache
def document(base: str) -> str:
    """The document, where the app is served below a path, "" or "/path"."""
    streamlits = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    ours = f'<script type="module" src="{escape(base + SCRIPT)}"></script>\n    '
    return streamlits.replace(_SCRIPTS, ours + _SCRIPTS, 1)
