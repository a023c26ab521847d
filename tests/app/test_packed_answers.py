"""Who gets a packed answer."""

from __future__ import annotations

import gzip

import pytest
from starlette.requests import Request

from imgsim.app.services.packed_answers import packed


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip, deflate, br", True), ("br;q=1.0, GZIP;q=0.5", True), ("*", True), ("x-gzip", True),
        ("gzip; q=0.001", True),
        ("", False), ("identity", False), ("gzip;q=0", False), ("gzip ; q=0.000, *", False), ("*;q=0", False),
        ("gzip;q=many", False), ("notgzip", False), ("deflate;a=gzip", False),
    ],
)  # fmt: skip
def test_only_who_reads_gzip_gets_it(accepted: str, is_packed: bool) -> None:
    asked = Request({"type": "http", "headers": [(b"accept-encoding", accepted.encode())]})
    answer = packed(asked, gzip.compress(b"roses"), "text/plain", {"X-Own": "1"})
    said = answer.headers
    assert (said.get("content-encoding") == "gzip") == is_packed
    assert (gzip.decompress(answer.body) if is_packed else answer.body) == b"roses"
    assert said["vary"] == "Accept-Encoding" and said["x-own"] == "1"
