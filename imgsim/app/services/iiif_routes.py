"""What the app serves to others' viewers: IIIF manifests, and the images that they name.

Viewers that are programs of their own read them as they are. A viewer that is a web page of another address (Mirador)
can do so only where a person opened the collection to such pages, for then every page that the reader has open in the
same browser can read them: these answers, and no others. See `imgsim.app.services.guard`, which keeps the others out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from imgsim.app.services import caches, scan_tiles, server, state
from imgsim.base.places import data_dir
from imgsim.collection import Collection, settings
from imgsim.collection.addresses import family_address
from imgsim.errors import ImgsimError
from imgsim.export import iiif
from imgsim.export.iiif import image_service
from imgsim.export.iiif import manifest as manifests
from imgsim.generation.layout import check_name

_OWN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# What is added where a person opened the collection to pages of other addresses.
_SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Allow-Private-Network": "true",
}
_IIIF = re.compile(r"/collections/([^/]+)/iiif/")
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_GONE = {"Cache-Control": "no-store"}
_FRESH = {"Cache-Control": "no-cache"}  # the next precompute may change what they say
_IMAGES_KEPT = 64  # at most 0.5 MB each


def routes() -> list[Route]:
    """The routes of IIIF. They name no generation: a manifest that was handed on outlives the next precompute."""
    base = server.prefix() + "/collections/{name}/iiif"
    table: dict[str, Callable[[Request, Collection], Response]] = {
        "/family/manifest.json": _family,
        "/plate/manifest.json": _plate,
        "/selection/manifest.json": _selection,
        "/image/{sha256}": _service,
        "/image/{sha256}/info.json": _info,
        "/image/{sha256}/{parameters:path}": _image,
    }
    return [Route(base + path, _guarded(answer), methods=["GET", "OPTIONS"]) for path, answer in table.items()]


def opened(path: str) -> bool:
    """Whether a path is one of IIIF in a collection that a person opened to pages of other addresses."""
    named = _IIIF.match(path.removeprefix(server.prefix()))
    try:
        return named is not None and settings.iiif_open(data_dir() / check_name(named[1]))
    except ImgsimError:
        return False


def _guarded(answer: Callable[[Request, Collection], Response]) -> Callable[[Request], Response]:
    # Plain functions: Starlette runs them in its thread pool.
    def endpoint(request: Request) -> Response:
        response = _answered(request, answer)
        response.headers.update(_OWN)
        if opened(request.scope["path"]):
            response.headers.update(_SHARED | (_PREFLIGHT if request.method == "OPTIONS" else {}))
        return response

    return endpoint


def _answered(request: Request, answer: Callable[[Request, Collection], Response]) -> Response:
    if request.method == "OPTIONS":
        return Response(None, 204, {"Allow": "GET, HEAD, OPTIONS", **_GONE})
    try:
        app_of(request)
    except ImgsimError:
        return Response("Bad request", 400, _GONE, "text/plain")
    try:
        return answer(request, server.live(request.path_params["name"]))
    except ImgsimError:
        return Response("Not found", 404, _GONE, "text/plain")


def app_of(request: Request) -> str:
    """Where the app is, as the one who asks sees it: the request's own scheme and host, if that is a plain host."""
    return iiif.origin(request.url.scheme, request.headers.get("host", "")) + server.prefix()


def app_address() -> str:
    """The same for a page that is being drawn."""
    parts = urlsplit(st.context.url or "")
    try:
        return iiif.origin(parts.scheme, parts.netloc) + server.prefix()
    except ImgsimError:
        return f"http://127.0.0.1:{st.get_option('server.port')}{server.prefix()}"


# ---- manifests


def _family(request: Request, collection: Collection) -> Response:
    family_id, families = request.query_params.get("id", ""), caches.families(collection)
    if families is not None and not families.has(family_id):
        # An address of the past leads to what became of the family, where that is one.
        now = family_address(collection, families, family_id).families
        if len(now) == 1:
            address = iiif.Addresses(app_of(request), collection.name).family(now[0])
            return RedirectResponse(address, 302, _GONE)
    return _manifest(request, iiif.family_manifest(collection, family_id, app_of(request), families))


def _plate(request: Request, collection: Collection) -> Response:
    plate_id = request.query_params.get("id", "")
    return _manifest(request, iiif.plate_manifest(collection, plate_id, app_of(request)))


def _selection(request: Request, collection: Collection) -> Response:
    query = {name: request.query_params.getlist(name) for name in request.query_params}
    return _manifest(request, selected(collection, state.from_query(query), app_of(request)))


def selected(collection: Collection, now: state.State, app: str) -> iiif.Json:
    """The manifest of the plates that pass the filters, in the order shown."""
    rows = caches.ordered_rows(collection, now)
    return iiif.selection_manifest(collection, rows, app, query=selection_query(now), told=_told(now))


def selection_query(now: state.State) -> str:
    """What of the state says which plates are selected, and in which order, as in an address."""
    chosen = replace(state.State(), **{field: getattr(now, field) for field in state.FILTERS})
    return urlencode(state.to_query(chosen), doseq=True)


def _told(now: state.State) -> str:
    """The filters in words: `“rosa”, 1750s to 1780s, place London or Paris, used again`."""
    parts = [f"“{now.text}”" if now.text else ""]
    if now.decades:
        first, last = now.decades
        parts.append(f"{first}s" if first == last else f"{first}s to {last}s")
    parts += [f"{column.replace('_', ' ')} {' or '.join(values)}" for column, values in now.choices]
    parts.append("used again" if now.reused else "")
    return ", ".join(part for part in parts if part)


def _manifest(request: Request, document: iiif.Json) -> Response:
    return _json(request, document, manifests.CONTEXT, _FRESH)


def _json(request: Request, document: iiif.Json, context: str, kept: dict[str, str]) -> Response:
    """JSON under the name that the specification prefers; plain JSON for a browser, which shows that in its window."""
    accepted = request.headers.get("accept", "")
    plain = "application/ld+json" not in accepted and (
        "text/html" in accepted or "application/json" in accepted
    )
    kind = "application/json" if plain else f'application/ld+json;profile="{context}"'
    return Response(iiif.to_bytes(document), 200, {**kept, "Vary": "Accept, Host"}, kind)


# ---- images


def _service(request: Request, collection: Collection) -> Response:
    _, address, _ = _scan(request, collection)
    return Response("", 303, {**_FRESH, "Location": f"{address}/info.json"})


def _info(request: Request, collection: Collection) -> Response:
    row, address, size = _scan(request, collection)
    told = image_service.info(address, size, scan_tiles.offered(collection, row))
    return _json(request, told, image_service.CONTEXT, _FRESH)


def _image(request: Request, collection: Collection) -> Response:
    row, _, scan = _scan(request, collection)
    asked = request.path_params["parameters"]
    size, tile = image_service.requested(asked, scan), image_service.requested_tile(asked, scan)
    if size is not None:
        sha256 = request.path_params["sha256"]
        small = size != image_service.sizes(scan)[-1] and size == image_service.sizes(scan)[0]
        body = _jpeg(str(collection.path), sha256, size, small, collection, row)
    elif tile is not None and image_service.larger(scan):
        body = scan_tiles.tile(collection, row, tile)
    else:
        return Response("This region and size is not offered: info.json lists what is.", 404, _GONE, "text/plain")
    return Response(body, 200, _FOREVER, "image/jpeg")


def _scan(request: Request, collection: Collection) -> tuple[int, str, tuple[int, int]]:
    """The row, the service's address and the size of the scan that is asked for."""
    sha256 = request.path_params["sha256"]
    row = server.row_of_hash(collection, sha256)
    record = collection.catalogue.record(row)
    address = iiif.Addresses(app_of(request), collection.name).image(sha256)
    return row, address, (int(record["width"] or 1), int(record["height"] or 1))


# Files that are served, of all collections together so many; their names are what is in them.
@st.cache_resource(max_entries=_IMAGES_KEPT, show_spinner=False)
def _jpeg(
    path: str, sha256: str, size: tuple[int, int], small: bool, _collection: Collection, _row: int
) -> bytes:
    """A scan as a JPEG of that size; the smallest from the thumbnail, which is there when the scan is not."""
    from imgsim.images.decoding import open_image
    from imgsim.images.thumbnails import encode_jpeg

    source = _collection.thumbnail(_row) if small else _collection.plate_content(_row)
    return encode_jpeg(open_image(source, reduce_to=max(size)).image, size)
