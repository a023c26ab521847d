"""Fetching a large file once: streamed, resumed where it stopped, checked by its full SHA-256.

The file grows under a temporary name beside its target and gets its own name only when its digest is the promised
one, so a file that carries the name can be trusted to be whole.
"""

import http.client
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from filelock import FileLock

from imgsim.base.hashing import file_sha256
from imgsim.errors import DownloadError

Progress = Callable[[int, int | None], None]

CHUNK = 1 << 20
TIMEOUT = 30.0
# Attempts in a row without one new byte; a slow line that keeps moving may take as many as it needs.
IDLE_ATTEMPTS = 3


class _Restart(Exception):
    """The part on disk cannot be continued; fetch the file from its first byte."""


class _Body(Protocol):
    status: int
    headers: http.client.HTTPMessage

    def read(self, amount: int) -> bytes: ...


def fetch(
    url: str,
    path: Path,
    *,
    sha256: str,
    size: int | None = None,
    progress: Progress | None = None,
    wait: float = 1.0,
) -> Path:
    """Bring `url` to `path`, unless the right file lies there already, and return `path`.

    Parameters
    ----------
    sha256 : the full digest, 64 hexadecimal digits, that the file must have.
    size : its size in bytes, if known; more than that is refused while it arrives.
    progress : called with (bytes so far, bytes in all or None).
    wait : seconds before the second attempt; doubled for each further one.

    Raises
    ------
    DownloadError
        When the address does not answer, the connection breaks again and again (what came is kept and continued
        next time), the file is not the promised one, or the disk does not take it.
    """
    if not url.startswith(("https://", "http://")):
        raise DownloadError(f"{url} is not an http or https address, so nothing was downloaded.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with FileLock(path.with_name(path.name + ".lock")):
            if path.is_file() and file_sha256(path) == sha256:
                return path
            _download(url, part, size=size, progress=progress, sha256=sha256, wait=wait)
            os.replace(part, path)
    except OSError as error:
        raise DownloadError(f"{url} could not be saved as {path}: {error.strerror or error}.") from error
    return path


def _download(
    url: str, part: Path, *, size: int | None, progress: Progress | None, sha256: str, wait: float
) -> None:
    resumed = part.exists() and part.stat().st_size > 0
    idle = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            _stream(url, part, size, progress)
        except _Restart:
            if before == 0:
                raise DownloadError(
                    f"{url} sends more or other bytes than promised. Try again later."
                ) from None
            part.unlink()
            resumed = False
            continue
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise DownloadError(f"{url} answered {error.code} {error.reason}.") from error
            reason = f"{error.code} {error.reason}"
        except (
            urllib.error.URLError,
            http.client.HTTPException,
            ssl.SSLError,
            TimeoutError,
            ConnectionError,
        ) as error:
            reason = str(getattr(error, "reason", "") or error or type(error).__name__)
        else:
            found = file_sha256(part)
            if found == sha256:
                return
            part.unlink()
            if not resumed:
                raise DownloadError(
                    f"{url} is not the file that was promised: its SHA-256 is {found}, expected {sha256}. "
                    "It was deleted. Try again later, or fetch the file by other means."
                )
            # The first bytes may stem from an older file of the same name: once more, from the start.
            resumed = False
            continue
        moved = part.exists() and part.stat().st_size > before
        idle = 0 if moved else idle + 1
        if idle >= IDLE_ATTEMPTS:
            kept = " What arrived is kept; the next try goes on from there." if part.exists() else ""
            raise DownloadError(f"{url} could not be downloaded: {reason}.{kept}")
        time.sleep(wait * 2**idle if idle else wait)


def _stream(url: str, part: Path, size: int | None, progress: Progress | None) -> None:
    """Append to `part` what it lacks of `url`; return when the server says that this is all."""
    have = part.stat().st_size if part.exists() else 0
    if size is not None and have > size:
        raise _Restart
    if size is not None and have == size:
        return
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity", "User-Agent": "imgsim"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:
            raise _Restart from error
        raise
    with response:
        if response.status == 206:
            if not (response.headers.get("Content-Range") or "").startswith(f"bytes {have}-"):
                raise _Restart
        else:
            have = 0
        length = response.headers.get("Content-Length")
        total = have + int(length) if length and length.isdigit() else size
        if size is not None and total is not None and total != size:
            raise DownloadError(f"{url} holds {total:,} bytes, expected {size:,}. Nothing was downloaded.")
        with part.open("ab" if have else "wb") as file:
            _copy(response, file, have, total, progress)


def _copy(response: _Body, file: IO[bytes], have: int, total: int | None, progress: Progress | None) -> None:
    if progress:
        progress(have, total)
    while chunk := response.read(CHUNK):
        have += len(chunk)
        if total is not None and have > total:
            raise _Restart
        file.write(chunk)
        if progress:
            progress(have, total)
    if total is not None and have < total:
        raise ConnectionError(f"the connection ended {total - have:,} bytes early")
