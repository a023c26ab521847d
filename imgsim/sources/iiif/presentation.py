"""Understanding manifests of IIIF Presentation 3 and 2 as libraries serve them, and as somebody hostile would.

Nothing here fetches anything. Whatever is missing or of a wrong kind becomes a page with a ``problem``, never an
exception from within: only a document that is no manifest at all is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from imgsim.errors import ManifestError
from imgsim.sources.iiif.pictures import Picture, address, identity, items, kind_of, objects, pictures
from imgsim.sources.iiif.wording import said

MAX_PAGES = 20_000
_MAX_PAIRS = 100


@dataclass(frozen=True)
class Canvas:
    """A canvas: its place (from 1), id, label, what is said of it, and its picture, or the problem with it.

    One with several images is there several times, ``part`` (from 1) counting them.
    """

    number: int
    id: str
    label: str
    pairs: tuple[tuple[str, str], ...]
    picture: Picture | None
    problem: str = ""
    part: int = 1

    @property
    def name(self) -> str:
        """What its image is called behind the name of the book: ``p0012``, of its second image ``p0012_2``."""
        return f"p{self.number:04}" + (f"_{self.part}" if self.part > 1 else "")


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


def _is_page(content: bytes) -> bool:
    return content.lstrip()[:1] == b"<"


# ---- what both versions have in common


def _pairs(found: dict[str, Any], modern: bool) -> tuple[tuple[str, str], ...]:
    """The metadata, then under which terms it is given."""
    pairs = [
        (said(pair.get("label"), modern=True)[:80], said(pair.get("value"), modern=modern))
        for pair in objects(items(found.get("metadata"))[:_MAX_PAIRS])
    ]
    statement = found.get("requiredStatement")
    if isinstance(statement, dict):
        pairs.append(("Attribution", said(statement.get("value"), modern=modern)))
    pairs.append(("Attribution", said(found.get("attribution"), modern=modern)))
    pairs.append(("Rights", said(found.get("rights") or found.get("license"), modern=modern)))
    return tuple((label, value) for label, value in pairs if label and value)


def _shelf(document: dict[str, Any]) -> Shelf:
    manifests, collections = [], len(items(document.get("collections")))
    for name in ("items", "manifests", "members"):
        for item in items(document.get(name)):
            if isinstance(item, dict) and kind_of(item) == "Collection":
                collections += 1
            elif found := address(identity(item) if isinstance(item, dict) else item):
                manifests.append(found)
    return Shelf(said(document.get("label"), modern=False), tuple(dict.fromkeys(manifests)), collections)


def _book(document: dict[str, Any], source: str) -> Book:
    modern = "items" in document
    if modern:
        canvases = items(document.get("items"))
    else:
        # Only the first sequence is written out; others, where there are any, order the same pages otherwise.
        first = next(objects(document.get("sequences")), {})
        canvases = items(first.get("canvases"))
    if not canvases:
        raise ManifestError(f"The manifest {source} has no pages (canvases), so there is nothing to fetch.")
    numbered = enumerate(canvases[:MAX_PAGES], start=1)
    pages = tuple(page for number, canvas in numbered for page in _page(canvas, number, modern))
    left_out = max(0, len(canvases) - MAX_PAGES)
    label = said(document.get("label"), modern=modern)
    return Book(said(identity(document), modern=True), label, _pairs(document, modern), pages, left_out)


def _page(canvas: object, number: int, modern: bool) -> Iterator[Canvas]:
    """A canvas: as often as it has images, each being a part of it."""
    if not isinstance(canvas, dict):
        yield Canvas(number, "", "", (), None, f"its canvas is a {type(canvas).__name__}, not an object")
        return
    own, label = said(identity(canvas), modern=True), said(canvas.get("label"), modern=modern)
    pairs = _pairs(canvas, modern)
    found, problem = pictures(canvas, modern)
    if not found:
        yield Canvas(number, own, label, pairs, None, problem)
    for part, picture in enumerate(found, start=1):
        yield Canvas(number, own, label, pairs, picture, part=part)
