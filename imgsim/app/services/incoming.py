"""Files that a reader at this computer hands in for a collection: streamed to the disk, whatever their size.

They lie in ``<data>/.incoming/<token>/files`` under the names that they have, until a run takes them over. The token is
made for a page of this computer and cannot be guessed. Streamlit's own uploader would keep them in memory.
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import os
import re
import secrets
import shutil
import time
from pathlib import Path, PurePosixPath

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from imgsim.app.services import nearby, server
from imgsim.base.places import data_dir
from imgsim.base.translation import tr
from imgsim.base.writing import FULL
from imgsim.errors import ImgsimError
from imgsim.images.archives import name_problem

PLACE, FILES = ".incoming", "files"
SPARED = 512 * 2**20  # bytes of the disk that stay free, whatever comes
KEPT = 7 * 24 * 3600.0  # seconds after which what nobody took over is thrown away
_TOKEN = re.compile(r"[0-9a-f]{32}")
_LONGEST, _DEEPEST = 200, 12  # bytes of a name, folders
_PIECE = 1 << 20
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def begin() -> str:
    """Make room for files, and return its token. Raises ImgsimError where the disk does not let us."""
    clean()
    token = secrets.token_hex(16)
    try:
        (_place(token) / FILES).mkdir(parents=True)
    except OSError as error:
        raise ImgsimError(
            tr("{folder} cannot be written ({why}).", folder=data_dir(), why=error.strerror)
        ) from error
    return token


def place(token: str) -> Path | None:
    """The folder of a token; None for one that leads nowhere."""
    return found if _TOKEN.fullmatch(token) and (found := _place(token)).is_dir() else None


def _place(token: str) -> Path:
    return data_dir() / PLACE / token


def files(token: str) -> list[tuple[str, int]]:
    """(path, bytes) of every file that has come, in order."""
    room = place(token)
    if room is None:
        return []
    root = room / FILES
    found = [path for path in root.rglob("*") if path.is_file()]
    return sorted((path.relative_to(root).as_posix(), path.stat().st_size) for path in found)


def remove(token: str, name: str) -> None:
    """Throw a file or a folder away that has come. Nothing where there is none of that name."""
    room = place(token)
    if room is None or problem(name):
        return
    path = room / FILES / name
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def give_up(token: str) -> None:
    """Throw all of it away."""
    room = place(token)
    if room is not None:
        shutil.rmtree(room, ignore_errors=True)


def clean() -> None:
    """Throw away what nobody took over in a week."""
    with contextlib.suppress(OSError):
        for room in (data_dir() / PLACE).iterdir():
            if _TOKEN.fullmatch(room.name) and room.stat().st_mtime < time.time() - KEPT:
                shutil.rmtree(room, ignore_errors=True)


def problem(name: str) -> str:
    """Why a file cannot be taken in under a name (its path below what was dropped); "" if it can."""
    unsafe = name_problem(name)
    if unsafe:
        return unsafe
    parts = name.split("/")
    if any(not part.strip() or part.startswith(".") for part in parts):
        return tr("a part of its name is empty or begins with a dot")
    if len(parts) > _DEEPEST or any(len(part.encode()) > _LONGEST for part in parts):
        return tr("its name is too long")
    return ""


def room_left(folder: Path) -> int:
    """Bytes that may still come."""
    return max(0, shutil.disk_usage(folder).free - SPARED)


# ---- the route


def routes() -> list[Route]:
    """Where the browser sends files to: one request a file, its bytes and nothing else."""
    return [Route(server.prefix() + "/incoming/{token}/{name:path}", _take, methods=["PUT"])]


async def _take(request: Request) -> Response:
    if not nearby.asks(request):
        return _said(403, tr(nearby.ELSEWHERE))
    room = place(request.path_params["token"])
    if room is None:
        return _said(404, tr("This page is too old to take files in. Reload it."))
    name = request.path_params["name"]
    wrong = problem(name)
    if wrong:
        return _said(400, tr("It was not taken in: {why}.", why=wrong))
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        return _said(411, tr("It was not taken in: its size is not told."))
    if int(length) > room_left(room):
        return _said(507, _no_room(room, int(length)))
    part = room / f".{secrets.token_hex(8)}.part"
    try:
        await _write(request, part, int(length))
        kept = await run_in_threadpool(_keep, part, room / FILES, name)
    except (ClientDisconnect, _Cut):
        return _said(400, tr("It did not come whole. Try it again."))
    except OSError as error:
        if error.errno in FULL:
            return _said(507, _no_room(room, int(length)))
        long = error.errno == errno.ENAMETOOLONG
        reason = tr("its name is too long") if long else error.strerror or str(error)
        return _said(400, tr("It was not taken in: {why}.", why=reason))
    finally:
        part.unlink(missing_ok=True)
    return JSONResponse({"name": kept, "size": int(length)}, 201, _HEADERS)


class _Cut(Exception):
    """Less or more came than was said."""


async def _write(request: Request, part: Path, length: int) -> None:
    came, waiting = 0, bytearray()
    with part.open("xb") as file:
        async for piece in request.stream():
            came += len(piece)
            if came > length:
                raise _Cut
            waiting += piece
            if len(waiting) >= _PIECE:
                await run_in_threadpool(file.write, bytes(waiting))
                waiting.clear()
        await run_in_threadpool(file.write, bytes(waiting))
    if came != length:
        raise _Cut


def _keep(part: Path, root: Path, name: str) -> str:
    """Give a file its name; where another has it, a number behind it. The same file twice is one."""
    wanted = PurePosixPath(name)
    for number in range(1, 10_000):
        kept = wanted if number == 1 else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        path = root / kept
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and filecmp.cmp(path, part, shallow=False):
            return str(kept)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o644))  # two that come at once get different names
            os.replace(part, path)
            return str(kept)
    raise FileExistsError(errno.EEXIST, "there are too many files of that name")


def _no_room(room: Path, length: int) -> str:
    return tr(
        "There is no room for it on the disk of {folder}: it has {size:,.0f} MB, and only {room:,.0f} MB may still "
        "come. Free some space there.",
        folder=data_dir(),
        size=length / 2**20,
        room=room_left(room) / 2**20,
    )


def _said(status: int, sentence: str) -> Response:
    return JSONResponse({"said": sentence}, status, _HEADERS)
