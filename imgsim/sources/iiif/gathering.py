"""A library's manifests as a folder of images and a table, fetched once and gone on with after an interruption.

    FOLDER/images/<book>/<book>_p0001.jpg   an image a page, numbered as in the manifest
    FOLDER/metadata.csv                     a row a page, with what the manifest says
    FOLDER/fetched.jsonl                    which address each file came from
    FOLDER/unfetched.json                   which pages have no image, and why

Names are made here, of letters, digits and hyphens: nothing that a manifest says becomes a path.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from imgsim.base.writing import write_whole
from imgsim.errors import DownloadError, ImageError, StartAgain
from imgsim.images.completeness import check_complete
from imgsim.images.signatures import identify
from imgsim.sources.iiif import image_requests, page_table, tiles
from imgsim.sources.iiif.fetching import Fetcher, Refused, Unanswered
from imgsim.sources.iiif.ledger import SUFFIXES, Ledger
from imgsim.sources.iiif.pictures import Picture
from imgsim.sources.iiif.presentation import Book, Canvas
from imgsim.sources.iiif.shelves import JSON, LOGIN, MAX_UNANSWERED, Unfetched, books

MAX_IMAGE = 64 * 2**20
_ACCEPT = "image/jpeg, image/*;q=0.8"
_NO_NAMES = re.compile(r"manifest(\.json)?|info\.json|iiif|presentation|v?[0-9](\.[0-9])?|", re.IGNORECASE)
_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True)
class Gathered:
    """What came of it: folders of images (one a manifest), the table, and (page, reason) of what has no image."""

    folders: tuple[Path, ...]
    metadata: Path
    unfetched: tuple[Unfetched, ...]


@dataclass(frozen=True)
class _Named:
    """A manifest with the name that its files bear."""

    name: str
    book: Book
    local: bool


def gather(
    sources: Sequence[str],
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
    note: Callable[[str], None] | None = None,
    fetcher: Fetcher | None = None,
) -> Gathered:
    """Fetch the images of manifests.

    Parameters
    ----------
    sources : files or addresses of manifests, or of collections of manifests (followed one level).
    progress : told (pages done, pages in all).
    note : told of what is left out.

    Raises
    ------
    ManifestError
        A source is no manifest.
    DownloadError
        A manifest cannot be fetched, the server no longer answers, or no page has an image. What came is kept.
    """
    fetcher = fetcher or Fetcher()
    note = note or (lambda text: None)
    unfetched: list[Unfetched] = []
    found = list(_named(books(sources, fetcher, note, unfetched)))
    pages = [(named, page) for named in found for page in named.book.pages]
    ledger = Ledger(folder)
    rows: list[page_table.Row] = []
    silent = 0
    for done, (named, page) in enumerate(pages):
        if progress is not None:
            progress(done, len(pages))
        name = f"{named.name}_{page.name}"
        key = f"{named.name}/{name}"
        try:
            if page.picture is None:
                raise Refused(page.problem)
            if not ledger.has(key, page.picture):
                ledger.add(key, page.picture, _image(page.picture, fetcher, named.local))
            silent = 0
        except (Refused, ImageError) as error:
            unfetched.append((_shown(named, page), str(error)))
            ledger.forget(key)
            silent = 0
        except Unanswered as error:
            unfetched.append((_shown(named, page), str(error)))
            ledger.forget(key)
            silent += 1
            if silent >= MAX_UNANSWERED:
                raise DownloadError(
                    f"{silent} images in a row could not be fetched; the last: {error} What came is kept.",
                    StartAgain(),
                ) from None
        else:
            rows.append(page_table.row(name, named.name, named.book, page))
    if progress is not None:
        progress(len(pages), len(pages))
    ledger.tidy({f"{named.name}/{named.name}_{page.name}" for named, page in pages})
    write_whole(folder / "unfetched.json", json.dumps(unfetched).encode())
    if not rows:
        raise DownloadError(
            f"None of the {len(pages):,} images could be fetched. The first: {unfetched[0][1]}"
        )
    write_whole(folder / "metadata.csv", page_table.to_csv(rows))
    folders = tuple(path for named in found if (path := folder / "images" / named.name).is_dir())
    return Gathered(folders, folder / "metadata.csv", tuple(unfetched))


def suggested_name(source: str) -> str:
    """Return what a manifest's address or file says of its name; '' if nothing does."""
    try:
        parts = urlsplit(source) if source.startswith(("http://", "https://")) else None
    except ValueError:
        return ""
    path = parts.path if parts else Path(source).stem
    words = [unquote(word) for word in path.replace("\\", "/").split("/")]
    if parts:
        words += parse_qs(parts.query).get("id", [])[:1]
    for word in reversed(words):
        if not _NO_NAMES.fullmatch(word) and (name := _safe(word.removesuffix(".json"))):
            return name
    return ""


# ---- manifests


def _named(found: Iterator[tuple[Book, str, bool]]) -> Iterator[_Named]:
    """Give each manifest a name of its own, from its id, its address or its label."""
    taken: dict[str, str] = {}
    for book, source, local in found:
        identity = book.id or source
        name = suggested_name(book.id) or suggested_name(source) or _safe(book.label) or "book"
        if taken.get(name.lower(), identity) != identity:
            name = f"{name[:50]}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
        if name.lower() in taken:
            continue  # the same manifest twice
        taken[name.lower()] = identity
        yield _Named(name, book, local)


def _safe(text: str) -> str:
    return _UNSAFE.sub("-", text).strip("-")[:60].strip("-")


def _shown(named: _Named, page: Canvas) -> str:
    label = f" ({page.label[:60]})" if page.label else ""
    part = f", image {page.part}" if page.part > 1 else ""
    return f"{named.name}, page {page.number}{part}{label}"


# ---- images


def _image(picture: Picture, fetcher: Fetcher, local: bool) -> tuple[bytes, str]:
    """Fetch one image: (content, suffix). Raises Refused or ImageError with the reason, or Unanswered."""
    info, asked = None, False
    if image_requests.needs_info(picture):
        info, asked = _info(picture, fetcher, local), True
        picture = image_requests.informed(picture, info) if info else picture
    first: Refused | ImageError | None = None
    tried: set[str] = set()
    while True:
        in_tiles = info is not None and image_requests.in_tiles_only(picture, info)
        wanted = image_requests.addresses(picture, info)
        if in_tiles:
            wanted = image_requests.whole(picture)
        elif picture.level == 0 and info is None and not asked:
            # The image that the manifest names may be a small one, and the service have it large in tiles.
            wanted = [url for url in wanted if url != picture.body or url in image_requests.whole(picture)]
        for url in wanted:
            if url in tried:
                continue
            tried.add(url)
            try:
                content = fetcher.get(url, MAX_IMAGE, accept=_ACCEPT, local=local)
                kind = identify(content)
                check_complete(kind, content)
                return content, SUFFIXES[kind]
            except (Refused, ImageError) as error:
                first = first or _of(url, error)
        if in_tiles and info is not None:
            try:
                return _in_tiles(picture, info, fetcher, local), SUFFIXES["JPEG"]
            except (Refused, ImageError) as error:
                raise _walled(error, picture) from None
        # What the manifest said of the service was wrong, perhaps: ask the service itself, once.
        if info is not None or asked or not picture.service:
            break
        asked, info = True, _info(picture, fetcher, local)
        if info is not None:
            picture = image_requests.informed(picture, info)
        elif picture.level != 0:
            break
    assert first is not None
    raise _walled(first, picture)


def _in_tiles(picture: Picture, info: image_requests.Info, fetcher: Fetcher, local: bool) -> bytes:
    def get(url: str, limit: int) -> bytes:
        return fetcher.get(url, limit, accept=_ACCEPT, local=local)

    assert info.size is not None, "in_tiles_only asks for it"
    return tiles.stitched(get, picture.service, info.version, info.tiles, info.size, image_requests.LONGEST)


def _walled(error: Refused | ImageError, picture: Picture) -> Refused | ImageError:
    """The error, with what it means where the image stands behind a login."""
    refused = isinstance(error, Refused) and error.status in LOGIN
    if not refused and not picture.login:
        return error
    named = f" ({picture.login!r})" if picture.login else ""
    return Refused(
        f"{error} The image stands behind a login of the library{named}, and imgsim cannot log in. Save it with a "
        "browser that is logged in, and name its folder.",
        error.status if isinstance(error, Refused) else 0,
    )


def _of(url: str, error: Refused | ImageError) -> Refused | ImageError:
    return error if isinstance(error, Refused) else ImageError(f"{url} is no image that can be used: {error}")


def _info(picture: Picture, fetcher: Fetcher, local: bool) -> image_requests.Info | None:
    try:
        url = f"{picture.service}/info.json"
        return image_requests.read_info(fetcher.get(url, 2**20, accept=JSON, local=local))
    except Refused:
        return None
