"""What was chosen, and the run that comes of it: which words, which files where, and what is refused beforehand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imgsim.app.services import drafts, incoming, runs
from imgsim.app.services.drafts import Draft
from imgsim.catalogue import read_metadata
from imgsim.errors import BusyError, CollectionError, ImgsimError, MetadataError
from imgsim.prepare.run_record import recorded_in
from tests.app.runs_scene import DONE, WAITING, ended, program
from tests.herbals import make_herbals
from tests.making import write_plates

TABLE = "book;title;Druckjahr\nbook0;Herbal;1737\nbook1;Flora;1740\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(runs, "COMMAND", program(DONE))
    return tmp_path / "data"


@pytest.fixture
def token(data: Path) -> str:
    return incoming.begin()


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    write_plates(tmp_path / "scans" / "book0", 2)
    return tmp_path / "scans"


def hand_in(token: str, name: str, content: bytes) -> Path:
    room = incoming.place(token)
    assert room is not None
    path = room / incoming.FILES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def images(run: runs.Run) -> list[str]:
    return list(run.words[run.words.index("--") + 1 :])


def test_it_is_found_again(token: str) -> None:
    draft = Draft(name="mine", folders=["/a"], meanings={"x": "title"}, matching=False, backbones=["resnet18"])
    drafts.save(token, draft)
    assert drafts.load(token) == draft
    assert drafts.load("0" * 32) == Draft()


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b'{"folders": "x", "matching": "no", "else": 1}', b"\xff"])
def test_a_damaged_one_is_as_good_as_it_can_be(token: str, content: bytes) -> None:
    room = incoming.place(token)
    assert room is not None
    (room / "draft.json").write_bytes(content)
    assert drafts.load(token) == Draft()


def test_a_folder_is_read_where_it_lies(data: Path, token: str, scans: Path) -> None:
    run = drafts.begin(token, Draft(name="mine", folders=[str(scans)]))
    assert run.folder == data / "mine" and run.kind == "new" and images(run) == [str(scans)]
    assert not (data / "mine" / "source").exists() and incoming.place(token) is None
    assert ended(run.folder).status is runs.Status.DONE


def test_what_was_handed_in_goes_along(data: Path, token: str, scans: Path) -> None:
    hand_in(token, "Herbal/1.png", min((scans / "book0").iterdir()).read_bytes())
    table = hand_in(token, "books.csv", TABLE.encode())
    hand_in(token, "Herbal/notes.txt", b"x")
    run = drafts.begin(token, Draft(name="mine", table=str(table), encoding="utf-8"))
    place = data / "mine" / "source" / "own-1"
    assert images(run) == [str(place / "images")] and (place / "images" / "Herbal" / "1.png").is_file()
    assert [path.name for path in (place / "images").rglob("*") if path.is_file()] == ["1.png"]
    assert (place / "table" / "Herbal" / "notes.txt").is_file()
    at = run.words.index("--metadata")
    assert run.words[at : at + 4] == ("--metadata", str(place / "table" / "books.csv"), "--encoding", "utf-8")


def test_it_does_not_matter_from_where_imgsim_was_started(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMGSIM_DATA", "data")
    token = incoming.begin()
    hand_in(token, "1.png", b"x")
    table = hand_in(token, "books.csv", TABLE.encode())
    run = drafts.begin(token, Draft(name="mine", table=str(table)))
    place = data / "mine" / "source" / "own-1"
    assert run.words == ("--metadata", str(place / "table" / "books.csv"), "--", str(place / "images"))
    assert ended(data / "mine").status is runs.Status.DONE


def test_chosen_columns_are_written_down_beside_the_table(data: Path, token: str, scans: Path, tmp_path: Path) -> None:
    (tmp_path / "books.csv").write_text(TABLE, encoding="utf-8")
    draft = Draft(
        name="mine", folders=[str(scans)], table=str(tmp_path / "books.csv"), book_by="title",
        meanings={"Druckjahr": "", "title": "author"}, backbones=["plates18"], matching=False,
    )  # fmt: skip
    run = drafts.begin(token, draft)
    path = Path(run.words[run.words.index("--metadata") + 1])
    assert path.parent == data / "mine" / "source" / "own-1" / "table"
    assert read_metadata(path).understood == {"author": "author"}
    assert run.words[: run.words.index("--metadata")] == (
        "--backbone", "plates18", "--book-by", "author", "--no-verify",
    )  # fmt: skip
    assert (tmp_path / "books.csv").read_text(encoding="utf-8") == TABLE


def test_more_plates_come_beside_those_that_are_there(data: Path, token: str, scans: Path, tmp_path: Path) -> None:
    make_herbals(tmp_path)
    before = recorded_in(None, data / "herbals")
    run = drafts.begin(token, Draft(into="herbals", folders=[str(scans)]))
    assert run.kind == "more" and images(run) == [*before["images"], str(scans)] and "--metadata" not in run.words


def test_a_further_table_stands_below_that_of_the_collection(
    data: Path, token: str, scans: Path, tmp_path: Path
) -> None:
    make_herbals(tmp_path)
    own = read_metadata(Path(recorded_in(None, data / "herbals")["metadata"]))
    (tmp_path / "more.csv").write_text("plate_id,Kurztitel\nnew1,Flora\n", encoding="utf-8")
    run = drafts.begin(token, Draft(into="herbals", folders=[str(scans)], table=str(tmp_path / "more.csv")))
    both = read_metadata(Path(run.words[run.words.index("--metadata") + 1]))
    assert len(both.frame) == len(own.frame) + 1
    assert both.frame[both.key_column].tolist()[-1] == "new1" and "Flora" in both.frame["title"].tolist()


def test_addresses_go_as_addresses(data: Path, token: str) -> None:
    addresses = ["https://iiif.library.example/1/manifest", "http://127.0.0.1:1/2"]
    run = drafts.begin(token, Draft(name="mine", addresses=addresses))
    assert images(run) == [f"iiif:{one}" for one in addresses]


@pytest.mark.parametrize("before", ["https://iiif.library.example/1", "iiif:https://iiif.library.example/1"])
def test_all_addresses_of_a_collection_are_named_again_with_a_new_one(
    before: str, data: Path, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_herbals(tmp_path)
    folder = data / "herbals"
    recorded = recorded_in(None, folder) | {
        "iiif": [before], "images": [str(folder / "source" / "iiif" / "images" / "one"), "/elsewhere/scans"],
        "metadata": str(folder / "source" / "iiif" / "metadata.csv"),
    }  # fmt: skip
    monkeypatch.setattr(drafts, "recorded_in", lambda live, place: recorded)
    run = drafts.begin(token, Draft(into="herbals", addresses=["https://iiif.library.example/2"]))
    assert images(run) == [
        "/elsewhere/scans", "iiif:https://iiif.library.example/1", "iiif:https://iiif.library.example/2",
    ]  # fmt: skip


def test_a_librarys_table_and_ones_own_are_not_mixed(data: Path, token: str, tmp_path: Path) -> None:
    make_herbals(tmp_path)
    with pytest.raises(ImgsimError, match="cannot be one table"):
        drafts.begin(token, Draft(into="herbals", addresses=["https://iiif.library.example/1"]))


@pytest.mark.parametrize(
    ("draft", "error", "said"),
    [
        (Draft(name="mine"), ImgsimError, "no images yet"),
        (Draft(name="a/b", addresses=["https://x.example"]), CollectionError, "cannot be the name"),
        (Draft(name="..", addresses=["https://x.example"]), CollectionError, "cannot be the name"),
        (Draft(name="", addresses=["https://x.example"]), CollectionError, "cannot be the name"),
        (Draft(into="nowhere", addresses=["https://x.example"]), ImgsimError, "no collection “nowhere”"),
        (Draft(name="mine", addresses=["https://x.example"], table="/nowhere.csv"), MetadataError, "does not exist"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_done(
    draft: Draft, error: type[ImgsimError], said: str, data: Path, token: str
) -> None:
    with pytest.raises(error, match=said):
        drafts.begin(token, draft)
    assert incoming.place(token) is not None and [one.name for one in data.iterdir()] == [incoming.PLACE]


def test_a_name_that_is_taken_is_not_written_into(data: Path, token: str, scans: Path) -> None:
    (data / "mine").mkdir()
    (data / "mine" / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ImgsimError, match="already"):
        drafts.begin(token, Draft(name="mine", folders=[str(scans)]))


def test_whether_images_are_pages_is_handed_on() -> None:
    assert drafts.settings(Draft()) == []  # as the collection has it, else found out
    assert drafts.settings(Draft(pages="always")) == ["--pages", "always"]


def test_one_that_was_begun_and_never_finished_is_not_begun_over(data: Path, token: str, scans: Path) -> None:
    hand_in(token, "1.png", b"x")
    drafts.begin(token, Draft(name="mine"))
    ended(data / "mine")
    with pytest.raises(ImgsimError, match="begun and never finished"):
        drafts.begin(incoming.begin(), Draft(name="mine", folders=[str(scans)]))


def test_two_at_once_are_refused_and_nothing_is_moved(
    data: Path, token: str, scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_herbals(tmp_path)
    monkeypatch.setattr(runs, "COMMAND", program(WAITING))
    runs.start(data / "herbals", [], "again")
    hand_in(token, "1.png", b"x")
    with pytest.raises(BusyError, match="being prepared already"):
        drafts.begin(token, Draft(into="herbals"))
    assert incoming.files(token) == [("1.png", 1)]
    runs.stop_all()


def test_names_are_suggested_after_what_was_chosen(data: Path, scans: Path, token: str) -> None:
    assert drafts.suggested_name(str(scans)) == "scans"
    (data / "scans").mkdir()
    assert drafts.suggested_name(str(scans)) == "scans-2"
    assert drafts.suggested_name("Kräuter buch.zip") == "Kr-uter-buch"
    assert drafts.suggested_name("https://iiif.library.example/book/123/manifest.json")
    assert json.dumps(drafts.suggested_name("///")) == '"my-plates"'
