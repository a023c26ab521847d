"""Understanding manifests of IIIF Presentation 3 and 2 as libraries serve them, and as somebody hostile would.

Nothing here fetches anything. Whatever is missing or of a wrong kind becomes a page with a ``problem``, never an
exception from within: only a document that is no manifest at all is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from imgsim.errors import ManifestError
from imgsim.sources.iiif.wording import said

MAX_PAGES = 20_000
_MAX_PAIRS = 100
_LEVEL = re.compile(r"level-?([0-2])", re.IGNORECASE)


@dataclass(frozen=True)
class Picture:
    """How a manifest says that an image can be had.

    Attributes
    ----------
    body : address of the image itself, '' if there is none that may be asked for.
    service : address of its Image API service, '' if it has none.
    version : of that service: 1, 2 or 3.
    level : 0, 1 or 2; None if the manifest does not tell.
    size : width and height in pixels of the image, None if the manifest does not tell.
    """

    body: str
    service: str = ""
    version: int = 2
    level: int | None = None
    size: tuple[int, int] | None = None


@dataclass(frozen=True)
class Canvas:
    """A canvas: its place (from 1), id, label, what is said of it, and its picture, or the problem with it."""

    number: int
    id: str
    label: str
    pairs: tuple[tuple[str, str], ...]
    picture: Picture | None
    problem: str = ""


@dataclass(frozen=True)
class Book:
    """A manifest. ``pairs`` are its metadata as (label, value), ``left_out`` counts pages beyond MAX_PAGES."""

    id: str
    label: str
    pairs: tuple[tuple[str, str], ...]
    pages: tuple[Canvas, ...]
    left_out: int = 0


@dataclass(frozen=True)
class Shelf:
    """A IIIF Collection: the addresses of its manifests, and how many collections stand in it (not followed)."""

    label: str
    manifests: tuple[str, ...]
    collections: int


def parse(content: bytes, source: str) -> Book | Shelf:
    """Read a manifest or a collection of manifests.

    Parameters: ``source`` is where it came from, for messages.
    Raises ManifestError if it is neither.
    """
    try:
        document = json.loads(content)
    except RecursionError:
        raise ManifestError(
            f"{source} is nested too deeply to be a manifest. Check that the address is that of a manifest."
        ) from None
    except ValueError as error:
        page = " It is a web page: look on it for a link “IIIF manifest”." if _is_page(content) else ""
        raise ManifestError(f"{source} is no IIIF manifest: it is not JSON ({error}).{page}") from None
    if not isinstance(document, dict):
        raise ManifestError(
            f"{source} is no IIIF manifest: it is a {type(document).__name__}, not an object."
        )
    kind = str(document.get("type") or document.get("@type") or "").rpartition(":")[2]
    if kind == "Collection":
        return _shelf(document)
    if kind != "Manifest":
        raise ManifestError(
            f"{source} is no IIIF manifest: its type is {kind[:60]!r}, and Manifest or Collection of the "
            "Presentation API 2 or 3 was expected."
        )
    return _book(document, source)


def address(value: object) -> str:
    """Return a value as an address that may be asked for: http or https, with a host and no password; '' otherwise."""
    if not isinstance(value, str) or len(value) > 2000 or any(c.isspace() or ord(c) < 32 for c in value):
        return ""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or port == 0:
        return ""
    try:
        parts.netloc.encode("ascii")
    except UnicodeEncodeError:
        return ""
    # Letters beyond ASCII may stand in a path, and must not on the wire.
    return quote(value, safe="%/:=&?~#+!$,;'@()*[]").split("#", 1)[0]


def _is_page(content: bytes) -> bool:
    return content.lstrip()[:1] == b"<"


# ---- what both versions have in common


def _items(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _objects(value: object) -> Iterator[dict[str, Any]]:
    return (item for item in _items(value) if isinstance(item, dict))


def _id(found: dict[str, Any]) -> str:
    value = found.get("id") or found.get("@id")
    return value if isinstance(value, str) else ""


def _kind(found: dict[str, Any]) -> str:
    value = found.get("type") or found.get("@type")
    return value.rpartition(":")[2] if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    number = isinstance(value, int) and not isinstance(value, bool)
    return value if number and 0 < value < 10_000_000 else None  # type: ignore[operator, return-value]


def _size(found: dict[str, Any]) -> tuple[int, int] | None:
    width, height = _whole(found.get("width")), _whole(found.get("height"))
    return (width, height) if width and height else None


def _pairs(found: dict[str, Any], modern: bool) -> tuple[tuple[str, str], ...]:
    """The metadata, then under which terms it is given."""
    pairs = [
        (said(pair.get("label"), modern=True)[:80], said(pair.get("value"), modern=modern))
        for pair in _objects(_items(found.get("metadata"))[:_MAX_PAIRS])
    ]
    statement = found.get("requiredStatement")
    if isinstance(statement, dict):
        pairs.append(("Attribution", said(statement.get("value"), modern=modern)))
    pairs.append(("Attribution", said(found.get("attribution"), modern=modern)))
    pairs.append(("Rights", said(found.get("rights") or found.get("license"), modern=modern)))
    return tuple((label, value) for label, value in pairs if label and value)


def _shelf(document: dict[str, Any]) -> Shelf:
    manifests, collections = [], len(_items(document.get("collections")))
    for name in ("items", "manifests", "members"):
        for item in _items(document.get(name)):
            if isinstance(item, dict) and _kind(item) == "Collection":
                collections += 1
            elif found := address(_id(item) if isinstance(item, dict) else item):
                manifests.append(found)
    return Shelf(said(document.get("label"), modern=False), tuple(dict.fromkeys(manifests)), collections)


def _book(document: dict[str, Any], source: str) -> Book:
    modern = "items" in document
    if modern:
        canvases = _items(document.get("items"))
    else:
        # Only the first sequence is written out; others, where there are any, order the same pages otherwise.
        first = next(_objects(document.get("sequences")), {})
        canvases = _items(first.get("canvases"))
    if not canvases:
        raise ManifestError(f"The manifest {source} has no pages (canvases), so there is nothing to fetch.")
    pages = tuple(
        _page(canvas, number, modern) for number, canvas in enumerate(canvases[:MAX_PAGES], start=1)
    )
    left_out = max(0, len(canvases) - MAX_PAGES)
    label = said(document.get("label"), modern=modern)
    return Book(said(_id(document), modern=True), label, _pairs(document, modern), pages, left_out)


# ---- a page and its picture


def _page(canvas: object, number: int, modern: bool) -> Canvas:
    if not isinstance(canvas, dict):
        return Canvas(number, "", "", (), None, f"its canvas is a {type(canvas).__name__}, not an object")
    bodies = list(_modern_bodies(canvas) if modern else _older_bodies(canvas))
    picture, problem = None, "it has no image in the manifest"
    for body in bodies:
        picture = _picture(body)
        if picture.body or picture.service:
            break
        shown = str(_id(body))[:120]
        problem = f"its image has no http or https address ({shown!r})" if shown else "its image has no id"
        picture = None
    own, label = said(_id(canvas), modern=True), said(canvas.get("label"), modern=modern)
    return Canvas(number, own, label, _pairs(canvas, modern), picture, "" if picture else problem)


def _modern_bodies(canvas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for page in _objects(canvas.get("items")):
        for annotation in _objects(page.get("items")):
            if "painting" not in _items(annotation.get("motivation")):
                continue
            for body in _objects(annotation.get("body")):
                # Of several pictures to choose from the first is what viewers show.
                chosen = next(_objects(body.get("items")), None) if _kind(body) == "Choice" else body
                if chosen is not None and _kind(chosen) in {"Image", ""}:
                    yield chosen


def _older_bodies(canvas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for annotation in _objects(canvas.get("images")):
        for resource in _objects(annotation.get("resource")):
            if _kind(resource) == "Choice":
                yield from _objects(resource.get("default"))
            elif isinstance(full := resource.get("full"), dict):
                yield full  # a detail of a larger image: the whole of that
            else:
                yield resource


def _picture(body: dict[str, Any]) -> Picture:
    plain, size = address(_id(body)), _size(body)
    for service in _items(body.get("service")):
        found = address(
            service if isinstance(service, str) else _id(service) if isinstance(service, dict) else ""
        )
        if not found:
            continue
        facts = service if isinstance(service, dict) else {}
        profile = " ".join(part for part in _items(facts.get("profile")) if isinstance(part, str))
        kind = f"{_kind(facts)} {facts.get('@context')} {profile}"
        if _kind(facts) and "image" not in kind.lower():
            continue  # a service for searching, or for logging in
        return Picture(plain, found.rstrip("/"), version_of(kind), level_of(profile), size)
    return Picture(plain, size=size)


def version_of(kind: str) -> int:
    """Return the version of the Image API that a type, a context or a profile tells; 2 if none does."""
    if "ImageService3" in kind or "/image/3/" in kind:
        return 3
    return 1 if "ImageService1" in kind or "/image/1/" in kind or "image-api/1" in kind else 2


def level_of(profile: str) -> int | None:
    """Return the level that a profile names; None if it names none."""
    found = _LEVEL.search(profile)
    return int(found[1]) if found else None
