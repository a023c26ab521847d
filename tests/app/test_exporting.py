"""The export dialog: what it offers, what it makes, and how that is served."""

from __future__ import annotations

import io
import json
import re
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.parts import exporting
from imgsim.app.services import ready_exports, server
from imgsim.app.services.ready_exports import Store, key_of
from imgsim.base.spreadsheets import read_back
from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.errors import ImgsimError
from imgsim.export import KINDS, Request, files_of
from imgsim.export.neighbour_lists import expected_rows
from tests import pages
from tests.app.asking import get
from tests.exports import DAY, hostile, request_of
from tests.herbals import COUNT, make_herbals
from tests.hostile import TRAVERSALS
from tests.making import add_matches, match_values
from tests.pages import check


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the collection "herbals": a family of three, a mirrored pair, a look-alike."""
    base = make_herbals(tmp_path_factory.mktemp("dialog"))
    pairs = [
        match_values("p000", "p006", inliers=200), match_values("p006", "p012", inliers=150),
        match_values("p001", "p018", "mirrored"), match_values("p003", "p007", "look-alike"),
    ]  # fmt: skip
    add_matches(base / "herbals", pairs)
    return base


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store of its own for the dialog and for what serves."""
    own = Store()
    monkeypatch.setattr(exporting, "STORE", own)
    monkeypatch.setattr(server, "STORE", own)
    yield own


# ---- the dialog


@pytest.fixture
def dialog(herbals: Collection, store: Store) -> Callable[..., AppTest]:
    """Open a page, and the dialog on it."""

    def open_dialog(page: str = "browse", **query: str) -> AppTest:
        app = pages.visit(page, **query)
        app.button(key="open_export").click().run()
        return check(app)

    return open_dialog


def again(app: AppTest) -> AppTest:
    """The dialog after a change: a test's run is of the whole app, which closes a dialog, so it is opened again."""
    app.button(key="open_export").click()
    return check(app.run())


def tables(app: AppTest) -> list[list[str]]:
    """Name, count and size of each file that is promised."""
    found = [html.proto.body for html in app.get("html") if 'class="export"' in html.proto.body]
    assert len(found) == 1
    return [re.findall(r"<t[dh]>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", found[0])]


def links(app: AppTest) -> dict[str, str]:
    """Name and address of each file that is ready."""
    found = " ".join(html.proto.body for html in app.get("html") if 'class="download' in html.proto.body)
    return {
        unescape(name): unescape(url) for url, name in re.findall(r'href="([^"]+)" download="([^"]+)"', found)
    }


def test_it_offers_everything_there_is_and_says_what_there_is_not(dialog: Callable[..., AppTest]) -> None:
    app = dialog()
    boxes = {kind.name: app.checkbox(key=f"export_kind_{kind.name}") for kind in KINDS}
    assert {name for name, box in boxes.items() if box.value} == {
        "neighbours",
        "matches",
        "families",
        "books",
    }
    assert {name for name, box in boxes.items() if box.disabled} == {"reviews"}
    assert "page Review" in boxes["reviews"].help
    assert [file for file, *_ in tables(app)[:-1]] == [
        "neighbours.csv", "matches.csv", "families.csv", "books.bib", "books.json",
    ]  # fmt: skip
    promised = {file: count for file, count, _ in tables(app)[:-1]}
    assert promised["matches.csv"] == "3 pairs" and promised["families.csv"] == "5 plates"
    assert promised["books.bib"] == "4 books"
    assert app.radio(key="export_of").options == [f"All ({COUNT})"]


def test_which_plates_follows_from_what_one_looks_at(dialog: Callable[..., AppTest]) -> None:
    every, filtered = f"All ({COUNT})", f"Those that pass the filters ({COUNT // 2})"
    for page, query, options, meant in (
        ("plate", {"plate": "p003"}, ["This plate", every], "plate"),
        ("browse", {"plate": "p003"}, ["This plate", every], "all"),
        ("browse", {"in_place": "London"}, [filtered, every], "filtered"),
        ("plate", {"in_place": "London", "plate": "p003"}, ["This plate", filtered, every], "plate"),
        ("reuse", {"family": "p000"}, ["This family (3)", every], "family"),
    ):
        radio = dialog(page, **query).radio(key="export_of")
        assert radio.options == options and radio.value == meant
    assert {file: count for file, count, _ in tables(dialog("reuse", family="p000"))[:-1]}[
        "books.bib"
    ] == "3 books"


def test_one_zip_is_prepared_and_served(dialog: Callable[..., AppTest], herbals: Collection) -> None:
    app = dialog("plate", plate="p000", threshold="-1", top_k="5", other_books="no")
    assert not links(app)
    app.button(key="export_prepare").click()
    app = again(app)
    ((name, url),) = links(app).items()
    assert re.fullmatch(r"imgsim_herbals_\d{4}-\d\d-\d\d\.zip", name)
    status, headers, body = get(*url.split("?"))
    assert (
        status == 200
        and headers["cache-control"] == "no-store"
        and headers["x-content-type-options"] == "nosniff"
    )
    assert headers["content-disposition"] == f'attachment; filename="{name}"'
    assert int(headers["content-length"]) == len(body)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        files = {entry.split("/")[1]: archive.read(entry) for entry in archive.namelist()}
    neighbours = read_back(files["neighbours.csv"])
    row = herbals.catalogue.row("p000")
    indices, _ = herbals.neighbour_table("toy")
    assert neighbours["neighbour_plate_id"].tolist() == [
        herbals.catalogue.plate_ids[i] for i in indices[row, :5]
    ]
    assert read_back(files["matches.csv"])["plate_b_id"].tolist() == ["p006"]
    assert len(read_back(files["families.csv"])) == 3
    assert json.loads(files["manifest.json"])["export"]["plates"] == ["p000"]


def test_separate_files_and_other_choices(dialog: Callable[..., AppTest]) -> None:
    app = dialog()
    for kind in KINDS:
        box = app.checkbox(key=f"export_kind_{kind.name}")
        if not box.disabled:
            box.set_value(kind.name in ("matches", "map"))
    app.radio(key="export_as").set_value("files")
    app = again(app)
    app.toggle(key="export_look_alikes").set_value(True)
    app = again(app)
    assert [row[:2] for row in tables(app)[:-1]] == [
        ["matches.csv", "4 pairs"],
        ["map.csv", f"{COUNT} plates"],
    ]
    app.button(key="export_prepare").click()
    app = again(app)
    assert list(links(app)) == ["matches.csv", "map.csv", "README.txt", "manifest.json"]
    assert len(read_back(get(links(app)["matches.csv"])[2])) == 4
    # What is asked for in another way is not there yet, and what was made is still there.
    app.toggle(key="export_look_alikes").set_value(False)
    app = again(app)
    assert not links(app) and tables(app)[0][1] == "3 pairs"
    app.toggle(key="export_look_alikes").set_value(True)
    assert links(again(app))


def test_the_conditions_of_neighbours_are_those_of_the_address(
    dialog: Callable[..., AppTest], herbals: Collection
) -> None:
    app = dialog("browse", top_k="7", threshold="-0.5", other_books="no")
    assert app.number_input(key="_top_k_export").value == 7
    assert app.number_input(key="_threshold_export").value == -0.5
    app.number_input(key="_top_k_export").set_value(11)
    app = again(app)
    assert "11" in app.query_params["top_k"]
    request = Request(herbals, DAY, app.query_params.get("backbone", "toy"), top_k=11, threshold=-0.5)
    assert tables(app)[0][1] == f"{expected_rows(request):,} rows"


def test_nothing_ticked_says_so(dialog: Callable[..., AppTest]) -> None:
    app = dialog()
    for name in ("neighbours", "matches", "families", "books"):
        app.checkbox(key=f"export_kind_{name}").uncheck()
    app = again(app)
    assert any("Nothing is ticked" in text.value for text in app.markdown)
    assert not [button for button in app.button if button.key == "export_prepare"]


def test_no_room_is_said_in_the_dialog(
    dialog: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    def full(*_: Any) -> Iterator[bytes]:
        yield b"PK"
        raise OSError(28, "No space left on device")

    app = dialog()
    monkeypatch.setattr(ready_exports, "zip_chunks", full)
    app.button(key="export_prepare").click()
    app = again(app)
    assert any("No space left on device" in error.value.replace("\\", "") for error in app.error)
    assert store._root is not None and list(store._root.iterdir()) == []


def test_no_room_even_for_a_folder_is_an_error_in_words(
    dialog: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> Any:
        raise OSError(28, "No space left on device")

    app = dialog()
    monkeypatch.setattr(ready_exports, "scratch_folder", full)
    app.button(key="export_prepare").click()
    app = again(app)
    assert any("No space left on device" in error.value for error in app.error)


def test_session_state_stays_small(dialog: Callable[..., AppTest]) -> None:
    app = dialog()
    app.button(key="export_prepare").click()
    app = again(app)
    # Nothing of an export is among what the session keeps: all of it is a few widgets' values and the address.
    safe = app.session_state
    kept = {name: repr(safe[name]) for name in safe}
    assert kept and sum(map(len, kept.values())) < 20_000


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
    assert list(small.files(key)) == ["neighbours.csv", "README.txt", "manifest.json"]
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
