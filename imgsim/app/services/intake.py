"""Files that readers send: kept on the disk while they are looked at, never in the server's memory.

Streamlit keeps every uploaded file in memory for as long as its page is open; twenty people with large scans would fill
it. So each file is taken out of its request as it arrives and laid in a temporary file that has no name; Streamlit gets
a ticket in its place, and a page that is handed the ticket finds the file by it.
"""

from __future__ import annotations

import io
import re
import secrets
from collections import OrderedDict
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import BinaryIO, cast

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imgsim.base.translation import tr

UPLOADS = "/_stcore/upload_file/"
MOST_KEPT = 64  # files; the oldest is given up for a new one
_TICKET = re.compile(rb"imgsim-upload:([0-9a-f]{32})")
_FRAMING = 64 * 1024  # bytes of a request beside its file

_files: OrderedDict[str, BinaryIO] = OrderedDict()
_lock = Lock()


class Intake:
    """ASGI middleware that puts a ticket in the place of each file that is sent to Streamlit.

    Parameters
    ----------
    most : bytes that a file may have.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or UPLOADS not in scope["path"]:
            await self.app(scope, receive, send)
            return
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.most + _FRAMING:
                raise _TooLarge
            return message

        try:
            # Starlette's parser lays a file on the disk while it arrives, if it has more than 1 MB.
            async with Request(scope, bounded).form(max_files=1, max_fields=1) as form:
                given = [value for value in form.values() if isinstance(value, UploadFile)]
                if len(given) != 1 or not given[0].size or given[0].size > self.most:
                    raise _TooLarge if given and (given[0].size or 0) > self.most else MultiPartException("no file")
                name, media_type = given[0].filename or "", given[0].content_type or "application/octet-stream"
                file = cast(SpooledTemporaryFile[bytes], given[0].file)
                file.rollover()  # a small one, too
                ticket = keep(cast(BinaryIO, file))
                given[0].file = cast(BinaryIO, io.BytesIO())  # what the form closes
        except _TooLarge:
            answer = PlainTextResponse(tr("The file has more than {size} MB.", size=self.most >> 20), 413)
            await answer(scope, receive, send)
            return
        except (MultiPartException, ClientDisconnect, ValueError):
            await PlainTextResponse(tr("This is no file that was sent by a form."), 400)(scope, receive, send)
            return
        await self.app(*_with(scope, ticket, name, media_type), send)


class _TooLarge(Exception):
    """More arrives than is allowed."""


def _with(scope: Scope, ticket: bytes, name: str, media_type: str) -> tuple[Scope, Receive]:
    """The request again, with a ticket for its file."""
    boundary = secrets.token_hex(16)
    clean = re.sub(r'[\r\n"\\]', "_", name)
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{clean}"\r\n'
        f"Content-Type: {re.sub(r'[^A-Za-z0-9./+-]', '', media_type)}\r\n\r\n"
    ).encode() + ticket
    body += f"\r\n--{boundary}--\r\n".encode()
    headers = Headers(scope=scope).mutablecopy()
    headers["content-type"] = f"multipart/form-data; boundary={boundary}"
    headers["content-length"] = str(len(body))
    del headers["transfer-encoding"]
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return {**scope, "headers": headers.raw}, receive


def keep(file: BinaryIO) -> bytes:
    """Keep an open file, and return the ticket for it."""
    token = secrets.token_hex(16)
    given_up: list[BinaryIO] = []
    with _lock:
        _files[token] = file
        while len(_files) > MOST_KEPT:
            given_up.append(_files.popitem(last=False)[1])
    for old in given_up:
        old.close()
    return b"imgsim-upload:" + token.encode()


def sent(content: bytes) -> bytes | BinaryIO | None:
    """What was sent, for what Streamlit hands over: the file of a ticket, None if it was given up; else the content."""
    found = _TICKET.fullmatch(content)
    if found is None:
        return content
    with _lock:
        file = _files.get(found[1].decode())
        if file is not None:
            _files.move_to_end(found[1].decode())
    return file


def give_up(content: bytes) -> None:
    """Close the file of a ticket: it is not needed again."""
    found = _TICKET.fullmatch(content)
    if found is not None:
        with _lock:
            file = _files.pop(found[1].decode(), None)
        if file is not None:
            file.close()


def read(content: bytes) -> bytes | None:
    """The whole file, for what Streamlit hands over; None if it was given up."""
    given = sent(content)
    if given is None or isinstance(given, bytes):
        return given
    given.seek(0)
    return given.read()
