"""The document with which a browser begins on each page: Streamlit's own, and four scripts of ours before its scripts.
Where the reader's language is not English, the texts of the components in it come before these (browser_words.py).

One says where the server is. One keeps the browser's history at one entry a step of the reader. It must be there before
Streamlit writes the first entry, and the scripts of components come later than that. The third has a page's keys rest
under what lies over it, and the fourth has the keys of buttons heard as soon as these are seen. At the end it names the
scripts that the page will ask for (preloads.py), so that they come while Streamlit starts.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from imgsim.app.components.mounting import FOLDER
from imgsim.app.services import page_registry, preloads
from imgsim.app.services.server import prefix
from imgsim.base import translation

SCRIPTS = ("server_place.js", "history.js", "covered.js", "button_keys.js")
_STREAMLITS = '<script type="module"'  # where Streamlit's begin
_END = "</head>"
_HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}


def routes() -> list[Route]:
    """The routes of the scripts, and of the document for each page that is registered."""
    names = list(page_registry.registered())
    paths = ["/", *(f"/{name}" for name in names[1:])]  # the first page has no name in its address
    pages = [Route(prefix() + path, _answer, methods=["GET"]) for path in paths]
    below = [Route(f"{prefix()}{path}/{{rest:path}}", _above, methods=["GET"]) for path in paths[1:]]
    return [*(Route(f"{prefix()}/{script}", _script, methods=["GET"]) for script in SCRIPTS), *pages, *below]


def _script(request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    return Response((FOLDER / "shared" / name).read_bytes(), 200, _HEADERS, "text/javascript")


def _answer(request: Request) -> Response:
    name = request.url.path.removeprefix(prefix()).strip("/")
    return Response(document(prefix(), translation.language(), name), 200, _HEADERS, "text/html")


def _above(request: Request) -> Response:
    """An address below a page's, written or cut wrongly, leads to the page: Streamlit would show nothing at all."""
    name, _, rest = request.url.path.removeprefix(prefix()).strip("/").partition("/")
    if rest.startswith("_stcore"):  # Streamlit looks for its server, which is not there
        return Response("Not found", 404, media_type="text/plain")
    return RedirectResponse(f"{prefix()}/{name}{'?' if request.url.query else ''}{request.url.query}", 307)


@cache
def document(base: str, language: str = translation.ENGLISH, page: str = "") -> str:
    """The document of a page in a language, where the app is served below a path, "" or "/path"; "": the first page."""
    streamlits = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    words = () if language == translation.ENGLISH else (f"words-{language}.js",)
    spoken = streamlits.replace('<html lang="en">', f'<html lang="{language}">', 1)
    before = [f'<script type="module" src="{escape(f"{base}/{one}")}"></script>' for one in (*words, *SCRIPTS)]
    loads = page_registry.loads(page or next(iter(page_registry.registered())))
    found = preloads.addresses(base, (*preloads.EVERYWHERE, *loads))
    # Fetched and not run: run at once they would keep the page's heading waiting.
    after = [f'<link rel="modulepreload" crossorigin href="{escape(one)}">' for one in found]
    ours = spoken.replace(_STREAMLITS, "".join(f"{tag}\n    " for tag in before) + _STREAMLITS, 1)
    return ours.replace(_END, "".join(f"  {tag}\n  " for tag in after) + _END, 1)
