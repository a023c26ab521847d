"""Slow clients are dropped; slow answers, slow networks and silent websockets are not."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from imgsim.app.services import patience
from tests.e2e.serving import serve
from tests.outsider import SOCKET, head, read

LARGE = 64 * 2**20
HOST = [("Host", "localhost")]


async def answering(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body; /late thinks first, /large answers at length, /deaf does not read."""
    if scope["type"] == "lifespan":
        for _ in range(2):
            await send({"type": f"{(await receive())['type']}.complete"})
        return
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    size = 0
    while scope["path"] != "/deaf":
        message = await receive()
        size += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message["more_body"]:
            break
    if scope["path"] == "/late":
        await asyncio.sleep(3 * patience.HEAD)
    body = bytes(LARGE) if scope["path"] == "/large" else str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for start in range(0, len(body), 2**16):
        more = start + 2**16 < len(body)
        await send({"type": "http.response.body", "body": body[start : start + 2**16], "more_body": more})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server with little patience: a second for everything."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"HEAD": 1.0, "BODY": 1.0, "ANSWER": 1.0, "_LOOK": 0.1, "MOST": 20}.items():
            patch.setattr(patience, name, value)
        patience.install()
        patience.install()
        server = uvicorn.Server(uvicorn.Config(answering, port=0, log_level="error", ws="websockets-sansio"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield server.servers[0].sockets[0].getsockname()[1]
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def connect(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), 20)
    client.settimeout(20)
    return client


def seconds_until_dropped(client: socket.socket, drip: bytes = b"", most: float = 10.0) -> float:
    """Send one byte of ``drip`` ten times a second, for ever, and return when the server has had enough."""
    start = time.monotonic()
    client.settimeout(0.1)
    for number in range(int(most * 10)):
        try:
            if drip:
                client.sendall(drip[number % len(drip) :][:1])
            if not client.recv(65536):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - start


BEGUN = head("GET", "/", HOST)[:-4]
POSTED = head("POST", "/", [*HOST, ("Content-Length", "100000")])


@pytest.mark.parametrize(
    ("begun", "drip"),
    [
        (b"", b""), (b"", b"GET / HTTP/1.1\r\nX: " + b"x" * 99), (b"GET / HT", b""), (BEGUN, b""),
        (BEGUN + b"\r\nX: ", b"x"), (POSTED, b""), (POSTED, b"x"), (POSTED + b"x" * 30_000, b""),
        (head("POST", "/", [*HOST, ("Transfer-Encoding", "chunked")]), b"1\r\nx\r\n"),
        (head("GET", "/deaf", [*HOST, ("Content-Length", "100000")]), b"x"),
        (head("POST", "/", [*HOST, ("Content-Length", "100000"), ("Expect", "100-continue")]), b""),
    ],
    ids=[
        "silence", "a head in drops", "half a line", "half a head", "a header in drops", "no body", "a body in drops",
        "half a body", "chunks in drops", "a body in drops that nobody wants", "a body that was asked for",
    ],
)  # fmt: skip
def test_a_client_that_keeps_the_server_waiting_is_dropped(port: int, begun: bytes, drip: bytes) -> None:
    with connect(port) as client:
        client.sendall(begun)
        # A byte more bought by each of those that came: half a body of 30,000 is two seconds.
        assert 0.8 < seconds_until_dropped(client, drip) < 5


def test_the_second_request_of_a_connection_is_waited_for_no_longer(port: int) -> None:
    with connect(port) as client:
        client.sendall(head("GET", "/", HOST))
        assert read(client).body == b"0"
        assert 0.8 < seconds_until_dropped(client, BEGUN + b"\r\nX: " + b"x" * 99) < 3


def test_a_client_that_takes_no_answer_is_dropped(port: int) -> None:
    with connect(port) as client:
        client.sendall(head("GET", "/large", HOST))
        time.sleep(4)
        got = 0
        with pytest.raises(OSError):
            while more := client.recv(2**20):
                got += len(more)
            raise ConnectionResetError  # closed is as good as reset, where not all came
        assert got < LARGE


def test_a_slow_network_is_no_slow_client(port: int) -> None:
    with connect(port) as client:  # takes three times as long as nothing may take, yet always takes something
        client.sendall(head("GET", "/large", HOST))
        got, start = 0, time.monotonic()
        while got < LARGE:
            got += len(client.recv(2**20))
            time.sleep(max(0.0, start + 3 * got / LARGE - time.monotonic()))
    with connect(port) as client:
        client.sendall(head("POST", "/", [*HOST, ("Content-Length", str(30 * 8192))]))
        for _ in range(30):
            client.sendall(bytes(8192))
            time.sleep(0.1)
        assert read(client).body == str(30 * 8192).encode()


def test_a_connection_that_is_used_is_not_dropped(port: int) -> None:
    with connect(port) as client:
        until = time.monotonic() + 3 * patience.HEAD
        while time.monotonic() < until:
            for _ in range(2):
                client.sendall(head("GET", "/", HOST))
                assert read(client).body == b"0"
            time.sleep(patience._LOOK)


def test_an_answer_may_take_its_time_and_a_websocket_be_silent(port: int) -> None:
    with connect(port) as late, connect(port) as silent:
        late.sendall(head("GET", "/late", HOST))
        silent.sendall(head("GET", "/", [*HOST, *SOCKET.items()]))
        assert read(silent).status == 101
        assert read(late).body == b"0"
        assert seconds_until_dropped(silent, most=2) > 1.9


def test_connections_are_counted_and_room_comes_back(port: int) -> None:
    clients = [connect(port) for _ in range(patience.MOST)]
    time.sleep(0.3)
    with connect(port) as further:
        assert seconds_until_dropped(further) < 0.5
    time.sleep(2)  # all were silent
    with connect(port) as client:
        client.sendall(head("GET", "/", HOST))
        assert read(client).body == b"0"
    for one in clients:
        one.close()


def test_the_app_itself_has_this_patience(tmp_path: Path) -> None:
    with serve(tmp_path) as served:
        port = urlsplit(served.url).port or 0
        with connect(port) as silent, connect(port) as half:
            half.sendall(BEGUN)
            start = time.monotonic()
            assert 14 < seconds_until_dropped(silent, most=25) < 19
            assert seconds_until_dropped(half, most=2) < 2 and time.monotonic() - start < 21
