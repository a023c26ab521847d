"""Collections for the tests of exports, as small as they can be: no images, and titles that attack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from imgsim.base.verdict_words import COPY, DETAIL, LOOK_ALIKE, MIRRORED
from imgsim.catalogue import Catalogue
from imgsim.catalogue.book_pages import ORNAMENT, BookPage, BookPages, Cut
from imgsim.collection import Collection
from imgsim.export import Request
from tests.hostile import FORMULAS
from tests.in_memory import in_memory
from tests.kin import catalogue_of, clique, matches_of, pair

DAY = "2026-11-22"
MANIFEST: dict[str, Any] = {
    "created": "2026-11-20T08:00:00Z", "imgsim": "0.1.0", "versions": {"numpy": "2.4.6"},
    "inputs": {"images": ["/home/somebody/scans"], "roots": ["/home/somebody/scans"],
               "metadata": "C:\\users\\x\\m.csv"},
    "parameters": {"top_k": 6, "backbones": {"toy": "/home/somebody/weights.pth"}},
}  # fmt: skip
ATTACKS = (
    *FORMULAS, "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "%{x} %{customdata}",
    "back\\slash {un}balanced } brace {", "100 % & more $ # _ ^ ~ <b> | \"quoted\"", "@book{evil, title={x}}",
    "Œuvres d'été: Kräuter, naïve, Ž, 李時珍", "line\r\nbreak\ttab", "\x1b[31mred\x07 \u202edesrever", "]]> &amp; <!--",
    "0904700600", "NA",
)  # fmt: skip


def collection_of(
    catalogue: Catalogue,
    pairs: Sequence[dict[str, Any]] | None = (),
    *,
    kept: int = 6,
    path: Path = Path("nowhere"),
    paged: bool = False,
    copies: Sequence[dict[str, Any]] | None = None,
) -> Collection:
    """What an export needs of a collection; with pairs None the plates were never compared, with copies None nobody
    has asked for any.

    With `paged` each plate is a box on a page of its own, beside an ornament; and one page has no box.
    """
    count = len(catalogue)
    embeddings = np.random.default_rng(7).normal(size=(count, 8)).astype(np.float32)
    embeddings[count // 2] = embeddings[0]  # an exact duplicate
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    matches = None if pairs is None else matches_of(catalogue, pairs)
    maps = {"pca": embeddings[:, :2], "umap": embeddings[:, 2:4] * -10}
    pages = pages_of(catalogue) if paged else None
    return in_memory(
        catalogue, matches, manifest=MANIFEST, path=path, embeddings=embeddings, kept=kept, maps=maps, pages=pages,
        copies=None if copies is None else matches_of(catalogue, copies),
    )  # fmt: skip


def pages_of(catalogue: Catalogue) -> BookPages:
    """The page of each plate, named after it, with an ornament beside it; and one more without a box."""
    frame = catalogue.frame
    cuts = (Cut(0, (5, 5, 60, 80), score=0.75), Cut(1, (5, 85, 60, 95), ORNAMENT))
    pages = [
        BookPage(
            f"page{row:03}", "/scans", f"page{row:03}.png", "0" * 64, 100, 120, cuts=cuts, by="Ada" if row else "",
            plate_root=str(frame["root"].iloc[row]), plates={0: str(frame["file"].iloc[row])},
        )
        for row in range(len(frame))
    ]  # fmt: skip
    return BookPages([*pages, BookPage("empty", "/scans", "empty.png", "1" * 64, 100, 120)])


def hostile(path: Path = Path("nowhere")) -> Collection:
    """Plates in books of three, one of them unknown, one undated; every attack is a title, an author and a place."""
    ids = [f"{n // 3:010d}{n % 3:04d}0_{n}" for n in range(3 * len(ATTACKS))]
    plates = {
        name: ("" if n // 3 == 1 else f"{n // 3:010d}", None if n // 3 == 2 else 1700 + n // 3)
        for n, name in enumerate(ids)
    }
    attacks = [ATTACKS[n // 3] for n in range(len(ids))]
    catalogue = catalogue_of(plates, title=attacks, author=attacks, place=attacks, note=attacks)
    pairs = [
        *clique([ids[0], ids[7], ids[12]]), pair(ids[1], ids[9], MIRRORED, 90), pair(ids[5], ids[20], DETAIL, 60),
        pair(ids[2], ids[30], LOOK_ALIKE), pair(ids[3], ids[4], LOOK_ALIKE),
    ]  # fmt: skip
    copies = [
        pair(ids[0], ids[30], COPY, 70), pair(ids[1], ids[33], COPY, 80, mirrored=True), pair(ids[13], ids[17], COPY),
    ]  # fmt: skip
    return collection_of(catalogue, pairs, path=path, paged=True, copies=copies)


def request_of(collection: Collection, **values: Any) -> Request:
    """A request of the toy backbone on a fixed day."""
    return Request(collection=collection, date=DAY, backbone="toy", **values)


def content(file: Any, request: Request) -> bytes:
    """A file as a whole."""
    return b"".join(chunk.data for chunk in file.chunks(request))
