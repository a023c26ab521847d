"""A library on this machine: manifests of both versions, image services of every level, and everything that fails.

The services are strict: they answer only what their level demands of them, as the worst of real ones do.
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

from imgsim.images.thumbnails import fitted
from tests.hostile import drawing

_REQUEST = re.compile(r"/image/(?P<kind>v[123]-level[012])/(?P<number>\d+)/(?P<rest>.+)")
SIZE = (240, 320)


def plate(number: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """The plate of that number, as it hangs in the library."""
    return drawing(*size, seed=number)


def jpeg(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=92)
    return target.getvalue()


class Library(ThreadingHTTPServer):
    """Serves manifests and images.

    ``files`` are answered as they stand: path -> (status, headers, body), or a list of them, one for each request;
    ``large`` are numbers of plates that are larger than imgsim asks for; ``asked`` are the paths of all requests.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.files: dict[str, Any] = {}
        self.large: set[int] = set()
        self.asked: list[str] = []
        self.agents: Counter[str] = Counter()
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    def put(self, path: str, document: object, kind: str = "application/ld+json") -> str:
        """Serve a document, as JSON unless it is bytes; return its address."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.files[path] = (200, {"Content-Type": kind}, body)
        return self.url + path

    def size(self, number: int) -> tuple[int, int]:
        return (2250, 3000) if number in self.large else SIZE

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when a client hangs up: some tests make it."""

    # ---- manifests

    def service(self, kind: str, number: int) -> dict[str, Any]:
        """A service as a manifest of the same version names it: kind is `v2-level1`."""
        version, level = kind[1], kind[-1]
        address = f"{self.url}/image/{kind}/{number}"
        if version == "3":
            return {"id": address, "type": "ImageService3", "profile": f"level{level}"}
        context = f"http://iiif.io/api/image/{version}/context.json"
        profile = f"http://iiif.io/api/image/{version}/level{level}.json"
        return {"@context": context, "@id": address, "profile": profile}

    def body_path(self, number: int) -> str:
        return f"/files/{number}.jpg"

    def modern(self, name: str, kinds: list[str], **more: Any) -> str:
        """Put a manifest of version 3 with a page for each kind of service ('' for none); return its address."""
        items = []
        for number, kind in enumerate(kinds, start=1):
            width, height = self.size(number)
            canvas = f"{self.url}/{name}/canvas/{number}"
            body: dict[str, Any] = {
                "id": self.url + self.body_path(number),
                "type": "Image",
                "format": "image/jpeg",
                "width": width,
                "height": height,
            }
            if kind:
                body["id"] = f"{self.url}/image/{kind}/{number}/full/max/0/default.jpg"
                body["service"] = [self.service(kind, number)]
            annotation = {"type": "Annotation", "motivation": "painting", "body": body, "target": canvas}
            items.append(
                {
                    "id": canvas,
                    "type": "Canvas",
                    "label": {"none": [f"p. {number}"]},
                    "width": width,
                    "height": height,
                    "items": [{"type": "AnnotationPage", "items": [annotation]}],
                }
            )
        document = {
            "@context": "http://iiif.io/api/presentation/3/context.json",
            "id": f"{self.url}/{name}/manifest.json",
            "type": "Manifest",
            "label": {"en": [f"The herbal {name}"], "de": [f"Das Kräuterbuch {name}"]},
            "metadata": [
                {"label": {"en": ["Date"]}, "value": {"none": ["1752"]}},
                {"label": {"en": ["Author"]}, "value": {"none": ["Blackwell, Elizabeth"]}},
                {"label": {"en": ["Place of publication"]}, "value": {"none": ["London"]}},
                {"label": {"en": ["Identifier"]}, "value": {"none": ["shelf 12"]}},
            ],
            "items": items,
            **more,
        }
        return self.put(f"/{name}/manifest.json", document)

    def older(self, name: str, kinds: list[str], **more: Any) -> str:
        """The same as a manifest of version 2.1."""
        canvases = []
        for number, kind in enumerate(kinds, start=1):
            width, height = self.size(number)
            canvas = f"{self.url}/{name}/canvas/{number}"
            resource: dict[str, Any] = {
                "@id": self.url + self.body_path(number),
                "@type": "dctypes:Image",
                "format": "image/jpeg",
                "width": width,
                "height": height,
            }
            if kind:
                resource["@id"] = f"{self.url}/image/{kind}/{number}/full/full/0/default.jpg"
                resource["service"] = self.service(kind, number)
            canvases.append(
                {
                    "@id": canvas,
                    "@type": "sc:Canvas",
                    "label": str(number),
                    "width": width,
                    "height": height,
                    "images": [
                        {
                            "@type": "oa:Annotation",
                            "motivation": "sc:painting",
                            "resource": resource,
                            "on": canvas,
                        }
                    ],
                }
            )
        document = {
            "@context": "http://iiif.io/api/presentation/2/context.json",
            "@id": f"{self.url}/{name}/manifest.json",
            "@type": "sc:Manifest",
            "label": f"Herbarium {name}",
            "metadata": [
                {"label": "Erscheinungsjahr", "value": "Nürnberg, 1750"},
                {
                    "label": [
                        {"@value": "Verfasser", "@language": "de"},
                        {"@value": "Author", "@language": "en"},
                    ],
                    "value": '<span>Trew, <a href="http://example.org/">Christoph</a></span>',
                },
            ],
            "license": "http://creativecommons.org/publicdomain/mark/1.0/",
            "sequences": [{"@type": "sc:Sequence", "canvases": canvases}],
            **more,
        }
        return self.put(f"/{name}/manifest.json", document)

    # ---- images

    def image(self, path: str) -> tuple[int, dict[str, str], bytes] | None:
        """Answer a request for an image, or for what is known of it; None for what this library does not do."""
        found = _REQUEST.fullmatch(path)
        if found is None:
            plain = re.fullmatch(r"/files/(\d+)\.jpg", path)
            return self._drawn(int(plain[1]), self.size(int(plain[1]))) if plain else None
        kind, number, rest = found["kind"], int(found["number"]), found["rest"]
        size = self.size(number)
        if rest == "info.json":
            return 200, {"Content-Type": "application/json"}, json.dumps(self._info(kind, number)).encode()
        quality = "native" if kind[1] == "1" else "default"
        asked = re.fullmatch(rf"(full|\d+,\d+,\d+,\d+)/([^/]+)/(0|90)/{quality}\.jpg", rest)
        box = None
        if asked and asked[1] != "full":
            x, y, width, height = map(int, asked[1].split(","))
            box, size = (x, y, x + width, y + height), (width, height)
        if asked and (box or asked[3] != "0") and kind[-1] == "0":
            asked = None
        wanted = _asked(asked[2], size, int(kind[1]), int(kind[-1])) if asked else None
        if asked is None or wanted is None:
            return 400, {}, b"not supported"
        return self._drawn(number, wanted, box, turned=asked[3] == "90")

    def _drawn(
        self, number: int, size: tuple[int, int], box: tuple[int, int, int, int] | None = None, turned: bool = False
    ) -> tuple[int, dict[str, str], bytes]:
        drawn = plate(number, self.size(number))
        drawn = drawn if box is None else drawn.crop(box)
        drawn = drawn.resize(size) if size != drawn.size else drawn
        return 200, {"Content-Type": "image/jpeg"}, jpeg(drawn.rotate(-90, expand=True) if turned else drawn)

    def _info(self, kind: str, number: int) -> dict[str, Any]:
        version, level = kind[1], kind[-1]
        width, height = self.size(number)
        named = self.service(kind, number)
        context = f"http://iiif.io/api/image/{version}/context.json"
        named["profile"] = f"level{level}" if version == "3" else [named["profile"], {"formats": ["jpg"]}]
        sizes = [{"width": w, "height": h} for w, h in _sizes((width, height))]
        return {**named, "@context": context, "width": width, "height": height, "sizes": sizes}


def _sizes(size: tuple[int, int]) -> list[tuple[int, int]]:
    return [fitted(size, longest) for longest in (200, 1500, 2400)]


def _asked(how: str, size: tuple[int, int], version: int, level: int) -> tuple[int, int] | None:
    """The size that a request asks for, if a service of just that version and level must know it."""
    if how == "max" and version >= 2:
        return size
    if how == "full" and version <= 2:
        return size
    if level == 0:
        exact = {f"{w},{h}" if version == 3 else f"{w},": (w, h) for w, h in _sizes(size)}
        return exact.get(how)
    if found := re.fullmatch(r"(\d+),", how):
        width = int(found[1])
        return (width, round(size[1] * width / size[0])) if width <= size[0] else None
    if (found := re.fullmatch(r"(\d+),(\d+)", how)) and (version == 3 or level == 2):
        width, height = int(found[1]), int(found[2])
        return (width, height) if width <= size[0] and height <= size[1] else None
    if (found := re.fullmatch(r"!(\d+),(\d+)", how)) and level == 2:
        # Version 3 forbids to enlarge without being asked.
        return fitted(size, int(found[1])) if int(found[1]) <= max(size) or version < 3 else None
    return None


class _Handler(BaseHTTPRequestHandler):
    server: Library

    def do_GET(self) -> None:
        library = self.server
        with library.lock:
            library.asked.append(self.path)
            library.agents[self.headers.get("User-Agent", "")] += 1
            library.at_once += 1
            library.most_at_once = max(library.most_at_once, library.at_once)
        try:
            answer = library.files.get(self.path)
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            status, headers, body = answer or library.image(self.path) or (404, {}, b"nothing here")
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
        finally:
            # Before the answer leaves: who has it may ask again before this thread gets another turn.
            with library.lock:
                library.at_once -= 1
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def open_library() -> Iterator[Library]:
    """Run a library until the block ends."""
    with Library() as library:
        threading.Thread(target=library.serve_forever, args=(0.01,), daemon=True).start()
        yield library
        library.shutdown()
