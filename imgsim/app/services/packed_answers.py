"""Answers that are kept packed, so that they are not packed anew for every reader, with everybody waiting."""

from __future__ import annotations

import gzip
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response


def packed(request: Request, body: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """Answer with a body that is packed with gzip; unpacked to who does not read that."""
    named = {**headers, "Vary": "Accept-Encoding"}
    if reads_gzip(request.headers.get("accept-encoding", "")):
        return Response(body, 200, {**named, "Content-Encoding": "gzip"}, media_type)
    return Response(gzip.decompress(body), 200, named, media_type)


def reads_gzip(accepted: str) -> bool:
    """Whether who sent this Accept-Encoding reads gzip: named, or by "*", with a weight above 0 (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        weight = parameters.replace(" ", "").partition("q=")[2]
        try:
            weights[name.strip()] = float(weight or 1)
        except ValueError:  # no number: as if it were not named
            continue
    named = weights.get("gzip", weights.get("x-gzip"))
    return (weights.get("*", 0) if named is None else named) > 0
