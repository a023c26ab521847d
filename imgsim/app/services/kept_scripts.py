"""The components' scripts and style sheets, answered from memory; browsers keep them, for an address is of one version.

Streamlit, at whose addresses they are, would read them from the disk, and have a browser fetch all of them anew for
every page.
"""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from imgsim.app.components import mounting

_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}


class KeptScripts:
    """Stands before Streamlit's own routes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        asked = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        file = mounting.file_at(scope["path"]) if asked else None
        if file is None:
            await self.app(scope, receive, send)
            return
        kind = "text/css" if file.endswith(".css") else "text/javascript"
        await Response(mounting.FILES[file], 200, _HEADERS, kind)(scope, receive, send)
