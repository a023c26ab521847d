"""Answers that are kept packed, so that they are not packed anew for every reader, with everybody waiting."""

from __future__ import annotations

import gzip
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response


def packed(request: Request, body: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """Answer with a body that is packed with gzip; unpacked to who does not read that."""
    named = {**headers, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(body, 200, {**named, "Content-Encoding": "gzip"}, media_type)
    return Response(gzip.decompress(body), 200, named, media_type)
