"""The images of a canvas: found in manifests of both versions, with the services that give them out.

Nothing here fetches anything, and nothing that is missing or of a wrong kind raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlsplit

from imgsim.sources.iiif.wording import said

MOST_ON_A_CANVAS = 50
_LEVEL = re.compile(r"level-?([0-2])", re.IGNORECASE)
_FRAGMENT = re.compile(r"(?:^|[#&?])xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$")
_REGION = re.compile(r"(\d+),(\d+),(\d+),(\d+)")


@dataclass(frozen=True)
class Picture:
    """How a manifest says that an image can be had.

    Attributes
    ----------
    body : address of the image itself, '' if there is none that may be asked for.
    service : address of its Image API service, '' if it has none.
    version : of that service: 1, 2 or 3.
    level : 0, 1 or 2; None if the manifest does not tell.
    size : width and height in pixels of the image, or of the region; None if the manifest does not tell.
    region : the part of it that is shown, as x, y, width, height in pixels; None for all of it.
    turned : clockwise, in degrees: 0, 90, 180 or 270.
    login : what the library calls the login that the image stands behind, '' if the manifest tells of none.
    """

    body: str
    service: str = ""
    version: int = 2
    level: int | None = None
    size: tuple[int, int] | None = None
    region: tuple[int, int, int, int] | None = None
    turned: int = 0
    login: str = ""


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


def items(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def objects(value: object) -> Iterator[dict[str, Any]]:
    return (item for item in items(value) if isinstance(item, dict))


def identity(found: dict[str, Any]) -> str:
    value = found.get("id") or found.get("@id")
    return value if isinstance(value, str) else ""


def kind_of(found: dict[str, Any]) -> str:
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


def pictures(canvas: dict[str, Any], modern: bool) -> tuple[list[Picture], str]:
    """(all images that are painted on a canvas, in their order; what is wrong where there are none)."""
    found: list[Picture] = []
    problem = "it has no image in the manifest"
    for body in _modern_bodies(canvas) if modern else _older_bodies(canvas):
        picture = _specific(body)
        if picture.body or picture.service:
            if picture not in found and len(found) < MOST_ON_A_CANVAS:
                found.append(picture)
            continue
        shown = str(identity(body))[:120]
        problem = f"its image has no http or https address ({shown!r})" if shown else "its image has no id"
    return found, problem


def _modern_bodies(canvas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for page in objects(canvas.get("items")):
        for annotation in objects(page.get("items")):
            if "painting" not in items(annotation.get("motivation")):
                continue
            for body in objects(annotation.get("body")):
                # Of several pictures to choose from the first is what viewers show.
                chosen = next(objects(body.get("items")), None) if kind_of(body) == "Choice" else body
                if chosen is not None and kind_of(chosen) in {"Image", "SpecificResource", ""}:
                    yield chosen


def _older_bodies(canvas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for annotation in objects(canvas.get("images")):
        for resource in objects(annotation.get("resource")):
            if kind_of(resource) == "Choice":
                yield from objects(resource.get("default"))
            else:
                yield resource


def _specific(body: dict[str, Any]) -> Picture:
    """The picture of a body; of one that is part of another (a SpecificResource), that part."""
    source = body.get("source") if kind_of(body) == "SpecificResource" else None
    source = body.get("full") if source is None else source
    if isinstance(source, str):
        source = {"id": source}
    if not isinstance(source, dict):
        return _picture(body)
    if kind_of(source) == "Choice":
        source = next(objects(source.get("items")), {})
    picture = _picture(source)
    region, turned = None, 0
    for selector in objects(body.get("selector")):
        text = str(selector.get("region") or "")
        value = _REGION.fullmatch(text) or _FRAGMENT.search(str(selector.get("value") or ""))
        if value is not None and region is None:
            region = tuple(int(number) for number in value.groups())
        if str(selector.get("rotation") or "") in {"90", "180", "270"}:
            turned = int(str(selector["rotation"]))
    if region is not None and all(number < 10_000_000 for number in region) and region[2] and region[3]:
        x, y, width, height = region
        return replace(picture, region=(x, y, width, height), size=(width, height), turned=turned)
    return replace(picture, turned=turned)


def _picture(body: dict[str, Any]) -> Picture:
    plain, size = address(identity(body)), _size(body)
    login = login_of(body)
    for service in items(body.get("service")):
        found = address(
            service if isinstance(service, str) else identity(service) if isinstance(service, dict) else ""
        )
        if not found:
            continue
        facts = service if isinstance(service, dict) else {}
        profile = " ".join(part for part in items(facts.get("profile")) if isinstance(part, str))
        kind = f"{kind_of(facts)} {facts.get('@context')} {profile}"
        if _is_login(facts) or (kind_of(facts) and "image" not in kind.lower()):
            continue  # a service for searching, or for logging in
        login = login or login_of(facts)
        return Picture(plain, found.rstrip("/"), version_of(kind), level_of(profile), size, login=login)
    return Picture(plain, size=size, login=login)


def login_of(facts: dict[str, Any]) -> str:
    """What the login is called that something stands behind (IIIF Authorization 1 and 2); '' if none is told."""
    for service in objects(facts.get("service")):
        if _is_login(service):
            deeper = next((one for one in objects(service.get("service")) if _is_login(one)), {})
            told = (said(one.get("label") or one.get("heading"), modern=False) for one in (service, deeper))
            return next((text for text in told if text), "login")[:80]
    return ""


def _is_login(facts: dict[str, Any]) -> bool:
    told = [kind_of(facts), *(text for text in (*items(facts.get("profile")), *items(facts.get("@context"))))]
    return any(isinstance(text, str) and (text.startswith("Auth") or "/api/auth/" in text) for text in told)


def version_of(kind: str) -> int:
    """Return the version of the Image API that a type, a context or a profile tells; 2 if none does."""
    if "ImageService3" in kind or "/image/3/" in kind:
        return 3
    return 1 if "ImageService1" in kind or "/image/1/" in kind or "image-api/1" in kind else 2


def level_of(profile: str) -> int | None:
    """Return the level that a profile names; None if it names none."""
    found = _LEVEL.search(profile)
    return int(found[1]) if found else None
