"""Decisions and ids that cannot be read or written: it is said, and mended with one click."""

from __future__ import annotations

import shutil

import pytest

from imgsim.app.services import caches
from imgsim.base.database import backups
from imgsim.collection import Collection
from imgsim.collection.collection import LEFT_OUT
from imgsim.collection.decided import reviews_of
from imgsim.collection.id_registry import Registry
from imgsim.errors import CollectionError
from imgsim.export import Request, files_of, zip_chunks
from tests.app.review_scene import disabled, press, told_of, visit


@pytest.fixture
def herbals(own: Collection) -> Collection:
    return own


ALL_PAGES = ("plate", "compare", "reuse", "books", "browse", "map", "overview", "models", "review", "about", "search")


def test_damaged_reviews_are_said_on_every_page_and_the_plates_stay_to_be_seen(herbals: Collection) -> None:
    (herbals.path / "reviews.sqlite").write_bytes(b"no database" * 400)
    for name in ALL_PAGES:
        app = visit(name, plate="p000", with_="p006")
        said = " ".join(str(error.value).replace("\\", "") for error in app.error)
        assert "decisions of this collection cannot be read: file is not a database" in said, name
        assert "without any decision" in said and "There is no whole copy" in said, name
    app = visit("compare", plate="p000", with_="p006")
    press(app, "Unsure")
    assert sum("cannot be read" in str(error.value) for error in app.error) == 2
    assert [str(error.value) for error in visit("review").error]


@pytest.mark.parametrize("content", [b"", b"S", None])
def test_a_damaged_file_is_set_aside_by_one_button_and_the_copy_counts(
    herbals: Collection, content: bytes | None
) -> None:
    reviews, path = reviews_of(herbals), herbals.path / "reviews.sqlite"
    reviews.record("p000", "p006", "unrelated", reviewer="Ada")
    number = caches.revision(herbals)
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    assert caches.revision(herbals) == LEFT_OUT and caches.decisions(herbals) == {}
    app = visit("reuse")
    said = " ".join(str(error.value) for error in app.error)
    assert "The latest whole copy is of" in said and "with 1 decision." in said.replace("\\", "")
    known = Registry(herbals.path).database.examined()
    visit("reuse", plate="p000")
    assert Registry(herbals.path).database.examined() == known  # nothing happened to a family
    press(app, "Use this copy")
    assert any("is in use: 1 decision." in str(one.value).replace("\\", "") for one in app.success)
    assert not app.error and not app.warning and caches.revision(herbals) == number
    assert not any(disabled(app))
    aside = list(herbals.path.glob("reviews.damaged-*.sqlite"))
    assert [one.read_bytes() for one in aside] == ([] if content is None else [content])


def test_a_full_disk_is_said_and_what_was_decided_counts(
    herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews_of(herbals).record("p000", "p006", "unrelated", reviewer="Ada")
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr("imgsim.base.database.connecting.shutil.disk_usage", lambda folder: usage(10**9, 10**9, 0))
    app = visit("reuse")
    assert "Nothing can be decided now: The disk of reviews.sqlite is full" in told_of(app).replace("\\", "")
    assert caches.decision(herbals, "p000", "p006") is not None and not app.error


def test_a_copy_that_cannot_be_made_is_said(herbals: Collection) -> None:
    shutil.rmtree(herbals.path / "backups", ignore_errors=True)
    (herbals.path / "backups").write_bytes(b"")
    reviews_of(herbals).record("p000", "p006", "unrelated", reviewer="Ada")
    assert "No copy of reviews.sqlite could be put into backups" in told_of(visit("reuse")).replace("\\", "")


def test_damaged_ids_are_said_and_put_back_too(herbals: Collection) -> None:
    registry = Registry(herbals.path)
    backups.make(registry.database)
    before = registry.plates()
    registry.path.write_bytes(registry.path.read_bytes()[:5000])
    app = visit("browse")
    assert any("ids of this collection cannot be read" in str(error.value) for error in app.error)
    press(app, "Use this copy")
    assert registry.plates() == before and not app.error


def test_nothing_is_exported_that_decisions_belong_to_while_they_cannot_be_read(herbals: Collection) -> None:
    reviews_of(herbals).record("p000", "p006", "unrelated", reviewer="Ada")
    (herbals.path / "reviews.sqlite").write_bytes(b"")
    app = visit("reuse")
    assert disabled(app) == [True]
    app.button(key="open_export").click().run()
    assert any("cannot be read" in str(error.value) for error in app.error)
    for what in ("families", "matches", "reviews", "neighbours"):
        with pytest.raises(CollectionError, match="cannot be read"):
            request = Request(herbals, "2026-11-29", herbals.backbones[0])
            b"".join(zip_chunks(request, files_of([what], request)))
