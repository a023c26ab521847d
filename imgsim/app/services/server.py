"""What the browser fetches beside the pages: thumbnails, plates, pages of books, map points, exports.

Every address carries names and ids that are looked up in an opened collection; none is ever part of a path.
An address names the generation, so its content never changes and browsers may keep it for good. The generation before
the live one is served, too, for as long as it is kept on disk: a page that was open during a run still shows it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import quote

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from imgsim.app.components import encode_tones
from imgsim.app.services import caches, left_out_pictures, map_files, map_sheets, page_scans, runs, warming
from imgsim.app.services.kept_bytes import KeptBytes
from imgsim.app.services.packed_answers import packed
from imgsim.app.services.ready_exports import STORE
from imgsim.base import translation
from imgsim.base.places import HERE, data_mark
from imgsim.charts.colours import Colouring
from imgsim.collection import Collection
from imgsim.errors import CollectionError, ImgsimError

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PLATES_KEPT = 48  # large plates as WebP, about 0.3 MB each


class _Missing(Exception):
    """There is nothing at this address."""


def thumbnail_url(collection: Collection, row: int) -> str:
    """The address of a plate's thumbnail."""
    return f"{_base(collection)}/thumbnails/{collection.catalogue.record(row)['sha256']}.webp"


def thumbnail_template(collection: Collection) -> str:
    """The same, with {thumbnail} for what the labels name."""
    return f"{_base(collection)}/thumbnails/{{thumbnail}}.webp"


def plate_url(collection: Collection, row: int) -> str:
    """The address of a whole plate, for looking at."""
    return f"{_base(collection)}/plates?id={quote(collection.catalogue.plate_ids[row], safe='')}"


def page_url(collection: Collection, page_id: str, size: int = page_scans.LARGE) -> str:
    """The address of the scan of a page of a book, at one of :data:`page_scans.SIZES`."""
    return f"{_base(collection)}/pages?id={quote(page_id, safe='')}&size={size}"


def map_url(collection: Collection, backbone: str, method: str) -> str:
    """The address of a projection's points."""
    return f"{_base(collection)}/map/{quote(backbone, safe='')}/{method}.bin"


def tones_url(collection: Collection, column: str, colours: Colouring) -> str:
    """The address of the points' colours by one column, or by what is decided: of these colours and no others."""
    made = map_files.mark(encode_tones(colours.tones))
    return f"{_base(collection)}/tones/{quote(column, safe='')}.bin?mark={made}"


def ties_url(collection: Collection) -> str:
    """The address of the ties of the families: of these and no others."""
    return f"{_base(collection)}/ties.bin?mark={map_files.mark(map_files.ties(collection))}"


def labels_url(collection: Collection) -> str:
    """The address of what the map shows under the pointer."""
    return f"{_base(collection)}/labels.json?language={translation.language()}"


def regions_url(collection: Collection, backbone: str, method: str) -> str:
    """The address of what the regions of a projection are called."""
    return f"{_base(collection)}/regions/{quote(backbone, safe='')}/{method}.json"


def found_url(collection: Collection) -> str:
    """The address of a search among all plates; what is looked for, quoted, goes behind it."""
    return f"{_base(collection)}/found?text="


def pictures_url(collection: Collection) -> str:
    """The address of the pictures of many plates at once; their rows, written 3-17-4, go behind it."""
    return f"{_base(collection)}/pictures?rows="


def export_url(collection: Collection, key: str, name: str) -> str:
    """The address of a file of an export that is ready."""
    return f"{_base(collection)}/export/{key}/{quote(name, safe='')}"


def left_out_url(collection: Collection, row: int) -> str:
    """The address of the picture of a file that was left out."""
    return f"{_base(collection)}/left_out/{row}"


def prefix() -> str:
    """The path below which the app is served, '' or '/path'."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def _base(collection: Collection) -> str:
    return f"{prefix()}/collections/{quote(collection.name, safe='')}/{quote(collection.generation, safe='')}"


def routes() -> list[Route]:
    """The routes beside Streamlit's own."""
    base = prefix() + "/collections/{name}/{generation}"
    table: dict[str, Callable[[Request], Response]] = {
        "/thumbnails/{file}": _thumbnail,
        "/plates": _plate,
        "/pages": _page,
        "/map/{backbone}/{file}": _points,
        "/tones/{file}": _tones,
        "/ties.bin": _ties,
        "/labels.json": _labels,
        "/regions/{backbone}/{file}": _regions,
        "/found": _found,
        "/pictures": _pictures,
        "/export/{key}/{file}": _export,
        "/left_out/{row:int}": _left_out,
    }
    here = Route(prefix() + HERE, lambda _: Response(data_mark(), 200, {**_SAFE, "Cache-Control": "no-store"}))
    return [here, *(Route(base + path, _guarded(answer), methods=["GET"]) for path, answer in table.items())]


def _guarded(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    # Plain functions: Starlette runs them in its thread pool, so reading a file holds nobody up.
    def endpoint(request: Request) -> Response:
        try:
            return answer(request)
        except (_Missing, ImgsimError):
            return Response("Not found", 404, {**_SAFE, "Cache-Control": "no-store"}, "text/plain")

    return endpoint


def _collection(request: Request) -> Collection:
    return caches.opened_generation(_known(request.path_params["name"]), request.path_params["generation"])


def live(name: str) -> Collection:
    """The live generation of a collection that an address names; CollectionError if there is none of that name."""
    return caches.opened(_known(name))


def _known(name: str) -> str:
    if name not in {info.name for info in caches.infos() if not info.error}:
        raise CollectionError(f"There is no collection {name[:80]!r} here.")
    return name


def _served(body: bytes, media_type: str) -> Response:
    return Response(body, 200, {**_FOREVER, **_SAFE}, media_type)


def _rows_by_hash(collection: Collection) -> dict[str, int]:
    # Of plates with one scan the first.
    hashes = collection.catalogue.frame["sha256"].tolist()
    return {sha256: row for row, sha256 in reversed(list(enumerate(hashes)))}


def row_of_hash(collection: Collection, sha256: str) -> int:
    """The first plate whose scan has this SHA-256; ImgsimError if there is none."""
    row = caches.fact(collection, "rows by hash", partial(_rows_by_hash, collection), keep=1).get(sha256)
    if row is None:
        raise ImgsimError(f"There is no scan {sha256[:80]!r} in this collection.")
    return row


def _thumbnail(request: Request) -> Response:
    collection = _collection(request)
    sha256, _, suffix = request.path_params["file"].rpartition(".")
    row = row_of_hash(collection, sha256)
    if suffix != "webp":
        raise _Missing
    return _served(collection.thumbnail(row), "image/webp")


_plates: KeptBytes[tuple[str, str, str]] = KeptBytes(_PLATES_KEPT)


def _plate(request: Request) -> Response:
    collection = _collection(request)
    plate_id = request.query_params.get("id", "")
    if not collection.catalogue.has(plate_id):
        raise _Missing
    row = collection.catalogue.row(plate_id)
    try:
        return _served(_large(collection, plate_id, row), "image/webp")
    except ImgsimError:
        if collection.generation == live(collection.name).generation:
            raise
    # The scan was taken away or replaced, as is likely after another run: what the generation itself keeps of it.
    return Response(collection.thumbnail(row), 200, {**_SAFE, "Cache-Control": "no-store"}, "image/webp")


def _large(collection: Collection, plate_id: str, row: int) -> bytes:
    """A whole plate as WebP. Raises ImgsimError if its scan is not there, or is another one by now."""
    from imgsim.images.content import sha256
    from imgsim.images.decoding import open_image
    from imgsim.images.thumbnails import encode_display

    def make() -> bytes:
        scan = collection.plate_content(row)
        if sha256(scan) != collection.catalogue.record(row)["sha256"]:
            raise ImgsimError(f"The scan of {plate_id} has changed. Prepare the collection again.")
        return encode_display(open_image(scan, reduce_to=2400).image)

    return _plates.get((collection.name, collection.generation, plate_id), make)


def _page(request: Request) -> Response:
    collection = _collection(request)
    size = request.query_params.get("size", str(page_scans.LARGE))
    if size not in {str(known) for known in page_scans.SIZES}:
        raise _Missing
    return _served(page_scans.scan(collection, request.query_params.get("id", ""), int(size)), "image/webp")


def _left_out(request: Request) -> Response:
    body = left_out_pictures.pictures(_collection(request)).get(request.path_params["row"])
    if body is None:
        raise _Missing
    return _served(body, "image/webp")


def _points(request: Request) -> Response:
    backbone, file = request.path_params["backbone"], request.path_params["file"]
    return _served(map_files.points(_collection(request), backbone, file), map_files.BINARY)


def _tones(request: Request) -> Response:
    return _marked(request, map_files.tones(_collection(request), request.path_params["file"]))


def _ties(request: Request) -> Response:
    return _marked(request, map_files.ties(_collection(request)))


def _marked(request: Request, body: bytes) -> Response:
    """A file as its address knows it: where a decision has changed it, the page is to draw its legend anew first."""
    if request.query_params.get("mark") != map_files.mark(body):
        return Response(None, 204, {**_SAFE, "Cache-Control": "no-store"})
    return _served(body, map_files.BINARY)


def _labels(request: Request) -> Response:
    with translation.speaking(request.query_params.get("language", "")):
        return packed(request, map_files.packed_labels(_collection(request)), "application/json", {**_FOREVER, **_SAFE})


def _regions(request: Request) -> Response:
    backbone, file = request.path_params["backbone"], request.path_params["file"]
    return _served(map_files.regions(_collection(request), backbone, file), "application/json")


def _found(request: Request) -> Response:
    return _served(map_files.found(_collection(request), request.query_params.get("text", "")), "text/plain")


def _pictures(request: Request) -> Response:
    return _served(map_sheets.pictures(_collection(request), request.query_params.get("rows", "")), map_files.BINARY)


def _export(request: Request) -> Response:
    _collection(request)
    name = request.path_params["file"]
    path = STORE.files(request.path_params["key"]).get(name)
    if path is None or not path.is_file():
        raise _Missing
    headers = {**_SAFE, "Cache-Control": "no-store"}  # streamed from the disk, however large it is
    return FileResponse(path, headers=headers, media_type="application/octet-stream", filename=name)


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Warm up: import the pages' modules and open the newest collection before the first reader comes.

    When the app ends the runs that it began end with it: nothing computes unseen. They go on when somebody says so.
    """
    await asyncio.to_thread(warming.open_newest)
    warming.load_behind()
    yield
    await asyncio.to_thread(runs.stop_all)
