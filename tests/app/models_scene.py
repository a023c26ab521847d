"""A collection that two networks see, for the page Models, and what is read of the page."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from imgsim.collection import Collection
from imgsim.generation import layout
from imgsim.retrieval.neighbours import all_neighbours, random_pair_quantiles
from tests import pages
from tests.herbals import COUNT
from tests.making import add_files, match_values

PAIRS = [
    match_values("p000", "p006", inliers=200, sources="cosine, local features"),
    match_values("p001", "p018", "mirrored", inliers=90, sources="mirrored"),
    match_values("p004", "p014", "shared detail", inliers=60, sources="local features"),
    match_values("p005", "p022", "look-alike"),
    *(match_values(f"p{a:03}", f"p{a + 10:03}", inliers=70 + a) for a in (7, 8, 9, 10)),
]
VERIFIED = [(0, 6), (1, 18), (4, 14), (7, 17), (8, 18), (9, 19), (10, 20)]


def as_npy(array: np.ndarray) -> bytes:
    """An array as the bytes of its file."""
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def see_with_other(collection: Path) -> None:
    """Have "other" see the herbals so that it finds every verified copy; "toy" does not."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(COUNT, 4)) @ rng.normal(size=(4, 32))  # scores of all sizes
    for a, b in VERIFIED:
        rows[b] = rows[a] + 0.02 * rng.normal(size=32)
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    indices, similarities = all_neighbours(rows, 23)
    stream = io.BytesIO()
    np.savez(stream, indices=indices, similarities=similarities)
    add_files(
        collection,
        {
            layout.embeddings_file("other"): as_npy(rows),
            layout.neighbours_file("other"): stream.getvalue(),
            layout.background_file("other"): as_npy(random_pair_quantiles(rows)),
        },
    )


def visit(**query: str) -> AppTest:
    """Open the page."""
    return pages.visit("models", **query)


def tables(app: AppTest) -> str:
    """The tables of the page, as plain text."""
    whole = "\n".join(str(e.proto.body) for e in app.get("html"))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", whole))


def in_first(collection: Collection, backbone: str, k: int) -> list[bool]:
    """Which verified pairs a network finds, by plain lists."""
    indices = collection.neighbour_table(backbone)[0].tolist()
    return [b in indices[a][:k] or a in indices[b][:k] for a, b in VERIFIED]


def shared(collection: Collection, k: int) -> list[int]:
    """How many of its first k neighbours both networks list, for each plate."""
    lists = [collection.neighbour_table(name)[0].tolist() for name in ("toy", "other")]
    return [len({*a[:k]} & {*b[:k]}) for a, b in zip(*lists, strict=True)]
