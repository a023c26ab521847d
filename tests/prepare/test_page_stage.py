"""Pages to plates: which files are pages, what is cut out, and what a second run does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsim.catalogue.book_pages import INITIAL, Cut
from imgsim.collection import open_collection
from imgsim.collection.page_corrections import PageCorrections
from imgsim.errors import ImgsimError
from imgsim.prepare import Options, prepare
from imgsim.prepare.staleness import missing, staleness
from imgsim.sources.pages import PageLayout, Region
from tests.making import ToyProcessor, make, write_plates
from tests.toy_pages import ToyFinder, toy_layout, write_page

LEFT, RIGHT, BELOW = (20, 20, 90, 120), (110, 20, 180, 120), (40, 150, 160, 250)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Three pages: two pictures, none, one."""
    write_page(tmp_path / "flora" / "p001.png", [LEFT, RIGHT], 1)
    write_page(tmp_path / "flora" / "p002.png", [], 2)
    write_page(tmp_path / "flora" / "p003.png", [BELOW], 3)
    return tmp_path


def test_illustrations_become_plates_and_pages_without_one_are_counted(book: Path) -> None:
    done = make(book / "out", book / "flora")
    collection = open_collection(book / "out")
    assert collection.catalogue.plate_ids == ("p001_0", "p001_1", "p003_0")
    assert (done.plates, done.pages, done.empty_pages) == (3, 3, 1)
    frame = collection.catalogue.frame
    assert frame["page_scan"].tolist() == ["p001.png", "p001.png", "p003.png"]
    assert frame["page_box"].tolist()[0] == "20 20 90 120"
    pages = collection.pages
    assert pages is not None and [len(page.illustrations) for page in pages] == [2, 0, 1]
    found = pages.of_plate(str(frame["root"].iloc[1]), str(frame["file"].iloc[1]))
    assert found is not None and found[0].page_id == "p001" and found[1].box == RIGHT


def test_a_plate_is_the_pixels_of_its_box(book: Path) -> None:
    make(book / "out", book / "flora")
    collection = open_collection(book / "out")
    page = np.asarray(Image.open(book / "flora" / "p003.png"))
    row = collection.catalogue.row("p003_0")
    record = collection.catalogue.frame.iloc[row]
    cut = np.asarray(Image.open(Path(record["root"]) / record["file"]))
    x0, y0, x1, y1 = BELOW
    assert np.array_equal(cut, page[y0:y1, x0:x1])
    assert hashlib.sha256(collection.plate_bytes(row)).hexdigest() == record["sha256"]
    assert collection.page_bytes("p003") == (book / "flora" / "p003.png").read_bytes()


def test_a_second_run_does_nothing_again(book: Path) -> None:
    make(book / "out", book / "flora")
    processor = ToyProcessor()
    assert not make(book / "out", book / "flora", processor).changed
    assert processor.cut == [] and processor.asked == []


def test_a_folder_of_plates_is_left_alone(tmp_path: Path) -> None:
    processor = ToyProcessor()
    make(tmp_path / "out", write_plates(tmp_path / "plates", 40), processor)
    collection = open_collection(tmp_path / "out")
    assert collection.pages is None and len(collection.catalogue) == 40
    assert len(processor.paged) == 16  # a sample told it
    assert "page_scan" not in collection.catalogue.frame


def test_names_of_ecco_say_that_they_are_plates(tmp_path: Path) -> None:
    processor = ToyProcessor()
    for number in range(3):
        write_page(tmp_path / "images" / f"105280020101{number}20_0.png", [LEFT], number)
    make(tmp_path / "out", tmp_path / "images", processor)
    assert processor.paged == []


def test_pages_of_ecco_give_ids_of_ecco(tmp_path: Path) -> None:
    write_page(tmp_path / "images" / "105280020101620.png", [LEFT, RIGHT], 1)
    make(tmp_path / "out", tmp_path / "images")
    frame = open_collection(tmp_path / "out").catalogue.frame
    assert frame["plate_id"].tolist() == ["105280020101620_0", "105280020101620_1"]
    assert (frame["book"].tolist(), frame["page"].tolist()) == (["1052800201"] * 2, [162, 162])


def test_what_people_say_of_all_files_counts(book: Path, tmp_path: Path) -> None:
    make(book / "never", book / "flora", pages="never")
    assert len(open_collection(book / "never").catalogue) == 3
    write_plates(tmp_path / "plates", 2)
    with pytest.raises(ImgsimError, match=r"On the 2 pages in .* there is no illustration"):
        make(book / "always", tmp_path / "plates", pages="always")
    with pytest.raises(ImgsimError, match="auto, always, never"):
        make(book / "out", book / "flora", pages="sometimes")


def test_plates_and_pages_may_lie_beside_each_other(book: Path) -> None:
    write_plates(book / "plates", 4)
    make(book / "out", book)
    assert open_collection(book / "out").catalogue.plate_ids == (
        "flora/p001_0", "flora/p001_1", "flora/p003_0", "p000", "plates/p001", "plates/p002", "plates/p003",
    )  # fmt: skip


def test_a_folder_of_pages_and_plates_stays_one(book: Path) -> None:
    write_plates(book / "flora", 6, first=10)
    make(book / "out", book / "flora")
    ids = open_collection(book / "out").catalogue.plate_ids
    assert ids == ("p001_0", "p001_1", "p003_0", *(f"p{number:03}" for number in range(10, 16)))
    assert not make(book / "out", book / "flora").changed


def test_a_correction_survives_every_run_and_only_its_page_is_cut_again(book: Path) -> None:
    make(book / "out", book / "flora")
    page = next(iter(open_collection(book / "out").pages or ()))
    moved = [Cut(0, (15, 15, 95, 125)), Cut(1, RIGHT, INITIAL), Cut(2, (30, 200, 170, 270))]
    PageCorrections(book / "out").add(page.sha256, (page.width, page.height), moved, "Anna")
    processor = ToyProcessor()
    make(book / "out", book / "flora", processor)
    collection = open_collection(book / "out")
    assert collection.catalogue.plate_ids == ("p001_0", "p001_2", "p003_0")
    assert processor.cut == ["p001"] and {plate for plate, _ in processor.asked} == {"p001_0", "p001_2"}
    assert collection.pages is not None and collection.pages.page("p001").by == "Anna"
    PageCorrections(book / "out").add(page.sha256, (page.width, page.height), None, "Anna")
    make(book / "out", book / "flora")
    assert open_collection(book / "out").catalogue.plate_ids == ("p001_0", "p001_1", "p003_0")


def test_a_page_that_cannot_be_read_is_listed(book: Path) -> None:
    (book / "flora" / "p004.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    make(book / "out", book / "flora")
    skipped = open_collection(book / "out").skipped
    assert skipped["file"].tolist() == ["p004.png"] and "as a page" in skipped["reason"].iloc[0]


def test_a_picture_that_vanished_is_cut_again(book: Path) -> None:
    make(book / "out", book / "flora")
    frame = open_collection(book / "out").catalogue.frame
    gone = Path(frame["root"].iloc[0]) / frame["file"].iloc[0]
    gone.unlink()
    processor = ToyProcessor()
    assert not make(book / "out", book / "flora", processor).changed
    assert gone.exists() and processor.cut == ["p001"]


def test_a_table_of_pages_names_their_plates(book: Path) -> None:
    table = book / "pages.csv"
    table.write_text("file,title,year\np001.png,A strawberry,1752\np003.png,A lily,1760\n")
    done = make(book / "out", book / "flora", metadata=table)
    frame = open_collection(book / "out").catalogue.frame
    assert frame["title"].tolist() == ["A strawberry", "A strawberry", "A lily"]
    assert done.join["joined"] == 3


def test_a_picture_with_the_name_of_a_cut_one_keeps_it(book: Path) -> None:
    write_plates(book / "flora", 1)
    (book / "flora" / "p000.png").rename(book / "flora" / "p003_0.png")
    write_page(book / "flora" / "p005.png", [BELOW], 5)
    make(book / "out", book / "flora")
    ids = open_collection(book / "out").catalogue.plate_ids
    assert len(ids) == len(set(ids))


def test_pages_are_known_again_wherever_they_lie(book: Path) -> None:
    make(book / "out", book / "flora")
    (book / "flora").rename(book / "moved")
    processor = ToyProcessor()
    make(book / "out", book / "moved", processor)
    assert processor.paged == []
    assert open_collection(book / "out").catalogue.plate_ids == ("p001_0", "p001_1", "p003_0")


def test_a_collection_says_what_changed_of_its_pages(book: Path) -> None:
    make(book / "out", book / "flora")
    assert staleness(open_collection(book / "out")) == []
    assert missing(open_collection(book / "out")) is None
    write_page(book / "flora" / "p004.png", [BELOW], 4)
    (book / "flora" / "p001.png").unlink()
    said = staleness(open_collection(book / "out"))
    assert said == ["1 image is new, such as p004.png.", "1 image is no longer there, such as p001.png."]
    gone = missing(open_collection(book / "out"))
    assert gone is not None and [plate for plate, _ in gone.gone] == ["p001_0", "p001_1"]


def test_a_folder_of_pages_that_is_not_there_is_said_with_its_plates(book: Path) -> None:
    write_plates(book / "plates", 4)
    options = Options(out=book / "out", backbones=["toy"], projections=["pca"], matching=False)
    prepare(replace(options, inputs=[book / "flora", book / "plates"]), processor=ToyProcessor())
    (book / "flora").rename(book / "away")
    with pytest.raises(ImgsimError, match="from where 3 of the 7 plates"):
        prepare(options, processor=ToyProcessor())


def test_what_folders_hold_is_found_out_anew_after_somebody_had_said_it(book: Path) -> None:
    write_plates(book / "flora" / "plates", 3)
    for said in ("never", "always"):
        make(book / "out", book / "flora", pages=said)
        make(book / "out", book / "flora", pages="auto")
        ids = open_collection(book / "out").catalogue.plate_ids
        assert ids == ("p000", "p001_0", "p001_1", "p003_0", "plates/p001", "plates/p002")


def test_a_picture_that_was_written_over_is_cut_again(book: Path) -> None:
    make(book / "out", book / "flora")
    frame = open_collection(book / "out").catalogue.frame
    cut = Path(frame["root"].iloc[0]) / frame["file"].iloc[0]
    content = cut.read_bytes()
    cut.write_bytes(content[:900] + bytes([content[900] ^ 255]) + content[901:])
    assert not make(book / "out", book / "flora", accept_missing=False).changed
    assert cut.read_bytes() == content


def test_a_run_says_that_corrected_pages_are_not_here(book: Path) -> None:
    make(book / "out", book / "flora")
    page = next(iter(open_collection(book / "out").pages or ()))
    PageCorrections(book / "out").add(page.sha256, (page.width, page.height), [Cut(0, LEFT)], "Anna")
    assert not any("drew boxes" in note for note in make(book / "out", book / "flora").notes)
    write_page(book / "flora" / "p001.png", [LEFT, RIGHT], 9)
    notes = make(book / "out", book / "flora").notes
    assert any("People drew boxes on 1 page whose scan is not here any more" in note for note in notes)


class Bolder(ToyFinder):
    """Finds one box more, before all others, and all others a little larger."""

    def load(self) -> Callable[[Image.Image], PageLayout]:
        def layout(image: Image.Image) -> PageLayout:
            found = toy_layout(image)
            larger = [
                replace(one, box=(one.box[0] - 2, one.box[1] - 2, one.box[2] + 3, one.box[3] + 3))
                for one in found.regions
            ]
            return replace(found, regions=(Region((200, 330, 260, 390), "illustration", 0.5), *larger))

        return layout


def test_another_network_renames_no_plate(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(book / "out", book / "flora")
    monkeypatch.setattr(ToyProcessor, "finder", lambda self, weights: Bolder("bolder"))
    make(book / "out", book / "flora")
    frame = open_collection(book / "out").catalogue.frame
    boxes = dict(zip(frame["plate_id"], frame["page_box"], strict=True))
    assert [boxes[one] for one in ("p001_0", "p001_1", "p003_0")] == [
        "18 18 93 123", "108 18 183 123", "38 148 163 253",
    ]  # fmt: skip
    assert {one for one, box in boxes.items() if box == "200 330 260 390"} == {"p001_2", "p002_0", "p003_1"}
    assert not make(book / "out", book / "flora").changed


def test_the_first_page_of_a_tiff_is_judged_with_the_others(tmp_path: Path) -> None:
    pages = [Image.open(write_page(tmp_path / f"{number}.png", [LEFT], number)) for number in range(3)]
    plate = Image.open(write_plates(tmp_path / "plates", 1) / "p000.png")
    (tmp_path / "shelf").mkdir()
    for name, taken in (("book", [plate, *pages]), ("other", [plate] * 3), ("third", pages[1:])):
        taken[0].save(tmp_path / "shelf" / f"{name}.tif", save_all=True, append_images=taken[1:])
    for _ in range(2):
        make(tmp_path / "out", tmp_path / "shelf")
        frame = open_collection(tmp_path / "out").catalogue.frame
        assert frame["plate_id"].tolist() == [
            "book_0002_0", "book_0003_0", "book_0004_0", "other", "other_0002", "other_0003", "third_0", "third_0002_0",
        ]  # fmt: skip
        assert frame["book"].tolist() == ["book"] * 3 + ["other"] * 3 + ["third"] * 2


def test_what_was_cut_out_moves_with_its_collection(book: Path) -> None:
    make(book / "out", book / "flora")
    (book / "out").rename(book / "elsewhere")
    collection = open_collection(book / "elsewhere")
    for row, content in enumerate(collection.catalogue.frame["sha256"]):
        assert hashlib.sha256(collection.plate_bytes(row)).hexdigest() == content
    (book / "elsewhere" / "source").rename(book / "elsewhere" / "gone")
    with pytest.raises(ImgsimError, match="no longer where it was"):
        collection.plate_bytes(0)
