"""Clients that keep the server waiting are dropped: half a request, one byte at a time, an answer that nobody takes.

uvicorn waits for ever for the rest of a request, and Streamlit starts it without a way to hand it a protocol of our
own. So its protocol for HTTP is taught to look at its own connections, once a second. A websocket takes its connection
over, and is dropped by its own pings where nobody answers them; it may be silent as long as it likes.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEAD = 15.0  # seconds for the head of a request, from the connection or from the answer before
BODY = 30.0  # seconds for its body, and one more for each of these:
BYTES_A_SECOND = 16 * 1024
ANSWER = 60.0  # seconds in which the client must take something of an answer that waits for it
MOST = 600  # connections at a time, websockets included; further ones are closed at once
_LOOK = 1.0
_INSTALLED = "_imgsim_patience"


@dataclass(eq=False)
class _Watch:
    """Looks at one connection; `protocol` is uvicorn's, of whichever parser."""

    protocol: Any
    loop: asyncio.AbstractEventLoop
    received: int = 0

    def __post_init__(self) -> None:
        self._waits_for: tuple[object, ...] = ()
        self._since = self.loop.time()
        self._received_before = 0
        self._look()

    @cached_property
    def _transport(self) -> asyncio.Transport:
        return self.protocol.transport

    def _look(self) -> None:
        transport = self._transport
        if transport.is_closing() or transport.get_protocol() is not self.protocol:
            return  # gone, or a websocket by now
        waits_for, patience = self._waiting()
        now = self.loop.time()
        if waits_for != self._waits_for:
            self._waits_for, self._since, self._received_before = waits_for, now, self.received
        elif patience is not None and now - self._since > patience:
            transport.abort()
            return
        self.loop.call_later(_LOOK, self._look)

    def _waiting(self) -> tuple[tuple[object, ...], float | None]:
        """What the client is waited for, equal as long as it is the same; and for how many seconds it may take."""
        # The request itself, not its id(): one that is kept gives its place in memory to no other.
        cycle = self.protocol.cycle
        if self.protocol.flow.write_paused:
            return ("take", cycle, self._transport.get_write_buffer_size()), ANSWER
        if cycle is None or cycle.response_complete:
            return ("head", cycle), HEAD
        if cycle.more_body and not self.protocol.flow.read_paused:
            got = self.received - self._received_before
            return ("body", cycle), BODY + got / BYTES_A_SECOND
        return ("nothing",), None  # the answer is being made


def install(protocol: type = AutoHTTPProtocol) -> None:
    """Have every new connection of that protocol watched. A second call changes nothing."""
    if getattr(protocol, _INSTALLED, False):
        return
    made, received = protocol.connection_made, protocol.data_received  # type: ignore[attr-defined]

    def connection_made(self: Any, transport: asyncio.Transport) -> None:
        made(self, transport)
        if len(self.connections) > MOST:
            transport.abort()
            return
        self.imgsim_watch = _Watch(self, self.loop)

    def data_received(self: Any, data: bytes) -> None:
        self.imgsim_watch.received += len(data)
        received(self, data)

    protocol.connection_made = connection_made  # type: ignore[attr-defined]
    protocol.data_received = data_received  # type: ignore[attr-defined]
    setattr(protocol, _INSTALLED, True)
