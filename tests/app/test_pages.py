"""The page Pages, as Streamlit runs it without a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.components import browser_memory
from imgsim.app.parts import page_desk
from imgsim.app.services import shown_pages
from imgsim.catalogue.book_pages import ORNAMENT, Cut
from imgsim.collection import open_collection
from imgsim.collection.marks import FILE
from imgsim.collection.page_corrections import PageCorrections
from imgsim.errors import CollectionError
from imgsim.generation import layout
from tests.app.drawn import Drawn, watched
from tests.book_scans import LEFT, NAME, RIGHT, SIZE, again, make_scans
from tests.making import live, make
from tests.pages import ROOT, button, check, param, words
from tests.toy_pages import write_page


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_scans(tmp_path_factory.mktemp("scans"))


@pytest.fixture
def folder(scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The collection's folder, of each test's own, for corrections are written there."""
    shutil.copytree(scans, tmp_path / "data")
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / NAME


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    return watched(monkeypatch)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the large page is given."""
    given: dict[str, Any] = {}
    real = page_desk.page_boxes

    def fake(**values: Any) -> None:
        real(**values)  # it checks what it is given
        given.clear()
        given.update(values)

    monkeypatch.setattr(page_desk, "page_boxes", fake)
    return given


def visit(who: str = "Anna", name: str = "pages", **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state[browser_memory._ANSWER] = {"reviewer": who} if who else {}
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page(f"imgsim/app/pages/{name}.py")
    return check(app.run())


def say(folder: Path, page_id: str, cuts: list[Cut] | None, who: str = "Ben") -> None:
    pages = open_collection(folder).pages
    assert pages is not None
    PageCorrections(folder).add(pages.page(page_id).sha256, SIZE, cuts, who)


def pressed(page: dict[str, Any], app: AppTest, cuts: Any, **other: Any) -> AppTest:
    """Save, as the browser does."""
    save = page["on_save"]
    # Without a browser nothing is sent: the callback is run by a script in which nothing is drawn.
    made = AppTest.from_string(f"from imgsim.app.parts import page_desk\npage_desk._save(*{save.args!r})\n")
    made.session_state[browser_memory._ANSWER] = app.session_state[browser_memory._ANSWER]
    sent = {"page": page["page"], "after": page["after"], "cuts": cuts, "at": 17, **other}
    made.session_state[page_desk._KEY] = {"saved": sent}
    check(made.run(timeout=60))
    app.session_state[page_desk._ANSWERS] = made.session_state[page_desk._ANSWERS]
    return check(app.run())


# ---- all pages


def test_all_pages_stand_in_order_under_their_books_with_their_boxes(folder: Path, drawn: Drawn) -> None:
    app = visit()
    assert drawn.ids("pages_grid") == ["p001", "p002", "p003", "q001", "q002"]
    items = {item["id"]: item for item in drawn.given["pages_grid"]["items"]}
    assert [name for name, item in items.items() if "heading" in item] == ["p001", "q001"]
    assert items["q001"]["heading"]["text"] == "herbal"
    boxes = [[*LEFT, "illustration"], [*RIGHT, "illustration"]]
    assert items["p001"]["boxes"] == {"width": 300, "height": 420, "boxes": boxes}
    assert (items["p001"]["lines"], items["p002"]["lines"]) == (["2 illustrations"], ["no illustration"])
    assert "5 pages with 6 illustrations." in words(app)
    assert "corrected since the last run" not in words(app)


def test_pages_are_narrowed_down_and_counted(folder: Path, drawn: Drawn) -> None:
    say(folder, "p001", [Cut(0, LEFT, score=0.3), Cut(1, RIGHT, ORNAMENT)])
    wanted = {
        "all": 5, "illustrated": 3, "empty": 2, "unsure": 1, "hand": 1, "waiting": 1,
    }  # fmt: skip
    for name, number in wanted.items():
        visit(pages=name)
        assert len(drawn.ids("pages_grid")) == number, name
    visit(pages_of="herbal")
    assert drawn.ids("pages_grid") == ["q001", "q002"]
    app = visit(pages="unsure", pages_of="herbal")
    assert "No page is of this kind" in words(app)
    check(button(app, "Show all pages").click().run())
    assert drawn.ids("pages_grid")[0] == "p001" and param(app, "pages") == ""


def test_a_click_opens_a_page(folder: Path, drawn: Drawn) -> None:
    drawn.answers["pages_grid"] = {"clicked": "q001"}
    app = visit()
    assert param(app, "page_id") == "q001"


def test_what_waits_is_counted_and_prepared_again_with_one_button(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(folder, "p001", [])
    say(folder, "p003", [])
    begun: list[Path] = []
    monkeypatch.setattr("imgsim.app.parts.preparing.begin", begun.append)
    app = visit()
    assert "2 pages were corrected since the last run" in words(app)
    check(button(app, "Prepare it again").click().run())
    assert begun == [folder]
    again(folder.parent)
    assert "corrected since the last run" not in words(visit())


# ---- one page


def test_a_page_shows_its_boxes_and_the_plates_of_them(folder: Path, drawn: Drawn, page: dict[str, Any]) -> None:
    app = visit(page_id="q001")
    assert (page["size"], page["after"], page["following"], page["blocked"]) == (SIZE, 0, 3, "")
    assert page["cuts"][0].box == LEFT
    assert drawn.ids("page_plates") == ["q001_0", "q001_1", "q001_2"]
    first = drawn.given["page_plates"]["items"][0]
    assert (first["title"], first["lines"]) == ("plate q001_0 →", ["Box 0, 90 % sure"])
    assert "Nobody corrected this page. The network found 3 illustrations." in words(app)
    drawn.answers["page_plates"] = {"clicked": "q001_1"}
    check(app.run())
    assert param(app, "plate") == "q001_1"


def test_previous_and_next_go_through_the_pages_that_are_asked_for(folder: Path) -> None:
    app = visit(page_id="p003", pages="illustrated")
    assert "2 of 3 pages, with illustrations" in words(app)
    check(button(app, "Next").click().run())
    assert param(app, "page_id") == "q001"
    check(button(app, "← Previous").click().run())
    check(button(app, "← Previous").click().run())
    assert param(app, "page_id") == "p001" and button(app, "← Previous").disabled
    check(button(app, "All pages").click().run())
    assert param(app, "page_id") == ""


def test_what_is_saved_is_kept_signed_and_shown(folder: Path, page: dict[str, Any]) -> None:
    app = visit(page_id="p001")
    pressed(page, app, [[0, list(LEFT), "ornament", 1], [5, [20, 150, 90, 250], "illustration", 1]])
    assert [cut.number for cut in page["cuts"]] == [0, 5] and (page["answered"], page["failed"]) == (17, "")
    pages = open_collection(folder).pages
    assert pages is not None
    (kept,) = PageCorrections(folder).history(pages.page("p001").sha256)
    assert (kept.reviewer, kept.number, page["after"], page["following"]) == ("Anna", 1, 1, 6)
    said = words(app).replace("\\", "")
    assert "1 page was corrected since the last run" in said and "1 illustration, 1 ornament" in said


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cuts": [[0, [0, 0, 999, 10], "illustration", 1]]}, "reaches out of the page"),
        ({"cuts": "boxes"}, "not a list"),
        ({"cuts": [[n, [0, 0, 9, 9], "illustration", 1] for n in range(501)]}, "501 boxes are more"),
        ({"after": "1"}, "Reload the page"),
        ({"after": 4}, "Somebody else has changed this meanwhile"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_written(
    folder: Path, page: dict[str, Any], change: dict[str, Any], told: str
) -> None:
    app = visit(page_id="p001")
    pressed(page, app, **{"cuts": [], **change})
    assert told in page["failed"] and page["answered"] == 17
    assert PageCorrections(folder).revision == 0 and [cut.box for cut in page["cuts"]] == [LEFT, RIGHT]


def test_a_correction_of_another_page_is_not_taken_for_one_of_this(folder: Path, page: dict[str, Any]) -> None:
    app = visit(page_id="p001")
    with pytest.raises(KeyError):  # there is no answer, for nothing was asked of this page
        pressed({**page, "page": "scans/p002/0"}, app, [])
    assert not (folder / FILE).exists()


def test_without_a_name_nothing_can_be_saved(folder: Path, page: dict[str, Any]) -> None:
    app = visit("", page_id="p001")
    assert page["blocked"].startswith("Write your name") and "signs your corrections" in words(app)
    app.text_input(key="_reviewer_name_").set_value(" Ada  Reader ").run()
    assert page["blocked"] == ""


def test_the_history_goes_back_to_any_state_and_to_the_networks(folder: Path, page: dict[str, Any]) -> None:
    say(folder, "p001", [Cut(0, LEFT)])
    say(folder, "p001", [Cut(0, LEFT, ORNAMENT)])
    app = visit(page_id="p001")
    assert [cut.kind for cut in page["cuts"]] == [ORNAMENT]
    assert words(app).index("1 ornament") < words(app).index("1 illustration")
    check(button(app, "Back to this").click().run())
    assert [(cut.kind, cut.box) for cut in page["cuts"]] == [("illustration", LEFT)] and page["after"] == 3
    check(button(app, "As the network finds it").click().run())
    assert len(page["cuts"]) == 2 and page["after"] == 4
    assert "as the network finds it" in words(app) and "corrected since the last run" not in words(app)


@pytest.mark.parametrize("content", [b"", b"no database" * 400])
def test_damaged_corrections_are_said_and_nothing_can_be_added(
    folder: Path, page: dict[str, Any], content: bytes
) -> None:
    say(folder, "p001", [])
    (folder / FILE).write_bytes(content)
    app = visit(page_id="p001")
    said = app.error[0].value.replace("\\", "")
    assert "marks on scans and words on families of this collection cannot be read" in said
    assert "cannot be read" in page["blocked"] and len(page["cuts"]) == 2
    check(button(app, "Use this copy").click().run())
    assert page["blocked"] == "" and page["cuts"] == ()


def test_a_read_only_file_is_said(folder: Path, page: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imgsim.app.services.shown_pages.barred", lambda path: f"{path.name} is read-only.")
    app = visit(page_id="p001")
    assert page["blocked"] == "Nothing can be corrected now: marks.sqlite is read-only."
    assert "is read-only" in app.warning[0].value.replace("\\", "")


def test_an_unknown_page_is_said_and_all_are_shown(folder: Path, drawn: Drawn) -> None:
    app = visit(page_id="p999")
    assert "There is no page p999" in app.warning[0].value and drawn.ids("pages_grid")


# ---- from other pages


def test_a_plate_leads_to_its_page(folder: Path, page: dict[str, Any]) -> None:
    app = visit(name="plate", plate="p001_1")
    record = "\n".join(str(one.proto) for one in app.main)
    assert "Page scan" in record and "70 × 100 pixels, from 110, 20 to 180, 120" in record
    check(button(app, "See its page").click().run())
    assert param(app, "page_id") == "p001" and page["name"] == "p001"


def test_a_collection_of_plates_has_no_pages_and_says_how_one_gets_them(
    plain: Path, monkeypatch: pytest.MonkeyPatch, visit_: Callable[..., AppTest] = visit
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(plain))
    app = visit_()
    assert "This collection has no pages of books" in words(app) and "--pages always" in app.code[0].value
    assert "See its page" not in [one.label for one in visit_(name="plate", plate="p003").button]


def test_a_damaged_table_of_pages_is_said_on_pages_and_spoils_no_other(folder: Path) -> None:
    table = live(folder) / layout.PAGES
    damaged = bytes(reversed(table.read_bytes()))
    table.unlink()  # it may be a hard link
    table.write_bytes(damaged)
    # Shown as any error of a page.
    with pytest.raises(CollectionError, match=r"pages\.parquet is not what was written"):
        shown_pages.all_pages(open_collection(folder))
    app = visit(name="plate", plate="p001_1")
    assert not app.error and "See its page →" not in [one.label for one in app.button]


def test_names_of_pages_are_shown_as_they_stand(
    tmp_path: Path, page: dict[str, Any], drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = "*a* [x](y) $b$ <b>c"
    write_page(tmp_path / "books" / f"# {hostile}" / f"{hostile}.png", [LEFT], size=SIZE)
    make(tmp_path / "data" / NAME, tmp_path / "books")
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    (name,) = (one.page_id for one in open_collection(tmp_path / "data" / NAME).pages or ())
    app = visit(page_id=name)
    assert page["name"] == name and hostile in name
    caption = next(one.value for one in app.caption if "a" in one.value and "x" in one.value)
    assert caption.replace("\\", "").startswith(name) and "\\*a\\*" in caption and "\\<b\\>" in caption
    visit()
    assert drawn.given["pages_grid"]["items"][0]["title"] == name
