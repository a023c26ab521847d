"""Asking others' servers politely, and believing nothing that they say about size, kind or place.

One request at a time, with a pause between them; a server that says "later" (429, 503) is asked again when it wishes.
"""

from __future__ import annotations

import email.utils
import functools
import http.client
import ipaddress
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import imgsim
from imgsim.errors import DownloadError
from imgsim.sources.iiif.pictures import address

USER_AGENT = f"imgsim/{imgsim.__version__} (finds re-used plates; one request at a time)"
ATTEMPTS = 5
_LATER = {429, 500, 502, 503, 504}
_REDIRECTS = 5
_CHUNK = 1 << 16


class Refused(DownloadError):
    """The server answered, and the answer will not change: ``status``, or 0 if imgsim itself refuses."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Unanswered(DownloadError):
    """No usable answer came, in several attempts."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Redirects are followed by ourselves, each address being looked at first."""

    def redirect_request(self, *words: Any, **more: Any) -> None:
        return None


class _Request(urllib.request.Request):
    """A request, and whether what answers it may be this machine or in its own network."""

    local = False


class _Guard:
    """Looks at whom a connection really reached: a name can lead elsewhere when it is looked up a second time."""

    def __init__(self, *words: Any, local: bool, **more: Any) -> None:
        super().__init__(*words, **more)
        self._local = local

    def connect(self: Any) -> None:
        super().connect()  # type: ignore[misc]
        reached = self.sock.getpeername()[0]
        if not self._local and not _is_public(reached):
            self.close()
            raise Refused(
                f"{self.host} led to {reached}, on this machine or in its own network; it was asked nothing."
            )


class _Plain(_Guard, http.client.HTTPConnection):
    pass


class _Secure(_Guard, http.client.HTTPSConnection):
    pass


class _GuardedHandler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Plain, request, local=_may_be_local(request))  # type: ignore[arg-type]

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Secure, request, local=_may_be_local(request))  # type: ignore[arg-type]


def _may_be_local(request: urllib.request.Request) -> bool:
    # What is connected to a request for another host is a proxy, and a proxy is often a neighbour.
    proxied = urlsplit(f"//{request.host}").hostname != urlsplit(request.full_url).hostname
    return proxied or (isinstance(request, _Request) and request.local)


def _opener() -> urllib.request.OpenerDirector:
    # Not build_opener, which also opens files, FTP and data addresses.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        _GuardedHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
        _NoRedirect,
    ):
        opener.add_handler(handler())
    return opener


@dataclass
class Fetcher:
    """Fetches small files over http and https.

    Attributes
    ----------
    pause : seconds between the end of one request and the next; none on this machine and in its own network.
    timeout, deadline : seconds without a byte, and for one answer as a whole.
    most_patience : a server that wants a longer pause than so many seconds is given up.
    sleep, clock : replaced in tests.
    """

    pause: float = 0.25
    timeout: float = 30.0
    deadline: float = 120.0
    most_patience: float = 120.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _opener: urllib.request.OpenerDirector = field(default_factory=_opener, repr=False)
    _last: float | None = field(default=None, repr=False)

    def get(self, url: str, limit: int, *, accept: str = "*/*", local: bool = False) -> bytes:
        """Return what is at an address.

        Parameters: ``limit`` in bytes; ``local`` whether it may lie on this machine or in its own network.
        Raises Refused for an answer that will not change, Unanswered when several attempts failed.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._follow(url, limit, accept, local)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in _LATER:
                        raise Refused(f"{url} answered {error.code} {error.reason}.", error.code) from None
                    wait = _wished(error.headers.get("Retry-After"))
                reason = f"{error.code} {error.reason}"
            except (
                OSError,  # of which URLError, TimeoutError and ssl.SSLError are kinds
                http.client.HTTPException,
                ssl.SSLError,
            ) as error:
                wait, reason = None, str(getattr(error, "reason", "") or error or type(error).__name__)
            wait = 2.0**attempt if wait is None else max(wait, 1.0)
            if wait > self.most_patience:
                raise Unanswered(
                    f"{url} answered {reason} and asks to wait {wait:.0f} s. Try again later."
                )
            if attempt + 1 < ATTEMPTS:
                self.sleep(wait)
        raise Unanswered(f"{url} did not answer in {ATTEMPTS} attempts: {reason}.")

    def _follow(self, url: str, limit: int, accept: str, local: bool) -> bytes:
        for _ in range(_REDIRECTS + 1):
            if not address(url):
                raise Refused(f"{url[:200]} is not an http or https address.")
            host = urlsplit(url).hostname or ""
            if not local and is_local(host):
                raise Refused(
                    f"{url[:200]} lies on this machine or in its own network, where a manifest from elsewhere has "
                    "no business."
                )
            if not is_local(host):
                self._be_patient()
            request = _Request(
                url, headers={"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": "identity"}
            )
            request.local = local
            try:
                with self._opener.open(request, timeout=self.timeout) as answer:
                    return self._read(answer, url, limit)
            except urllib.error.HTTPError as error:
                if error.code not in {301, 302, 303, 307, 308}:
                    raise
                with error:
                    url = urljoin(url, error.headers.get("Location") or "")
            finally:
                self._last = self.clock()
        raise Refused(f"{url[:200]} leads from one address to the next, more than {_REDIRECTS} times.")

    def _be_patient(self) -> None:
        if self._last is not None:
            wait = self._last + self.pause - self.clock()
            if wait > 0:
                self.sleep(wait)

    def _read(self, answer: Any, url: str, limit: int) -> bytes:
        length = answer.headers.get("Content-Length") or ""
        promised = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None
        if promised is not None and promised > limit:
            raise Refused(f"{url} has {promised:,} bytes; imgsim takes at most {limit:,}.")
        content = self._within(answer, url, limit)
        if promised is not None and len(content) < promised:
            raise ConnectionError(f"the connection ended {promised - len(content):,} bytes early")
        return content

    def _within(self, answer: IO[bytes], url: str, limit: int) -> bytes:
        pieces, size, until = [], 0, self.clock() + self.deadline
        # read1: what is there, not a full chunk, or a server that sends a byte a second would never be noticed.
        while piece := answer.read1(_CHUNK):  # type: ignore[attr-defined]
            size += len(piece)
            if size > limit:
                raise Refused(f"{url} has more than the {limit:,} bytes that imgsim takes.")
            if self.clock() > until:
                raise Refused(f"{url} took longer than {self.deadline:.0f} s.")
            pieces.append(piece)
        return b"".join(pieces)


def _wished(header: str | None) -> float | None:
    """How many seconds a Retry-After asks for, as a number or a date; None if it does not say."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = email.utils.parsedate_to_datetime(text)
        return max(0.0, when.timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


@functools.lru_cache(maxsize=256)
def is_local(host: str) -> bool:
    """Whether a host is this machine, or belongs to a network that is not the public internet."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False  # it will not be reached either, or only through a proxy, which has its own network
    return not all(map(_is_public, found))


def _is_public(found: str) -> bool:
    ip = ipaddress.ip_address(found.partition("%")[0])
    # ::ffff:127.0.0.1 is 127.0.0.1
    return (getattr(ip, "ipv4_mapped", None) or ip).is_global
