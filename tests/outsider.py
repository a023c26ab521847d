"""A client that is no browser and keeps to no rule: it sends what it is told, and reads what comes back."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass

SOCKET = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where the connection was closed without a word."""

    status: int
    headers: dict[str, str]
    body: bytes


def head(method: str, target: str, headers: Iterable[tuple[str, str]], version: str = "1.1") -> bytes:
    """The head of a request, with its headers as they are told, double ones and bad ones included."""
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def send(port: int, data: bytes, timeout: float = 20.0) -> Answer:
    """Send bytes to that port of this computer and read one answer; a websocket is left as soon as it is open."""
    with socket.create_connection(("127.0.0.1", port), timeout) as client:
        client.sendall(data)
        return read(client, bodiless=data.startswith(b"HEAD "))


def read(client: socket.socket, bodiless: bool = False) -> Answer:
    """Read one answer."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = client.recv(65536)
        if not more:
            return Answer(0, {}, got)
        got += more
    top, _, body = got.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    status = int(first.split()[1])
    if status == 101 or bodiless:
        return Answer(status, headers, b"")
    length = headers.get("content-length")
    while length is None or len(body) < int(length):
        if headers.get("transfer-encoding") == "chunked" and body.endswith(b"0\r\n\r\n"):
            break
        more = client.recv(65536)
        if not more:
            break
        body += more
    return Answer(status, headers, body)
