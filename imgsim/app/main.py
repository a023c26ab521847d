"""What the app's file does: it draws a page, and says how the server is set up. See ``app.py``."""

from __future__ import annotations

from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from imgsim.app import pages  # noqa: F401  (registers them)
from imgsim.app.parts import first_start, mending, reviewing, shell, tray_bar
from imgsim.app.services import (
    browser_words,
    first_page,
    freed_memory,
    guard,
    iiif_routes,
    incoming,
    intake,
    kept_scripts,
    patience,
    reader_language,
    server,
)


def draw() -> None:
    """Draw the page that the address asks for."""
    page = shell.begin()
    collection = shell.choose_collection()
    if collection is not None:
        shell.sidebar(collection, page)
        tray_bar.draw(collection)
        try:
            page.run()
        except Exception:
            shell.links_after_all()
            raise
        reviewing.tell_above(collection.name)
    else:
        first_start.draw()


def settings() -> dict[str, Any]:
    """What ``st.App`` takes beside the file: the routes beside the pages, and what stands before all of them."""
    freed_memory.give_back_memory()
    reader_language.install()
    beside = (server, iiif_routes, incoming, first_page, browser_words, reader_language)
    most = int(st.get_option("server.maxUploadSize")) << 20
    return {
        "routes": [route for module in beside for route in module.routes()],
        "middleware": [
            Middleware(kept_scripts.KeptScripts),
            Middleware(intake.Intake, most=most),
            Middleware(reader_language.InReadersLanguage),
        ],
        "lifespan": server.lifespan,
        "on_script_error": mending.on_script_error,
    }


def guarded(app: ASGIApp) -> ASGIApp:
    """The app behind its gate: nothing that it serves goes around it."""
    patience.install()
    return guard.guarded(app, iiif_routes.opened)
