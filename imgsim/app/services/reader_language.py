"""The language in which the app speaks to a reader: what was chosen in this browser, else what the browser asks for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from imgsim.app.services.server import prefix
from imgsim.base import translation

COOKIE = "imgsim-language"
_YEAR = 365 * 24 * 3600
_runs = threading.local()


def install() -> None:
    """Have pages speak the language of the reader for whom they are drawn."""
    translation.ask(_of_reader)


def wanted(cookies: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The language, one of those that are offered, by what a browser sends."""
    chosen = cookies.get(COOKIE, "")
    if chosen in translation.offered():
        return chosen
    return translation.understood(headers.get("accept-language", ""))


def _of_reader() -> str | None:
    run = get_script_run_ctx(suppress_warning=True)
    if run is None:
        return None
    if getattr(_runs, "run", None) is not run:  # once a run: pages say some hundred texts
        headers = {name.lower(): value for name, value in st.context.headers.items()}
        _runs.run, _runs.language = run, wanted(st.context.cookies, headers)
    return str(_runs.language)


class InReadersLanguage:
    """The routes beside the pages speak it, too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request in the language of whoever asks."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        with translation.speaking(wanted(request.cookies, request.headers)):
            await self.app(scope, receive, send)


def routes() -> list[Route]:
    """The route that keeps a choice in the browser and leads back: ``/language/de?to=/plate?plate=...``."""
    return [Route(prefix() + "/language/{code}", _choose, methods=["GET"])]


def _choose(request: Request) -> Response:
    code = request.path_params["code"]
    if code not in translation.offered():
        return Response(f"imgsim speaks {', '.join(translation.offered())}, not {code!r}.", 404)
    to = request.query_params.get("to", "")
    own = to.startswith("/") and not to.startswith(("//", "/\\")) and not urlsplit(to).netloc
    answer = RedirectResponse(to if own else f"{prefix()}/", 303)
    answer.set_cookie(COOKIE, code, max_age=_YEAR, path=f"{prefix()}/", samesite="strict", httponly=True)
    return answer
