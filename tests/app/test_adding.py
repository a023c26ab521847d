"""The page Add plates and the first start: doors, choices, the preview of a table, and the run that begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.services import drafts, incoming, nearby, runs
from tests import pages
from tests.app.runs_scene import DONE, HEAD, WAITING, ended, program
from tests.app.test_preparing import said
from tests.herbals import make_herbals
from tests.making import write_plates

TABLE = "Signatur;Kurztitel;Druckjahr;Wann\nbook-a;Herbal;1737;oft\nbook-b;Flora;M.DCC.L;nie\nbook-x;Hortus;1760;x\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder; scans of two books and their table lie beside it."""
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(runs, "COMMAND", program(WAITING))
    write_plates(tmp_path / "scans" / "book-a", 3)
    write_plates(tmp_path / "scans" / "book-b", 2, first=3)
    (tmp_path / "scans" / "raw.cr2").write_bytes(b"x")
    (tmp_path / "books.csv").write_text(TABLE, encoding="utf-8")
    yield tmp_path / "data"
    runs.stop_all()


def typed(app: AppTest, key: str, value: object) -> AppTest:
    return pages.check(app.text_input(key=key).set_value(str(value)).run())


def metrics(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


def menu(app: AppTest, column: str) -> Any:
    return next(one for one in app.selectbox if one.label == f"What {column} means")


def with_scans(data: Path) -> AppTest:
    """Behind the first door, with scans and table chosen."""
    app = pages.visit("browse")
    pages.check(app.button(key="open_own").click().run())
    typed(app, "folder_typed", data.parent / "scans")
    return typed(app, "table_typed", data.parent / "books.csv")


def test_the_first_start_offers_three_doors_and_begins_nothing(data: Path) -> None:
    app = pages.visit("browse")
    assert [one.value for one in app.title] == ["Which books do you want to look at?"]
    assert [one.key for one in app.button] == ["open_own", "open_library", "begin_sample"]
    assert runs.every(data) == []


def test_the_sample_is_one_click_away(data: Path) -> None:
    app = pages.visit("browse")
    pages.check(app.button(key="begin_sample").click().run())
    run = runs.of(data / "sample")
    assert run is not None and run.running and run.words == ("--sample",)
    assert "“sample” is being prepared" in said(app) and "opens by itself" in said(app)
    other = pages.visit("browse")  # whoever else looks sees the same run
    assert "“sample” is being prepared" in said(other) and not other.button(key="cancel_add_sample").disabled


def test_as_soon_as_plates_can_be_browsed_they_are(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make_herbals(tmp_path / "elsewhere") / "herbals"
    ready = f"""
shutil.copytree({str(whole)!r}, FOLDER / "made")
for name in ("generations", "registry.sqlite", "CURRENT"):
    os.rename(FOLDER / "made" / name, FOLDER / name)
say("ready", stage="ready")
time.sleep(60)
"""
    monkeypatch.setattr(runs, "COMMAND", program(HEAD + ready))
    app = pages.visit("browse")
    pages.check(app.button(key="begin_sample").click().run())
    for _ in range(100):
        pages.check(app.run())
        if app.title[0].value == "Browse":
            break
    assert app.title[0].value == "Browse" and pages.param(app, "collection") == "sample"
    assert "**sample** is being prepared" in said(app)


def test_scans_and_their_table_are_understood_before_anything_is_done(data: Path) -> None:
    app = with_scans(data)
    assert metrics(app) == {"Images": "5", "Books": "2", "Find their row": "5", "Rows without an image": "1"}
    assert [menu(app, column).value for column in ("Signatur", "Kurztitel", "Druckjahr", "Wann")] == [
        "book", "title", "year", "",
    ]  # fmt: skip
    words = said(app)
    assert "M.DCC.L → 1750" in words and "2 books by the column 'Signatur'" in words
    assert any(one.label == "1 file will be left out" for one in app.expander)
    assert app.button(key="begin_run").label == "Prepare 5 images"
    assert runs.every(data) == []


def test_a_menu_changes_what_a_column_means(data: Path) -> None:
    app = with_scans(data)
    pages.check(menu(app, "Wann").set_value("year").run())
    pages.check(menu(app, "Druckjahr").set_value("").run())
    assert "not read" in said(app) and "“oft”" in said(app) and "M.DCC.L → 1750" not in said(app)
    assert metrics(app)["Find their row"] == "5"
    pages.check(app.button(key="begin_run").click().run())
    run = runs.of(data / "scans")
    assert run is not None
    table = Path(run.words[run.words.index("--metadata") + 1])
    assert table.read_text(encoding="utf-8-sig").splitlines()[0] == "Signatur,Kurztitel,Druckjahr (as it is),year"


def test_a_table_without_a_year_is_said(data: Path) -> None:
    app = with_scans(data)
    assert not app.warning
    pages.check(menu(app, "Druckjahr").set_value("").run())
    assert [one.value for one in app.warning if one.value.startswith("**No column is read as the year.**")]


def test_what_names_a_book_is_chosen_by_a_menu(data: Path) -> None:
    app = with_scans(data)
    pages.check(app.selectbox(key="draft_book_by").set_value("none").run())
    assert metrics(app)["Books"] == "not told apart"
    pages.check(app.selectbox(key="draft_book_by").set_value("Kurztitel").run())
    assert "2 books by the column 'Kurztitel', such as Herbal, Flora" in said(app)
    pages.check(app.button(key="begin_run").click().run())
    run = runs.of(data / "scans")
    assert run is not None and run.words[:2] == ("--book-by", "Kurztitel")


def test_a_reload_finds_what_was_chosen(data: Path) -> None:
    app = with_scans(data)
    again = pages.visit("browse", door="own", draft=pages.param(app, "draft"))
    assert metrics(again)["Find their row"] == "5"
    pages.check(again.button(key="remove_folder_0").click().run())
    assert not again.metric


def test_it_begins_under_its_name_and_once(data: Path) -> None:
    app = with_scans(data)
    typed(app, "draft_name", "a/b")
    pages.check(app.button(key="begin_run").click().run())
    assert "cannot be the name" in said(app) and runs.every(data) == []
    typed(app, "draft_name", "herbals-1737")
    pages.check(app.button(key="begin_run").click().run())
    assert "“herbals-1737” is being prepared" in said(app) and not pages.param(app, "draft")
    assert [run.name for run in runs.every(data)] == ["herbals-1737"]


def test_more_plates_into_one_that_is_here(data: Path, tmp_path: Path) -> None:
    make_herbals(tmp_path)
    app = pages.visit("add", door="own")
    typed(app, "folder_typed", data.parent / "scans")
    pages.check(app.selectbox(key="draft_into").set_value("herbals").run())
    pages.check(app.button(key="begin_run").click().run())
    run = runs.of(data / "herbals")
    assert run is not None and run.kind == "more" and run.words[-1] == str(data.parent / "scans")


@pytest.mark.parametrize("value", ["/nowhere/at/all", "relative/folder", "~nobody/x"])
def test_a_path_that_leads_nowhere_is_said(data: Path, value: str) -> None:
    app = pages.visit("browse", door="own")
    typed(app, "folder_typed", value)
    assert "There is nothing at" in said(app) and not drafts.load(pages.param(app, "draft")).folders


def test_a_table_that_cannot_be_read_is_said(data: Path) -> None:
    (data.parent / "bad.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    app = with_scans(data)
    typed(app, "table_typed", data.parent / "bad.xlsx")
    assert app.error and not app.metric
    typed(app, "table_typed", data.parent / "nowhere.csv")
    assert "There is no file" in said(app)


def test_folders_are_browsed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(data.parent))
    app = pages.visit("browse", door="own")
    pages.check(app.button(key="browse_folders").click().run())
    names = [one.label.replace("\\", "") for one in app.button if str(one.key).startswith("into_scans_")]
    assert "📁 scans" in names
    pages.check(next(one for one in app.button if one.label.endswith("scans") and "📁" in one.label).click().run())
    assert "0 images, 1 other file" in said(app)
    pages.check(app.button(key="take_scans").click().run())
    assert drafts.load(pages.param(app, "draft")).folders == [str(data.parent / "scans")]
    assert app.button(key="begin_run").label == "Prepare 5 images"


def test_a_librarys_address_is_fetched_when_one_says_so(data: Path) -> None:
    app = pages.visit("browse")
    pages.check(app.button(key="open_library").click().run())
    pages.check(app.text_area(key="draft_addresses").set_value("no address").run())
    assert "is no address" in said(app)
    pages.check(app.text_area(key="draft_addresses").set_value("https://iiif.library.example/b1/manifest\n").run())
    pages.check(app.button(key="begin_run").click().run())
    (run,) = runs.every(data)
    assert run.words == ("--", "iiif:https://iiif.library.example/b1/manifest")


def test_what_was_cancelled_before_anything_came_of_it_is_thrown_away(data: Path) -> None:
    app = with_scans(data)
    pages.check(app.button(key="begin_run").click().run())
    pages.check(app.button(key="cancel_add_scans").click().run())
    ended(data / "scans")
    pages.check(app.run())
    assert "was cancelled" in said(app)
    pages.check(app.button(key="throw_scans").click().run())
    assert not (data / "scans").exists() and "was cancelled" not in said(app)


def test_a_click_that_comes_twice_begins_one_run(data: Path) -> None:
    app = pages.visit("browse")
    other = pages.visit("browse")
    for one in (app, other):
        pages.check(one.button(key="begin_sample").click().run())
        assert not one.error and "“sample” is being prepared" in said(one)


def test_elsewhere_no_folder_is_shown_and_nothing_begins(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "reads", lambda: False)
    app = pages.visit("browse", door="own")
    assert nearby.ELSEWHERE in said(app) and not app.button and not app.text_input
    assert not (data / incoming.PLACE).exists()


def test_what_is_done_stays_until_it_is_put_away(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "COMMAND", program(DONE))
    runs.start(data / "mine", [], "new")
    ended(data / "mine")
    assert "“mine” is ready" in said(pages.visit("browse"))


FAILED = HEAD + """
say("error", message="https://iiif.example/book/12/manifest answered 404 Not Found.")
sys.exit(1)
"""


def test_a_wrong_address_comes_back_beside_its_error_to_be_corrected(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "COMMAND", program(FAILED))
    wrong, right = "https://iiif.example/book/12/manifest", "https://iiif.example/book/123/manifest"
    runs.start(data / "book", ["--book-by", "auto", "--", f"iiif:{wrong}", "/scans"], "new")
    assert ended(data / "book").status is runs.Status.FAILED
    app = pages.visit("browse")
    assert "could not be prepared" in " ".join(error.value for error in app.error) and "404" in said(app)
    assert app.text_area(key="addresses_again_book").value == wrong
    assert not [button for button in app.button if button.label == "Try again"]

    def send(address: str) -> AppTest:
        app.text_area(key="addresses_again_book").set_value(address)
        return next(button for button in app.button if button.label == "Fetch and prepare").click().run()

    assert "is no address" in " ".join(error.value for error in send("iiif.example/book").error)
    assert ended(data / "book").words[3] == f"iiif:{wrong}"
    monkeypatch.setattr(runs, "COMMAND", program(WAITING))
    send(right)
    run = runs.of(data / "book")
    assert run is not None and run.running
    assert run.words == ("--book-by", "auto", "--", f"iiif:{right}", "/scans") and run.kind == "new"


def test_only_the_newest_of_the_runs_that_ended_is_told_at_length(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "COMMAND", program(DONE))
    for name in ("first", "second", "third"):
        runs.start(data / name, ["--", "/scans"], "new")
        ended(data / name)
    app = pages.visit("browse")
    assert "“third” is ready" in said(app) and "“second” is ready" not in said(app)
    assert [box.label for box in app.expander] == ["2 earlier runs"]
    pages.check(app.button(key="close_second").click().run())
    assert "**first**" in said(app) and "**second**" not in said(app)
    pages.check(app.button(key="close_third").click().run())
    assert "“first” is ready" in said(app)
    runs.start(data / "fourth", ["--", "/scans"], "new")
    ended(data / "fourth")
    app = pages.visit("browse")
    pages.check(app.button(key="close_earlier").click().run())
    assert [run.name for run in runs.every(data) if not run.closed] == ["fourth"]
