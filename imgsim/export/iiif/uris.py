"""The absolute addresses that a manifest holds; the app answers at all of them but those that only name a part.

They name the collection and not its generation, so that a manifest that was handed on still opens after the next
precompute. Images are addressed by the SHA-256 of the scan: such an address never changes its content, and has no
character that a viewer could encode in another way. Ids of plates and families are looked up, never part of a path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from imgsim.errors import ImgsimError

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?:{_NAME}|\[[0-9A-Fa-f:.]{{2,45}}\])(?::\d{{1,5}})?")


def origin(scheme: str, host: str) -> str:
    """Return ``scheme://host`` for the addresses of an answer.

    Raises ImgsimError unless the scheme is http or https and ``host`` (a request's own Host header) is a plain name or
    number with or without a port: what stands in a manifest must never be something that a stranger wrote.
    """
    if scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        raise ImgsimError(
            f"{f'{scheme}://{host}'[:120]!r} is no address of a server. Open imgsim at an address such as "
            "http://127.0.0.1:8501."
        )
    return f"{scheme}://{host}"


@dataclass(frozen=True)
class Addresses:
    """The addresses of one collection.

    Parameters: ``app`` is where the app is, such as ``http://127.0.0.1:8501``, without a slash at its end;
    ``collection`` the collection's name.
    """

    app: str
    collection: str

    @property
    def _base(self) -> str:
        return f"{self.app}/collections/{quote(self.collection, safe='')}/iiif"

    # ---- manifests

    def family(self, family_id: str) -> str:
        """The manifest of a family."""
        return f"{self._base}/family/manifest.json?{_query(id=family_id)}"

    def plate(self, plate_id: str) -> str:
        """The manifest of one plate."""
        return f"{self._base}/plate/manifest.json?{_query(id=plate_id)}"

    def selection(self, query: str = "") -> str:
        """The manifest of the plates that pass the filters in ``query``; of all plates without any."""
        return f"{self._base}/selection/manifest.json{f'?{query}' if query else ''}"

    # ---- names of parts: looked up in the manifest, not fetched

    def canvas(self, plate_id: str) -> str:
        """The canvas of a plate, the same in every manifest."""
        return f"{self._base}/canvas?{_query(id=plate_id)}"

    def part(self, plate_id: str, name: str) -> str:
        """A part of that canvas."""
        return f"{self.canvas(plate_id)}&part={name}"

    # ---- images

    def image(self, sha256: str) -> str:
        """The image service of a scan."""
        return f"{self._base}/image/{sha256}"

    # ---- pages of the app

    def plate_page(self, plate_id: str) -> str:
        """The page Plate."""
        return f"{self.app}/plate?{_query(collection=self.collection, plate=plate_id)}"

    def family_page(self, family_id: str) -> str:
        """A family on the page Re-use."""
        return f"{self.app}/reuse?{_query(collection=self.collection, family=family_id)}"

    def browse_page(self, query: str = "") -> str:
        """The page Browse with the filters in ``query``."""
        own = _query(collection=self.collection)
        return f"{self.app}/?{own}{f'&{query}' if query else ''}"


def _query(**values: str) -> str:
    # quote_via: a space as %20, which no viewer takes for a plus.
    return urlencode(values, quote_via=quote, safe="")
