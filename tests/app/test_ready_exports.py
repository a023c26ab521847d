"""Exports that are ready: kept a while, whole for whoever fetches them, and nothing else is served."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from imgsim.app.parts import exporting
from imgsim.app.services import server
from imgsim.app.services.ready_exports import Store, key_of
from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.errors import ImgsimError
from imgsim.export import files_of
from imgsim.export.kind import RESERVED
from tests.app.asking import get
from tests.exports import hostile, request_of
from tests.hostile import TRAVERSALS


@pytest.fixture(scope="session")
def folder(exportable: Path) -> Path:
    return exportable


# ---- the dialog


# ---- what is ready


def test_a_store_keeps_a_few_and_forgets_the_oldest() -> None:
    herbals, store = hostile(), Store(most=2)
    keys = []
    for top_k in (2, 3, 4):
        request = request_of(herbals, top_k=top_k)
        keys.append(store.prepare(request, files_of(["neighbours"], request), zipped=True))
        kept = store.files(keys[0])
        if top_k == 3:
            assert kept  # asked for: it is not the oldest any more
    assert not store.files(keys[1]) and store.files(keys[0]) and store.files(keys[2])
    assert store._root is not None and len(list(store._root.iterdir())) == 2
    small = Store(most_bytes=1)
    for top_k in (2, 3):
        request = request_of(herbals, top_k=top_k)
        key = small.prepare(request, files_of(["neighbours"], request), zipped=False)
    assert list(small.files(key)) == ["neighbours.csv", *RESERVED]
    assert small._root is not None and len(list(small._root.iterdir())) == 1


def test_what_is_broken_off_leaves_nothing() -> None:
    store, request = Store(), request_of(hostile())

    class Stopped(BaseException):
        """What Streamlit stops a run with."""

    def report(*_: Any) -> None:
        raise Stopped

    files = files_of(["neighbours"], request)
    with pytest.raises(Stopped):
        store.prepare(request, files, True, report)
    assert not store.files(key_of(request, files, True))
    assert store._root is not None and list(store._root.iterdir()) == []


def test_many_at_once_get_the_same_whole_file() -> None:
    store, herbals = Store(), hostile()
    request = request_of(herbals, top_k=4)
    files = files_of(["neighbours", "plates"], request)
    found: list[bytes] = []

    def ask() -> None:
        key = store.prepare(request_of(herbals, top_k=4), files, True)
        (path,) = store.files(key).values()
        time.sleep(0.02)  # others finish theirs meanwhile, and must not take it away
        found.append(path.read_bytes())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1
    assert store._root is not None and len(list(store._root.iterdir())) == 1


def test_a_key_names_everything_that_shapes_the_result(tmp_path: Path) -> None:
    herbals = hostile(tmp_path)
    files = files_of(["matches", "families"], request_of(herbals))
    keys = {
        key_of(request_of(herbals, **values), files, zipped)
        for zipped in (True, False)
        for values in (
            {}, {"top_k": 3}, {"threshold": 0.5}, {"other_books": True}, {"when": "later"}, {"look_alikes": True},
            {"rows": np.array([1])}, {"rows": np.array([2])}, {"method": "umap"}, {"colour": "place"},
        )
    }  # fmt: skip
    assert len(keys) == 20
    assert key_of(request_of(herbals), files[:1], True) not in keys
    ids = herbals.catalogue.plate_ids
    reviews_of(tmp_path).record(ids[0], ids[1], "unsure", reviewer="r")
    assert key_of(request_of(herbals), files, True) not in keys
    assert key_of(request_of(herbals), files, True) == key_of(request_of(herbals), files, True)


def test_only_what_is_ready_is_served(herbals: Collection, store: Store) -> None:
    request = request_of(hostile())
    key = store.prepare(request, files_of(["plates"], request), zipped=False)
    url = server.export_url(herbals, key, "plates.csv")
    assert get(url)[0] == 200
    base = url.removesuffix(f"{key}/plates.csv")
    for path in (
        f"{base}{key}/matches.csv", f"{base}{key[:-1]}0/plates.csv", f"{base}/plates.csv", f"{base}{key}/",
        url.replace(herbals.generation, "another"), url.replace("/herbals/", "/nobody/"),
        *(f"{base}{key}/{quote(attack, safe='')}" for attack in TRAVERSALS),
        *(f"{base}{quote(attack, safe='')}/plates.csv" for attack in TRAVERSALS),
    ):  # fmt: skip
        status, _, body = get(path)
        assert status == 404 and b"plate_id" not in body, path
    # A file that somebody has cleared away is missing, not an error.
    store.files(key)["plates.csv"].unlink()
    assert get(url)[0] == 404


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (12_345, "12 kB"), (1_840_000, "1.8 MB"), (235_900_000, "235.9 MB"),
     (3_210_000_000, "3.2 GB")],
)  # fmt: skip
def test_sizes(number: int, said: str) -> None:
    assert exporting.size(number) == said


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ImgsimError, match="Choose from: neighbours"):
        files_of(["iiif?"], request_of(hostile()))
