"""The export dialog: what it offers, and what it makes."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.services import ready_exports
from imgsim.app.services.ready_exports import Store
from imgsim.base.spreadsheets import read_back
from imgsim.collection import Collection
from imgsim.export import KINDS, Request
from imgsim.export.kind import RESERVED
from imgsim.export.neighbour_lists import expected_rows
from tests import pages
from tests.app.asking import get
from tests.exports import DAY
from tests.herbals import COUNT
from tests.pages import check


@pytest.fixture(scope="session")
def folder(exportable: Path) -> Path:
    return exportable


@pytest.fixture
def dialog(herbals: Collection, store: Store) -> Callable[..., AppTest]:
    """Open a page, and the dialog on it."""

    def open_dialog(page: str = "browse", **query: str) -> AppTest:
        app = pages.visit(page, **query)
        app.button(key="open_export").click().run()
        return check(app)

    return open_dialog


def again(app: AppTest) -> AppTest:
    """The dialog after a change: the whole page is drawn again, and it with it."""
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
    assert {name for name, box in boxes.items() if box.disabled} == {"copies", "reviews", "pages"}
    assert "page Review" in boxes["reviews"].help
    assert [file for file, *_ in tables(app)[:-1]] == [
        "neighbours.csv", "matches.csv", "families.csv", "families.jsonld", "books.bib", "books.json", "books.jsonld",
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
    assert list(links(app)) == ["matches.csv", "map.csv", *RESERVED]
    assert len(read_back(get(links(app)["matches.csv"])[2])) == 4
    # What is asked for in another way is not there yet, and what was made is still there.
    app.toggle(key="export_look_alikes").set_value(False)
    app = again(app)
    assert not links(app) and tables(app)[0][1] == "3 pairs"
    app.toggle(key="export_look_alikes").set_value(True)
    assert links(again(app))


def test_names_and_a_licence_are_asked_for_and_go_into_the_zip(dialog: Callable[..., AppTest]) -> None:
    app = dialog()
    app.text_input(key="export_by").set_value("Ada (0000-0002-1825-0098); Eve")
    app = again(app)
    assert any("last digit does not fit" in error.value for error in app.error)
    app.text_input(key="export_by").set_value("Ada (0000-0002-1825-0097); Eve;")
    app.selectbox(key="export_licence").set_value("CC-BY-4.0")
    app = again(app)
    app.button(key="export_prepare").click()
    app = again(app)
    (address,) = links(app).values()
    with zipfile.ZipFile(io.BytesIO(get(*address.split("?"))[2])) as archive:
        name = next(one for one in archive.namelist() if one.endswith("/.zenodo.json"))
        record = json.loads(archive.read(name))
    assert record["creators"] == [{"name": "Ada", "orcid": "0000-0002-1825-0097"}, {"name": "Eve"}]
    assert (record["access_right"], record["license"]) == ("open", "cc-by-4.0")


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


def test_a_reference_set_is_heeded_unless_it_is_switched_off(dialog: Callable[..., AppTest]) -> None:
    app = dialog("reuse", between="book:book3")
    narrow = tables(app)
    next(one for one in app.toggle if one.label.startswith("Only between")).set_value(False)
    again(app)
    assert tables(app) != narrow == tables(dialog("books", between="book:book3"))


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


def test_session_state_stays_small(dialog: Callable[..., AppTest]) -> None:
    app = dialog()
    app.button(key="export_prepare").click()
    app = again(app)
    # Nothing of an export is among what the session keeps: all of it is a few widgets' values and the address.
    safe = app.session_state
    kept = {name: repr(safe[name]) for name in safe}
    assert kept and sum(map(len, kept.values())) < 20_000


def test_no_room_even_for_a_folder_is_an_error_in_words(
    dialog: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> Any:
        raise OSError(28, "No space left on device")

    app = dialog()
    monkeypatch.setattr(ready_exports, "lasting_folder", full)
    app.button(key="export_prepare").click()
    app = again(app)
    assert any("No space left on device" in error.value for error in app.error)


# ---- as long as it is open


def test_it_stays_open_whenever_the_page_is_drawn_again(dialog: Callable[..., AppTest]) -> None:
    app = dialog(in_place="London")
    promised = tables(app)
    assert tables(check(app.run())) == promised  # as where a run comes to its end


def test_on_another_page_it_is_closed(dialog: Callable[..., AppTest]) -> None:
    app = dialog()
    app.switch_page("imgsim/app/pages/help.py")
    assert not [html for html in check(app.run()).get("html") if 'class="export"' in html.proto.body]
    app.switch_page("imgsim/app/pages/browse.py")
    assert not [html for html in check(app.run()).get("html") if 'class="export"' in html.proto.body]


def test_the_tray_opens_it_for_what_it_holds(herbals: Collection, store: Store) -> None:
    app = pages.visit("browse", tray="p000,p006")
    check(app.button(key="tray_export").click().run())
    assert app.radio(key="export_of").value == "tray" and tables(app)
