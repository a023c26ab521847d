"""Whether who asks sits at this computer: only then are its folders shown, files taken in and runs started.

Three things tell it: the number that the connection comes from, the name that the browser has in its address line, and
that no program in between says that it hands on what another computer asked.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from starlette.requests import Request

from imgsim.app.services.hosts import is_loopback, read_host
from imgsim.base.translation import marked

_HANDED_ON = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")
ELSEWHERE = marked(
    "Plates are added at the computer that imgsim runs on: open it there, at an address that begins with localhost "
    "or http://127.0.0.1"
)


def is_near(client: str, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from this computer; ``client`` is the number that it comes from."""
    host = read_host(headers.get("host", ""))
    if host is None or not (host.name == "localhost" or is_loopback(host.name)):
        return False
    return is_loopback(client) and not any(name in headers for name in _HANDED_ON)


def asks(request: Request) -> bool:
    """Whether who sent a request sits at this computer."""
    return request.client is not None and is_near(request.client.host, request.headers)


def reads() -> bool:
    """Whether who looks at the page that is being drawn does; so does a test, which has no browser."""
    headers = {name.lower(): value for name, value in st.context.headers.items()}
    # Streamlit tells no number for this computer's own.
    return not headers or is_near(st.context.ip_address or "127.0.0.1", headers)
