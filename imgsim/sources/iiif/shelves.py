"""From what a user names to manifests: collections are followed one level, and one bad manifest of many is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from imgsim.errors import DownloadError, ManifestError
from imgsim.sources.iiif.fetching import Fetcher, Refused, Unanswered, is_local
from imgsim.sources.iiif.presentation import Book, parse

MAX_MANIFEST = 32 * 2**20  # bytes
MAX_MANIFESTS = 500
# So many in a row without an answer: the server is down, and asking on would be no help to anybody.
MAX_UNANSWERED = 10
LOGIN = {401, 403}  # "not without a login" and "not for you"
JSON = "application/ld+json, application/json;q=0.9, */*;q=0.1"

Unfetched = tuple[str, str]


def books(
    sources: Sequence[str], fetcher: Fetcher, note: Callable[[str], None], unread: list[Unfetched]
) -> Iterator[tuple[Book, str, bool]]:
    """Yield (manifest, where it came from, whether its images may lie on this machine).

    One of several that cannot be read is added to ``unread``, with the reason; the only one raises it.
    """
    waiting: list[tuple[str, bool, bool]] = []  # source, may be a shelf, came from a file or this network
    for source in dict.fromkeys(sources):
        by_name = source.startswith(("http://", "https://"))
        waiting.append((source, True, not by_name or is_local(urlsplit(source).hostname or "")))
    count, silent = 0, 0
    first: ManifestError | DownloadError | None = None
    while waiting:
        source, may_be_shelf, local = waiting.pop(0)
        try:
            found = parse(_content(source, fetcher, local), source)
            silent = 0
        except (ManifestError, DownloadError) as error:
            first = first or error
            silent = silent + 1 if isinstance(error, Unanswered) else 0
            if silent >= MAX_UNANSWERED:
                raise
            unread.append((source, str(error)))
            continue
        if isinstance(found, Book):
            if found.left_out:
                unread.append((source, f"it has more pages than imgsim reads: {found.left_out:,} are left out."))
            count += 1
            yield found, source, local
            continue
        if not may_be_shelf:
            unread.append((source, "it is a collection within a collection, which is not followed. Name it itself."))
            continue
        if found.collections:
            unread.append((source, f"it holds {found.collections:,} further collections, which are not followed."))
        if not found.manifests:
            first = first or ManifestError(f"The collection {source} names no manifests. Name one of its parts.")
            unread.append((source, "the collection names no manifests. Name one of its parts."))
        if len(found.manifests) > MAX_MANIFESTS:
            left = len(found.manifests) - MAX_MANIFESTS
            unread.append((source, f"it names more manifests than imgsim reads: the last {left:,} are left out."))
        waiting[:0] = [(one, False, local) for one in found.manifests[:MAX_MANIFESTS]]
    if not count:
        raise first or ManifestError(f"There is no manifest in {', '.join(sources)}. Name the address of a manifest.")
    if unread:
        where, why = unread[0]
        note(f"Of the manifests {len(unread):,} are left out, or a part of them; the first: {where}: {why}")


def _content(source: str, fetcher: Fetcher, local: bool) -> bytes:
    if source.startswith(("http://", "https://")):
        try:
            return fetcher.get(source, MAX_MANIFEST, accept=JSON, local=local)
        except Refused as error:
            if error.status in LOGIN:
                raise Refused(
                    f"{error} The library asks for a login, and imgsim cannot log in. Save the manifest with a browser "
                    "that is logged in, and name the file.",
                    error.status,
                ) from None
            raise
    try:
        with open(source, "rb") as file:
            content = file.read(MAX_MANIFEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ManifestError(
            f"The manifest {source} cannot be read ({reason}). Name a file, or an http or https address."
        ) from None
    if len(content) > MAX_MANIFEST:
        raise ManifestError(f"{source} is larger than the {MAX_MANIFEST:,} bytes that a manifest may have.")
    return content
