"""Titles, notes and tags of families on the page Re-use: written, taken back, looked for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from imgsim.app.components import browser_memory
from imgsim.collection import open_collection
from imgsim.collection.family_notes import FamilyNotes
from tests.app.drawn import Drawn
from tests.app.reuse_scene import FAMILIES, shown
from tests.pages import button, check, param, visit, words


@pytest.fixture(scope="module")
def folder(verified: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(verified, tmp_path_factory.mktemp("words") / "data"))


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_memory, "kept", lambda: {"reviewer": "Ada"})


def test_a_family_is_named_found_and_the_name_taken_back(
    folder: Path, herbals: object, drawn: Drawn, signed: None
) -> None:
    families = open_collection(folder / "herbals").families
    assert families is not None
    wanted = next(one for one in families.ordered() if one.earliest.plate_id == "p002")
    app = visit("reuse", family=wanted.id)
    app.text_input(key=f"family_words_{wanted.id}__title").set_value("The strawberry, after Fuchs")
    app.text_area(key=f"family_words_{wanted.id}__note").set_value("A *note* of mine.")
    app.text_input(key=f"family_words_{wanted.id}__tags").set_value("Fuchs, ")
    check(app.button(key="family_words_save").click().run())
    assert "The strawberry, after Fuchs" in words(app) and "A \\*note\\* of mine\\." in words(app)
    said = FamilyNotes(folder / "herbals").standing()[wanted.id]
    assert (said.title, said.tags, said.reviewer) == ("The strawberry, after Fuchs", ("Fuchs",), "Ada")

    app = visit("reuse")
    strip = next(one for one in drawn.given["families"]["families"] if one["id"] == wanted.id)
    assert strip["title"] == "The strawberry, after Fuchs · 2 books, 1700–1710"
    visit("reuse", find="fuchs mine")
    assert shown(drawn) == ["p002"]
    app = visit("reuse")
    tag = next(box for box in app.selectbox if box.label == "Tag")
    check(tag.set_value("Fuchs").run())
    assert shown(drawn) == ["p002"] and param(app, "tag") == "Fuchs"
    visit("reuse", tag="nobody's")
    assert "No family passes" in words(visit("reuse", tag="nobody's"))

    app = visit("reuse", family=wanted.id)
    check(app.button(key="family_words_undo").click().run())
    assert "The strawberry" not in words(app) and FamilyNotes(folder / "herbals").standing() == {}


def test_families_are_narrowed_down_by_decisions_and_by_what_the_lines_say(
    folder: Path, herbals: object, drawn: Drawn, signed: None
) -> None:
    visit("reuse", agree="mirrored")
    assert shown(drawn) == ["p001"]
    visit("reuse", agree="detail-mirrored")
    assert shown(drawn) == ["p004", "p001"]
    reviews = open_collection(folder / "herbals").reviews
    reviews.record("p003", "p007", "same plate", reviewer="Ada")
    reviews.record("p000", "p001", "unrelated", reviewer="Ada")  # of two families: neither is reviewed
    visit("reuse", judged="yes")
    assert shown(drawn) == ["p003"]
    visit("reuse", judged="no")
    assert shown(drawn) == [one for one in FAMILIES if one != "p003"]
    app = visit("reuse", judged="no", agree="mirrored")
    check(button(app, "Clear all").click().run())
    assert len(shown(drawn)) == len(FAMILIES)


def test_without_a_name_nothing_can_be_written(folder: Path, herbals: object, drawn: Drawn) -> None:
    families = open_collection(folder / "herbals").families
    assert families is not None
    app = visit("reuse", family=families.ids[0])
    assert app.button(key="family_words_save").disabled
    assert any("Write your name first" in str(one.value) for one in app.caption)


def test_words_go_with_a_family_that_becomes_part_of_another(
    folder: Path, herbals: object, drawn: Drawn, signed: None
) -> None:
    collection = open_collection(folder / "herbals")
    assert collection.families is not None
    rows = collection.catalogue.row
    smaller, larger = (str(collection.families.of(rows(plate))) for plate in ("p003", "p000"))
    FamilyNotes(collection.path).write(smaller, "Ada", title="The *rose*", note="Twice\nprinted.", tags=["Rose"])
    app = visit("reuse", family=smaller)
    assert "“The *rose*”. One image in 2 plates" in [block.value for block in app.code][-1]
    collection.reviews.record("p000", "p003", "same plate", reviewer="Ada")

    app = visit("reuse", family=smaller)
    assert param(app, "family") == larger
    assert "It was called “The *rose*”" in str(app.info[0].value).replace("\\", "")
    said = words(app).replace("\\", "")
    assert "The *rose* · 3 books" in said and f"Written of the family {smaller}, which became part of this one" in said
    visit("reuse", tag="Rose")
    assert shown(drawn) == ["p000"]

    FamilyNotes(collection.path).write(larger, "Bob", title="Two flowers")
    said = words(visit("reuse", family=larger)).replace("\\", "")
    assert "Two flowers · 3 books" in said
    assert f"{smaller} became part of this family. It was called “The *rose*”, had the note “Twice printed.”" in said
    collection.reviews.undo("Ada")
    assert "The *rose* · 2 books" in words(visit("reuse", family=smaller)).replace("\\", "")
